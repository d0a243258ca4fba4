//! Forms that are not ours, too large, or nonsense: a clear answer, and nothing is changed.

use super::{Browser, Method, StatusCode, encoded, form_headers, office, office_with};
use reqwest::header::{self, HeaderMap};
use treadline::config;
use treadline::db::desk::users::Role;

const LOOK: [(&str, &str); 3] = [("tongue", "en"), ("scheme", "dark"), ("next", "/")];

async fn is_untouched(browser: &Browser) -> bool {
    browser.get("/calls").await.text.contains("<html lang=\"uk\" data-scheme=\"auto\">")
}

#[tokio::test]
async fn a_form_without_our_token_or_from_elsewhere_changes_nothing() {
    let Some(office) = office().await else { return };
    let (browser, other) =
        (office.signed_in(Role::Admin).await, office.signed_in(Role::Admin).await);
    let token = browser.get("/calls").await.form_token();
    let foreign = other.get("/calls").await.form_token();
    let with = |token: &'static str| -> Vec<(&'static str, String)> {
        let look = LOOK.map(|(name, value)| (name, value.to_owned()));
        look.into_iter().chain([("form_token", token.to_owned())]).collect()
    };
    assert_eq!(browser.post("/me/look", &LOOK).await.status, StatusCode::FORBIDDEN);
    for wrong in ["", "0", "null"] {
        let fields = with(wrong);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(browser.post("/me/look", &fields).await.status, StatusCode::FORBIDDEN);
    }
    let mut fields = LOOK.to_vec();
    fields.push(("form_token", &foreign));
    assert_eq!(browser.post("/me/look", &fields).await.status, StatusCode::FORBIDDEN);
    fields.pop();
    fields.push(("form_token", &token));
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1"] {
        let answer = browser.post_from(origin, "/me/look", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
    // Without a word of where it comes from.
    let silent = browser.send(Method::POST, "/me/look", form_headers(), encoded(&fields)).await;
    assert_eq!(silent.status, StatusCode::FORBIDDEN);
    assert!(is_untouched(&browser).await);
    assert_eq!(browser.post("/me/look", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(!is_untouched(&browser).await);
}

#[tokio::test]
async fn a_stranger_cannot_be_signed_in_as_somebody_else_by_a_foreign_page() {
    let Some(office) = office().await else { return };
    let browser = office.browser();
    let fields = [("email", "a@b"), ("password", "wrong wrong")];
    assert_eq!(browser.post("/login", &fields).await.status, StatusCode::FORBIDDEN);
    let token = browser.get("/login").await.form_token();
    let fields = [("form_token", token.as_str()), ("email", "a@b"), ("password", "wrong wrong")];
    let foreign = browser.post_from("https://evil.example", "/login", &fields).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/login", &fields).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn large_and_broken_forms_get_an_answer() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Admin).await;
    let token = browser.get("/calls").await.form_token();
    let mut headers = form_headers();
    headers.insert(header::ORIGIN, browser.base.parse().unwrap());
    let cases = [
        (headers.clone(), format!("form_token={token}&x={}", "a".repeat(100_000)), 413),
        (headers.clone(), format!("form_token={token}&tongue=%00&scheme=dark"), 400),
        (headers.clone(), format!("form_token={token}&tongue=%ff&scheme=dark"), 400),
        (
            HeaderMap::from_iter([
                (header::ORIGIN, browser.base.parse().unwrap()),
                (header::CONTENT_TYPE, "application/json".parse().unwrap()),
            ]),
            "{\"form_token\": 1}".to_owned(),
            400,
        ),
        (headers, "&&&===".to_owned(), 403),
    ];
    for (headers, body, status) in cases {
        let answer = browser.send(Method::POST, "/me/look", headers, body.clone()).await;
        let shown: String = body.chars().take(80).collect();
        assert_eq!(answer.status.as_u16(), status, "{shown}");
    }
    assert!(is_untouched(&browser).await);
}

#[tokio::test]
async fn behind_a_proxy_that_speaks_tls_cookies_say_so_and_forms_come_from_there() {
    let config = config::Desk {
        public_url: "https://desk.example.com".into(),
        proxies: vec!["127.0.0.1".parse().unwrap()],
        ..config::Desk::default()
    };
    let Some(office) = office_with(config).await else { return };
    let browser = office.browser();
    let page = browser.get("/login").await;
    let cookie = page.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(cookie.ends_with("; SameSite=Lax; Secure"), "{cookie}");
    let token = page.form_token();
    let fields = [("form_token", token.as_str()), ("email", "a@b"), ("password", "wrong wrong")];
    assert_eq!(browser.post("/login", &fields).await.status, StatusCode::FORBIDDEN);
    // One browser behind the proxy uses its attempts up; another one has its own.
    for (address, attempts, last) in [
        ("192.0.2.1", 31, StatusCode::TOO_MANY_REQUESTS),
        ("192.0.2.1, 127.0.0.1", 1, StatusCode::TOO_MANY_REQUESTS),
        ("192.0.2.1, 192.0.2.2", 1, StatusCode::UNAUTHORIZED),
    ] {
        let mut headers = form_headers();
        headers.insert(header::ORIGIN, "https://desk.example.com".parse().unwrap());
        headers.insert("x-forwarded-for", address.parse().unwrap());
        let mut status = StatusCode::OK;
        for n in 0..attempts {
            let email = format!("{n}@{}", address.len());
            let fields =
                [("form_token", token.as_str()), ("email", &email), ("password", "wrong wrong")];
            status = browser
                .send(Method::POST, "/login", headers.clone(), encoded(&fields))
                .await
                .status;
        }
        assert_eq!(status, last, "{address}");
    }
}
