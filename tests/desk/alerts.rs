//! `/alerts`: seen by everybody, acknowledged once by who may.

use super::{StatusCode, office};
use treadline::db::alerts::{self, Finding};
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;

#[tokio::test]
async fn an_alert_is_shown_in_the_readers_language_and_seen_by_one_person() {
    let Some(office) = office().await else { return };
    let finding = Finding {
        kind: "spool_age",
        subject: "<b>host</b>".into(),
        threshold: 120.0,
        actual: 200.5,
        severity: "critical",
        description: "<script>alert(1)</script>".into(),
    };
    let now = office.clock.now();
    let note = |found: Vec<Finding>| {
        alerts::note(&office.db.pool, TenantId::DEFAULT, vec!["spool_age"], None, found, now)
    };
    note(vec![finding]).await.unwrap();
    let analyst = office.signed_in(Role::Analyst).await;
    let page = analyst.get("/alerts").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("журнал чекає на базу"), "{}", page.text);
    assert!(page.text.contains("200,5") && page.text.contains("критично"), "{}", page.text);
    assert!(!page.text.contains("<script>alert") && !page.text.contains("<b>host"));
    assert!(!page.text.contains("/seen"), "an analyst only looks");
    let operator = office.signed_in(Role::Operator).await;
    let page = operator.get("/alerts").await.text;
    let (_, rest) = page.split_once("action=\"/alerts/").unwrap();
    let path = format!("/alerts/{}", rest.split('"').next().unwrap());
    let seen = operator.send_form("/alerts", &path, &[]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/alerts"));
    let again = operator.send_form("/alerts", &path, &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(operator.get("/alerts").await.text.contains("operator-"));
    assert_eq!(office.noted("alert.seen").await, 1);
    let other = office.other_shop().await;
    let stranger = office.signed_in_at(Role::Admin, other).await;
    assert!(!stranger.get("/alerts").await.text.contains("журнал чекає"));
    note(Vec::new()).await.unwrap();
    let page = operator.get("/alerts").await.text;
    assert!(page.contains("Усе так, як має бути") && page.contains("журнал чекає на базу"));
    assert_eq!(operator.get("/alerts?after=zzz").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_dashboard_for_grafana_is_given_to_administrators() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let answer = admin.get("/grafana/treadline.json").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    let dashboard: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(dashboard["uid"], "treadline");
}
