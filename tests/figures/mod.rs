//! The definitions of the dashboard's numbers: each equals a count by other means, and the list
//! behind it has exactly its calls.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;
use crate::support::rng;

mod latency;
pub mod model;
mod pictures;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use database::{TestDb, fresh_database};
use model::{Call, Shop};
use rng::Rng;
use treadline::db::desk::calls::{self, After};
use treadline::db::figures::{self, CallFilter, Range, Span, Tally, pictures as pictures_of};
use treadline::ids::TenantId;

const KYIV: Tz = chrono_tz::Europe::Kyiv;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Most calls are judged and billed, by what their ids happen to be.
pub async fn judge(db: &TestDb) {
    sqlx::query(
        "update calls set cost_breakdown = \
             jsonb_build_object('llm', 0.01, 'stt', (get_byte(uuid_send(id), 3) % 2) * 0.002), \
             quality_score = get_byte(uuid_send(id), 1) / 255.0, meta = meta || \
             jsonb_build_object('quality', jsonb_build_object('by', 'rules', 'flagged', \
                 case get_byte(uuid_send(id), 2) % 3 when 0 then '[]'::jsonb \
                     when 1 then '[\"concise\"]' else '[\"concise\", \"greeted\"]' end)) \
         where get_byte(uuid_send(id), 0) % 4 > 0 and outcome is not null",
    )
    .execute(&mut db.owner().await)
    .await
    .unwrap();
}

/// How many rows the list behind a number has, read through its address.
async fn listed(shop: &Shop, tally: &Tally, now: DateTime<Utc>) -> i64 {
    let address: axum::http::Uri = pictures_of::address(&tally.filter).parse().unwrap();
    let pairs: Vec<(String, String)> =
        axum::extract::Query::try_from_uri(&address).map(|query| query.0).unwrap();
    let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let filter = CallFilter::from_pairs(pairs).unwrap();
    assert_eq!(filter, tally.filter, "{address}");
    let asks = filter.asks(KYIV, now);
    let (mut after, mut rows) = (None, 0);
    loop {
        let wanted = (after, 10_000);
        let (lines, count) =
            calls::list_and_count(&shop.pool, shop.tenant, asks.clone(), wanted).await.unwrap();
        assert_eq!(count, tally.calls, "the total of {address}");
        rows += lines.len().min(calls::PAGE_CALLS) as i64;
        if lines.len() <= calls::PAGE_CALLS {
            return rows;
        }
        let last = &lines[calls::PAGE_CALLS - 1];
        after = Some(After { started_at: last.started_at, id: last.id });
    }
}

/// Whatever calls there are, in whatever state: every number of the dashboard opens a list that
/// has so many rows. Two seeds over the week in which the clocks change.
#[tokio::test]
async fn the_list_behind_every_number_has_exactly_its_calls() {
    let Some(db) = fresh_database().await else { return };
    for seed in 0..2 {
        let mut rng = Rng::new(seed);
        let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
        for _ in 0..120 {
            shop.add(Call::any(&mut rng, at("2026-10-19T00:00:00Z"), 9 * 24 * 3_600)).await;
        }
        judge(&db).await;
        let now = at("2026-10-26T13:20:00Z");
        for (span, date) in [
            (Span::Day, "2026-10-25"),
            (Span::Day, "2026-10-26"),
            (Span::Week, "2026-10-25"),
            (Span::Month, "2026-10-26"),
        ] {
            let range = Range::of(span, day(date), KYIV, now);
            let found = figures::load(&shop.pool, shop.tenant, range).await.unwrap();
            let mut tallies = found.now.tallies();
            tallies.extend(found.before.tallies());
            tallies.extend(found.parts.tallies());
            tallies.extend(found.trend.iter().map(|day| ("trend", &day.volume)));
            tallies.extend(found.trend.iter().map(|day| ("trend resolved", &day.resolved.part)));
            let filled = tallies.iter().filter(|(_, tally)| tally.calls > 0).count();
            assert!(filled > 20, "seed {seed}, {range:?}: only {filled} numbers have calls");
            let all = tallies.len();
            for (number, (name, tally)) in tallies.into_iter().enumerate() {
                // Most cells of the week are empty: some of those are enough.
                if tally.calls == 0 && number % 23 != 0 {
                    continue;
                }
                let rows = listed(&shop, tally, now).await;
                assert_eq!(
                    rows, tally.calls,
                    "seed {seed}, {name} ({number} of {all}) of {range:?}"
                );
            }
        }
        shop.clear().await;
    }
}

/// The sums of days equal what the test counts itself from its own list of calls.
#[tokio::test]
async fn the_sums_equal_a_count_by_other_means() {
    let Some(db) = fresh_database().await else { return };
    for seed in 10..12 {
        let mut rng = Rng::new(seed);
        let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
        for _ in 0..120 {
            shop.add(Call::any(&mut rng, at("2026-11-15T00:00:00Z"), 7 * 24 * 3_600)).await;
        }
        for now in ["2026-11-21T11:00:00Z", "2026-12-24T00:00:00Z"] {
            for (span, date) in [(Span::Day, "2026-11-21"), (Span::Week, "2026-11-21")] {
                let range = Range::of(span, day(date), KYIV, at(now));
                let found = figures::load(&shop.pool, shop.tenant, range).await.unwrap();
                shop.equals(&range, &found.now, seed);
                shop.equals(&range.before(), &found.before, seed);
            }
        }
        shop.clear().await;
    }
}

