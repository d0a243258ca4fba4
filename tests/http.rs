//! The HTTP listener over real TCP: health, metrics, registration, the word for the dialplan, and
//! peers that are slow or many.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use reqwest::{Client, StatusCode, header};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use treadline::asterisk::registry::{Registry, RegistryOptions};
use treadline::caller::register::Dialplan;
use treadline::http::{Check, HttpState, metrics, router, serve};
use uuid::Uuid;

const SECRET: &str = "correct horse battery staple";
const PATIENCE: Duration = Duration::from_mins(1);

struct Site {
    address: SocketAddr,
    registry: Arc<Registry>,
    healthy: Arc<AtomicBool>,
    client: Client,
    _stop: DropGuard,
}

async fn site(trusted: bool, secret: Option<&str>) -> Site {
    let registry = Registry::new(RegistryOptions {
        trusted_peers: if trusted { vec!["127.0.0.1".parse().unwrap()] } else { Vec::new() },
        calls_max: 10,
        registration_lives: Duration::from_mins(2),
        overflow_next: "operator".into(),
    });
    let healthy = Arc::new(AtomicBool::new(true));
    let probed = Arc::clone(&healthy);
    let probe: treadline::http::Probe = Arc::new(move || {
        let ok = probed.load(Ordering::Relaxed);
        Box::pin(async move { vec![Check { name: "database", ok, detail: "asked".into() }] })
    });
    let state = HttpState::new(
        Arc::clone(&registry),
        secret.map(|secret| SecretString::from(secret.to_owned())),
        metrics::install().unwrap(),
        probe,
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(serve(listener, router(state.clone()), state, stop.clone()));
    let client = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    Site { address, registry, healthy, client, _stop: stop.drop_guard() }
}

impl Site {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let response = self.client.get(self.url(path)).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    async fn register(&self, body: &Value) -> (StatusCode, String) {
        let response = self.client.post(self.url("/v1/calls")).json(body).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }
}

#[tokio::test]
async fn health_says_what_is_ready_check_by_check() {
    let site = site(true, None).await;
    assert_eq!(site.get("/live").await, (StatusCode::OK, "ok".into()));
    let (status, body) = site.get("/ready").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["ready"]), (StatusCode::OK, &json!(true)));
    assert_eq!(body["checks"][0]["name"], "database");
    site.healthy.store(false, Ordering::Relaxed);
    let (status, body) = site.get("/ready").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["ready"]), (StatusCode::SERVICE_UNAVAILABLE, &json!(false)));
}

#[tokio::test]
async fn metrics_show_counters_from_the_start_and_histograms_with_buckets() {
    let site = site(true, None).await;
    // A label of its own: other tests of this program tell of first audio, too.
    ::metrics::histogram!("treadline_first_audio_ms", "told" => "here").record(130.0);
    let (status, page) = site.get("/metrics").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("treadline_frames_late_total"), "{page}");
    assert!(page.contains("treadline_first_audio_ms_bucket{told=\"here\",le=\"150\"} 1"), "{page}");
    assert!(page.contains("treadline_first_audio_ms_bucket{told=\"here\",le=\"100\"} 0"), "{page}");
}

