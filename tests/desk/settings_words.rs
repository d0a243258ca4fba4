//! `/settings/corrections`: tried on last week's calls before they are saved.

use super::hostile::{payloads, wound};
use super::{Browser, Office, StatusCode, encoded, office};
use chrono::TimeDelta;
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;

const PAGE: &str = "/settings/corrections";

fn tried(heard: &str, meant: &str) -> String {
    format!("{PAGE}?{}", encoded(&[("heard", heard), ("meant", meant)]))
}

async fn add(browser: &Browser, heard: &str, meant: &str) -> super::Answer {
    browser
        .send_form(PAGE, PAGE, &[("heard", heard), ("meant", meant), ("reason", "так чує")])
        .await
}

/// Heard, meant, status, version.
async fn rows(office: &Office) -> Vec<(String, String, String, i32)> {
    sqlx::query_as(
        "select trigger_description, learned_pattern, status, version from learning_records \
         order by created_at, id",
    )
    .fetch_all(&mut office.db.owner().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_correction_is_tried_on_last_weeks_calls_before_it_is_saved() {
    let Some(office) = office().await else { return };
    let now = office.clock.now();
    for days in [0, 1, 2, 3, 4, 5, 6] {
        for _ in 0..2 {
            let at = now - TimeDelta::days(days);
            office.call(TenantId::DEFAULT, at, "Є Мішлен? Мій номер 0671234567").await;
        }
        office.call(TenantId::DEFAULT, now - TimeDelta::days(days), "мішленівські шини").await;
    }
    office.call(TenantId::DEFAULT, now - TimeDelta::days(8), "мішлен").await;
    let rehearsed = office.call(TenantId::DEFAULT, now, "мішлен").await;
    sqlx::query("update calls set origin = 'test' where id = $1")
        .bind(rehearsed)
        .execute(&mut office.db.owner().await)
        .await
        .unwrap();
    let analyst = office.signed_in(Role::Analyst).await;
    let page = analyst.get(&tried("мішлен", "Michelin")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("змінилося б 14 з 21 реплік"), "{}", page.text);
    assert_eq!(page.text.matches("Є Michelin? Мій номер").count(), 10, "{}", page.text);
    assert!(!page.text.contains("0671234567"), "an analyst sees no numbers");
    assert!(!page.text.contains("method=\"post\" action=\"/settings/corrections\""));
    assert_eq!(office.noted("correction.previewed").await, 1);
    assert_eq!(rows(&office).await, [], "looking changes nothing");
    let admin = office.signed_in(Role::Admin).await;
    let page = admin.get(&tried("шкода", "Skoda")).await.text;
    assert!(
        page.contains("змінилося б 0 з 21 реплік") && page.contains("ніхто не казав"),
        "{page}"
    );
    let other = office.other_shop().await;
    let stranger = office.signed_in_at(Role::Admin, other).await;
    assert!(stranger.get(&tried("мішлен", "Michelin")).await.text.contains("змінилося б 0 з 0"));
}

#[tokio::test]
async fn a_correction_is_saved_once_switched_off_and_on_by_who_saw_how_it_stands() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    assert_eq!(add(&admin, " мішлен ", "Michelin").await.status, StatusCode::SEE_OTHER);
    let again = add(&admin, "МІШЛЕН", "Nokian").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("Michelin"), "{}", again.text);
    let row = |status: &str, version| {
        ("мішлен".to_owned(), "Michelin".to_owned(), status.to_owned(), version)
    };
    assert_eq!(rows(&office).await, [row("active", 1)]);
    let page = admin.get(PAGE).await.text;
    let (_, rest) = page.split_once("action=\"/settings/corrections/").unwrap();
    let path = format!("{PAGE}/{}", rest.split('"').next().unwrap());
    let send = |what: &'static str, seen: &'static str| {
        let (admin, path) = (&admin, &path);
        async move { admin.send_form(PAGE, path, &[("do", what), ("seen", seen)]).await.status }
    };
    assert_eq!(send("retire", "1").await, StatusCode::SEE_OTHER);
    assert_eq!(send("retire", "1").await, StatusCode::CONFLICT, "it was switched off before");
    assert_eq!(rows(&office).await, [row("deprecated", 2)]);
    assert_eq!(send("restore", "2").await, StatusCode::SEE_OTHER);
    assert_eq!(rows(&office).await, [row("active", 3)]);
    let noted = ["correction.added", "correction.retired", "correction.restored"];
    for action in noted {
        assert_eq!(office.noted(action).await, 1, "{action}");
    }
    let analyst = office.signed_in(Role::Analyst).await;
    assert!(analyst.get(PAGE).await.text.contains("Michelin"));
    assert_eq!(add(&analyst, "нокіа", "Nokian").await.status, StatusCode::FORBIDDEN);
    let other = office.other_shop().await;
    let stranger = office.signed_in_at(Role::Admin, other).await;
    assert!(!stranger.get(PAGE).await.text.contains("Michelin"));
    let theirs = stranger.send_form(PAGE, &path, &[("do", "retire"), ("seen", "3")]).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_consent_rests_on_and_what_may_be_a_number_is_not_corrected() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    for (heard, meant, told) in [
        ("ні", "так", "тримається згода"),
        ("мішлен", "так", "тримається згода"),
        ("no", "Michelin", "тримається згода"),
        ("мій номер", "0671234567", "чийсь номер"),
        ("x", "Michelin", "дві літери"),
        ("мішлен", "Мішлен", "однакові"),
    ] {
        let looked = admin.get(&tried(heard, meant)).await;
        assert_eq!(looked.status, StatusCode::UNPROCESSABLE_ENTITY, "{heard} {meant}");
        assert!(looked.text.contains(told), "{heard}: {}", looked.text);
        let saved = add(&admin, heard, meant).await;
        assert_eq!(saved.status, StatusCode::UNPROCESSABLE_ENTITY, "{heard} {meant}");
    }
    assert_eq!(rows(&office).await, []);
    // Whatever is written, it stays text.
    for payload in payloads().iter().filter(|text| text.chars().count() <= 100).step_by(2) {
        let page = admin.get(&tried(payload, "Michelin")).await;
        assert_eq!(wound(&page.text), None, "{payload}");
        let page = admin.get(&tried("мішлен", payload)).await;
        assert_eq!(wound(&page.text), None, "{payload}");
    }
}
