//! The log's way from the journal into a real Postgres.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

#[path = "support/database.rs"]
mod database;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use database::{TestDb, fresh_database};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use treadline::clock::WallClock;
use treadline::db::{calls, registrations, stats};
use treadline::ids::{CallId, TenantId, row_id};
use treadline::jobs::{daily_stats, log_writer::LogHandle};
use treadline::language::Language;
use treadline::pii::{Personal, Phone};
use treadline::shop::{PaymentMethod, Service};
use treadline::spool::{CallOpened, Kept, LogEntry, Record, Spool};
use treadline::store::{
    Confirmation, Delivery, NewBooking, NewOrder, PostgresStore, Scope, Slot, Store as _, sample,
};
use treadline::turn::{Approval, Note, Outcome, Speaker, ToolCallId, TurnNote};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_mins(1);

/// A journal's folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("treadline-log-{}", Uuid::new_v4())))
    }

    fn files(&self) -> usize {
        std::fs::read_dir(&self.0).map_or(0, Iterator::count)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes the records of one call, numbering them.
struct Teller {
    call: CallId,
    started_at: DateTime<Utc>,
    seq: u64,
}

impl Teller {
    fn new(call: u128, started_at: DateTime<Utc>) -> Self {
        Self { call: CallId(Uuid::from_u128(call)), started_at, seq: 0 }
    }

    fn entry(&mut self, record: Record) -> LogEntry {
        self.seq += 1;
        LogEntry {
            tenant: TenantId::DEFAULT,
            call: self.call,
            call_started_at: self.started_at,
            seq: self.seq,
            at: self.started_at + TimeDelta::seconds(self.seq.cast_signed()),
            record,
        }
    }

    fn opened(&mut self, origin: &str) -> LogEntry {
        self.entry(Record::Opened(Box::new(CallOpened {
            channel: "phone".into(),
            origin: origin.into(),
            caller: Phone::parse("+380671234567"),
            called: Some("0800".into()),
            asterisk_channel: Some("PJSIP/1".into()),
            language: Language::En,
            node: String::new(),
            prompt_version: "1".into(),
            data: json!({"name": "nul \0 in it"}),
        })))
    }

    fn note(&mut self, note: Note) -> LogEntry {
        self.entry(Record::Note(Box::new(note)))
    }

    fn turn(&mut self, turn_number: u32, speaker: Speaker, content: &str) -> LogEntry {
        let first_audio_ms = (speaker == Speaker::Bot).then_some(800);
        self.note(Note::Turn(TurnNote {
            turn_number,
            speaker,
            content: content.into(),
            language: Language::En,
            stt_confidence: Some(0.5),
            stt_latency_ms: Some(300),
            llm_latency_ms: None,
            tts_latency_ms: None,
            endpointing_ms: None,
            first_audio_ms,
            interrupted: false,
        }))
    }

    fn approval(&mut self, status: &str) -> LogEntry {
        let approval = Approval {
            id: row_id(self.call, "approval"),
            tool: "book_fitting".into(),
            args: json!({"time": "09:00"}),
            effect_key: format!("key {}", self.call),
            readback_hash: "hash".into(),
        };
        self.note(Note::Approval { approval, status: status.into() })
    }

    fn ended(&mut self, outcome: Outcome) -> LogEntry {
        self.note(Note::Ended {
            outcome,
            drop_off_stage: None,
            language: Language::Uk,
            scenario: Some("fitting_booking".into()),
            intents: vec!["tire_search".into(), "fitting_booking".into()],
            transfer_reason: (outcome == Outcome::Transferred).then(|| "customer_request".into()),
        })
    }
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 10, 0, 0).unwrap()
}

fn start(folder: &Path, db: &TestDb) -> LogHandle {
    LogHandle::start(folder, db.pool.clone(), WallClock::system()).unwrap().0
}

async fn as_shop(db: &TestDb) -> PgConnection {
    let mut owner = db.owner().await;
    sqlx::query("select set_config('app.tenant_id', $1, false)")
        .bind(TenantId::DEFAULT.0.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    owner
}

async fn count(db: &TestDb, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut as_shop(db).await).await.unwrap()
}