#[tokio::test]
async fn a_trusted_dialplan_registers_by_json_and_by_form() {
    let site = site(true, None).await;
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    let body = json!({"uuid": first, "caller": "+380671234567", "queue": "7"});
    assert_eq!(site.register(&body).await, (StatusCode::OK, "ok".into()));
    let response = site
        .client
        .post(site.url("/v1/calls"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("uuid={second}&caller=%2B380671234567&name="))
        .send()
        .await
        .unwrap();
    assert_eq!(response.text().await.unwrap(), "ok");
    for id in [first, second] {
        let call = site.registry.admit("192.0.2.1:9".parse().unwrap(), id).unwrap();
        let known = call.registration.clone().unwrap();
        assert_eq!(known.caller.as_deref(), Some("+380671234567"));
        assert_eq!(known.name, None);
    }
    let (status, _) = site.register(&json!({"uuid": first})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_stranger_needs_the_secret() {
    let site = site(false, Some(SECRET)).await;
    let id = Uuid::new_v4();
    let (status, body) = site.register(&json!({"uuid": id})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(body.contains("TREADLINE_CALL_SECRET"), "{body}");
    let wrong = Dialplan::new(&site.url(""), Some("correct horse".into())).unwrap();
    assert!(wrong.register(id, None, None, &json!({})).await.is_err());
    let right = Dialplan::new(&site.url("/v1/calls"), Some(SECRET.into())).unwrap();
    right.register(id, Some("+1"), None, &json!({})).await.unwrap();
    let (status, _) = site.get(&format!("/v1/calls/{id}/next")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_page_in_a_browser_on_a_trusted_machine_is_not_trusted() {
    let site = site(true, None).await;
    let response = site
        .client
        .post(site.url("/v1/calls"))
        .header(header::ORIGIN, "https://evil.example")
        .json(&json!({"uuid": Uuid::new_v4()}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn next_is_one_word() {
    let site = site(true, None).await;
    let id = Uuid::new_v4();
    let path = format!("/v1/calls/{id}/next");
    assert_eq!(site.get(&path).await.0, StatusCode::NOT_FOUND);
    let call = site.registry.admit("127.0.0.1:9".parse().unwrap(), id).unwrap();
    assert_eq!(site.get(&path).await, (StatusCode::OK, "hangup".into()));
    site.registry.set_next(id, "operator");
    drop(call);
    assert_eq!(site.get(&path).await, (StatusCode::OK, "operator".into()));
}

#[tokio::test]
async fn errors_are_json_with_a_code() {
    let site = site(true, None).await;
    let too_big = json!({"uuid": Uuid::new_v4(), "data": "x".repeat(20_000)});
    let requests = [
        (site.client.get(site.url("/nothing")), 404, "not_found"),
        (site.client.get(site.url("/v1/calls")), 405, "method_not_allowed"),
        (site.client.post(site.url("/v1/calls")).body("hello"), 415, "unsupported_media_type"),
        (site.client.post(site.url("/v1/calls")).json(&json!([1])), 400, "bad_request"),
        (site.client.post(site.url("/v1/calls")).json(&json!({"uuid": "x"})), 400, "bad_request"),
        (site.client.post(site.url("/v1/calls")).json(&too_big), 413, "bad_request"),
        (site.client.get(site.url("/v1/calls/x/next")), 400, "bad_request"),
    ];
    for (request, status, code) in requests {
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"], code);
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
}

/// A head that trickles in is cut after five seconds however steadily it trickles, and the site
/// answers others meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trickling_head_is_cut_and_disturbs_nobody() {
    let site = site(true, None).await;
    let began = Instant::now();
    let mut slow = Vec::new();
    for _ in 0..40 {
        let mut socket = TcpStream::connect(site.address).await.unwrap();
        slow.push(tokio::spawn(async move {
            let mut end = [0u8; 64];
            loop {
                let _ = socket.write_all(b"G").await;
                match timeout(Duration::from_millis(300), socket.read(&mut end)).await {
                    Err(_) => {}
                    Ok(result) => return result.unwrap_or(0),
                }
            }
        }));
    }
    let asked = Instant::now();
    assert_eq!(site.get("/live").await.0, StatusCode::OK);
    assert!(asked.elapsed() < Duration::from_secs(4));
    for one in slow {
        timeout(PATIENCE, one).await.expect("never cut").unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
}

/// More connections from one address than it may have are closed, and free places are given again.
#[tokio::test]
async fn a_crowd_from_one_address_is_capped() {
    let site = site(true, None).await;
    let mut crowd = Vec::new();
    for _ in 0..80 {
        crowd.push(TcpStream::connect(site.address).await.unwrap());
    }
    let last = crowd.last_mut().unwrap();
    let mut byte = [0u8; 1];
    let closed = timeout(PATIENCE, last.read(&mut byte)).await.expect("the 80th is still open");
    assert!(matches!(closed, Ok(0) | Err(_)));
    drop(crowd);
    let until = Instant::now() + PATIENCE;
    while site.client.get(site.url("/live")).send().await.is_err() {
        assert!(Instant::now() < until, "no place is free again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
