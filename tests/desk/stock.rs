//! The catalogue at the desk, and files that are brought in through a browser.

use super::work::{Work, work};
use super::{Answer, Browser, Method, StatusCode};
use reqwest::header::{self, HeaderMap};
use std::fmt::Write as _;
use treadline::db::desk::users::Role;

/// Sends the form with a file as a browser does.
async fn send(browser: &Browser, fields: &[(&str, &str)], file: (&str, &str)) -> Answer {
    let token = browser.get("/stock").await.form_token();
    let mut body = String::new();
    let all = [("form_token", token.as_str())].into_iter().chain(fields.iter().copied());
    for (name, value) in all {
        write!(body, "--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            .unwrap();
    }
    let (name, content) = file;
    write!(
        body,
        "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/csv\r\n\r\n{content}\r\n--XyZ--\r\n"
    )
    .unwrap();
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, "multipart/form-data; boundary=XyZ".parse().unwrap()),
        (header::ORIGIN, browser.base.parse().unwrap()),
    ]);
    browser.send(Method::POST, "/stock", headers, body).await
}

/// A stock file that names every article; `of_hankook` of one.
async fn stock_file(work: &Work, of_hankook: &str) -> String {
    let skus: Vec<String> = sqlx::query_scalar("select sku from products order by sku")
        .fetch_all(&mut work.office.db.owner().await)
        .await
        .unwrap();
    let lines = skus.iter().map(|sku| {
        let pieces = if sku == "00000010495" { of_hankook } else { "7" };
        format!("{sku},{pieces}")
    });
    format!("sku,quantity\n{}\n", lines.collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn the_catalogue_is_found_by_words_size_and_season_page_by_page() {
    let Some(work) = work().await else { return };
    let browser = work.office.signed_in(Role::Operator).await;
    let all: i64 = work.office.text_of("select count(*) from products").await;
    let rows = |page: &str| page.matches("<td class=\"mono\">").count() as i64;
    let first = browser.get("/stock").await.text;
    assert_eq!(rows(&first), 50);
    let (before, _) = first.split_once("\" rel=\"next\"").unwrap();
    let next = before.rsplit_once('"').unwrap().1.replace("&#38;", "&").replace("&amp;", "&");
    assert_eq!(rows(&browser.get(&next).await.text), all - 50);
    let found = browser.get("/stock?find=hankook&season=winter").await.text;
    assert!(found.contains("00000010495") && rows(&found) < 50);
    let sizes: i64 = work
        .office
        .text_of("select count(*) from products where width = 205 and profile = 55 and rim_tenths = 160 and not commercial")
        .await;
    assert_eq!(rows(&browser.get("/stock?size=205/55+R16").await.text), sizes);
    assert!(!first.contains("type=\"file\""), "an operator brings no files in");
}

#[tokio::test]
async fn a_stock_file_is_loaded_as_by_the_command_line_and_reported() {
    let Some(work) = work().await else { return };
    let admin = work.office.signed_in(Role::Admin).await;
    let file = stock_file(&work, "99").await;
    let fields = [("kind", "stock"), ("dry_run", "1")];
    let checked = send(&admin, &fields, ("stock.csv", &file)).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text);
    assert!(checked.text.contains("Перевірено, нічого не змінено."));
    assert_ne!(work.in_stock().await, 99);
    let loaded = send(&admin, &[("kind", "stock")], ("stock.csv", &file)).await;
    assert_eq!(loaded.status, StatusCode::OK, "{}", loaded.text);
    assert!(loaded.text.contains("Завантажено."));
    assert_eq!(work.in_stock().await, 99);
    let page = admin.get("/stock").await.text;
    assert!(page.contains("stock.csv") && page.contains("залишки"), "{page}");
    assert_eq!(work.office.noted("stock.imported").await, 2);
}

#[tokio::test]
async fn a_bad_file_changes_nothing_and_every_mistake_is_named() {
    let Some(work) = work().await else { return };
    let admin = work.office.signed_in(Role::Admin).await;
    let before = work.in_stock().await;
    let stock = [("kind", "stock")];
    for (name, file, shown) in [
        ("bad.csv", stock_file(&work, "many").await, "many"),
        ("short.csv", "sku,quantity\n00000010495,1\n".to_owned(), "nothing was loaded"),
        ("none.csv", "sku,quantity\n".to_owned(), "no rows"),
        ("noise.csv", "\u{1}\u{2}\u{3}".to_owned(), "Нічого не завантажено."),
        ("<script>.csv", "sku\n<script>alert(1)</script>\n".to_owned(), "&#60;script&#62;.csv"),
    ] {
        let answer = send(&admin, &stock, (name, &file)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.text);
        assert!(answer.text.contains(shown), "{name}: {}", answer.text);
        assert!(!answer.text.contains("<script>alert"), "{name}");
        assert_eq!(work.in_stock().await, before, "{name}");
    }
    for wrong in
        [vec![("kind", "people")], vec![], vec![("kind", "stock"), ("as_of", "2030-01-01")]]
    {
        let answer = send(&admin, &wrong, ("a.csv", "sku,quantity\n1,1\n")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong:?}");
    }
    let none = send(&admin, &stock, ("", "")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("Файл не обрано."));
}

#[tokio::test]
async fn ten_megabytes_and_forms_of_strangers_are_refused_clearly() {
    let Some(work) = work().await else { return };
    let admin = work.office.signed_in(Role::Admin).await;
    let before = work.in_stock().await;
    let large = format!("sku,quantity\n{}", "00000010495,1\n".repeat(10 * 1024 * 1024 / 14));
    let answer = send(&admin, &[("kind", "stock")], ("large.csv", &large)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("8 МБ"), "{}", answer.text);
    let operator = work.office.signed_in(Role::Operator).await;
    let file = stock_file(&work, "99").await;
    let denied = send(&operator, &[("kind", "stock")], ("stock.csv", &file)).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    // A form without its token, and one from elsewhere.
    let headers = |origin: &str| {
        HeaderMap::from_iter([
            (header::CONTENT_TYPE, "multipart/form-data; boundary=XyZ".parse().unwrap()),
            (header::ORIGIN, origin.parse().unwrap()),
        ])
    };
    let body = format!(
        "--XyZ\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nstock\r\n\
         --XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{file}\r\n\
         --XyZ--\r\n"
    );
    for origin in [admin.base.as_str(), "https://evil.example"] {
        let answer = admin.send(Method::POST, "/stock", headers(origin), body.clone()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
    let broken = admin.send(Method::POST, "/stock", headers(&admin.base), "--XyZ".into()).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert_eq!(work.in_stock().await, before);
    assert_eq!(work.office.noted("stock.imported").await, 0);
}
