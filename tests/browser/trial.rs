//! The agent spoken with through the browser's microphone.

use super::chromium::{self, Chromium, PATIENCE};
use super::page::Page;
use super::stage::Stage;
use crate::support::agent::{Agent, Setup, says, until};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{StatusCode, header};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use treadline::caller::wav;
use treadline::db::desk::users::Role;
use treadline::desk::words::{Tongue, Words};
use treadline::ids::TenantId;
use treadline::session::Services;
use treadline::stt::SpeechToText;
use uuid::Uuid;

const EN: Words = Words(Tongue::En);
/// Of the recordings as the microphone hears them, samples a second.
const RATE: u32 = 48_000;

/// Keeps what sounds in the page where the test can look at it.
const LISTEN: &str = "
    const plain = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (to, ...rest) {
      if (to instanceof AudioDestinationNode) {
        window.loudspeaker = new AnalyserNode(this.context);
        plain.call(this, window.loudspeaker);
      }
      return plain.call(this, to, ...rest);
    };";
const SOUNDS: &str = "(() => {
    if (!window.loudspeaker) return false;
    const now = new Float32Array(window.loudspeaker.fftSize);
    window.loudspeaker.getFloatTimeDomainData(now);
    return Math.max(...now) > 0.1;
  })()";

/// One recording out of several, each after so many seconds of silence; gone at the end.
struct Recording(PathBuf);

