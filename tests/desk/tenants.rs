//! What the database itself refuses, whatever the program asks.

use super::office;
use chrono::TimeDelta;
use treadline::db::desk::users::Role;
use treadline::db::{self, desk};
use treadline::ids::TenantId;

#[tokio::test]
async fn the_desk_reads_the_log_as_somebody_who_cannot_write_it() {
    let Some(office) = office().await else { return };
    office.call(TenantId::DEFAULT, office.clock.now(), "шини").await;
    for sql in [
        "update calls set summary = 'x'",
        "delete from call_turns",
        "insert into call_tool_calls select * from call_tool_calls",
        "update orders set status = 'cancelled'",
        "update fitting_bookings set status = 'cancelled'",
        "select * from dashboard.sessions",
        "select password_hash from dashboard.users",
        "delete from dashboard.audit_log",
    ] {
        let refused = desk::reading(&office.db.pool, TenantId::DEFAULT, move |conn| {
            Box::pin(async move { sqlx::raw_sql(sql).execute(conn).await.map(drop) })
        })
        .await;
        let error = refused.expect_err(sql).to_string();
        assert!(error.contains("permission denied"), "{sql}: {error}");
    }
    let seen: i64 = desk::reading(&office.db.pool, TenantId::DEFAULT, |conn| {
        Box::pin(
            async move { sqlx::query_scalar("select count(*) from calls").fetch_one(conn).await },
        )
    })
    .await
    .unwrap();
    assert_eq!(seen, 1);
}

#[tokio::test]
async fn rows_of_the_desk_belong_to_one_shop_and_the_audit_log_stays_as_it_was_written() {
    let Some(office) = office().await else { return };
    let other = office.other_shop().await;
    let browser = office.signed_in(Role::Operator).await;
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "шини").await;
    browser.get(&format!("/calls/{call}")).await;
    let count = |tenant: TenantId, sql: &'static str| {
        let pool = office.db.pool.clone();
        async move {
            db::with_tenant(&pool, tenant, move |conn| {
                Box::pin(async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(conn).await })
            })
            .await
            .unwrap()
        }
    };
    let audit = "select count(*) from dashboard.audit_log";
    assert!(count(TenantId::DEFAULT, audit).await > 0);
    assert_eq!(count(other, audit).await, 0);
    let users = "select count(*) from dashboard.users";
    assert_eq!((count(TenantId::DEFAULT, users).await, count(other, users).await), (1, 0));
    for secret in [
        "select count(*) from dashboard.sessions",
        "select count(*) from dashboard.one_time_tokens",
        "select count(*) from dashboard.login_attempts",
    ] {
        assert_eq!(count(TenantId::DEFAULT, secret).await, 0, "{secret}");
    }
    let change = |sql: &'static str| {
        let pool = office.db.pool.clone();
        async move {
            db::with_tenant(&pool, TenantId::DEFAULT, move |conn| {
                Box::pin(async move {
                    sqlx::raw_sql(sql).execute(conn).await.map(|done| done.rows_affected())
                })
            })
            .await
        }
    };
    change("update dashboard.audit_log set actor = 'nobody'").await.unwrap_err();
    assert_eq!(change("delete from dashboard.audit_log").await.unwrap(), 0);
    assert_eq!(change("delete from dashboard.users").await.unwrap(), 0);
    assert_eq!(change("update dashboard.users set role = 'admin'").await.unwrap(), 0);
}

#[tokio::test]
async fn old_sessions_links_and_notes_go_and_young_ones_stay() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Operator).await;
    let mut owner = office.db.owner().await;
    sqlx::raw_sql(
        "insert into dashboard.audit_log (tenant_id, actor, action, object_kind, object_id, at) \
         select '00000000-0000-0000-0000-000000000001', 'x', 'test.old', 'x', 'x', \
             now() - days * interval '1 day' from unnest(array[1, 400, 1094, 1096]) days",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    let now = chrono::Utc::now();
    desk::expire::run(&office.db.pool, now).await.unwrap();
    assert_eq!(office.noted("test.old").await, 3);
    let later = office.clock.now() + TimeDelta::days(31);
    desk::expire::run(&office.db.pool, later).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from dashboard.sessions")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(left, 0);
    assert!(!browser.is_in().await);
}