/// Asks again until the answer is `wanted`; a bounded wait on a condition.
async fn until(db: &TestDb, sql: &'static str, wanted: i64) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = count(db, sql).await;
        if found == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{sql}: {found}, not {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_call_goes_through_the_journal_into_its_rows() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    log.record(call.turn(1, Speaker::Bot, "Good day"));
    log.record(call.turn(2, Speaker::Customer, "Winter\0 tyres"));
    let result = json!({"total": 3, "note": "\0"});
    log.record(call.note(Note::ToolCall {
        call: ToolCallId(1),
        turn_number: 2,
        name: "search_tires".into(),
        args: json!({"width": 205}),
        result,
        duration_ms: 12,
        success: true,
        approval: None,
    }));
    log.record(call.note(Note::TranscriptOff));
    log.record(call.note(Note::LanguageChanged { language: Language::Uk }));
    log.record(call.note(Note::BargeIn));
    log.record(call.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);

    let found = calls::load(&db.pool, TenantId::DEFAULT, call.call).await.unwrap().unwrap();
    assert_eq!(found.call.outcome.as_deref(), Some("resolved"));
    assert_eq!(found.call.duration_seconds, Some(8));
    assert_eq!(found.call.language.as_deref(), Some("uk"));
    assert_eq!(found.call.scenario.as_deref(), Some("fitting_booking"));
    let lines: Vec<_> =
        found.turns.iter().map(|turn| (turn.turn_number, turn.content.as_str())).collect();
    assert_eq!(lines, [(1, "Good day"), (2, "Winter tyres")]);
    assert_eq!(found.turns[0].first_audio_ms, Some(800));
    assert_eq!(found.tool_calls[0].tool_result, Some(json!({"total": 3, "note": ""})));
    let whole = "select count(*) from calls c join customers p on p.id = c.customer_id \
        where p.phone = '+380671234567' and p.total_calls = 1 and c.called_number = '0800' \
        and c.meta->>'transcript_off' = 'true' and c.meta->'data'->>'name' = 'nul  in it' \
        and c.intents = '{tire_search,fitting_booking}' and not c.transferred_to_operator";
    assert_eq!(count(&db, whole).await, 1);
    assert_eq!(count(&db, "select count(*) from calls where node like '%/%'").await, 1);
    assert_eq!(count(&db, "select count(*) from call_journal").await, 8);
    assert!(log.stop(PATIENCE).await);
    assert_eq!(folder.files(), 0, "nothing of the callers stays on the disk");
}

#[tokio::test]
async fn a_record_applied_twice_is_one_row_and_counts_once() {
    let Some(db) = fresh_database().await else { return };
    let mut call = Teller::new(1, noon());
    let entries =
        [call.opened("live"), call.turn(1, Speaker::Bot, "Hello"), call.ended(Outcome::Abandoned)];
    for _ in 0..2 {
        let folder = Folder::new();
        let log = start(&folder.0, &db);
        for entry in &entries {
            assert_eq!(log.record(entry.clone()), Kept::File);
        }
        assert!(log.stop(PATIENCE).await);
    }
    assert_eq!(count(&db, "select count(*) from call_turns").await, 1);
    assert_eq!(count(&db, "select total_calls::int8 from customers").await, 1);
    assert_eq!(count(&db, "select count(*) from call_journal").await, 3);
}

#[tokio::test]
async fn an_approval_that_was_given_is_never_taken_back() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    let mut told = async |status| {
        log.record(call.approval(status));
        assert!(log.flush(PATIENCE).await);
    };
    let is = async |status: &'static str| {
        let found: String = sqlx::query_scalar("select status from approvals")
            .fetch_one(&mut as_shop(&db).await)
            .await
            .unwrap();
        assert_eq!(found, status);
    };
    told("pending").await;
    is("pending").await;
    told("rejected").await;
    is("rejected").await;
    told("approved").await;
    is("approved").await;
    told("pending").await;
    told("expired").await;
    is("approved").await;
}

