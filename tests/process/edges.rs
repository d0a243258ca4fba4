//! What a person types carelessly: a reader that goes away, a wrong folder, words that are no number.

use crate::process::database::fresh_database;
use crate::process::number;
use crate::process::program::{Chat, Folder, Server, until};
use sqlx::{Connection as _, PgConnection};
use std::process::Stdio;

#[tokio::test]
async fn a_reader_that_goes_away_ends_a_command_quietly() {
    let folder = Folder::new();
    let mut program = folder.program(&["heard", "--lang", "en"]);
    let mut child = program.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    // Nobody reads any more before there is anything to print.
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("a pipe");
    let typed = tokio::io::AsyncWriteExt::write_all(&mut input, b"205 55 R16\n").await;
    typed.expect("it reads");
    drop(input);
    let output = child.wait_with_output().await.expect("it ends");
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), error.as_str()), (Some(141), ""));
}

/// A person stands in the shop's database; a command in another folder must not deny it.
#[tokio::test]
async fn a_folder_that_is_no_shops_is_not_asked_about_people_or_figures() {
    let folder = Folder::new();
    let call = "01934c5e-0000-7000-8000-000000000000";
    for args in [&["forget", "+380671120001", "--yes"][..], &["stats"], &["replay", call]] {
        let mut program = folder.program(args);
        program.env_remove("TREADLINE__DATABASE__DATA_DIR").stderr(Stdio::piped());
        let output = program.output().await.expect("it runs");
        let error = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(1), "{args:?}: {error}");
        assert!(error.contains("there is no config.toml here"), "{args:?}: {error}");
        // The folder is named, yet nobody was ever served there.
        let (code, error) = folder.run(args).await.failed();
        assert_eq!(code, Some(1));
        assert!(error.contains("no database yet") && error.contains("DATABASE_URL"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_word_is_answered_with_a_right_example() {
    let folder = Folder::new();
    for (args, example) in [
        (&["chat", "--as", "12"][..], "for example +380671234567"),
        (&["chat", "--as", "hello world"], "for example +380671234567"),
        (&["heard", "--lang", "en", "--today", "22.11.2026", "today"], "for example 2026-11-22"),
        (&["stats", "--day", "today"], "for example 2026-11-22"),
        (&["replay", "nope"], "for example 3f0c2a51-"),
    ] {
        let (_, error) = folder.run(args).await.failed();
        assert!(error.contains(example), "{args:?}: {error}");
    }
}

/// A terminal in another encoding: the line is read as well as can be, and the call goes on.
#[tokio::test]
async fn a_line_that_is_not_utf_8_does_not_end_a_chat() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let mut chat = Chat::start(folder.program(&["chat", "--json", "--lang", "en"]));
    let lines = chat.converse_bytes(&[b"\xcf\xf0\xe8\xe2\xb3\xf2", b"Goodbye."]).await;
    let listened = lines.iter().filter(|line| line["type"] == "listening").count();
    assert!(listened >= 2, "after the odd line it listens again: {lines:#?}");
    let heard =
        "select count(*) from call_turns where speaker = 'customer' and content like 'Goodbye%'";
    assert_eq!(number(&db.url, heard).await, 1);
}

/// Nobody was there to do them; now somebody is, and does.
#[tokio::test]
async fn a_first_start_complains_neither_about_jobs_nor_about_what_exists_already() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let mut server = Server::start(&folder).await;
    server.terminate().await;
    let mut owner = PgConnection::connect(&db.url).await.expect("the owner connects");
    sqlx::query(
        "update housekeeping.jobs set created_at = now() - interval '90 days', last_ok_at = null, \
             last_ok_began_at = null, last_error = null, next_run_at = now(), lease_id = null, \
             lease_until = null, locked_by = null",
    )
    .execute(&mut owner)
    .await
    .expect("as if nobody ever did them");
    let mut server = Server::start(&folder).await;
    until("every job was done", || async {
        number(&db.url, "select count(*) from housekeeping.jobs where last_ok_at is null").await
            == 0
    })
    .await;
    server.terminate().await;
    let log = folder.read("errors.txt");
    assert!(log.contains("calls are answered"), "the log is there: {log}");
    for noise in ["missed twice", "_sqlx_migrations"] {
        assert!(!log.contains(noise), "{noise}: {log}");
    }
}
