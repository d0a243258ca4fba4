//! What Asterisk says of itself over ARI, and a call through it.

use super::loopback::{Line, PATIENCE, audible, speak, told};
use super::report::Report;
use super::version::Version;
use crate::config::{Config, Secrets};
use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use futures_util::StreamExt as _;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// Our own Stasis application, so that a Treadline that runs is left alone.
const APP: &str = "treadline-doctor";
/// For one request.
const REQUEST_MAX: Duration = Duration::from_secs(5);
/// Modules that every dialplan of ours needs.
const NEEDED: [&str; 3] = ["func_curl.so", "func_uri.so", "func_uuid.so"];
/// Modules of the ways in; one of them must be there.
const WAYS: [&str; 3] = ["app_audiosocket.so", "chan_audiosocket.so", "chan_websocket.so"];

/// Everything that ARI can tell.
pub(super) async fn check(config: &Config, secrets: &Secrets, report: &mut Report) {
    let Some(password) = &secrets.ari_password else {
        if config.ari.enabled {
            let to_do = "set TREADLINE_ARI_PASSWORD to the password of the user in ari.conf";
            return report.broken("Asterisk", "ari.enabled without a password", to_do);
        }
        let found = "not asked: TREADLINE_ARI_PASSWORD is not set. `treadline dialplan` prints what \
                     its dialplan needs";
        return report.note("Asterisk", found);
    };
    let ari = match Ari::new(config, password) {
        Ok(ari) => ari,
        Err(error) => return report.broken("Asterisk", &format!("{error:#}"), "check ari.url"),
    };
    let Some(version) = ari.version(report).await else { return };
    ari.modules(report).await;
    if ari.rights(report).await {
        ari.dialplan(report).await;
        ari.loopback(version, report).await;
    }
}