/// F1: what a killed process had written is replayed, and its calls are closed.
#[tokio::test]
async fn the_next_start_replays_a_dead_process_and_closes_its_calls() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let mut cut_off = Teller::new(1, noon());
    let mut finished = Teller::new(2, noon());
    let (spool, _) = Spool::open(&folder.0).unwrap();
    let node = format!("some-machine/{}", spool.instance());
    for mut entry in [
        cut_off.opened("live"),
        finished.opened("live"),
        cut_off.turn(1, Speaker::Bot, "Hello"),
        finished.ended(Outcome::Resolved),
    ] {
        if let Record::Opened(opened) = &mut entry.record {
            opened.node.clone_from(&node);
        }
        assert_eq!(spool.append(&entry), Kept::File);
    }
    drop(spool); // As the kernel does for a killed process.

    // A call of another living process in the same folder is not touched.
    let other = Folder::new();
    let living = start(&other.0, &db);
    living.record(Teller::new(3, noon()).opened("live"));
    assert!(living.flush(PATIENCE).await);

    let log = start(&folder.0, &db);
    until(&db, "select count(*) from calls where outcome = 'lost_process'", 1).await;
    let lost = calls::load(&db.pool, TenantId::DEFAULT, cut_off.call).await.unwrap().unwrap();
    assert_eq!(lost.call.outcome.as_deref(), Some("lost_process"));
    assert_eq!(lost.call.duration_seconds, Some(2), "it ended with its last record");
    assert_eq!(count(&db, "select count(*) from calls where outcome = 'resolved'").await, 1);
    assert_eq!(count(&db, "select count(*) from calls where ended_at is null").await, 1);
    until_files(&folder, 1).await;
    assert!(log.stop(PATIENCE).await);
    assert_eq!(folder.files(), 0);
}

async fn until_files(folder: &Folder, wanted: usize) {
    let deadline = Instant::now() + PATIENCE;
    while folder.files() > wanted {
        assert!(Instant::now() < deadline, "the journal of the dead process stays");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// F2: records wait while Postgres refuses, and come in order and once when it is back.
#[tokio::test]
async fn the_log_waits_for_a_database_that_is_away() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let mut owner = db.owner().await;
    sqlx::query("alter table call_journal rename to call_journal_away")
        .execute(&mut owner)
        .await
        .unwrap();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    for number in 1..=300 {
        assert_eq!(log.record(call.turn(number, Speaker::Customer, "Hello")), Kept::File);
    }
    assert!(!log.flush(Duration::from_millis(300)).await, "it cannot be there yet");
    sqlx::query("alter table call_journal_away rename to call_journal")
        .execute(&mut owner)
        .await
        .unwrap();
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from call_journal").await, 301);
    assert_eq!(count(&db, "select max(seq) - min(seq) + 1 from call_journal").await, 301);
    assert_eq!(count(&db, "select max(turn_number)::int8 from call_turns").await, 300);
}

/// Postgres is gone for a while in the middle of a call: connections are cut and refused.
#[tokio::test]
async fn a_call_goes_on_while_postgres_is_cut_off() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let (server, name) = db.url.rsplit_once('/').unwrap();
    let mut keeper = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let mut command = async |sql: String| {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut keeper).await.unwrap();
    };
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    assert!(log.flush(PATIENCE).await);
    command(format!("alter database {name} allow_connections false")).await;
    command(format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
    ))
    .await;
    for number in 1..=50 {
        assert_eq!(log.record(call.turn(number, Speaker::Customer, "Hello")), Kept::File);
    }
    assert!(!log.flush(Duration::from_millis(500)).await, "nobody could write it");
    assert!(log.is_healthy(), "the journal takes it");
    command(format!("alter database {name} allow_connections true")).await;
    log.record(call.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from call_turns").await, 50);
    assert_eq!(count(&db, "select max(seq) - count(*) from call_journal").await, 0);
}

#[tokio::test]
async fn a_record_that_postgres_refuses_for_ever_does_not_stop_the_others() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("no such origin"));
    log.record(Teller::new(2, noon()).opened("test"));
    log.record(call.turn(1, Speaker::Bot, "Hello"));
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from calls").await, 1);
    assert_eq!(count(&db, "select count(*) from call_turns").await, 1);
    let aside = std::fs::read_to_string(folder.0.join("refused.jsonl")).unwrap();
    assert_eq!(aside.lines().count(), 1);
    assert!(aside.contains("no such origin"));
}

