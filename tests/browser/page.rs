//! A tab: goes to pages, types and clicks as people do, and remembers what went wrong in it.

use super::chromium::PATIENCE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// The tallest picture, px: a longer page is cut.
const PICTURE_PX_MAX: f64 = 4_000.0;

pub struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    asked: u64,
    /// What the browser told by itself.
    events: Vec<Value>,
    base: String,
}

impl Page {
    pub(super) async fn connect(address: &str, base: &str) -> Self {
        // A picture is one message of some megabytes.
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let connecting = connect_async_with_config(address, Some(config), true);
        let (socket, _) = connecting.await.expect("the browser takes us");
        let mut page = Self { socket, asked: 0, events: Vec::new(), base: base.to_owned() };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.ask(&format!("{domain}.enable"), json!({})).await;
        }
        page.resize(1280).await;
        page
    }

    /// A command of the protocol.
    pub async fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.try_ask(method, params).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    async fn try_ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.asked += 1;
        let id = self.asked;
        let text = json!({ "id": id, "method": method, "params": params }).to_string();
        self.socket.send(Message::text(text)).await.expect("the browser lives");
        loop {
            let mut told = self.hear().await.unwrap_or_else(|| panic!("{method}: no answer"));
            if told["id"] == id {
                let error = told["error"].take();
                return if error.is_null() { Ok(told["result"].take()) } else { Err(error) };
            }
        }
    }

    /// The next thing that the browser says; none if it says nothing for too long.
    async fn hear(&mut self) -> Option<Value> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.ok()?;
            let message = message.expect("the browser lives").expect("a message");
            let Message::Text(text) = message else { continue };
            let told: Value = serde_json::from_str(&text).expect("JSON");
            if told["id"].is_null() {
                self.events.push(told.clone());
            }
            return Some(told);
        }
    }

    /// Goes to a page of the desk and waits until it is there whole.
    pub async fn goto(&mut self, path: &str) {
        let url = format!("{}{path}", self.base);
        let from = self.events.len();
        let went = self.ask("Page.navigate", json!({ "url": url })).await;
        assert!(went["errorText"].is_null(), "{url}: {went}");
        self.wait_for_load(from, path).await;
    }

    async fn wait_for_load(&mut self, from: usize, what: &str) {
        let loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events[from..].iter().any(loaded) {
            assert!(self.hear().await.is_some(), "no page comes after {what}");
        }
    }

    /// The value of an expression in the page.
    pub async fn js(&mut self, expression: &str) -> Value {
        let found = self.evaluate(expression).await;
        found.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    async fn evaluate(&mut self, expression: &str) -> Result<Value, Value> {
        let asked = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
        });
        let mut answer = self.try_ask("Runtime.evaluate", asked).await?;
        let trouble = answer["exceptionDetails"].take();
        if trouble.is_null() { Ok(answer["result"]["value"].take()) } else { Err(trouble) }
    }

    pub async fn text(&mut self, expression: &str) -> String {
        let found = self.js(expression).await;
        found.as_str().unwrap_or_else(|| panic!("{expression} is {found}")).to_owned()
    }

    /// Waits until an expression is true; one that fails because the page changes is not true yet.
    pub async fn until(&mut self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.evaluate(expression).await != Ok(Value::Bool(true)) {
            if Instant::now() >= deadline {
                let shown = self.evaluate("document.body.innerText").await;
                panic!("in vain: {expression}\nthe page: {shown:?}\n{:?}", self.faults());
            }
            sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits until the page shows some words.
    pub async fn until_it_shows(&mut self, words: &str) {
        self.until(&format!("document.body.innerText.includes({})", json!(words))).await;
    }

    /// Clicks in the middle of an element with the mouse.
    pub async fn click(&mut self, selector: &str) {
        let place = format!(
            "(() => {{ const found = document.querySelector({}); found.scrollIntoView({{ block: \
             'center' }}); const at = found.getBoundingClientRect(); return [at.x + at.width / 2, \
             at.y + at.height / 2]; }})()",
            json!(selector)
        );
        let place = self.js(&place).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({
                "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1,
            });
            self.ask("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Clicks on what leads to another page, and waits for that.
    pub async fn follow(&mut self, selector: &str) {
        let from = self.events.len();
        self.click(selector).await;
        self.wait_for_load(from, selector).await;
    }

    /// Clicks into a field and types.
    pub async fn fill(&mut self, selector: &str, text: &str) {
        self.click(selector).await;
        self.ask("Input.insertText", json!({ "text": text })).await;
    }

    /// Chooses in a list.
    pub async fn choose(&mut self, selector: &str, value: &str) {
        let choice = format!(
            "(() => {{ const list = document.querySelector({}); list.value = {}; \
             list.dispatchEvent(new Event('change', {{ bubbles: true }})); return list.value; }})()",
            json!(selector),
            json!(value)
        );
        assert_eq!(self.js(&choice).await, value, "{selector} does not offer it");
    }

    /// Presses the tabulator.
    pub async fn tab(&mut self) {
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9,
            });
            self.ask("Input.dispatchKeyEvent", event).await;
        }
    }

    /// A window, or a telephone's screen, of this width.
    pub async fn resize(&mut self, width: u32) {
        let is_phone = width < 600;
        let height = if is_phone { 844 } else { 800 };
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone,
        });
        self.ask("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// The system's look: `light` or `dark`. Nothing moves in either.
    pub async fn look(&mut self, scheme: &str) {
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.ask("Emulation.setEmulatedMedia", features).await;
    }

    pub async fn forbid_script(&mut self) {
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    /// A picture of the whole page.
    pub async fn picture(&mut self, file: &Path) {
        self.js("document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))").await;
        let sizes = self.ask("Page.getLayoutMetrics", json!({})).await;
        let size = &sizes["cssContentSize"];
        let height = size["height"].as_f64().unwrap_or(0.0).min(PICTURE_PX_MAX);
        let order = json!({
            "format": "png",
            "captureBeyondViewport": true,
            "clip": { "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 },
        });
        let shot = self.ask("Page.captureScreenshot", order).await;
        let bytes = STANDARD.decode(shot["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(file, bytes).expect("written");
    }

    /// What went wrong in this tab so far: anything in the console, uncaught errors, what the
    /// content security policy stopped, requests to anywhere else.
    pub fn faults(&self) -> Vec<String> {
        self.events.iter().filter_map(|event| fault(event, &self.base)).collect()
    }

    /// Forgets what went wrong.
    pub fn forget(&mut self) {
        self.events.clear();
    }
}

fn fault(event: &Value, base: &str) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "Runtime.consoleAPICalled" => Some(format!("console: {}", params["args"])),
        "Runtime.exceptionThrown" => Some(format!("uncaught: {}", params["exceptionDetails"])),
        "Log.entryAdded" => {
            let entry = &params["entry"];
            // A page that says "not found" has that status; the browser logs it as a failure.
            let is_status = entry["source"] == "network"
                && entry["text"].as_str().is_some_and(|text| text.contains("status of 4"));
            (!is_status).then(|| format!("log: {entry}"))
        }
        "Network.requestWillBeSent" => {
            let url = params["request"]["url"].as_str()?;
            let own = ["data:", "blob:", "about:"].iter().any(|kind| url.starts_with(kind))
                || url.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
            (!own).then(|| format!("a request to elsewhere: {url}"))
        }
        _ => None,
    }
}
