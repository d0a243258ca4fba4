//! `treadline forget`: a person is gone everywhere, and nobody else is.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;

use crate::log::teller::{PATIENCE, Teller, noon};
use database::{TestDb, fresh_database};
use sqlx::{AssertSqlSafe, PgConnection};
use std::path::{Path, PathBuf};
use std::process::Output;
use treadline::clock::WallClock;
use treadline::db;
use treadline::jobs::log_writer::LogHandle;
use treadline::pii::Phone;
use treadline::spool::{Kept, LogEntry, Record, Spool};
use treadline::turn::Speaker;
use uuid::Uuid;

const THEIRS: &str = "+380671234567";
const OTHERS: &str = "+380509876543";

/// A person with a row in every table that can hold one, and their number in the words of another
/// person's call, as callers say and write it.
const PERSON: &str = r#"
with ids as (select '{id}'::uuid as id, '00000000-0000-0000-0000-000000000001'::uuid as tenant,
                    now() as at),
 station as (insert into fitting_stations (id, tenant_id, external_code, name, city)
     select id, tenant, '{code}', 'Podil', 'Kyiv' from ids),
 customer as (insert into customers (id, tenant_id, phone, name)
     select id, tenant, '{phone}', '{name}' from ids),
 memory as (insert into customer_memory (tenant_id, customer_id, data)
     select tenant, id, '{"name": "{name}"}' from ids),
 known_as as (insert into customer_identities (tenant_id, customer_id, kind, value)
     select tenant, id, 'email', '{name}@example.com' from ids),
 refs as (insert into external_refs (tenant_id, kind, local_id, system, external_id)
     select tenant, 'customer', id, 'crm', '{code}' from ids),
 registration as (insert into call_registrations (id, tenant_id, caller, data, expires_at)
     select id, tenant, '{phone}', '{"name": "{name}"}', at from ids),
 talk as (insert into calls (id, tenant_id, caller_id, customer_id, started_at, summary, meta,
         duration_seconds, csat_comment)
     select id, tenant, '{phone}', id, at, '{name} asked', '{"data": {"name": "{name}"}}', 60,
            '{name} is glad' from ids),
 line as (insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, speaker,
         content, first_audio_ms)
     select id, tenant, id, at, 1, 'customer', 'I am {name}', 700 from ids),
 tool as (insert into call_tool_calls (id, tenant_id, call_id, call_started_at, tool_name,
         tool_args, tool_result, success)
     select id, tenant, id, at, 'create_order', '{"name": "{name}"}', '{"for": "{name}"}', true
     from ids),
 journal as (insert into call_journal (tenant_id, call_id, call_started_at, seq, at, record)
     select tenant, id, at, 1, at, '{"said": "{name}"}' from ids),
 transfer as (insert into call_transfers (id, tenant_id, call_id, call_started_at, attempt, kind,
         target, reason, summary, caller, cart, requested_at)
     select id, tenant, id, at, 1, 'blind', 'operator', 'asked', '{name} waits', '{phone}',
            '{"for": "{name}"}', at from ids),
 verdict as (insert into eval_results (tenant_id, call_id, call_started_at, turn_number, seq,
         verdict, reason, sentence, evidence)
     select tenant, id, at, 1, 1, 'send', '{name}', 'Hello {name}', '{"name": "{name}"}' from ids),
 agreement as (insert into approvals (id, tenant_id, call_id, call_started_at, tool_name, args,
         effect_key, readback_hash, status, approved_by, approved_at)
     select id, tenant, id, at, 'confirm_order', '{"name": "{name}"}', '{code}', 'hash',
            'approved', 'customer', at from ids),
 sale as (insert into orders (id, tenant_id, order_number, status, customer_id, phone, recipient,
         delivery_type, delivery_city, delivery_address, payment_method, source_call_id,
         approval_id, effect_key, draft_key, confirmed_at)
     select id, tenant, '{code}', 'confirmed', id, '{phone}', '{name}', 'delivery', 'Kyiv',
            '{name} lives here', 'cod', id, id, '{code}', '{code}', at from ids),
 fitting as (insert into fitting_bookings (tenant_id, station_id, customer_id, booking_date,
         booking_time, customer_name, phone, vehicle_info, notes, source_call_id, price)
     select tenant, id, id, '2026-12-01', '10:00', '{name}', '{phone}', '{name} drives',
            'for {name}', id, 900 from ids),
 stored as (insert into storage_contracts (tenant_id, customer_id, phone, number)
     select tenant, id, '{phone}', '00000{code}' from ids),
 wish as (insert into wishlist (tenant_id, customer_id, phone, item_type, item_id, comment)
     select tenant, id, '{phone}', 'size', '205/55 R16', '{name} waits' from ids),
 request as (insert into tickets (id, tenant_id, title, description, customer_id, phone, effect_key)
     select id, tenant, 'Call {name}', '{name} asked', id, '{phone}', 'callback {phone}' from ids)
