//! Browsers that come by TLS, of our own or of a proxy in front.

use super::{Browser, Client, Office, PATIENCE, StatusCode, office_by, office_with};
use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use treadline::config;
use treadline::http::{Tls, TlsError};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

fn load(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
    Tls::load(certificate, key, Utc::now())
}

async fn office_with_tls() -> Option<Office> {
    let tls = load(&file("server.pem"), &file("server.key")).unwrap();
    office_by(config::Desk::default(), Some(Arc::new(tls))).await
}

/// A browser that trusts who signed our certificate.
fn browser(office: &Office) -> Browser {
    let authority = std::fs::read(file("authority.pem")).unwrap();
    let authority = reqwest::Certificate::from_pem(&authority).unwrap();
    let client = Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([authority])
        .build()
        .unwrap();
    let base = format!("https://localhost:{}", office.address.port());
    Browser { client, base, cookies: Mutex::default() }
}

fn cookie(answer: &super::Answer) -> String {
    answer.headers["set-cookie"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_signs_in_by_tls_and_is_told_never_to_come_without() {
    let Some(office) = office_with_tls().await else { return };
    let email = "olha@shop.example";
    office.hire(email, super::users::Role::Operator, super::TenantId::DEFAULT).await;
    let browser = browser(&office);
    let page = browser.get("/login").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(cookie(&page).ends_with("; Secure"), "{}", cookie(&page));
    assert_eq!(page.headers["strict-transport-security"], "max-age=15552000");
    let inside = browser.sign_in(email, super::PASSWORD).await;
    assert_eq!(inside.status, StatusCode::SEE_OTHER, "{}", inside.text);
    assert!(cookie(&inside).ends_with("; Secure"), "{}", cookie(&inside));
    assert!(browser.is_in().await);
}

#[tokio::test]
async fn a_browser_that_does_not_know_who_signed_the_certificate_is_not_served() {
    let Some(office) = office_with_tls().await else { return };
    let strange = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let address = format!("https://localhost:{}/login", office.address.port());
    assert!(strange.get(address).send().await.is_err());
    // Who begins and says nothing holds up nobody.
    let silent = tokio::net::TcpStream::connect(office.address).await.unwrap();
    assert_eq!(browser(&office).get("/login").await.status, StatusCode::OK);
    drop(silent);
}

#[tokio::test]
async fn programs_on_this_machine_may_go_on_without_tls() {
    let Some(office) = office_with_tls().await else { return };
    let live = office.browser().get("/live").await;
    assert_eq!((live.status, live.text.trim()), (StatusCode::OK, "ok"));
}

#[test]
fn what_is_wrong_with_the_files_is_said_with_the_key_and_the_file() {
    let said = |certificate: &str, key: &str| {
        load(&file(certificate), &file(key)).unwrap_err().to_string()
    };
    for (certificate, key, parts) in [
        ("none.pem", "server.key", &["server.tls_cert", "none.pem", "No such file"][..]),
        ("server.pem", "none.key", &["server.tls_key", "none.key", "No such file"]),
        ("server.key", "server.key", &["server.tls_cert", "no certificate"]),
        ("server.pem", "authority.pem", &["server.tls_key", "no private key"]),
        ("server.pem", "other.key", &["server.tls_cert and server.tls_key"]),
        ("expired.pem", "server.key", &["expired.pem", "to 2021-01-01", "now it is"]),
    ] {
        let said = said(certificate, key);
        for part in parts {
            assert!(said.contains(part), "{certificate} {key}: {said}");
        }
    }
    let early: DateTime<Utc> = "2019-12-31T23:59:59Z".parse().unwrap();
    let told = Tls::load(&file("server.pem"), &file("server.key"), early).unwrap_err();
    assert!(told.to_string().contains("from 2020-01-01"), "{told}");
}

async fn asked(office: &Office, headers: &[(&'static str, &str)]) -> super::Answer {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()))
        .collect::<Vec<(reqwest::header::HeaderName, _)>>()
        .into_iter()
        .collect();
    office.browser().send(super::Method::GET, "/login", headers, String::new()).await
}

#[tokio::test]
async fn a_proxy_that_we_know_says_that_the_browser_came_by_tls_and_nobody_else_does() {
    let known = config::Desk { proxies: vec!["127.0.0.1".parse().unwrap()], ..Default::default() };
    let Some(office) = office_with(known).await else { return };
    for proto in ["https", "HTTPS", "http, https"] {
        let answer = asked(&office, &[("x-forwarded-proto", proto)]).await;
        assert!(cookie(&answer).ends_with("; Secure"), "{proto}: {}", cookie(&answer));
        assert!(answer.headers.contains_key("strict-transport-security"), "{proto}");
    }
    for headers in
        [&[][..], &[("x-forwarded-proto", "http")], &[("x-forwarded-proto", "https, http")]]
    {
        let answer = asked(&office, headers).await;
        assert!(!cookie(&answer).contains("Secure"), "{headers:?}");
        assert!(!answer.headers.contains_key("strict-transport-security"), "{headers:?}");
    }
    let Some(office) = office_with(config::Desk::default()).await else { return };
    let answer = asked(&office, &[("x-forwarded-proto", "https")]).await;
    assert!(!cookie(&answer).contains("Secure"), "somebody says so whom we do not know");
}