/// F11: a month that nobody made is made by the writer.
#[tokio::test]
async fn a_call_in_a_month_that_nobody_made_gets_its_month() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let far = Utc.with_ymd_and_hms(2031, 7, 31, 23, 59, 59).unwrap();
    let mut call = Teller::new(1, far);
    log.record(call.opened("live"));
    log.record(call.turn(1, Speaker::Bot, "Hello"));
    assert!(log.flush(PATIENCE).await);
    let where_it_lies =
        "select count(*) from calls where tableoid::regclass::text <> 'calls_default'";
    assert_eq!(count(&db, where_it_lies).await, 1);
}

#[tokio::test]
async fn a_day_counts_live_calls_of_the_shops_own_day_the_same_each_time() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let at = |day, hour, minute| Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).unwrap();
    // In Kyiv the 23rd runs from 22:00 UTC of the 22nd to 22:00 UTC of the 23rd.
    for (number, started_at, origin, outcome) in [
        (1, at(22, 21, 59), "live", Outcome::Resolved),
        (2, at(22, 22, 0), "live", Outcome::Resolved),
        (3, at(23, 7, 30), "live", Outcome::Transferred),
        (4, at(23, 21, 59), "live", Outcome::Abandoned),
        (5, at(23, 22, 0), "live", Outcome::Resolved),
        (6, at(23, 8, 0), "demo", Outcome::Resolved),
        (7, at(23, 8, 0), "test", Outcome::Resolved),
    ] {
        let mut call = Teller::new(number, started_at);
        log.record(call.opened(origin));
        log.record(call.turn(1, Speaker::Bot, "Hello"));
        log.record(call.ended(outcome));
    }
    assert!(log.flush(PATIENCE).await);
    let date: NaiveDate = "2026-11-23".parse().unwrap();
    let first = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    assert_eq!((first.total_calls, first.resolved_by_bot, first.transferred), (3, 1, 1));
    assert_eq!(first.hourly_distribution, json!({"00": 1, "09": 1, "23": 1}));
    assert_eq!(first.transfer_reasons, json!({"customer_request": 1}));
    assert_eq!(first.scenario_breakdown, json!({"fitting_booking": 3}));
    assert_eq!(first.channel_breakdown, json!({"phone": 3}));
    assert_eq!(first.avg_response_ms, Some(800.0));
    assert_eq!(first.avg_duration_seconds, Some(3.0));
    assert_eq!(first.conversion, Some(0.0));
    let mut again = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    again.computed_at = first.computed_at;
    assert_eq!(again, first);
    let empty: NaiveDate = "2026-11-01".parse().unwrap();
    let empty = stats::compute_day(&db.pool, TenantId::DEFAULT, empty).await.unwrap();
    assert_eq!((empty.total_calls, empty.conversion), (0, None));
}

#[tokio::test]
async fn a_booking_shows_on_its_call_and_in_the_day() {
    let Some(db) = fresh_database().await else { return };
    sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap().unwrap();
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let (mut booked, mut idle) = (Teller::new(1, noon()), Teller::new(2, noon()));
    let Record::Note(note) = booked.approval("approved").record else { panic!("not a note") };
    let Note::Approval { approval, .. } = *note else { panic!("not an approval") };
    let scope = Scope {
        tenant: TenantId::DEFAULT,
        call: booked.call,
        call_started_at: noon(),
        caller: None,
        now: noon(),
        language: treadline::language::Language::En,
    };
    let wanted = NewBooking {
        station_code: "300401".into(),
        slot: Slot { date: "2026-11-24".parse().unwrap(), time: "10:20:00".parse().unwrap() },
        service: Service::TireChange,
        customer_name: Personal("Olena".into()),
        phone: Phone::parse("+380671234567").unwrap(),
        phone_verified: true,
        vehicle: "white Skoda".into(),
        tire_diameter: None,
        storage_contract: None,
        linked_order: None,
    };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let made = store.book_fitting(&scope, &wanted, &approval).await.unwrap();
    for call in [&mut booked, &mut idle] {
        log.record(call.opened("live"));
        log.record(call.ended(Outcome::Resolved));
    }
    assert!(log.flush(PATIENCE).await);
    let shown = async |call| {
        let found = calls::load(&db.pool, TenantId::DEFAULT, call).await.unwrap().unwrap();
        found.call.fitting_booking_id
    };
    assert_eq!(shown(booked.call).await, Some(made.id));
    assert_eq!(shown(idle.call).await, None);
    let date: NaiveDate = "2026-11-23".parse().unwrap();
    let day = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    assert_eq!((day.total_calls, day.bookings, day.conversion), (2, 1, Some(0.5)));
}

