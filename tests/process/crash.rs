//! F1, with the process killed at marked points: after each record of an order that was written.
//!
//! The killed process is this test program, started again as a child: it takes an order by text
//! with the program's own parts and dies the moment the wanted record is in the file. Each child
//! is the next start of the one before.

use crate::process::database::{TestDb, fresh_database};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::timeout;
use treadline::app::{self, Voices};
use treadline::clock::WallClock;
use treadline::config::{Config, Secrets};
use treadline::db::journal;
use treadline::ids::{CallId, TenantId};
use treadline::jobs::log_writer::LogHandle;
use treadline::language::Language;
use treadline::session::{Listening, Opening, Services, Session, TextMedium, Watcher, type_line};
use treadline::spool::{CallOpened, Journal, LogEntry, Record, tape_of};
use treadline::turn::{Effect, Event, Note, TapeEnd, TapeError};
use uuid::Uuid;

/// Tells the child what to do; the test itself is started without it.
const TASK: &str = "TREADLINE_TEST_CRASH_TASK";
/// A child that does not come to its end within this is stuck.
const CHILD_MAX: Duration = Duration::from_mins(2);
/// A Monday at ten in Kyiv.
const NOW: &str = "2026-11-23T08:00:00Z";
/// Outside the moments around the order itself one record in so many is a point to die at;
/// `TREADLINE_CRASH=all` takes every one.
const FAR_STEP: u64 = 8;

const ORDER: &[&str] = &[
    "Hello, I need winter tires, 205 55 R16.",
    "The first one, please.",
    "I want to order four of them.",
    "I will pick them up myself.",
    "The first one, please.",
    "Cash.",
    "John Smith.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Task {
    /// Dies after so many records.
    records: u64,
    url: String,
    folder: PathBuf,
    call: Uuid,
    caller: String,
}

/// The real journal, until the process dies.
struct Dies {
    inner: Arc<dyn Journal>,
    left: AtomicU64,
}

impl Journal for Dies {
    fn record(&self, entry: LogEntry) {
        self.inner.record(entry);
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            // As SIGKILL: nothing is unwound, flushed or told.
            std::process::abort();
        }
    }

    fn stored(&self) -> futures_util::future::BoxFuture<'static, bool> {
        self.inner.stored()
    }

    fn synced(&self) -> futures_util::future::BoxFuture<'static, ()> {
        self.inner.synced()
    }
}

struct Watch {
    listening: Listening,
    idle: mpsc::UnboundedSender<()>,
    told: bool,
}

impl Watcher for Watch {
    fn effect(&mut self, effect: &Effect) {
        self.told = false;
        self.listening.effect(effect);
        if let Effect::Say { text, .. } = effect {
            let mut out = std::io::stdout();
            let heard = Value::from(text.as_str());
            let _ = writeln!(out, "\nHEARD {heard}").and_then(|()| out.flush());
        }
    }

    fn event(&mut self, event: &Event) {
        self.told = false;
        self.listening.event(event);
    }

    fn waiting(&mut self) {
        if self.listening.is_idle() && !self.told {
            self.told = true;
            let _ = self.idle.send(());
        }
    }
}

/// Takes one order; does not return if it is to die on the way.
async fn take_an_order(task: Task) {
    let mut config = Config::default();
    config.database.data_dir = task.folder;
    let call = &mut config.limits.call;
    (call.endpointing_ms, call.endpointing_slow_ms, call.transcribe_early_ms) = (1, 1, 0);
    let secrets =
        Secrets { database_url: Some(SecretString::from(task.url)), ..Secrets::default() };
    let clock = WallClock::starting_at(NOW.parse().expect("a time"));
    let parts = app::assemble_at(config, secrets, Voices::Silent, clock).await.expect("parts");
    let log = Dies { inner: Arc::clone(&parts.services.log), left: AtomicU64::new(task.records) };
    let services = Arc::new(Services { log: Arc::new(log), ..(*parts.services).clone() });
    let opening = Opening {
        call: CallId(task.call),
        channel: "chat",
        origin: "test".into(),
        caller: Some(task.caller),
        called: None,
        asterisk_channel: None,
        language: Some(Language::En),
        data: Value::Null,
        line: None,
    };
    let (lines, mut shown) = mpsc::unbounded_channel();
    let (idle, mut waits) = mpsc::unbounded_channel();
    let typed = Arc::new(Mutex::new(String::new()));
    let place = Arc::clone(&typed);
    let session =
        Session::open(services, &opening, |events, _| TextMedium::new(events, lines, place)).await;
    let sender = session.sender();
    tokio::spawn(async move { while shown.recv().await.is_some() {} });
    tokio::spawn(async move {
        for line in ORDER {
            if waits.recv().await.is_none() {
                return;
            }
            let _ = type_line(&sender, &typed, (*line).to_owned()).await;
        }
    });
    let mut watch = Watch { listening: Listening::default(), idle, told: false };
    session.run(&mut watch, |_| {}).await;
    parts.close().await;
}