struct Ari {
    http: reqwest::Client,
    base: String,
    user: String,
    password: SecretString,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Ari {
    fn new(config: &Config, password: &SecretString) -> anyhow::Result<Self> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().timeout(REQUEST_MAX).build()?,
            base: config.ari.url.trim_end_matches('/').to_owned(),
            user: config.ari.user.clone(),
            password: password.clone(),
        })
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
    ) -> anyhow::Result<(StatusCode, Value)> {
        let mut url = reqwest::Url::parse(&format!("{}/ari/{path}", self.base))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let password = Some(self.password.expose_secret());
        let request = self.http.request(method, url).basic_auth(&self.user, password);
        let response = request.send().await.context("Asterisk cannot be reached")?;
        let status = response.status();
        Ok((status, response.json().await.unwrap_or_default()))
    }

    /// Asks for what must be there.
    async fn get(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let (status, body) = self.ask(Method::GET, path, query).await?;
        ensure!(status.is_success(), "{status} {}", body["message"].as_str().unwrap_or_default());
        Ok(body)
    }

    async fn post(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let (status, body) = self.ask(Method::POST, path, query).await?;
        let why = body["message"].as_str().or_else(|| body["error"].as_str()).unwrap_or_default();
        ensure!(status.is_success(), "{status} {why}");
        Ok(body)
    }

    async fn version(&self, report: &mut Report) -> Option<Version> {
        let to_do = "check ari.url and http.conf (enabled, bindaddr, bindport), ari.user and \
                     TREADLINE_ARI_PASSWORD against ari.conf";
        let info = match self.get("asterisk/info", &[("only", "system")]).await {
            Ok(info) => info,
            Err(error) => {
                report.broken("Asterisk", &format!("{}: {error:#}", self.base), to_do);
                return None;
            }
        };
        let text = info["system"]["version"].as_str().unwrap_or_default();
        let Some(version) = Version::read(text) else {
            report.note("Asterisk", &format!("of unknown version {text:?}"));
            return Some(Version(0, 0));
        };
        let ways = version.ways();
        if ways.is_empty() {
            let to_do = "use Asterisk 18 or newer; 22.10 or 20.20 is best";
            report.broken("Asterisk", &format!("{text} has none of the ways in"), to_do);
        } else {
            report.ok("Asterisk", &format!("{text}: {}", ways.join(", ")));
            if ways.contains(&"chan_websocket") && !version.websocket_is_mature() {
                report.note("chan_websocket", "of its first releases: 20.19 or 22.9 is better");
            }
        }
        Some(version)
    }

    async fn modules(&self, report: &mut Report) {
        let modules = match self.get("asterisk/modules", &[]).await {
            Ok(modules) => modules,
            Err(error) => return report.note("modules", &format!("cannot be listed: {error:#}")),
        };
        let running = |name: &str| {
            modules
                .as_array()
                .into_iter()
                .flatten()
                .any(|module| module["name"] == name && module["status"] == "Running")
        };
        let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !running(name)).collect();
        let ways: Vec<&str> = WAYS.into_iter().filter(|name| running(name)).collect();
        if !missing.is_empty() {
            let to_do = "load them (modules.conf, `module load`), or install them; func_curl is often \
                         a package of its own";
            return report.broken("modules", &format!("{} not loaded", missing.join(", ")), to_do);
        }
        if ways.is_empty() {
            let to_do = "load chan_audiosocket or app_audiosocket, or chan_websocket";
            return report.broken("modules", "none of a way in is loaded", to_do);
        }
        report.ok("modules", &format!("all that is needed, and {}", ways.join(", ")));
    }

    /// Whether this user may change anything.
    async fn rights(&self, report: &mut Report) -> bool {
        let asked = self.ask(Method::DELETE, "channels/treadline-doctor-nobody", &[]).await;
        match asked {
            Ok((StatusCode::NOT_FOUND, _)) => {
                report.ok("ARI rights", &format!("{} may read and write", self.user));
                return true;
            }
            Ok((status, _)) => report.broken(
                "ARI rights",
                &format!("a harmless request was answered with {status}"),
                "set read_only = no for this user in ari.conf",
            ),
            Err(error) => {
                report.broken("ARI rights", &format!("{error:#}"), "look at Asterisk's log");
            }
        }
        false
    }

    /// Only a channel can ask for an extension; this one never rings anybody.
    async fn dialplan(&self, report: &mut Report) {
        let to_do =
            "put the text of `treadline dialplan` into extensions.conf and `dialplan reload`";
        match self.contexts().await {
            Ok(found) if found.is_empty() => {
                report.broken("dialplan", "none of Treadline's contexts is there", to_do);
            }
            Ok(found) => report.ok("dialplan", &format!("{} there", found.join(", "))),
            Err(error) => report.note("dialplan", &format!("cannot be looked at: {error:#}")),
        }
    }

    async fn contexts(&self) -> anyhow::Result<Vec<String>> {
        const KNOWN: [(&str, &str); 5] = [
            ("treadline-dial", "s"),
            ("treadline-app", "s"),
            ("treadline-websocket", "s"),
            ("treadline-stasis", "audiosocket"),
            ("treadline", "s"),
        ];
        let events = self.events().await?;
        let id = format!("treadline-doctor-{}", Uuid::new_v4());
        let query = [("endpoint", "Local/s@treadline-doctor/n"), ("app", APP), ("channelId", &id)];
        self.post("channels/create", &query).await?;
        let mut found = Vec::new();
        let mut failed = None;
        for (context, extension) in KNOWN {
            let function = format!("DIALPLAN_EXISTS({context},{extension},1)");
            let path = format!("channels/{id}/variable");
            match self.get(&path, &[("variable", &function)]).await {
                Ok(answer) if answer["value"] == "1" => found.push(context.to_owned()),
                Ok(_) => {}
                Err(error) => failed = Some(error),
            }
        }
        self.ask(Method::DELETE, &format!("channels/{id}"), &[]).await?;
        close(events).await;
        match failed {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }

    /// Asterisk knows our application only while this is open.
    async fn events(&self) -> anyhow::Result<Socket> {
        let base = self.base.replacen("http", "ws", 1);
        let mut request = format!("{base}/ari/events?app={APP}").into_client_request()?;
        let pair = format!("{}:{}", self.user, self.password.expose_secret());
        let basic = base64::engine::general_purpose::STANDARD.encode(pair);
        let basic = HeaderValue::from_str(&format!("Basic {basic}"))?;
        request.headers_mut().insert(header::AUTHORIZATION, basic);
        let opened = timeout(REQUEST_MAX, connect_async(request)).await;
        Ok(opened.context("the events do not open in time")??.0)
    }

    /// Two channels of ours in one bridge: what is said on one is heard on the other.
    async fn loopback(&self, version: Version, report: &mut Report) {
        let name = "call through Asterisk";
        let local = ["127.", "localhost", "[::1]"].iter().any(|host| self.base.contains(host));
        if !local {
            return report.note(name, "not placed: Asterisk is not on this machine");
        }
        let wide = version.ways().contains(&"16 kHz over AudioSocket");
        match self.through(if wide { "slin16" } else { "slin" }).await {
            Ok((there, back)) => told(report, name, "one way", there, "the other", back),
            Err(error) => {
                let to_do = "look at Asterisk's log; AudioSocket must reach 127.0.0.1 from there";
                report.broken(name, &format!("{error:#}"), to_do);
            }
        }
    }

    async fn through(&self, format: &str) -> anyhow::Result<(Duration, Duration)> {
        let mut line = Line::open()?;
        let mut events = self.events().await?;
        let ids = [Uuid::new_v4(), Uuid::new_v4()];
        let names = ids.map(|id| format!("treadline-doctor-{id}"));
        let bridge = format!("treadline-doctor-{}", Uuid::new_v4());
        let result = self.talk(&mut line, &mut events, format, &ids, &names, &bridge).await;
        for name in &names {
            let _ = self.ask(Method::DELETE, &format!("channels/{name}"), &[]).await;
        }
        let _ = self.ask(Method::DELETE, &format!("bridges/{bridge}"), &[]).await;
        close(events).await;
        result
    }

    async fn talk(
        &self,
        line: &mut Line,
        events: &mut Socket,
        format: &str,
        ids: &[Uuid; 2],
        names: &[String; 2],
        bridge: &str,
    ) -> anyhow::Result<(Duration, Duration)> {
        let host = line.audiosocket.to_string();
        self.post(&format!("bridges/{bridge}"), &[("type", "mixing")]).await.context("bridge")?;
        let mut legs = Vec::new();
        for (id, name) in ids.iter().zip(names) {
            let query = [
                ("app", APP),
                ("channelId", name.as_str()),
                ("external_host", &host),
                ("format", format),
                ("encapsulation", "audiosocket"),
                ("transport", "tcp"),
                ("data", &id.to_string()),
            ];
            self.post("channels/externalMedia", &query).await.context("external media")?;
            started(events, name).await?;
            let added = [("channel", name.as_str())];
            self.post(&format!("bridges/{bridge}/addChannel"), &added).await.context("bridge")?;
            legs.push(line.leg().await.context("AudioSocket does not reach this machine")?);
        }
        let [one, other] = &mut legs[..] else { bail!("two legs are needed") };
        let said_at = Instant::now();
        speak(one);
        let there = audible(other).await?.saturating_duration_since(said_at);
        let said_at = Instant::now();
        speak(other);
        let back = audible(one).await?.saturating_duration_since(said_at);
        Ok((there, back))
    }
}

/// Takes leave: a connection that only ends is an error in Asterisk's log.
async fn close(mut events: Socket) {
    let closing = async {
        events.close(None).await?;
        while let Some(Ok(_)) = events.next().await {}
        Ok::<_, tokio_tungstenite::tungstenite::Error>(())
    };
    let _ = timeout(REQUEST_MAX, closing).await;
}

/// Waits until a channel of ours is in our hands.
async fn started(events: &mut Socket, name: &str) -> anyhow::Result<()> {
    let waiting = async {
        while let Some(message) = events.next().await {
            let event: Value =
                serde_json::from_str(message?.to_text().unwrap_or_default()).unwrap_or_default();
            if event["type"] == "StasisStart" && event["channel"]["id"] == name {
                return Ok(());
            }
        }
        bail!("the events ended")
    };
    timeout(PATIENCE, waiting).await.context("the channel does not come to us")?
}
