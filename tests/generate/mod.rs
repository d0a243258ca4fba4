//! Months of invented calls: they hold together like real ones, and are the same each time.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;
use crate::support::program;

mod pruning;

use database::{TestDb, fresh_database};
use program::Folder;
use std::time::Duration;
use treadline::db::generate::{self, GenerateError, Made, Plan};
use treadline::ids::TenantId;
use treadline::store::sample;

/// Two months and a little more in UTC, over a new year.
fn plan() -> Plan {
    Plan { months: 2, per_day: 12, seed: 5, until: "2026-02-20".parse().unwrap() }
}

async fn filled(db: &TestDb, plan: Plan) -> Made {
    sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap();
    let mut told = Vec::new();
    let made = generate::fill(&db.pool, TenantId::DEFAULT, plan, |made| told.push(made.days)).await;
    let made = made.unwrap();
    assert_eq!(told, (1..=made.days).collect::<Vec<u64>>(), "every day is told of");
    made
}

async fn number(db: &TestDb, query: &'static str) -> i64 {
    sqlx::query_scalar(query)
        .fetch_one(&mut db.owner().await)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
}

#[tokio::test]
async fn there_are_as_many_rows_as_were_told_and_each_lies_in_its_month() {
    let Some(db) = fresh_database().await else { return };
    let made = filled(&db, plan()).await;
    assert_eq!(made.days, plan().days().count() as u64);
    for (query, told) in [
        ("select count(*) from calls where origin = 'live'", made.calls),
        ("select count(*) from call_turns", made.turns),
        ("select count(*) from call_tool_calls", made.tool_calls),
        ("select count(*) from call_traces", made.traces),
        ("select count(*) from orders", made.orders),
        ("select count(*) from fitting_bookings", made.bookings),
    ] {
        assert_eq!(number(&db, query).await, told as i64, "{query}");
        assert!(told > 10, "{query}: {told} rows are no test");
    }
    let in_defaults = "select (select count(*) from calls_default) + \
        (select count(*) from call_turns_default) + (select count(*) from call_traces_default) + \
        (select count(*) from call_tool_calls_default) + (select count(*) from call_transfers_default)";
    assert_eq!(number(&db, in_defaults).await, 0, "every month was made before");
    let months = "select count(distinct tableoid) from call_turns";
    assert_eq!(number(&db, months).await, 3, "December, January and February");
}

/// Queries that count what must not be.
const WRONG: [(&str, &str); 14] = [
    (
        "lines without their call",
        "select count(*) from call_turns t where not exists (select from calls c \
         where c.id = t.call_id and c.started_at = t.call_started_at)",
    ),
    (
        "steps without their call",
        "select count(*) from call_traces t where not exists (select from calls c \
         where c.id = t.call_id and c.started_at = t.call_started_at)",
    ),
    (
        "tools without their call or step",
        "select count(*) from call_tool_calls t where not exists (select from calls c \
             where c.id = t.call_id and c.started_at = t.call_started_at) \
         or not exists (select from call_traces s where s.id = t.trace_id and s.step = 'tool' \
             and s.call_id = t.call_id and s.call_started_at = t.call_started_at)",
    ),
    (
        "agreements that no tool of their call has",
        "select count(*) from approvals a where not exists (select from call_tool_calls t \
         where t.approval_id = a.id and t.call_id = a.call_id and t.tool_name = a.tool_name)",
    ),
    (
        "orders that their call does not show",
        "select count(*) from orders o where not exists (select from calls c \
         where c.id = o.source_call_id and c.order_id = o.id and c.customer_id = o.customer_id)",
    ),
    (
        "bookings that their call does not show",
        "select count(*) from fitting_bookings b where not exists (select from calls c \
         where c.id = b.source_call_id and c.fitting_booking_id = b.id)",
    ),
    (
        "handed-over calls without an attempt, and attempts without such a call",
        "select count(*) from calls c full join call_transfers t \
             on t.call_id = c.id and t.call_started_at = c.started_at \
         where (c.outcome = 'transferred') is distinct from (t.id is not null)",
    ),
    (
        "lines that are not numbered from 1 without a gap",
        "select count(*) from (select call_id from call_turns group by call_id \
         having max(turn_number) <> count(*) or min(turn_number) <> 1) gaps",
    ),
    (
        "calls that cost something else than their steps",
        "select count(*) from calls c where total_cost_usd <> coalesce((select sum(cost_usd) \
             from call_traces t where t.call_id = c.id), 0) \
         or total_cost_usd <> (select sum(value::numeric) from jsonb_each_text(cost_breakdown))",
    ),
    (
        "calls that ended before their last line, or are not over",
        "select count(*) from calls c where ended_at is null or ended_at < coalesce((select \
             max(created_at) from call_turns t where t.call_id = c.id), started_at) \
         or duration_seconds <> floor(extract(epoch from ended_at - started_at))",
    ),
    (
        "customers with other totals than their calls",
        "select count(*) from customers p full join (select customer_id, count(*) as calls, \
             min(started_at) as first_at, max(started_at) as last_at from calls \
             where customer_id is not null group by 1) c on c.customer_id = p.id \
         where (p.total_calls, p.first_call_at, p.last_call_at) \
             is distinct from (c.calls, c.first_at, c.last_at)",
    ),
    (
        "calls under another number than their customer's",
        "select count(*) from calls c left join customers p on p.id = c.customer_id \
         where c.caller_id is distinct from p.phone",
    ),
    (
        "numbers that could be somebody's",
        "select count(*) from calls where caller_id not like '+38020%'",
    ),
    (
        "bookings that take a slot from now on",
        "select count(*) from fitting_bookings where status in ('held', 'confirmed') \
         or booking_date > current_date",
    ),
];

