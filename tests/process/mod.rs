//! The program itself, as a shop runs it: commands in a folder of their own, judged by what they
//! print, by their exit codes and by the database.

use crate::support::database;
use crate::support::program;

mod crash;
mod disk;
mod edges;
mod nodes;
mod replays;

use database::{TestDb, fresh_database, skipped};
use program::{Chat, Folder, Server, until};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::time::Duration;
use tokio::time::Instant;
use treadline::caller::register::Dialplan;
use treadline::caller::{Call, CallEnd, Caller, Options};
use treadline::ids::TenantId;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_mins(1);

const ENGLISH: &[&str] = &[
    "Hello, I need winter tires, 205 55 R16.",
    "I would like to book a tire fitting.",
    "The first one, please.",
    "The earliest time you have, please.",
    "My name is John Smith.",
    "It is a white Toyota.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

const UKRAINIAN: &[&str] = &[
    "Добрий день, потрібні зимові шини двісті п'ять п'ятдесят п'ять шістнадцять",
    "запишіть мене на шиномонтаж",
    "перша",
    "найближчий час",
    "Мене звати Оксана",
    "чорна Шкода",
    "так",
    "ні, дякую, до побачення",
];

/// A connection that sees the default shop's rows.
async fn shop(url: &str) -> PgConnection {
    let mut owner = PgConnection::connect(url).await.expect("the owner connects");
    sqlx::query("select set_config('app.tenant_id', $1, false)")
        .bind(TenantId::DEFAULT.0.to_string())
        .execute(&mut owner)
        .await
        .expect("the shop is set");
    owner
}

async fn number(url: &str, sql: &'static str) -> i64 {
    let sql = AssertSqlSafe(sql);
    sqlx::query_scalar(sql).fetch_one(&mut shop(url).await).await.expect("a number")
}

/// What must be true after a conversation in which a fitting was booked.
fn booked(lines: &[Value]) {
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).collect::<Vec<_>>();
    // The agent also remembers the caller's name.
    let effects: Vec<_> =
        of("effect").into_iter().filter(|effect| effect["kind"] != "profile").collect();
    assert_eq!(effects.len(), 1, "{lines:#?}");
    assert_eq!(effects[0]["kind"], "fitting_booking");
    let tools = of("tool_result");
    let tools: Vec<&str> =
        tools.iter().filter(|t| t["ok"] == true).filter_map(|t| t["name"].as_str()).collect();
    for tool in ["search_tires", "get_fitting_stations", "get_fitting_slots", "book_fitting"] {
        assert!(tools.contains(&tool), "{tool} is not among {tools:?}");
    }
    let end = lines.last().expect("a line");
    assert_eq!((&end["type"], &end["outcome"]), (&"end".into(), &"resolved".into()), "{lines:#?}");
}

#[tokio::test]
async fn a_caller_is_served_by_text_in_english_from_the_programs_own_database_up() {
    if skipped() {
        return;
    }
    let folder = Folder::new();
    let mut chat =
        Chat::start(folder.program(&["chat", "--json", "--as", "+380671234500", "--lang", "en"]));
    let lines = chat.converse(ENGLISH).await;
    booked(&lines);
    let url = folder.run(&["db", "url"]).await.succeeded();
    let url = url.strip_suffix('\n').expect("a line");
    assert!(url.starts_with("postgresql://") && !url.contains('\n'), "{url}");
    assert_eq!(number(url, "select count(*) from calls where outcome = 'resolved'").await, 1);
    assert_eq!(number(url, "select count(*) from approvals where status = 'approved'").await, 1);
    let booking = "select count(*) from fitting_bookings b join calls c on c.fitting_booking_id = b.id \
                   where b.status = 'confirmed' and b.customer_name = 'John Smith'";
    assert_eq!(number(url, booking).await, 1);
    let stats = folder.run(&["stats", "--json"]).await.succeeded();
    let stats: Value = serde_json::from_str(&stats).expect("one JSON object");
    assert_eq!((&stats["total_calls"], &stats["bookings"]), (&1.into(), &1.into()), "{stats}");
    folder.stop_database().await;
}