#[tokio::test]
async fn a_sealed_day_is_not_counted_again() {
    let Some(db) = fresh_database().await else { return };
    let date: NaiveDate = "2026-11-23".parse().unwrap();
    stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    sqlx::query("update daily_stats set total_calls = 42, sealed_at = now()")
        .execute(&mut as_shop(&db).await)
        .await
        .unwrap();
    let day = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    assert_eq!(day.total_calls, 42);
}

/// F6: whatever the clock does, every civil day is counted.
#[tokio::test]
async fn every_day_is_counted_however_the_clock_steps() {
    let Some(db) = fresh_database().await else { return };
    let clock = WallClock::starting_at(noon());
    daily_stats::run_once(&db.pool, &clock).await.unwrap();
    for hours in [1, -2, 26, 75, -30, 24] {
        clock.set(clock.now() + TimeDelta::hours(hours));
        daily_stats::run_once(&db.pool, &clock).await.unwrap();
    }
    let gaps = "select max(stat_date) - min(stat_date) + 1 - count(*) from daily_stats";
    assert_eq!(count(&db, gaps).await, 0);
}

#[tokio::test]
async fn a_registration_is_used_once_and_in_time() {
    let Some(db) = fresh_database().await else { return };
    let registration = |uuid, ttl_s| registrations::Registration {
        uuid,
        tenant: TenantId::DEFAULT,
        caller: Phone::parse("+380671234567"),
        called: Some("0800".into()),
        data: json!({"channel": "PJSIP/1"}),
        ttl_s,
    };
    let (good, late) = (Uuid::new_v4(), Uuid::new_v4());
    assert!(registrations::register(&db.pool, registration(good, 120)).await.unwrap());
    assert!(!registrations::register(&db.pool, registration(good, 120)).await.unwrap());
    assert!(registrations::register(&db.pool, registration(late, 0)).await.unwrap());
    assert_eq!(registrations::take(&db.pool, late).await.unwrap(), None);
    assert_eq!(registrations::take(&db.pool, Uuid::new_v4()).await.unwrap(), None);
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let pool = db.pool.clone();
            tokio::spawn(async move { registrations::take(&pool, good).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].caller, Phone::parse("+380671234567"));
    assert_eq!(taken[0].data, json!({"channel": "PJSIP/1"}));
}

#[tokio::test]
async fn an_order_shows_on_its_call_and_in_the_day() {
    let Some(db) = fresh_database().await else { return };
    sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap().unwrap();
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut buyer = Teller::new(1, noon());
    let phone = Phone::parse("+380671234567").unwrap();
    let scope = Scope {
        tenant: TenantId::DEFAULT,
        call: buyer.call,
        call_started_at: noon(),
        caller: Some(phone.clone()),
        now: noon(),
        language: treadline::language::Language::En,
    };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let items = vec![("00000010495".to_owned(), 4)];
    let basket = NewOrder { items, phone, phone_verified: true, draft_key: "basket".into() };
    let draft = store.draft_order(&scope, &basket).await.unwrap();
    let pickup = Delivery::Pickup { point: "510101".into() };
    let priced = store.set_delivery(&scope, draft.id, &pickup).await.unwrap();
    let confirmation = Confirmation {
        order: draft.id,
        payment: PaymentMethod::Cod,
        recipient: Personal("Olena".into()),
        total: priced.total,
    };
    let approval = Approval {
        id: Uuid::from_u128(3),
        tool: "confirm_order".into(),
        args: json!({}),
        effect_key: "key".into(),
        readback_hash: "hash".into(),
    };
    let made = store.confirm_order(&scope, &confirmation, &approval).await.unwrap();
    log.record(buyer.opened("live"));
    log.record(buyer.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);
    let on_call: Option<Uuid> = sqlx::query_scalar("select order_id from calls where id = $1")
        .bind(buyer.call.0)
        .fetch_one(&mut db.owner().await)
        .await
        .unwrap();
    assert_eq!(on_call, Some(made.id));
    let date: NaiveDate = "2026-11-23".parse().unwrap();
    let day = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    assert_eq!((day.total_calls, day.orders, day.conversion), (1, 1, Some(1.0)));
}