#[tokio::test]
async fn whatever_names_something_else_finds_it() {
    let Some(db) = fresh_database().await else { return };
    filled(&db, plan()).await;
    for (what, query) in WRONG {
        assert_eq!(number(&db, query).await, 0, "{what}");
    }
}

#[tokio::test]
async fn the_days_figures_add_up_to_the_calls() {
    let Some(db) = fresh_database().await else { return };
    let made = filled(&db, plan()).await;
    generate::count_days(&db.pool, TenantId::DEFAULT, plan(), |_| {}).await.unwrap();
    let figures: (i64, i64, i64, i64, bool) = sqlx::query_as(
        "select count(*), sum(total_calls)::int8, sum(orders)::int8, sum(bookings)::int8, \
                sum(total_cost_usd) = (select sum(total_cost_usd) from calls) \
         from daily_stats",
    )
    .fetch_one(&mut db.owner().await)
    .await
    .unwrap();
    let standing = "select count(*) from fitting_bookings where status <> 'cancelled'";
    let standing = number(&db, standing).await;
    let expected = (made.days as i64, made.calls as i64, made.orders as i64, standing, true);
    assert_eq!(figures, expected);
    let counted_in = "select count(*) from daily_stats d where total_calls <> (select count(*) \
        from calls where (started_at at time zone 'Europe/Kyiv')::date = d.stat_date)";
    assert_eq!(number(&db, counted_in).await, 0, "each call on its own day");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_rows_and_another_one_others() {
    let print = "select md5(string_agg(row::text, ';' order by row::text)) from ( \
         select (id, caller_id, customer_id, started_at, ended_at, outcome, scenario, order_id, \
                 total_cost_usd)::text as row from calls \
         union all select (id, call_id, turn_number, content, first_audio_ms)::text from call_turns \
         union all select (id, phone, order_number, subtotal)::text from orders) rows";
    let mut prints = Vec::new();
    for seed in [7, 7, 8] {
        let Some(db) = fresh_database().await else { return };
        filled(&db, Plan { months: 1, per_day: 6, seed, ..plan() }).await;
        let of_all: String =
            sqlx::query_scalar(print).fetch_one(&mut db.owner().await).await.unwrap();
        prints.push(of_all);
    }
    assert_eq!(prints[0], prints[1]);
    assert_ne!(prints[0], prints[2]);
}

#[tokio::test]
async fn real_calls_are_never_mixed_with_invented_ones() {
    let Some(db) = fresh_database().await else { return };
    let plan = Plan { months: 1, per_day: 3, ..plan() };
    let made = filled(&db, plan).await;
    let again = filled(&db, plan).await;
    assert_eq!(again, made, "an interrupted run goes on");
    assert_eq!(number(&db, "select count(*) from calls").await, made.calls as i64);
    let other = Plan { seed: 6, ..plan };
    let refused = generate::fill(&db.pool, TenantId::DEFAULT, other, |_| {}).await;
    assert!(matches!(refused, Err(GenerateError::HasCalls(1..))), "{refused:?}");

    let Some(db) = fresh_database().await else { return };
    sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap();
    sqlx::query(
        "insert into calls (id, tenant_id, origin, started_at) values \
             (gen_random_uuid(), $1, 'live', now()), (gen_random_uuid(), $1, 'demo', now())",
    )
    .bind(TenantId::DEFAULT.0)
    .execute(&mut db.owner().await)
    .await
    .unwrap();
    let refused = generate::fill(&db.pool, TenantId::DEFAULT, plan, |_| {}).await;
    assert!(matches!(refused, Err(GenerateError::HasCalls(1))), "{refused:?}");
    assert_eq!(number(&db, "select count(*) from calls").await, 2);
}

#[tokio::test]
async fn the_command_says_what_it_made_and_refuses_where_calls_are() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let generate = ["generate", "--months", "1", "--per-day", "2", "--until", "2026-01-31"];
    let said = folder.run(&[&generate[..], &["--into", &db.url]].concat()).await.succeeded();
    assert!(said.starts_with("2026-01-01 to 2026-01-31, seed 1: 31 days\n"), "{said}");
    let calls = number(&db, "select count(*) from calls").await;
    let shown = said.lines().find_map(|line| line.strip_prefix("calls ")).unwrap();
    assert_eq!(shown.trim(), calls.to_string());
    let counted = "select count(*) from daily_stats";
    assert_eq!(number(&db, counted).await, 31);
    let other = ["--seed", "2", "--into", &db.url];
    let (code, error) = folder.run(&[&generate[..], &other].concat()).await.failed();
    assert_eq!(code, Some(1));
    assert!(error.contains("has live calls") && error.contains("--into"), "{error}");
    assert_eq!(number(&db, "select count(*) from calls").await, calls);
}

