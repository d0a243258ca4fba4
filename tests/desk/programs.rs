//! Tokens of programs and addresses that are told, from the pages.

use super::{Answer, Browser, Office, StatusCode, office};
use axum::extract::State;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use treadline::db::desk::users::Role;
use treadline::db::{tokens, webhooks};
use treadline::ids::{TenantId, sha256_hex};
use treadline::webhooks::{Reach, Sender, round};
use uuid::Uuid;

const SHOP: TenantId = TenantId::DEFAULT;

/// What a page shows once.
fn secret(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let (_, rest) = answer.text.split_once("<code class=\"secret\">").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

async fn enters(office: &Office, token: &str) -> Option<tokens::Token> {
    let now = office.clock.now();
    tokens::enter(&office.db.pool, sha256_hex(token), "10.0.0.9".into(), now).await.unwrap()
}

async fn token_id(office: &Office) -> Uuid {
    let all = tokens::list(&office.db.pool, SHOP).await.unwrap();
    all.iter().find(|one| one.revoked_at.is_none()).unwrap().id
}

#[tokio::test]
async fn a_token_is_made_shown_once_limited_seen_in_use_and_revoked() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let may = [("name", "erp"), ("may", "calls:read"), ("may", "orders:read"), ("limit", "7")];
    let token = secret(&admin.send_form("/tokens", "/tokens", &may).await);
    assert!(token.starts_with("tl_"), "{token}");
    let found = enters(&office, &token).await.unwrap();
    assert_eq!((found.may.len(), found.requests_per_minute_max), (2, Some(7)));
    let page = admin.get("/tokens").await.text;
    assert!(!page.contains(&token) && page.contains("10.0.0.9"), "{page}");
    let path = format!("/tokens/{}", token_id(&office).await);
    let limit = async |text: &str| {
        admin.send_form("/tokens", &path, &[("do", "limit"), ("limit", text)]).await.status
    };
    assert_eq!(limit("3").await, StatusCode::SEE_OTHER);
    assert_eq!(enters(&office, &token).await.unwrap().requests_per_minute_max, Some(3));
    assert_eq!(limit("").await, StatusCode::SEE_OTHER);
    assert_eq!(enters(&office, &token).await.unwrap().requests_per_minute_max, None);
    for bad in ["0", "-1", "many", "100001"] {
        assert_eq!(limit(bad).await, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let refused_name = admin.send_form("/tokens", "/tokens", &may).await;
    assert_eq!(refused_name.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused_name.text);
    for fields in [
        &[("name", "Ключ"), ("may", "calls:read")][..],
        &[("name", "x")],
        &[("name", "x"), ("may", "calls:read"), ("limit", "x")],
    ] {
        let answer = admin.send_form("/tokens", "/tokens", fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
    }
    let unknown = [("name", "x"), ("may", "everything")];
    let answer = admin.send_form("/tokens", "/tokens", &unknown).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let other = office.other_shop().await;
    let stranger = office.signed_in_at(Role::Admin, other).await;
    let theirs = stranger.send_form("/tokens", &path, &[("do", "revoke")]).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let gone = admin.send_form("/tokens", &path, &[("do", "revoke")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert_eq!(enters(&office, &token).await, None);
    for (action, times) in [("token.added", 1), ("token.limited", 2), ("token.revoked", 1)] {
        assert_eq!(office.noted(action).await, times, "{action}");
    }
}

/// Somebody who is told: answers with a status, and keeps what came.
#[derive(Clone, Default)]
struct Receiver {
    status: Arc<AtomicU16>,
    heard: Arc<Mutex<Vec<String>>>,
}

async fn hear(State(receiver): State<Receiver>, body: String) -> axum::http::StatusCode {
    receiver.heard.lock().unwrap().push(body);
    axum::http::StatusCode::from_u16(receiver.status.load(Ordering::SeqCst)).unwrap()
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        receiver.status.store(204, Ordering::SeqCst);
        let app = axum::Router::new()
            .route("/told", axum::routing::post(hear))
            .with_state(receiver.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/told", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (receiver, url)
    }

    fn heard(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}

fn teller() -> Arc<Sender> {
    let reach = Reach::new(vec!["127.0.0.1".parse().unwrap()]);
    Arc::new(Sender::new("a secret of the tests".to_owned().into(), reach))
}

async fn receiver_path(browser: &Browser) -> String {
    let page = browser.get("/webhooks").await.text;
    let (_, rest) = page.split_once("action=\"/webhooks/").unwrap();
    format!("/webhooks/{}", rest.split('"').next().unwrap())
}

#[tokio::test]
async fn an_address_is_told_tested_told_again_and_then_nothing_more() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let (receiver, url) = Receiver::start().await;
    let fields = [("url", url.as_str()), ("events", "order.created"), ("events", "call.ended")];
    let key = secret(&admin.send_form("/webhooks", "/webhooks", &fields).await);
    let path = receiver_path(&admin).await;
    let id: Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(key, teller().key(id), "deliveries are signed under it");
    assert!(!admin.get("/webhooks").await.text.contains(&key), "shown once");
    let tested = admin.send_form("/webhooks", &path, &[("do", "test")]).await;
    assert!(tested.text.contains("Адреса відповіла"), "{}", tested.text);
    assert_eq!(receiver.heard(), 1);
    let at = office.clock.now();
    treadline::db::with_tenant(&office.db.pool, SHOP, move |conn| {
        Box::pin(async move {
            let told = serde_json::json!({});
            webhooks::enqueue(conn, SHOP, "order.created", at, told).await
        })
    })
    .await
    .unwrap();
    receiver.status.store(500, Ordering::SeqCst);
    round(&office.db.pool, &teller()).await.unwrap();
    let page = admin.get("/webhooks").await.text;
    assert!(page.contains("it answered 500") && page.contains("ще раз о"), "{page}");
    assert!(!page.contains("/webhooks/deliveries/"), "it is on its way: {page}");
    receiver.status.store(204, Ordering::SeqCst);
    let sql = "update dashboard.webhook_deliveries set gave_up_at = now()";
    sqlx::query(sql).execute(&mut office.db.owner().await).await.unwrap();
    let page = admin.get("/webhooks").await.text;
    let (_, rest) = page.split_once("action=\"/webhooks/deliveries/").unwrap();
    let again = format!("/webhooks/deliveries/{}", rest.split('"').next().unwrap());
    let sent = admin.send_form("/webhooks", &again, &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    round(&office.db.pool, &teller()).await.unwrap();
    assert_eq!(receiver.heard(), 3);
    assert!(admin.get("/webhooks").await.text.contains("доставлено"));
    let off = admin.send_form("/webhooks", &path, &[("do", "off")]).await;
    assert_eq!(off.status, StatusCode::SEE_OTHER);
    let late = admin.send_form("/webhooks", &again, &[]).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "nobody is told there any more");
    assert_eq!(office.noted("webhook.resent").await, 1);
}

#[tokio::test]
async fn an_address_that_must_not_be_knocked_at_is_not_taken() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    for url in
        ["", "ftp://a.example", "http://a:b@c.example/", "http://127.0.0.2/", "http://[::1]/"]
    {
        let fields = [("url", url), ("events", "call.ended")];
        let answer = admin.send_form("/webhooks", "/webhooks", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
    }
    let none = [("url", "http://127.0.0.1/")];
    let answer = admin.send_form("/webhooks", "/webhooks", &none).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "no events");
    let unknown = [("url", "http://127.0.0.1/"), ("events", "world.ended")];
    let answer = admin.send_form("/webhooks", "/webhooks", &unknown).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(webhooks::list(&office.db.pool, SHOP).await.unwrap().is_empty());
    let operator = office.signed_in(Role::Operator).await;
    assert_eq!(operator.get("/webhooks").await.status, StatusCode::FORBIDDEN);
}
