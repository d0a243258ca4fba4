//! F7: a disk that takes nothing. Calls go on, the operator is told, nothing is lost that Postgres
//! can take.

use crate::process::database::fresh_database;
use crate::process::program::{Chat, Folder, Server, until};
use crate::process::{ENGLISH, booked, greeted, number};
use sqlx::AssertSqlSafe;
use std::process::Stdio;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

#[tokio::test]
async fn a_caller_is_served_and_logged_while_the_disk_takes_not_a_byte() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    // No file may grow; a write beyond its limit is an error, as it is on a full disk.
    let own = folder.program(&["chat", "--json", "--as", "+380671234500", "--lang", "en"]);
    let own = own.as_std();
    let mut program = Command::new("bash");
    program.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""]).arg(own.get_program());
    program.args(own.get_args()).current_dir(own.get_current_dir().expect("a folder"));
    for (name, value) in own.get_envs() {
        match value {
            Some(value) => program.env(name, value),
            None => program.env_remove(name),
        };
    }
    program.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut chat = Chat::start(program);
    booked(&chat.converse(ENGLISH).await);
    let mut errors = String::new();
    let pipe = chat.child.stderr.as_mut().expect("a pipe");
    pipe.read_to_string(&mut errors).await.expect("text");
    let told = errors.matches("the journal cannot be written; records wait in memory").count();
    assert_eq!(told, 1, "one line for the operator: {errors}");
    let dense = "select max(seq) - count(*) from call_journal";
    assert_eq!(number(&db.url, dense).await, 0, "every record came through memory");
    assert_eq!(number(&db.url, "select count(*) from calls where outcome = 'resolved'").await, 1);
}

#[tokio::test]
async fn a_line_whose_spool_cannot_be_used_answers_calls_and_says_so() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    folder.write("data", "a file where a folder should be");
    let mut server = Server::start(&folder).await;
    let call = greeted(&server).await;
    let ready = async || {
        let url = format!("http://{}/ready", server.http);
        let answer = reqwest::get(url).await.expect("answers");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    let (status, text) = ready().await;
    assert!(status == 503 && text.contains("the disk refuses it"), "{status} {text}");
    folder.remove("data");
    call.hang_up().await;
    until("the end of the call is written", || async { ready().await.0 == 200 }).await;
    until("the call is in the database", || async {
        number(&db.url, "select count(*) from calls where ended_at is not null").await == 1
    })
    .await;
    server.terminate().await;
}

/// The disk of Postgres is full: it answers, and can write nothing. The caller is served as far as
/// nothing is to be written, the operator is told, the next start brings the call home.
#[tokio::test]
async fn a_caller_is_answered_while_the_disk_of_postgres_is_full() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    // The shop's goods come with the first start.
    let talk = async |lines: &[&str]| {
        let args = ["chat", "--json", "--as", "+380671234500", "--lang", "en"];
        Chat::start(folder.program(&args)).converse(lines).await
    };
    talk(&["Goodbye."]).await;
    let full = "create function no_room() returns trigger language plpgsql as $$ begin \
             raise exception 'could not extend file: No space left on device' \
             using errcode = '53100'; end $$; \
         do $$ declare t text; begin \
             for t in select unnest(array['call_journal', 'calls', 'call_turns', \
                 'call_tool_calls', 'call_traces', 'approvals', 'customers', \
                 'fitting_bookings', 'orders', 'tickets']) loop \
                 execute format('create trigger no_room before insert on %I \
                     for each statement execute function no_room()', t); \
             end loop; end $$";
    let mut owner = db.owner().await;
    sqlx::raw_sql(full).execute(&mut owner).await.expect("the disk is full");

    let lines = talk(ENGLISH).await;
    let said = |word: &str| lines.iter().any(|line| line.to_string().contains(word));
    assert!(said("Nokian") || said("tyre") || said("tire"), "questions are answered: {lines:#?}");
    assert!(!said("You are booked on"), "nothing is promised that stands nowhere: {lines:#?}");
    assert!(lines.iter().all(|line| line["kind"] != "fitting_booking"));
    let told = folder.read("errors.txt");
    let told = told.matches("the disk of Postgres is full").count();
    assert_eq!(told, 1, "one line for the operator");
    let call = folder.call_in_the_spool();
    let records = async |what: &str| -> i64 {
        let sql = format!("select {what} from call_journal where call_id = '{call}'");
        let of_it = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut db.owner().await).await;
        of_it.expect("a number")
    };
    assert_eq!(records("count(*)").await, 0);

    sqlx::raw_sql("drop function no_room() cascade").execute(&mut owner).await.expect("room");
    let waiting = || std::fs::read_dir(folder.path().join("data/spool")).expect("a spool").count();
    until("the call is in the database", || async {
        talk(&["Goodbye."]).await;
        waiting() == 0
    })
    .await;
    assert!(records("count(*)").await > 10);
    assert_eq!(records("max(seq) - count(*)").await, 0, "every record came");
    let open = "select count(*) from calls where outcome is null";
    assert_eq!(number(&db.url, open).await, 0, "every call is known to be over");
    assert_eq!(number(&db.url, "select count(*) from fitting_bookings").await, 0);
}
