//! Who comes in, and how often.

use super::{Method, StatusCode, Value, header, machine, site, site_with};
use crate::support::program::Folder;
use treadline::config;
use treadline::db::tokens::May;
use treadline::ids::TenantId;

#[tokio::test]
async fn the_command_makes_a_token_that_opens_what_it_names_until_it_is_revoked() {
    let Some(site) = site().await else { return };
    let folder = Folder::with_database(&site.db.url);
    let add = ["token", "add", "erp", "--may", "calls:read,tickets:read"];
    let token = folder.run(&add).await.succeeded().trim().to_owned();
    assert!(token.starts_with("tl_") && token.len() > 40, "{token}");
    assert_eq!(site.get("/api/v1/calls", &token).await.status, StatusCode::OK);
    let refused = site.get("/api/v1/orders", &token).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "forbidden"));
    let listed = folder.run(&["token", "list"]).await.succeeded();
    assert!(listed.contains("erp") && listed.contains("calls:read,tickets:read"), "{listed}");
    assert!(listed.contains("last used") && listed.contains("127.0.0.1"), "{listed}");
    assert!(!listed.contains(&token));
    let kept = "select count(*) from dashboard.machine_tokens k where k::text like '%tl\\_%'";
    assert_eq!(site.count(kept).await, 0, "only a hash is kept");
    folder.run(&["token", "revoke", "erp"]).await.succeeded();
    let gone = site.get("/api/v1/calls", &token).await;
    assert_eq!((gone.status, gone.code()), (StatusCode::UNAUTHORIZED, "unauthorized"));
    assert!(folder.run(&["token", "list"]).await.succeeded().contains("REVOKED"));
    let noted = "select count(*) from dashboard.audit_log where action like 'token.%'";
    assert_eq!(site.count(noted).await, 2);
}

#[tokio::test]
async fn without_a_good_token_nothing_opens_and_guessing_is_stopped() {
    let Some(site) = site().await else { return };
    let bare = site.client.get(format!("http://{}/api/v1/calls", site.address));
    let answer = site.send(bare).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "unauthorized"));
    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    let mut stopped = None;
    for guess in 0..200 {
        let answer = site.get("/api/v1/calls", &format!("tl_{guess:043}")).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            stopped = Some(answer);
            break;
        }
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let stopped = stopped.expect("guessing goes on for ever");
    assert_eq!(stopped.code(), "rate_limited");
    assert!(stopped.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn a_token_has_so_many_requests_a_minute_and_another_one_its_own() {
    let narrow = config::Api { requests_per_minute_max: 3, ..config::Api::default() };
    let Some(site) = site_with(narrow).await else { return };
    let (one, other) = (site.token(&[May::ReadCalls]).await, site.token(&[May::ReadCalls]).await);
    for _ in 0..3 {
        assert_eq!(site.get("/api/v1/calls", &one).await.status, StatusCode::OK);
    }
    let answer = site.get("/api/v1/calls", &one).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    let wait: u64 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(site.get("/api/v1/calls", &other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_of_another_shop_finds_nothing_of_this_one() {
    let Some(site) = site().await else { return };
    let call = site.call(TenantId::DEFAULT, site.clock.now(), "resolved").await;
    let other = site.other_shop().await;
    let token = site.token_of(other, &May::ALL).await;
    let list = site.get("/api/v1/calls", &token).await;
    assert_eq!(list.body["items"], Value::Array(Vec::new()));
    let one = site.get(&format!("/api/v1/calls/{call}"), &token).await;
    assert_eq!((one.status, one.code()), (StatusCode::NOT_FOUND, "not_found"));
    let own = site.token(&May::ALL).await;
    let one = site.get(&format!("/api/v1/calls/{call}"), &own).await;
    assert_eq!(one.status, StatusCode::OK);
    assert_eq!(machine::list(&site.db.pool, other).await.unwrap().len(), 1);
    let nobody = site.request(Method::GET, "/api/v1/nothing", &own);
    assert_eq!(site.send(nobody).await.status, StatusCode::NOT_FOUND);
}