/// One start of the program; what its caller heard, and whether it came to its end.
async fn start(test: &str, task: &Task) -> (Vec<String>, bool) {
    let task = serde_json::to_string(task).expect("JSON");
    // `ulimit`: an abort is no occasion for a core file here.
    let mut program = Command::new("sh");
    program
        .args(["-c", "ulimit -c 0; exec \"$@\"", "sh"])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(TASK, task)
        .env_remove("OPENAI_API_KEY")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let output = timeout(CHILD_MAX, program.output()).await.expect("in time").expect("it runs");
    let printed = String::from_utf8(output.stdout).expect("text");
    let heard: Vec<String> = printed
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("HEARD ")?).ok())
        .collect();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!error.contains("panicked"), "{printed}\n{error}");
    (heard, output.status.success())
}

/// The neighbour lives on in the same folder: nobody may close its call.
async fn neighbour(db: &TestDb, spool: &Path) -> (LogHandle, CallId) {
    let (log, _) = LogHandle::start(spool, db.pool.clone(), WallClock::system()).expect("a folder");
    let call = CallId(Uuid::from_u128(0xbeef));
    log.record(LogEntry {
        tenant: TenantId::DEFAULT,
        call,
        call_started_at: NOW.parse().expect("a time"),
        seq: 1,
        at: NOW.parse().expect("a time"),
        record: Record::Opened(Box::new(CallOpened {
            channel: "phone".into(),
            origin: "test".into(),
            caller: None,
            called: None,
            asterisk_channel: None,
            language: Language::En,
            node: String::new(),
            prompt_version: "1".into(),
            data: Value::Null,
        })),
    });
    assert!(log.flush(CHILD_MAX).await);
    (log, call)
}

async fn number(db: &TestDb, sql: String) -> i64 {
    let sql = AssertSqlSafe(sql);
    sqlx::query_scalar(sql).fetch_one(&mut db.owner().await).await.expect("a number")
}

