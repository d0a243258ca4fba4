//! Who is there to take a call, and what callers are promised of it.

use super::{Office, StatusCode, office};
use chrono::TimeDelta;
use treadline::db::desk::presence;
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;

async fn free(office: &Office) -> Option<i64> {
    free_in(office, TimeDelta::zero()).await
}

async fn free_in(office: &Office, later: TimeDelta) -> Option<i64> {
    let now = office.clock.now() + later;
    presence::free(&office.db.pool, TenantId::DEFAULT, now).await.unwrap()
}

async fn says(browser: &super::Browser, fields: &[(&str, &str)]) -> StatusCode {
    browser.send_form("/console", "/console/presence", fields).await.status
}

#[tokio::test]
async fn a_shop_in_which_nobody_says_who_is_there_is_served_as_before() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Operator).await;
    browser.get("/console").await;
    assert_eq!(free(&office).await, None, "looking is not saying");
}

#[tokio::test]
async fn who_is_free_is_counted_and_who_is_busy_or_away_is_not() {
    let Some(office) = office().await else { return };
    let olha = office.signed_in(Role::Operator).await;
    let ihor = office.signed_in(Role::Operator).await;
    assert_eq!(says(&olha, &[("state", "free")]).await, StatusCode::SEE_OTHER);
    assert_eq!(says(&ihor, &[("state", "free")]).await, StatusCode::SEE_OTHER);
    assert_eq!(free(&office).await, Some(2));
    assert_eq!(says(&olha, &[("state", "away"), ("reason", "lunch")]).await, StatusCode::SEE_OTHER);
    assert_eq!(free(&office).await, Some(1));
    assert_eq!(says(&ihor, &[("state", "busy")]).await, StatusCode::SEE_OTHER);
    assert_eq!(free(&office).await, Some(0));
    let page = ihor.get("/console").await.text;
    assert!(page.contains("обід") && page.contains("зайнято"), "{page}");
    assert_eq!(office.noted("presence.changed").await, 4);
    // The same again is no change.
    assert_eq!(says(&ihor, &[("state", "busy")]).await, StatusCode::SEE_OTHER);
    assert_eq!(office.noted("presence.changed").await, 4);
    for bad in [
        &[("state", "ready")][..],
        &[("state", "away")][..],
        &[("state", "away"), ("reason", "holiday")][..],
        &[("state", "wrap_up")][..],
    ] {
        assert_eq!(says(&ihor, bad).await, StatusCode::BAD_REQUEST, "{bad:?}");
    }
}

#[tokio::test]
async fn who_shows_no_sign_of_life_is_gone_unless_the_telephone_is_enough() {
    let Some(office) = office().await else { return };
    let olha = office.signed_in(Role::Operator).await;
    says(&olha, &[("state", "free")]).await;
    let minutes = TimeDelta::minutes;
    assert_eq!(free_in(&office, minutes(2)).await, Some(0));
    // An open page is a heartbeat.
    sqlx::query("update dashboard.presence set seen_at = seen_at - interval '10 minutes'")
        .execute(&mut office.db.owner().await)
        .await
        .unwrap();
    assert_eq!(free(&office).await, Some(0));
    olha.get("/console/now").await;
    assert_eq!(free(&office).await, Some(1));
    says(&olha, &[("state", "free"), ("phone_only", "1")]).await;
    assert_eq!(free_in(&office, minutes(60)).await, Some(1));
    assert_eq!(free_in(&office, minutes(13 * 60)).await, Some(0), "nobody works so long");
    assert_eq!(free_in(&office, TimeDelta::days(8)).await, None, "nobody says anything any more");
}

#[tokio::test]
async fn another_shop_s_people_and_those_who_were_blocked_are_not_there() {
    let Some(office) = office().await else { return };
    let other = office.other_shop().await;
    let foreign = office.signed_in_at(Role::Operator, other).await;
    says(&foreign, &[("state", "free")]).await;
    assert_eq!(free(&office).await, None);
    let olha = office.signed_in(Role::Operator).await;
    says(&olha, &[("state", "free")]).await;
    assert_eq!(free(&office).await, Some(1));
    sqlx::query("update dashboard.users set blocked_at = now()")
        .execute(&mut office.db.owner().await)
        .await
        .unwrap();
    assert_eq!(free(&office).await, Some(0));
}
