//! `treadline doctor` and `treadline dialplan`, without an Asterisk.

use crate::support::database;
use crate::support::program;

use database::fresh_database;
use program::Folder;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_mins(2);

/// What it printed, and its exit code. Nothing answers where the recogniser should be.
async fn doctor(folder: &Folder, change: &[(&str, &str)]) -> (String, Option<i32>) {
    let mut program = folder.program(&["doctor"]);
    program
        .env("TREADLINE__SERVER__LISTEN", "127.0.0.1:0")
        .env("TREADLINE__AUDIOSOCKET__LISTEN", "127.0.0.1:0")
        .env("TREADLINE__WEBSOCKET__LISTEN", "127.0.0.1:0")
        .env("TREADLINE__STT__PROVIDER", "openai")
        .env("TREADLINE__STT__BASE_URL", "http://127.0.0.1:1/v1")
        .env_remove("TREADLINE_ARI_PASSWORD")
        .envs(change.iter().copied());
    let output = timeout(PATIENCE, program.output()).await.expect("in time").expect("it runs");
    (String::from_utf8(output.stdout).expect("text"), output.status.code())
}

/// The line after the one that says this is bad.
fn to_do<'s>(said: &'s str, what: &str) -> &'s str {
    let bad = format!("BAD  {what}");
    let at = said.lines().position(|line| line.contains(&bad));
    said.lines().nth(at.unwrap_or_else(|| panic!("no {bad:?} in\n{said}")) + 1).expect("a line")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_has_a_number_and_every_failure_says_what_to_do() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (said, code) = doctor(&folder, &[("TREADLINE__WEBSOCKET__LISTEN", &address)]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(to_do(&said, "recogniser").contains("-> "), "{said}");
    assert!(to_do(&said, "websocket.listen").contains("another address"), "{said}");
    for part in [
        "ok   configuration",
        "ok   database: Postgres ",
        "extensions: all",
        "months of the log",
        "ok   brain: local",
        "own line, AudioSocket: sound takes",
        "own line, chan_websocket: sound takes",
        "note Asterisk: not asked",
    ] {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
    let numbers: Vec<usize> =
        said.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
    assert!(numbers.len() > 10, "{said}");
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_answer_is_told_with_what_to_do() {
    let folder = Folder::with_database("postgresql://nobody@127.0.0.1:1/none");
    let (said, code) = doctor(&folder, &[]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(to_do(&said, "database").contains("DATABASE_URL"), "{said}");
}

#[tokio::test]
async fn the_dialplan_command_prints_this_installations_addresses() {
    let folder = Folder::new();
    folder.write("config.toml", "[audiosocket]\nlisten = \"127.0.0.1:19092\"\n");
    let dial = folder.run(&["dialplan"]).await.succeeded();
    assert!(dial.contains("\nTREADLINE_AUDIO=127.0.0.1:19092\n"), "{dial}");
    for context in ["dial", "watch", "transfer", "fallback"] {
        assert!(dial.contains(&format!("\n[treadline-{context}]\n")), "{context}: {dial}");
    }
    let websocket = folder.run(&["dialplan", "websocket"]).await.succeeded();
    assert!(websocket.contains("uri = ws://127.0.0.1:9094/media"), "{websocket}");
    let (code, error) = folder.run(&["dialplan", "smoke-signals"]).await.failed();
    assert_eq!(code, Some(2), "{error}");
}
