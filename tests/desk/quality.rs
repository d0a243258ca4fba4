//! `/quality`: every number leads to exactly its calls, and the worst come first.

use super::{Office, StatusCode, office};
use chrono::{DateTime, TimeDelta, Utc};
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;

/// A judged call.
async fn judged(office: &Office, at: DateTime<Utc>, score: f64, flagged: &[&str]) -> String {
    let id = office.call(TenantId::DEFAULT, at, "шини").await;
    sqlx::query(
        "update calls set quality_score = $2, meta = jsonb_build_object('quality', \
             jsonb_build_object('by', 'rules', 'flagged', $3::jsonb)) where id = $1",
    )
    .bind(id)
    .bind(score)
    .bind(serde_json::json!(flagged))
    .execute(&mut office.db.owner().await)
    .await
    .unwrap();
    id.to_string()
}

#[tokio::test]
async fn each_number_of_a_week_opens_a_list_of_so_many_calls() {
    let Some(office) = office().await else { return };
    let now = office.clock.now();
    for days in 1..20 {
        let flagged: &[&str] = if days % 3 == 0 {
            &["concise", "satisfied"]
        } else if days % 2 == 0 {
            &["concise"]
        } else {
            &[]
        };
        let score = if days % 3 == 0 { 0.5 } else { 0.9 };
        judged(&office, now - TimeDelta::days(days), score, flagged).await;
    }
    let analyst = office.signed_in(Role::Analyst).await;
    let page = analyst.get("/quality").await;
    assert_eq!(page.status, StatusCode::OK);
    let mut sum = 0;
    for part in page.text.split("class=\"count\" href=\"").skip(1) {
        let (href, rest) = part.split_once("\">").unwrap();
        let count: usize = rest.split('<').next().unwrap().parse().unwrap();
        sum += count;
        if count > 0 {
            let list = analyst.get(&href.replace("&#38;", "&").replace("&amp;", "&")).await.text;
            let (_, found) = list.split_once("data-count>").unwrap();
            assert!(found.starts_with(&format!("{count} ")), "{href}: {count}, {found:.40}");
        }
    }
    // 19 judged, 6 poor, 12 too long, 6 not content.
    assert_eq!(sum, 19 + 6 + 12 + 6);
    assert!(page.text.contains("class=\"count\""), "{}", page.text);
    let earlier = analyst.get("/quality?week=2026-09-01").await.text;
    assert!(earlier.contains("Оцінених дзвінків ще немає"), "{earlier}");
    assert_eq!(analyst.get("/quality?week=x").await.status, StatusCode::BAD_REQUEST);
    let operator = office.signed_in(Role::Operator).await;
    assert_eq!(operator.get("/quality").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_worst_calls_come_first_page_by_page() {
    let Some(office) = office().await else { return };
    let now = office.clock.now();
    let mut expected = Vec::new();
    for at in 0..55_i32 {
        let score = f64::from(at % 11) / 10.0;
        let began = now - TimeDelta::hours(i64::from(at) + 1);
        let id = judged(&office, began, score, &["satisfied"]).await;
        expected.push((at % 11, at, id));
    }
    // Of equal ones the latest first.
    expected.sort();
    let analyst = office.signed_in(Role::Analyst).await;
    let ids = |text: &str| -> Vec<String> {
        let parts = text.split("href=\"/calls/").skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    };
    let first = analyst.get("/quality").await.text;
    let (before, _) = first.split_once("\" rel=\"next\"").unwrap();
    let next = before.rsplit("href=\"").next().unwrap().replace("&#38;", "&");
    let mut seen = ids(&first);
    seen.extend(ids(&analyst.get(&next).await.text));
    let expected: Vec<String> = expected.into_iter().map(|(_, _, id)| id).collect();
    assert_eq!(seen, expected);
}
