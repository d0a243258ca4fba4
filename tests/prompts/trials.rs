//! Two versions against each other: who gets which, what is counted, and what the command shows.

use super::{LIVE, Row, SHOP, insert, owner};
use crate::prompts::database::{TestDb, fresh_database};
use serde_json::json;
use std::process::Command;
use treadline::app::load_prompts;
use treadline::db::prompts::{
    NewPrompt, PromptError, activate, add, count_test, start_test, stop_test, tests,
};
use treadline::ids::CallId;
use uuid::Uuid;

/// A test of two versions that began twenty minutes ago.
async fn trial() -> Option<TestDb> {
    let db = fresh_database().await?;
    for name in ["a", "b"] {
        let system_prompt = format!("You are {name}.");
        let (tools_config, metadata) = (json!({ "hide": ["find_storage"] }), json!({}));
        let new = NewPrompt { name: name.into(), system_prompt, tools_config, metadata };
        add(&db.pool, SHOP, new).await.unwrap();
    }
    activate(&db.pool, SHOP, "a".into()).await.unwrap();
    let arms = ["a".to_owned(), "b".to_owned()];
    start_test(&db.pool, SHOP, "first".into(), arms, 0.5).await.unwrap();
    sqlx::query("update prompt_ab_tests set started_at = now() - interval '20 minutes'")
        .execute(&mut owner(&db).await)
        .await
        .unwrap();
    Some(db)
}

#[tokio::test]
async fn calls_choose_by_their_id_what_the_table_says() {
    let Some(db) = trial().await else { return };
    let choice = load_prompts(&db.pool).await.unwrap().unwrap();
    let of = |n: u128| choice.of(CallId(Uuid::from_u128(n))).version.clone();
    let b = (0..1_000).filter(|n| of(*n) == "b").count();
    assert!((420..=580).contains(&b), "{b} of 1000");
    // Whoever loads it again, another node or the next start, chooses the same.
    let again = load_prompts(&db.pool).await.unwrap().unwrap();
    assert!((0..1_000).all(|n| again.of(CallId(Uuid::from_u128(n))).version == of(n)));
    assert_eq!(choice.active.hidden_tools, ["find_storage"]);
    stop_test(&db.pool, SHOP).await.unwrap();
    let after = load_prompts(&db.pool).await.unwrap().unwrap();
    assert!((0..1_000).all(|n| after.of(CallId(Uuid::from_u128(n))).version == "a"));
}

#[tokio::test]
async fn only_live_calls_of_its_time_count() {
    let Some(db) = trial().await else { return };
    let mut owner = owner(&db).await;
    for row in [
        Row { quality: Some(0.8), ..LIVE },
        Row { quality: Some(0.6), outcome: "transferred", ..LIVE },
        Row { version: "b", quality: Some(1.0), ..LIVE },
        Row { version: "b", outcome: "abandoned", ..LIVE },
        // None of these is of the test.
        Row { origin: "test", ..LIVE },
        Row { origin: "demo", version: "b", ..LIVE },
        Row { minutes_ago: 40, ..LIVE },
        Row { version: "builtin-1", ..LIVE },
    ] {
        insert(&mut owner, &row).await;
    }
    let test = tests(&db.pool, SHOP).await.unwrap().remove(0);
    let [a, b] = count_test(&db.pool, SHOP, test.id).await.unwrap();
    assert_eq!((a.calls, a.resolved, a.transferred, a.scored), (2, 1, 1, 2));
    assert_eq!((b.calls, b.resolved, b.transferred, b.scored), (2, 1, 0, 1));
    assert!((a.quality_mean.unwrap() - 0.7).abs() < 1e-9);
    stop_test(&db.pool, SHOP).await.unwrap();
    let kept: (i32, i32, f64, f64, String) = sqlx::query_as(
        "select calls_a, calls_b, quality_a, quality_b, status from prompt_ab_tests",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!((kept.0, kept.1, kept.4.as_str()), (2, 2, "stopped"));
    assert!((kept.2 - 0.7).abs() < 1e-9 && (kept.3 - 1.0).abs() < 1e-9);
}

#[tokio::test]
async fn one_test_runs_at_a_time_and_names_are_used_once() {
    let Some(db) = trial().await else { return };
    let start = |name: &str, a: &str, b: &str| {
        start_test(&db.pool, SHOP, name.into(), [a.to_owned(), b.to_owned()], 0.5)
    };
    let running = start("second", "a", "b").await;
    assert!(matches!(running, Err(PromptError::Running(name)) if name == "first"));
    let unknown = start("second", "a", "nothing").await;
    assert!(matches!(unknown, Err(PromptError::Unknown(name)) if name == "nothing"));
    stop_test(&db.pool, SHOP).await.unwrap();
    assert!(matches!(stop_test(&db.pool, SHOP).await, Err(PromptError::NoTest)));
    let taken = start("first", "a", "b").await;
    assert!(matches!(taken, Err(PromptError::TestTaken(name)) if name == "first"));
    start("second", "b", "a").await.unwrap();
}

#[tokio::test]
async fn the_command_adds_starts_shows_and_stops() {
    let Some(db) = fresh_database().await else { return };
    let folder = std::env::temp_dir().join(format!("treadline-prompts-{}", Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("short-1.md");
    std::fs::write(&file, "---\nrule: Be short.\n---\nYou answer a phone.").unwrap();
    let run = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_treadline"))
            .arg("prompts")
            .args(arguments)
            .current_dir(&folder)
            .env("DATABASE_URL", &db.url)
            .output()
            .unwrap();
        let text = [done.stdout, done.stderr].concat();
        (done.status.success(), String::from_utf8(text).unwrap())
    };
    let (ok, told) = run(&["add", file.to_str().unwrap()]);
    assert!(ok && told.contains("short-1: added"), "{told}");
    let (ok, told) = run(&["list"]);
    let builtin = told.split_whitespace().find(|word| word.starts_with("builtin-")).unwrap();
    assert!(ok && told.contains("* builtin-") && told.contains("  short-1"), "{told}");
    let (ok, started) = run(&["ab", "start", builtin, "short-1", "--share", "30"]);
    assert!(ok && started.contains("30 % of the calls"), "{started}");
    let (ok, told) = run(&["ab", "show"]);
    assert!(ok && told.contains("is running") && told.contains("too few calls"), "{told}");
    let (ok, told) = run(&["ab", "stop"]);
    assert!(ok && told.contains("is stopped"), "{told}");
    let (ok, told) = run(&["ab", "stop"]);
    assert!(!ok && told.contains("no test is running"), "{told}");
    let (ok, told) = run(&["activate", "short-1"]);
    assert!(ok && told.contains("in use"), "{told}");
    std::fs::remove_dir_all(&folder).unwrap();
}
