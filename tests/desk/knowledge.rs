//! `/knowledge`: articles written and found as callers find them.

use super::{Browser, StatusCode, office};
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;
use treadline::store::knowledge::{self, Article};

const FIRST: &str = "Шини лежать у нас у теплі та в темряві.\n\nГосподар забирає їх навесні.";
const SECOND: &str = "Шини лежать у нас у прохолоді та в темряві.\n\nГосподар забирає їх навесні.";

async fn write(browser: &Browser) -> String {
    let fields = [
        ("slug", "keeping"),
        ("language", "uk"),
        ("category", "storage"),
        ("title", "Зберігання шин"),
        ("content", FIRST),
    ];
    let made = browser.send_form("/knowledge", "/knowledge", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    made.location().to_owned()
}

#[tokio::test]
async fn an_article_is_written_found_rewritten_and_its_versions_are_compared() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let path = write(&admin).await;
    let found = admin.get("/knowledge?ask=зберігання+шин&lang=uk").await.text;
    assert!(found.contains("у теплі") && found.contains("відповідь"), "{found}");
    let again = [
        ("do", "write"),
        ("version", "1"),
        ("title", "Зберігання шин"),
        ("category", "storage"),
        ("content", SECOND),
    ];
    let done = admin.send_form(&path, &path, &again).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let found = admin.get("/knowledge?ask=зберігання+шин").await.text;
    assert!(found.contains("у прохолоді") && !found.contains("у теплі"), "{found}");
    let listed = knowledge::list(&office.db.pool, TenantId::DEFAULT).await.unwrap();
    assert_eq!((listed[0].version, listed[0].chunks, listed[0].archived), (2, 1, 1));
    let page = admin.get(&format!("{path}?version=1")).await.text;
    assert!(page.contains("<li class=\"removed\">− Шини лежать у нас у теплі"), "{page}");
    assert!(page.contains("<li class=\"added\">+ Шини лежать у нас у прохолоді"), "{page}");
    // Who saw the first version does not write over the second, and loses nothing.
    let late = admin.send_form(&path, &path, &again).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("у прохолоді"), "{}", late.text);
    let same = [("version", "2"), again[0], again[2], again[3], again[4]];
    let nothing = admin.send_form(&path, &path, &same).await;
    assert!(nothing.text.contains("Нічого не змінилося"), "{}", nothing.text);
    assert_eq!(office.noted("article.written").await, 2);
}

#[tokio::test]
async fn an_article_that_is_switched_off_is_told_to_nobody() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let path = write(&admin).await;
    let ask = "/knowledge?ask=зберігання+шин";
    for (deed, told) in [("off", false), ("on", true)] {
        let done = admin.send_form(&path, &path, &[("do", deed)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert_eq!(admin.get(ask).await.text.contains("у теплі"), told, "{deed}");
    }
    let other = office.other_shop().await;
    let stranger = office.signed_in_at(Role::Admin, other).await;
    assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
    let theirs = stranger.send_form("/knowledge", &path, &[("do", "off")]).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_an_article_is_said_and_what_was_typed_stays() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    write(&admin).await;
    let good = [("slug", "other"), ("language", "uk"), ("category", "general"), ("title", "Т")];
    for (field, value, content) in [
        ("slug", "Ключ", "текст"),
        ("title", "  ", "текст"),
        ("slug", "other", "   "),
        ("slug", "keeping", "<script>alert(1)</script> текст"),
    ] {
        let mut fields: Vec<_> = good.iter().copied().filter(|(name, _)| *name != field).collect();
        fields.extend([(field, value), ("content", content)]);
        let answer = admin.send_form("/knowledge", "/knowledge", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        assert!(!answer.text.contains("<script>alert"), "{}", answer.text);
    }
    let long = "ш".repeat(90_000);
    let mut fields = good.to_vec();
    fields.push(("content", &long));
    let answer = admin.send_form("/knowledge", "/knowledge", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "a long article fits into the form");
    let mut fields = good.to_vec();
    let huge = "ш".repeat(300_000);
    fields.push(("content", &huge));
    let answer = admin.send_form("/knowledge", "/knowledge", &fields).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn every_way_of_writing_an_article_keeps_its_versions() {
    let Some(office) = office().await else { return };
    let pool = &office.db.pool;
    for text in ["# Тиск\n\nПеревіряйте тиск.", "# Тиск\n\nПеревіряйте тиск щомісяця."]
    {
        let article = Article::read("pressure.uk.md", text).unwrap();
        knowledge::import(pool, TenantId::DEFAULT, article).await.unwrap();
    }
    let listed = knowledge::list(pool, TenantId::DEFAULT).await.unwrap();
    let past = knowledge::revisions(pool, TenantId::DEFAULT, listed[0].id).await.unwrap();
    let texts: Vec<(i32, &str)> =
        past.iter().map(|one| (one.version, one.content.as_str())).collect();
    assert_eq!(texts, [(2, "Перевіряйте тиск щомісяця."), (1, "Перевіряйте тиск.")]);
}
