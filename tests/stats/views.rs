//! The views for dashboards: their figures, and whose they show.

use crate::stats::database::{TestDb, fresh_database};
use crate::stats::model::{Book, Row};
use crate::stats::{at, other_tenant};
use rust_decimal::Decimal;
use sqlx::{Connection as _, PgConnection};
use treadline::db::stats;
use treadline::ids::TenantId;

/// A connection as `dashboard_reader` for one shop.
async fn reader(db: &TestDb, tenant: TenantId) -> PgConnection {
    let mut owner = PgConnection::connect(&db.url).await.unwrap();
    sqlx::query("select set_config('app.tenant_id', $1, false)")
        .bind(tenant.0.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    // Whoever made the role may give it.
    sqlx::query("grant dashboard_reader to current_user").execute(&mut owner).await.unwrap();
    sqlx::query("set role dashboard_reader").execute(&mut owner).await.unwrap();
    owner
}

/// Three calls on the 23rd: one settled, one left while a time was chosen, one for an operator;
/// one of a test, one taken out.
async fn three_calls(db: &TestDb) -> Book {
    let mut book = Book::new(db, TenantId::DEFAULT).await;
    let noon = at("2026-11-23T10:00:00Z");
    let cost = Some((4_000, 2_000));
    let settled = Row {
        scenario: Some("fitting_booking"),
        duration_s: Some(120),
        cost,
        response_ms: vec![700, 900],
        ..Row::at(noon)
    };
    let left = Row {
        outcome: Some("abandoned"),
        scenario: Some("fitting_booking"),
        stage: Some("time_selection"),
        cost,
        response_ms: vec![1_300],
        ..Row::at(noon)
    };
    let handed_over = Row { outcome: Some("transferred"), cost, ..Row::at(noon) };
    let rehearsal = Row { origin: "test", ..Row::at(noon) };
    let gone = Row { deleted: true, ..Row::at(noon) };
    for row in [settled, left, handed_over, rehearsal, gone] {
        book.add(row).await;
    }
    book.book(0).await;
    book
}

#[tokio::test]
async fn a_reader_sees_the_figures_of_the_own_shop_and_can_change_nothing() {
    let Some(db) = fresh_database().await else { return };
    let second = other_tenant(&db, "Europe/Kyiv").await;
    let book = three_calls(&db).await;
    stats::compute_day(&db.pool, book.tenant, "2026-11-23".parse().unwrap()).await.unwrap();
    let mut reader = reader(&db, TenantId::DEFAULT).await;

    let sessions: Vec<(String, i64, i64, i64, Option<Decimal>)> = sqlx::query_as(
        "select primary_category, total_sessions, resolved, escalated, avg_first_response_ms \
         from v_session_stats where day = '2026-11-23' order by 1",
    )
    .fetch_all(&mut reader)
    .await
    .unwrap();
    let average = sessions[0].4.map(|ms| ms.round());
    assert_eq!(average, Some(Decimal::from(1_000)), "(700 + 1300) / 2");
    let sessions: Vec<_> = sessions.into_iter().map(|(w, n, r, e, _)| (w, n, r, e)).collect();
    let row = |word: &str, all, resolved, escalated| (word.to_owned(), all, resolved, escalated);
    assert_eq!(sessions, [row("fitting_booking", 2, 1, 0), row("none", 1, 0, 1)]);

    let costs: Vec<(String, i64, Decimal, Option<Decimal>, Decimal)> = sqlx::query_as(
        "select primary_category, sessions, total_cost, avg_cost_per_message, \
                avg_cost_per_session from v_cost_by_category order by 1",
    )
    .fetch_all(&mut reader)
    .await
    .unwrap();
    let (word, calls, total, line, call) = costs[0].clone();
    assert_eq!((word.as_str(), calls, total), ("fitting_booking", 2, Decimal::new(12, 3)));
    assert_eq!(
        (line.map(|usd| usd.round_dp(6)), call.round_dp(6)),
        (Some(Decimal::new(4, 3)), Decimal::new(6, 3)),
        "three lines, two calls"
    );
    assert_eq!(costs[1].3, None, "a call without lines");

    let funnel: (i64, i64, i64, i64) = sqlx::query_as(
        "select total_sessions, completed, dropped_at_time, dropped_at_service \
         from dashboard.v_conversion_funnel where day = '2026-11-23'",
    )
    .fetch_one(&mut reader)
    .await
    .unwrap();
    assert_eq!(funnel, (3, 2, 1, 0));

    let top: (String, i64, Decimal) = sqlx::query_as(
        "select service_name, booking_count, total_revenue from dashboard.v_top_services",
    )
    .fetch_one(&mut reader)
    .await
    .unwrap();
    assert_eq!(top, ("tire_change".to_owned(), 1, Decimal::from(800)));

    let daily: (i32, i32, i32) = sqlx::query_as(
        "select dialogs_started, bookings, avg_response_ms from dashboard.metrics_dailies",
    )
    .fetch_one(&mut reader)
    .await
    .unwrap();
    assert_eq!(daily, (3, 1, 967));

    let conversations: Vec<(String, bool, Option<String>)> = sqlx::query_as(
        "select status, escalated, closure_reason from dashboard.conversations order by 1, 3",
    )
    .fetch_all(&mut reader)
    .await
    .unwrap();
    let row =
        |status: &str, escalated, why: &str| (status.to_owned(), escalated, Some(why.to_owned()));
    assert_eq!(
        conversations,
        [
            row("escalated", true, "transferred"),
            row("resolved", false, "abandoned"),
            row("resolved", false, "resolved"),
        ]
    );

    for write in ["delete from calls", "update daily_stats set total_calls = 0"] {
        let refused = sqlx::query(write).execute(&mut reader).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{refused}");
    }
    let mut stranger = self::reader(&db, second).await;
    for view in [
        "select count(*) from v_session_stats",
        "select count(*) from v_cost_by_category",
        "select count(*) from dashboard.v_conversion_funnel",
        "select count(*) from dashboard.v_top_services",
        "select count(*) from dashboard.metrics_dailies",
        "select count(*) from dashboard.conversations",
    ] {
        let seen: i64 = sqlx::query_scalar(view).fetch_one(&mut stranger).await.unwrap();
        assert_eq!(seen, 0, "{view} shows another shop");
    }
}