#[tokio::test]
async fn a_caller_is_served_by_text_in_ukrainian() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let mut chat =
        Chat::start(folder.program(&["chat", "--json", "--as", "+380671234500", "--lang", "uk"]));
    booked(&chat.converse(UKRAINIAN).await);
    let rows = "select count(*) from fitting_bookings where customer_name = 'Оксана'";
    assert_eq!(number(&db.url, rows).await, 1);
    let language = "select count(*) from calls where language = 'uk' and channel = 'chat'";
    assert_eq!(number(&db.url, language).await, 1);
}

/// A call to `server` whose caller hears the greeting.
async fn greeted(server: &Server) -> Call {
    let call = Caller::dial(Options::new(server.audiosocket)).await.expect("the line answers");
    assert!(call.wait_until_speaks(PATIENCE).await, "{:?}", call.report());
    call
}

async fn outcome(db: &TestDb, call: Uuid) -> Option<String> {
    sqlx::query_scalar("select outcome from calls where id = $1")
        .bind(call)
        .fetch_optional(&mut shop(&db.url).await)
        .await
        .expect("asked")
        .flatten()
}

#[tokio::test]
async fn a_call_cut_off_by_kill_9_is_lost_process_after_the_next_start_and_nothing_doubles() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let mut server = Server::start(&folder).await;
    let call = greeted(&server).await;
    assert!(call.wait_until_quiet(PATIENCE).await);
    until("the greeting in the database", || async {
        number(&db.url, "select count(*) from call_turns").await > 0
    })
    .await;
    server.child.kill().await.expect("it is killed");
    let end = call.wait_for_end(PATIENCE).await;
    assert!(matches!(end, Some(CallEnd::Closed | CallEnd::Reset | CallEnd::Fault(_))), "{end:?}");
    assert_eq!(outcome(&db, call.id()).await, None);

    let mut server = Server::start(&folder).await;
    until("the call is closed", || async {
        outcome(&db, call.id()).await.as_deref() == Some("lost_process")
    })
    .await;
    assert_eq!(number(&db.url, "select count(*) from calls").await, 1);
    let doubled = "select count(*) - count(distinct turn_number) from call_turns";
    assert_eq!(number(&db.url, doubled).await, 0);
    server.terminate().await;
}

#[tokio::test]
async fn sigterm_lets_the_call_go_on_refuses_new_ones_and_brings_the_log_home() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let mut server = Server::start_with(&folder, "10").await;
    let dialplan = Dialplan::new(&format!("http://{}", server.http), None).expect("a client");
    let call = greeted(&server).await;
    server.signal("TERM").await;
    let refused = until_refused(&server).await;
    assert_eq!(dialplan.next(refused).await.expect("answered"), "operator");
    assert_eq!(call.report().end, None, "the first call goes on");
    assert_eq!(call.wait_for_end(PATIENCE).await, Some(CallEnd::HandedBack));
    assert_eq!(server.exit_code().await, Some(0));
    assert!(outcome(&db, call.id()).await.is_some(), "the log is in the database at the exit");
}

/// Dials until a call is refused; the first may still have come before the signal.
async fn until_refused(server: &Server) -> Uuid {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let call = Caller::dial(Options::new(server.audiosocket)).await.expect("it listens");
        if call.wait_for_end(Duration::from_millis(300)).await == Some(CallEnd::HandedBack) {
            return call.id();
        }
        call.hang_up().await;
        assert!(Instant::now() < deadline, "new calls are still taken");
    }
}

#[tokio::test]
async fn a_broken_configuration_names_every_problem_with_file_and_key() {
    let folder = Folder::new();
    folder.write("config.toml", "[limits]\ncalls_max = \"many\"\n[shop]\ncolour = \"red\"\n");
    folder.write("config.local.toml", "[stt]\nprovider = \"crystal-ball\"\n");
    let (code, error) = folder.run(&["serve"]).await.failed();
    assert_eq!(code, Some(1));
    for part in [
        "config.toml: limits.calls_max",
        "config.toml: shop.colour",
        "config.local.toml: stt.provider",
    ] {
        assert!(error.contains(part), "{part:?} is missing in\n{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_speech_is_refused_by_name_before_anything_is_dialled() {
    let folder = Folder::new();
    folder.write("song.wav", "this is no WAV file");
    let call = ["call", "--to", "127.0.0.1:1", "--say", "song.wav"];
    let (code, error) = folder.run(&call).await.failed();
    assert_eq!(code, Some(1));
    assert!(error.contains("song.wav"), "{error}");
    assert!(error.lines().count() <= 3 && !error.contains("panicked"), "{error}");
}
