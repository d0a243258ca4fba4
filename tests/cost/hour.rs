//! The ceiling of the hour, which all processes on one database share.

use crate::cost::agent::{Setup, says, test};
use crate::cost::database::fresh_database;
use crate::cost::paid::{Dear, prices, usd};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use treadline::clock::WallClock;
use treadline::config::Config;
use treadline::jobs::spending;
use treadline::metering::Purse;

fn a_dollar_an_hour(config: &mut Config) {
    prices(config);
    config.limits.cost.hour_usd_max = usd("1");
    config.limits.cost.call_usd_max = Decimal::ZERO;
}

#[tokio::test]
async fn two_processes_share_one_hour_and_the_next_hour_is_empty() {
    let Some(db) = fresh_database().await else { return };
    let at: DateTime<Utc> = "2026-11-23T10:30:00Z".parse().expect("a time");
    let clock = WallClock::starting_at(at);
    let (one, two) = (Purse::default(), Purse::default());
    one.spend(at, usd("0.4"));
    two.spend(at, usd("0.5"));
    for _ in 0..2 {
        // A repeat tells the same sum.
        spending::share(&db.pool, &clock, &one, "one").await.expect("shared");
        spending::share(&db.pool, &clock, &two, "two").await.expect("shared");
    }
    spending::share(&db.pool, &clock, &one, "one").await.expect("shared");
    assert_eq!((one.spent(at), two.spent(at)), (usd("0.9"), usd("0.9")));
    one.spend(at, usd("0.3"));
    spending::share(&db.pool, &clock, &one, "one").await.expect("shared");
    spending::share(&db.pool, &clock, &two, "two").await.expect("shared");
    assert_eq!(two.spent(at), usd("1.2"));

    let next = at + chrono::Duration::hours(1);
    clock.set(next);
    spending::share(&db.pool, &clock, &two, "two").await.expect("shared");
    assert_eq!(two.spent(next), Decimal::ZERO);
}

#[tokio::test]
async fn while_postgres_is_away_each_process_goes_by_what_it_knew() {
    let Some(db) = fresh_database().await else { return };
    let clock = WallClock::starting_at("2026-11-23T10:30:00Z".parse().expect("a time"));
    let (one, two) = (Purse::default(), Purse::default());
    let at = clock.now();
    two.spend(at, usd("0.5"));
    spending::share(&db.pool, &clock, &two, "two").await.expect("shared");
    spending::share(&db.pool, &clock, &one, "one").await.expect("shared");
    db.pool.close().await;
    one.spend(at, usd("0.2"));
    assert!(spending::share(&db.pool, &clock, &one, "one").await.is_err());
    assert_eq!(one.spent(at), usd("0.7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_others_have_spent_the_hour_a_new_call_costs_nothing_from_its_greeting_on() {
    let lines = &["I need winter tires, 205 55 R16.", "No, thank you. Goodbye."];
    let setup =
        Setup { scripts: vec![says(lines)], configure: a_dollar_an_hour, ..Setup::default() };
    let Some(dear) = Dear::start(setup).await else { return };
    let services = &dear.agent.parts.services;
    services.purse.others_spent(services.clock.now(), usd("1.01"));
    // The process tells the database meanwhile; there the others are, too.
    sqlx::query(
        "insert into housekeeping.spent_hours (hour, node, spent_usd) \
         values (date_trunc('hour', $1::timestamptz), 'another', 1.01)",
    )
    .bind(services.clock.now())
    .execute(&mut dear.agent.db.owner().await)
    .await
    .expect("the other process has spent");
    let guest = dear.agent.call(test()).await;
    guest.is_greeted().await;
    guest.say(lines[0]).await;
    assert_eq!(dear.asked(), 0, "the endpoint is not asked");
    let spoken = dear.spare_voice.asked.lock().expect("no panic").clone();
    assert!(spoken[0].starts_with("Good"), "also the greeting is the spare voice's: {spoken:?}");
    guest.say(lines[1]).await;
    guest.is_handed_back().await;
    let (record, _) = dear.agent.rows(guest.id()).await;
    let answers = record.turns.iter().filter(|turn| turn.speaker == "bot").count();
    assert!(answers >= 3, "{record:#?}");
}

fn one_call_a_number(config: &mut Config) {
    prices(config);
    config.limits.calls_per_number_max = 1;
}

/// H10: who phones again and again at once costs no more than one caller.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_with_calls_enough_is_sent_to_a_person_before_anything_is_paid() {
    let setup = Setup { configure: one_call_a_number, ..Setup::default() };
    let Some(dear) = Dear::start(setup).await else { return };
    let first = dear.agent.call(test()).await;
    first.is_greeted().await;
    let refused = dear.agent.call(test()).await;
    refused.is_handed_back().await;
    assert_eq!(dear.agent.next(refused.id()).await, "operator");
    assert_eq!(refused.call.report().turns[0].first_audio_ms, None, "nothing was said");
    let calls: i64 = {
        assert!(dear.agent.parts.flush_log().await);
        sqlx::query_scalar("select count(*) from calls")
            .fetch_one(&mut dear.agent.db.owner().await)
            .await
            .expect("the calls are counted")
    };
    assert_eq!(calls, 1);
}