impl Recording {
    fn of(pieces: &[(u32, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audio");
        let mut samples = Vec::new();
        for (silence_s, name) in pieces {
            samples.resize(samples.len() + (silence_s * RATE) as usize, 0);
            let piece = wav::read(&folder.join(format!("{name}.wav")), RATE);
            samples.extend(piece.expect("a recording"));
        }
        // The recorder's end is silence, too, not the end of the microphone.
        samples.resize(samples.len() + 60 * RATE as usize, 0);
        let file = std::env::temp_dir().join(format!("treadline-spoken-{}.wav", Uuid::new_v4()));
        wav::write(&file, RATE, &samples).expect("written");
        Self(file)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// An agent behind a browser with a microphone.
async fn stage(setup: Setup, ears: Option<Arc<dyn SpeechToText>>, heard: &Path) -> Option<Stage> {
    if chromium::skipped() {
        return None;
    }
    let agent = Agent::start_with(setup, |parts| {
        if let Some(stt) = ears {
            parts.services = Arc::new(Services { stt, ..(*parts.services).clone() });
        }
    });
    let agent = agent.await?;
    Some(Stage::around(agent, Chromium::with_microphone(heard).await))
}

/// Presses the button and gives the call's id when the agent speaks.
async fn phone_the_agent(page: &mut Page) -> Uuid {
    page.ask("Page.addScriptToEvaluateOnNewDocument", json!({ "source": LISTEN })).await;
    page.goto("/try").await;
    page.until_it_shows(EN.try_ready()).await;
    page.until_it_shows(EN.stream_ok()).await;
    page.choose("[name=language]", "en").await;
    page.click("[data-start]").await;
    page.until(SOUNDS).await;
    page.until_it_shows(EN.try_talking()).await;
    page.text("document.querySelector('[data-talk]').dataset.talk").await.parse().expect("an id")
}

/// The call's own line of the log, and what its caller was heard to say.
async fn in_the_log(stage: &Stage, call: Uuid) -> (String, String, String) {
    assert!(stage.agent.parts.flush_log().await, "the log does not reach the database");
    sqlx::query_as(
        "select channel, origin, coalesce((select string_agg(content, ' | ' order by turn_number) \
             from call_turns t where t.call_id = c.id and speaker = 'customer'), '') \
         from calls c where id = $1",
    )
    .bind(call)
    .fetch_one(&mut stage.agent.db.owner().await)
    .await
    .expect("the call is in the log")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_speaks_with_the_agent_through_the_microphone_and_sees_what_is_said() {
    let recording = Recording::of(&[(3, "hello-winter-size")]);
    let heard = "Hello, I need winter tyres 205/55 R16";
    let setup = Setup { scripts: vec![says(&[heard])], ms_per_char: 15, ..Setup::default() };
    let Some(stage) = stage(setup, None, &recording.0).await else { return };
    let mut page = stage.tab_of(Role::Admin, TenantId::DEFAULT, "en").await;
    let call = phone_the_agent(&mut page).await;
    page.until("!!document.querySelector('[data-talk] .bot')").await;
    page.until_it_shows(heard).await;
    // The answer with its latency, and what was done for it.
    page.until("document.querySelectorAll('[data-talk] .bot .took').length > 0").await;
    page.until_it_shows("search_tires").await;

    page.click("[data-stop]").await;
    page.until_it_shows(EN.try_over()).await;
    until("the call ends", || async { stage.agent.line.live() == 0 }).await;
    let (channel, origin, words) = in_the_log(&stage, call).await;
    assert_eq!((channel.as_str(), origin.as_str()), ("browser", "test"));
    assert_eq!(words, heard);
    page.follow("[data-after] a").await;
    assert_eq!(page.text("location.pathname").await, format!("/calls/{call}"));
    page.until_it_shows(heard).await;
    assert_eq!(page.faults(), Vec::<String>::new());
}

#[cfg(feature = "local-stt")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_microphone_hears_is_recognised() {
    let skip = std::env::var("TREADLINE_SKIP").unwrap_or_default();
    if skip.split(',').any(|group| group.trim() == "recognition") {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "refused when CI=true");
        eprintln!("SKIPPED: A TEST OF REAL RECOGNITION (TREADLINE_SKIP=recognition)");
        return;
    }
    let recording = Recording::of(&[(3, "hello-winter-size")]);
    let model = treadline::parts::whisper_model().expect("`make setup` brings it");
    let ears = treadline::stt::local::LocalStt::load(&model, 1).expect("it loads");
    let setup = Setup {
        ms_per_char: 15,
        // A machine that is busy with other tests is no reason to give a recognition up.
        configure: |config| config.limits.call.stt_ms_max = 60_000,
        ..Setup::default()
    };
    let Some(stage) = stage(setup, Some(Arc::new(ears)), &recording.0).await else { return };
    let mut page = stage.tab_of(Role::Admin, TenantId::DEFAULT, "en").await;
    let call = phone_the_agent(&mut page).await;
    page.until("!!document.querySelector('[data-talk] .customer')").await;
    page.click("[data-stop]").await;
    until("the call ends", || async { stage.agent.line.live() == 0 }).await;
    let (channel, origin, words) = in_the_log(&stage, call).await;
    assert_eq!((channel.as_str(), origin.as_str()), ("browser", "test"));
    for word in ["winter", "205", "55", "16"] {
        assert!(words.to_lowercase().contains(word), "{word} in {words:?}");
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens the connection as a browser would: with these cookies, from a page of this origin.
async fn open(stage: &Stage, cookies: &str, origin: Option<&str>) -> Result<Socket, StatusCode> {
    let address = format!("ws://{}/try/voice?language=en", stage.agent.line.http);
    let mut request = address.into_client_request().expect("a request");
    let headers = request.headers_mut();
    headers.insert(header::COOKIE, cookies.parse().expect("a header"));
    if let Some(origin) = origin {
        headers.insert(header::ORIGIN, origin.parse().expect("a header"));
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => Err(answer.status()),
        Err(error) => panic!("{error}"),
    }
}

/// The next words on a connection; none when it is over.
async fn words(socket: &mut Socket) -> Option<Value> {
    loop {
        match timeout(PATIENCE, socket.next()).await.expect("in time")? {
            Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// How the server ends it.
async fn end_of(mut socket: Socket) -> Option<Value> {
    while let Some(told) = words(&mut socket).await {
        if !told["over"].is_null() {
            return Some(told);
        }
    }
    None
}

async fn cookies(page: &mut Page, base: &str) -> String {
    let held = page.ask("Network.getCookies", json!({ "urls": [base] })).await;
    let held = held["cookies"].as_array().expect("cookies");
    let pair = |one: &Value| {
        format!("{}={}", one["name"].as_str().unwrap_or(""), one["value"].as_str().unwrap_or(""))
    };
    held.iter().map(pair).collect::<Vec<_>>().join("; ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_an_admins_own_page_gets_through_and_nonsense_ends_only_its_own_call() {
    let Some(stage) = Stage::open(Setup::default()).await else { return };
    let own = stage.base.clone();
    let mut operator = stage.tab_of(Role::Operator, TenantId::DEFAULT, "en").await;
    let operator = cookies(&mut operator, &own).await;
    let mut admin = stage.tab_of(Role::Admin, TenantId::DEFAULT, "en").await;
    let admin = cookies(&mut admin, &own).await;
    for (who, from, status) in [
        (admin.as_str(), Some("https://elsewhere.example"), StatusCode::FORBIDDEN),
        (&admin, Some("null"), StatusCode::FORBIDDEN),
        (&admin, None, StatusCode::FORBIDDEN),
        (&operator, Some(own.as_str()), StatusCode::FORBIDDEN),
        ("", Some(&own), StatusCode::SEE_OTHER),
    ] {
        let refused = open(&stage, who, from).await.err();
        assert_eq!(refused, Some(status), "from {from:?}");
    }
    assert_eq!(stage.agent.line.live(), 0, "a refused connection is a call");

    let mut good = open(&stage, &admin, Some(&own)).await.expect("taken");
    assert!(words(&mut good).await.expect("a word")["call"].is_string());
    for nonsense in [vec![1_u8; 3], vec![0; 4_000]] {
        let mut bad = open(&stage, &admin, Some(&own)).await.expect("taken");
        bad.send(Message::binary(nonsense)).await.expect("sent");
        assert!(end_of(bad).await.is_some(), "it ends without a word");
    }
    let mut bad = open(&stage, &admin, Some(&own)).await.expect("taken");
    for _ in 0..10 {
        bad.send(Message::text("{\"mark\":\"no\"}")).await.expect("sent");
    }
    assert!(end_of(bad).await.is_some(), "it ends without a word");
    until("the bad calls end", || async { stage.agent.line.live() == 1 }).await;

    // There is room for a few trials only. The last bad one may still be leaving.
    let mut more = Vec::new();
    while more.len() < 3 {
        match open(&stage, &admin, Some(&own)).await {
            Ok(socket) => more.push(socket),
            Err(status) => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE),
        }
    }
    let refused = open(&stage, &admin, Some(&own)).await.err();
    assert_eq!(refused, Some(StatusCode::SERVICE_UNAVAILABLE));
    drop(more);
    good.close(None).await.expect("closed");
    until("all calls end", || async { stage.agent.line.live() == 0 }).await;
}