insert into ticket_messages (tenant_id, ticket_id, role, content)
select tenant, id, 'user', '{name} says' from ids
"#;

async fn plant(owner: &mut PgConnection, id: Uuid, phone: &str, name: &str, code: &str) {
    let sql = PERSON
        .replace("{id}", &id.to_string())
        .replace("{phone}", phone)
        .replace("{name}", name)
        .replace("{code}", code);
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(owner).await.unwrap();
}

/// Rows of all tables in which `text` stands, by table; found by a dump of each row, not by the
/// program's own list of columns.
async fn rows_with(owner: &mut PgConnection, text: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace \
         and relkind in ('r', 'p') and not relispartition and relname <> '_sqlx_migrations' \
         order by 1",
    )
    .fetch_all(&mut *owner)
    .await
    .unwrap();
    let mut holding = Vec::new();
    for table in tables {
        let count = format!("select count(*) from {table} dumped where dumped::text like $1");
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .bind(format!("%{text}%"))
            .fetch_one(&mut *owner)
            .await
            .unwrap();
        holding.extend((rows > 0).then_some(format!("{table} {rows}")));
    }
    holding
}

async fn two_people(db: &TestDb) -> PgConnection {
    let mut owner = db.owner().await;
    plant(&mut owner, Uuid::from_u128(1), THEIRS, "Solomiya", "100001").await;
    plant(&mut owner, Uuid::from_u128(2), OTHERS, "Vasyl", "100002").await;
    owner
}

fn run(db: &TestDb, folder: &PathBuf, phone: &str) -> Output {
    run_with(db, folder, &[phone, "--yes"])
}