/// One shop's numbers and lists hold no call of another's, nor a rehearsal, nor what was taken out.
#[tokio::test]
async fn only_live_calls_of_the_own_shop_count() {
    let Some(db) = fresh_database().await else { return };
    let other = model::second_shop(&db).await;
    let moment = at("2026-11-20T10:00:00Z");
    let mut ours = Shop::new(&db, TenantId::DEFAULT).await;
    let mut theirs = Shop::new(&db, other).await;
    ours.add(Call::at(moment)).await;
    ours.add(Call { origin: "test", ..Call::at(moment) }).await;
    ours.add(Call { deleted: true, ..Call::at(moment) }).await;
    theirs.add(Call::at(moment)).await;
    theirs.add(Call::at(moment)).await;
    let range = Range::of(Span::Day, day("2026-11-20"), KYIV, at("2026-11-22T00:00:00Z"));
    for (shop, calls) in [(&ours, 1), (&theirs, 2)] {
        let found = figures::load(&shop.pool, shop.tenant, range).await.unwrap();
        assert_eq!(found.now.volume.calls, calls);
        assert_eq!(listed(shop, &found.now.volume, range.seen_at).await, calls);
    }
}

/// Someone who hangs up at once is shown, but spoils no rate; who said a word counts.
#[tokio::test]
async fn a_call_of_a_moment_without_a_word_is_outside_every_rate() {
    let Some(db) = fresh_database().await else { return };
    let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
    let moment = at("2026-11-20T10:00:00Z");
    let gone = Call { outcome: Some("abandoned"), duration_s: Some(4), ..Call::at(moment) };
    shop.add(gone.clone()).await;
    shop.add(Call { words: 1, ..Call { id: uuid::Uuid::new_v4(), ..gone.clone() } }).await;
    shop.add(Call { duration_s: Some(5), ..Call { id: uuid::Uuid::new_v4(), ..gone } }).await;
    let range = Range::of(Span::Day, day("2026-11-20"), KYIV, at("2026-11-22T00:00:00Z"));
    let now = figures::load(&shop.pool, shop.tenant, range).await.unwrap().now;
    assert_eq!((now.volume.calls, now.short.calls, now.abandoned.of.calls), (3, 1, 2));
}

/// "Resolved" is what the agent settled; it held if the caller did not have to phone again.
#[tokio::test]
async fn a_resolved_call_holds_unless_the_same_number_phones_again_within_a_day() {
    let Some(db) = fresh_database().await else { return };
    let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
    let call = |moment: &str, number: Option<&'static str>| Call { number, ..Call::at(at(moment)) };
    // The first had to phone again, the second after more than a day, the third hid the number.
    shop.add(call("2026-11-18T10:00:00Z", Some("+380671110001"))).await;
    shop.add(call("2026-11-19T09:59:00Z", Some("+380671110001"))).await;
    shop.add(call("2026-11-18T10:00:00Z", Some("+380671110002"))).await;
    shop.add(call("2026-11-19T10:00:01Z", Some("+380671110002"))).await;
    shop.add(call("2026-11-18T10:00:00Z", None)).await;
    let range = Range::of(Span::Day, day("2026-11-18"), KYIV, at("2026-11-22T00:00:00Z"));
    let now = figures::load(&shop.pool, shop.tenant, range).await.unwrap().now;
    assert_eq!((now.resolved.part.calls, now.resolved.of.calls), (3, 3));
    assert_eq!((now.held.part.calls, now.held.of.calls), (1, 2));
    // An hour after the calls nobody can know yet.
    let early = Range::of(Span::Day, day("2026-11-18"), KYIV, at("2026-11-18T11:00:00Z"));
    let now = figures::load(&shop.pool, shop.tenant, early).await.unwrap().now;
    assert_eq!((now.resolved.part.calls, now.held.of.calls), (3, 0));
}

/// A caller who asked twice is one who asked, and reached a person if one attempt did.
#[tokio::test]
async fn the_fate_of_asking_for_a_person_is_that_of_all_attempts() {
    let Some(db) = fresh_database().await else { return };
    let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
    let moment = at("2026-11-20T10:00:00Z");
    for attempts in [
        vec!["no_answer", "taken"],
        vec!["busy", "no_answer"],
        vec!["handed_over"],
        vec!["out_of_hours"],
        vec!["no_answer", "caller_left"],
        vec!["failed"],
        vec![],
    ] {
        let taken = attempts.last().is_some_and(|last| ["taken", "handed_over"].contains(last));
        let outcome = if taken { "transferred" } else { "callback" };
        let reason = Some("customer_request");
        shop.add(Call { outcome: Some(outcome), reason, attempts, ..Call::at(moment) }).await;
    }
    shop.add(Call::at(moment)).await;
    let range = Range::of(Span::Day, day("2026-11-20"), KYIV, at("2026-11-22T00:00:00Z"));
    let found = figures::load(&shop.pool, shop.tenant, range).await.unwrap();
    let mut fates: Vec<(&str, i64)> =
        found.parts.fates.iter().map(|word| (word.word.as_str(), word.calls.calls)).collect();
    fates.sort_unstable();
    let wanted = [
        ("answered", 1),
        ("caller_left", 1),
        ("failed", 1),
        ("nobody_came", 1),
        ("not_known", 1),
        ("out_of_hours", 1),
        ("passed_on", 1),
    ];
    assert_eq!(fates, wanted);
    assert_eq!((found.now.asked.part.calls, found.now.asked.of.calls), (7, 8));
    assert_eq!((found.now.reached_person.part.calls, found.now.reached_person.of.calls), (1, 7));
    let sides: Vec<i64> = found.parts.sides.iter().map(|side| side.calls.calls).collect();
    assert_eq!(sides, [6, 2], "the agent's, the operators'");
}