/// Records around the order itself: from the read-back to what the caller heard of the number.
async fn moments_of_the_order(db: &TestDb, call: Uuid) -> (std::ops::RangeInclusive<u64>, u64) {
    let entries = journal::load(&db.pool, TenantId::DEFAULT, CallId(call)).await.expect("read");
    let of_order = entries.iter().filter(|entry| match &entry.record {
        Record::Note(note) => {
            matches!(note.as_ref(), Note::Approval { approval, .. } if approval.tool == "confirm_order")
        }
        _ => false,
    });
    let first = of_order.map(|entry| entry.seq).next().expect("the order was read back");
    (first..=first + 16, entries.len() as u64)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_survives_a_process_killed_after_any_of_its_records() {
    if let Ok(task) = std::env::var(TASK) {
        return Box::pin(take_an_order(serde_json::from_str(&task).expect("a task"))).await;
    }
    let Some(db) = fresh_database().await else { return };
    treadline::store::sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.expect("a shop");
    // Not five digits that begin like an order's number.
    let stock = "update products set quantity = 9000 where quantity > 0";
    sqlx::query(stock).execute(&mut db.owner().await).await.expect("room");
    let folder = std::env::temp_dir().join(format!("treadline-crash-{}", Uuid::new_v4()));
    let spool = folder.join("spool");
    let (living, its_call) = neighbour(&db, &spool).await;
    let task = |records: u64| Task {
        records,
        url: db.url.clone(),
        folder: folder.clone(),
        call: Uuid::from_u128(0xca11_0000_0000_4000_8000_0000_0000_0000 + u128::from(records)),
        caller: format!("+38067{:07}", 1_000_000 + records),
    };
    let me = "process::crash::an_order_survives_a_process_killed_after_any_of_its_records";

    let whole = task(1_000_000);
    let (heard, ended) = start(me, &whole).await;
    assert!(ended, "undisturbed it comes to its end: {heard:#?}");
    let (moments, records) = moments_of_the_order(&db, whole.call).await;
    let all = std::env::var("TREADLINE_CRASH").as_deref() == Ok("all");
    let points = (1..=records).filter(|at| all || moments.contains(at) || at % FAR_STEP == 1);
    let mut told: BTreeMap<Uuid, (u64, Vec<String>)> = BTreeMap::from([(whole.call, (0, heard))]);
    for point in points {
        let task = task(point);
        let (heard, ended) = start(me, &task).await;
        assert!(!ended, "it was killed after record {point}");
        told.insert(task.call, (point, heard));
    }
    // The last start: it brings home what the last child left.
    let (log, _) =
        LogHandle::start(&spool, db.pool.clone(), WallClock::system()).expect("a folder");
    crate::process::program::until("all is brought home", || async {
        let open = "select count(*) from calls where ended_at is null";
        number(&db, open.into()).await == 1
    })
    .await;
    let mut confirmed = 0;
    for (call, (point, heard)) in &told {
        confirmed += i64::from(judge(&db, *call, *point, heard).await);
    }
    assert!(confirmed > 2, "orders were confirmed on the way: {confirmed}");
    let open = format!("select count(*) from calls where ended_at is null and id = '{its_call}'");
    assert_eq!(number(&db, open).await, 1, "the neighbour's call goes on");
    let sold = "select coalesce(sum(i.quantity), 0)::int8 from order_items i \
                join orders o on o.id = i.order_id where o.order_number is not null";
    let gone = "select sum(9000 - quantity)::int8 from products where quantity between 1 and 9000";
    assert_eq!(number(&db, sold.into()).await, number(&db, gone.into()).await, "the stock agrees");
    println!(
        "{} points to die at, {confirmed} orders confirmed, none lost, none twice",
        told.len()
    );
    assert!(log.stop(CHILD_MAX).await && living.stop(CHILD_MAX).await);
    let _ = std::fs::remove_dir_all(folder);
}

/// What must hold for a call that was killed after its record `point`; true if its caller was told
/// of an order.
async fn judge(db: &TestDb, call: Uuid, point: u64, heard: &[String]) -> bool {
    let of_call = async |sql: &str| number(db, format!("{sql} = '{call}'")).await;
    let entries = journal::load(&db.pool, TenantId::DEFAULT, CallId(call)).await.expect("read");
    assert!(entries.len() as u64 >= point, "record {point} was written: {}", entries.len());
    let ended = match tape_of(&entries) {
        Ok(tape) => {
            if let Err(difference) = tape.check() {
                panic!("after record {point} the journal does not replay: {difference}");
            }
            tape.end == TapeEnd::Complete
        }
        // Killed before the record that says what the core is made from.
        Err(TapeError::NoSetup) if point == 1 => false,
        Err(error) => panic!("after record {point}: {error}"),
    };
    let lost = "select count(*) from calls where outcome = 'lost_process' and id";
    assert_eq!(of_call(lost).await, i64::from(!ended), "after record {point}");
    let orders: Vec<String> = sqlx::query_scalar(
        "select order_number from orders where source_call_id = $1 and order_number is not null",
    )
    .bind(call)
    .fetch_all(&mut db.owner().await)
    .await
    .expect("read");
    assert!(orders.len() <= 1, "after record {point}: {orders:?}");
    let approved = of_call(
        "select count(*) from approvals where tool_name = 'confirm_order' and status = 'approved' \
         and call_id",
    )
    .await;
    assert!(approved >= orders.len() as i64, "an order without a yes after record {point}");
    // Order numbers have five digits and are said in figures here.
    let numbers = heard.iter().flat_map(|line| line.split(|c: char| !c.is_ascii_digit()));
    let numbers: Vec<&str> =
        numbers.filter(|word| word.len() == 5 && word.starts_with("10")).collect();
    for said in &numbers {
        assert!(orders.iter().any(|order| order == said), "order {said} was told and is lost");
    }
    !numbers.is_empty()
}