fn run_with(db: &TestDb, folder: &PathBuf, args: &[&str]) -> Output {
    std::fs::create_dir_all(folder).unwrap();
    std::process::Command::new(env!("CARGO_BIN_EXE_treadline"))
        .arg("forget")
        .args(args)
        .stdin(std::process::Stdio::null())
        .current_dir(folder)
        .env("DATABASE_URL", &db.url)
        .env("TREADLINE__DATABASE__DATA_DIR", folder)
        .output()
        .unwrap()
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("treadline-forget-{}", Uuid::new_v4()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_gone_from_every_table_and_the_other_one_keeps_every_word() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = two_people(&db).await;
    let before = rows_with(&mut owner, "Vasyl").await;
    assert!(before.len() >= 16, "the other person is everywhere: {before:?}");
    assert!(rows_with(&mut owner, "Solomiya").await.len() >= 16);

    let folder = folder();
    let output = run(&db, &folder, "+38 (067) 123-45-67");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("nothing is left"), "{said}");
    assert_eq!(rows_with(&mut owner, "Solomiya").await, Vec::<String>::new(), "{said}");
    assert_eq!(rows_with(&mut owner, "671234567").await, Vec::<String>::new(), "{said}");
    assert_eq!(rows_with(&mut owner, "Vasyl").await, before);

    // The accounts and the day's figures still add up.
    let kept: (i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from orders where order_number is not null), \
                (select sum(price)::bigint from fitting_bookings), \
                (select sum(duration_seconds) from calls), \
                (select sum(first_audio_ms) from call_turns)",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(kept, (2, 1_800, 120, 1_400));

    let again = run(&db, &folder, THEIRS);
    let said = String::from_utf8(again.stdout).unwrap();
    assert!(again.status.success() && said.contains("nobody with this number"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_go_is_shown_first_and_without_a_yes_nothing_goes() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = two_people(&db).await;
    let before = rows_with(&mut owner, "Solomiya").await;
    let folder = folder();
    for (args, succeeds, words) in [
        (&[THEIRS][..], false, "nothing was erased: there is nobody to ask"),
        (&[THEIRS, "--dry-run"], true, "nothing was erased (--dry-run)"),
    ] {
        let output = run_with(&db, &folder, args);
        let shown = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.success(), succeeds, "{shown}");
        assert!(shown.contains(words), "{shown}");
        assert!(shown.contains("NOTE order 100001 is not delivered yet (confirmed)"), "{shown}");
        assert!(!shown.contains("100002") && !shown.contains("nothing is left"), "{shown}");
        let customers = shown.lines().find(|line| line.starts_with("customers ")).unwrap();
        assert_eq!(customers.split_whitespace().collect::<Vec<_>>(), ["customers", "deleted", "1"]);
        assert_eq!(rows_with(&mut owner, "Solomiya").await, before);
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_number_is_found_in_other_peoples_words_however_it_is_written() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = two_people(&db).await;
    let theirs = [
        "+380671234567",
        "380671234567",
        "00380 67 123 45 67",
        "+38 (067) 123-45-67",
        "0671234567",
        "067 123 45 67",
        "8 067 123 45 67",
        "67 1234567",
    ];
    let not_theirs = ["+380671234568", "5671234567", "06712345670", "+48671234567"];
    for (n, text) in theirs.iter().chain(&not_theirs).enumerate() {
        sqlx::query(
            "with said as (insert into call_turns (id, tenant_id, call_id, call_started_at, \
                 turn_number, speaker, content) \
                 select gen_random_uuid(), tenant_id, id, started_at, $1, 'customer', \
                     'ring ' || $2 || ', please' from calls where caller_id = $3) \
             insert into call_tool_calls (id, tenant_id, call_id, call_started_at, tool_name, \
                 tool_args, success) \
             select gen_random_uuid(), tenant_id, id, started_at, 'callback', \
                 jsonb_build_object('to', $2, 'list', jsonb_build_array($2, 7)), true \
             from calls where caller_id = $3",
        )
        .bind(n as i32 + 2)
        .bind(text)
        .bind(OTHERS)
        .execute(&mut owner)
        .await
        .unwrap();
    }
    let number = Phone::parse(THEIRS).unwrap();
    let done = db::forget::forget(&db.pool, &number, "+380").await.unwrap();
    assert_eq!(done.left, []);
    let left: Vec<String> = sqlx::query_scalar(
        "select substring(content from 'ring (.*), please') from call_turns \
         where content like 'ring %' and content not like '%forgotten%' order by turn_number",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert_eq!(left, not_theirs, "what is another number stays");
    let blank: i64 = sqlx::query_scalar(
        "select count(*) from call_tool_calls where tool_args = '{\"to\": \"0\", \"list\": [\"0\", 7]}'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(blank, theirs.len() as i64);
}

/// Every file under `folder` in which the number stands, however it is written in a journal.
fn files_with_the_number(folder: &Path) -> Vec<PathBuf> {
    let mut holding = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holding.extend(files_with_the_number(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let digits: String = text.chars().filter(|c| !" ()-".contains(*c)).collect();
            holding.extend(digits.contains("671234567").then_some(path));
        }
    }
    holding
}

/// A person's call, as it stands in a journal: their number at its beginning and in their words.
fn their_records(call: u128) -> Vec<LogEntry> {
    let mut told = Teller::new(call, noon());
    vec![told.opened("live"), told.turn(1, Speaker::Customer, "Ring me at 067 123 45 67, please")]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_process_left_in_the_journal_is_brought_home_and_erased() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = two_people(&db).await;
    let folder = folder();
    let spool = folder.join("spool");
    let (dead, _) = Spool::open(&spool).unwrap();
    for mut entry in their_records(77) {
        if let Record::Opened(opened) = &mut entry.record {
            opened.node = format!("some-machine/{}", dead.instance());
        }
        assert_eq!(dead.append(&entry), Kept::File);
    }
    drop(dead); // As the kernel does for a killed process.
    std::fs::write(spool.join("refused.jsonl"), "{\"caller\":\"+380671234567\"}\n").unwrap();
    assert_eq!(files_with_the_number(&folder).len(), 2);

    let shown = run_with(&db, &folder, &[THEIRS, "--dry-run"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("records on their way to the database"), "{shown}");
    assert_eq!(files_with_the_number(&folder).len(), 2, "nothing was touched");

    let output = run(&db, &folder, THEIRS);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("nothing is left"), "{said}");
    assert_eq!(files_with_the_number(&folder), Vec::<PathBuf>::new());
    assert_eq!(rows_with(&mut owner, "671234567").await, Vec::<String>::new(), "{said}");
    // The call itself stays in the figures: it came home, and its process is known to be dead.
    let outcome: Option<String> = sqlx::query_scalar("select outcome from calls where id = $1")
        .bind(Uuid::from_u128(77))
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(outcome.as_deref(), Some("lost_process"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_still_in_the_journal_is_not_said_to_be_gone() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = db.owner().await;
    let folder = folder();
    let spool = folder.join("spool");
    sqlx::query("revoke insert on call_journal from treadline_app")
        .execute(&mut owner)
        .await
        .unwrap();
    let (living, _) = LogHandle::start(&spool, db.pool.clone(), WallClock::system()).unwrap();
    for entry in their_records(78) {
        assert_eq!(living.record(entry), Kept::File);
    }
    let output = run(&db, &folder, THEIRS);
    assert!(!output.status.success());
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("still in the journal"), "{complaint}");
    assert_eq!(files_with_the_number(&folder).len(), 1, "what is on its way is not lost");

    sqlx::query("grant insert on call_journal to treadline_app").execute(&mut owner).await.unwrap();
    assert!(living.flush(PATIENCE).await);
    let output = run(&db, &folder, THEIRS);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(files_with_the_number(&folder), Vec::<PathBuf>::new());
    assert_eq!(rows_with(&mut owner, "671234567").await, Vec::<String>::new());
    assert!(living.stop(PATIENCE).await);
    std::fs::remove_dir_all(folder).unwrap();
}