/// A connection is lost in the middle of a day, as a server does to one that is idle for too long;
/// later the run is ended and begun again.
#[tokio::test]
async fn a_lost_connection_and_an_interrupted_run_leave_no_trace() {
    let Some(db) = fresh_database().await else { return };
    let plan = Plan { months: 1, per_day: 6, seed: 7, ..plan() };
    sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap();
    // The first two times that a day is nearly written, Postgres ends the connection.
    sqlx::raw_sql(
        "create sequence hits; grant usage on sequence hits to treadline_app; \
         create function cut() returns trigger language plpgsql security definer as $$ begin \
             if nextval('hits') <= 2 then perform pg_terminate_backend(pg_backend_pid()); end if; \
             return null; end $$; \
         create trigger cut after insert on call_traces for each statement execute function cut()",
    )
    .execute(&mut db.owner().await)
    .await
    .unwrap();
    {
        // Ended after a few days, as by Ctrl-C.
        let running = generate::fill(&db.pool, TenantId::DEFAULT, plan, |_| {});
        let enough = async {
            while number(&db, "select count(distinct started_at::date) from calls").await < 5 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            done = running => panic!("it was to be ended before: {done:?}"),
            () = enough => {}
        }
    }
    let before = number(&db, "select count(*) from calls").await;
    let made = generate::fill(&db.pool, TenantId::DEFAULT, plan, |_| {}).await.unwrap();
    assert!(before > 0 && (before as u64) < made.calls, "{before} of {}", made.calls);
    // The day at which it was ended may have been on its way: that one may be written twice.
    let written = number(&db, "select last_value from hits").await - 2;
    assert!(
        written <= made.days as i64 + 1,
        "days that are there are not written again: {written}"
    );
    for (what, query) in WRONG {
        assert_eq!(number(&db, query).await, 0, "{what}");
    }
    assert_eq!(number(&db, "select count(*) from call_turns").await, made.turns as i64);
}
