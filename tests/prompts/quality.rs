//! Ended calls are scored once, by what the log holds of them.

use super::{LIVE, Row, SHOP, insert, owner};
use crate::prompts::database::fresh_database;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use sqlx::PgConnection;
use treadline::clock::WallClock;
use treadline::db::stats::compute_day;
use treadline::jobs::quality::run_once;
use treadline::llm::{Answer, LanguageModel, LlmError, ModelChunk, ModelRequest};
use treadline::turn::Message;
use uuid::Uuid;

async fn say(owner: &mut PgConnection, call: (Uuid, DateTime<Utc>), lines: &[(&str, &str)]) {
    for (at, (speaker, content)) in lines.iter().enumerate() {
        sqlx::query(
            "insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, \
                 speaker, content) values (gen_random_uuid(), $1, $2, $3, $4, $5, $6)",
        )
        .bind(SHOP.0)
        .bind(call.0)
        .bind(call.1)
        .bind(at as i32 + 1)
        .bind(speaker)
        .bind(content)
        .execute(&mut *owner)
        .await
        .unwrap();
    }
}

async fn tool(
    owner: &mut PgConnection,
    call: (Uuid, DateTime<Utc>),
    name: &str,
    success: bool,
    approved: bool,
) {
    sqlx::query(
        "insert into call_tool_calls (id, tenant_id, call_id, call_started_at, tool_name, \
             success, approval_id, tool_result) \
         values (gen_random_uuid(), $1, $2, $3, $4, $5, \
             case when $6 then gen_random_uuid() end, '{}')",
    )
    .bind(SHOP.0)
    .bind(call.0)
    .bind(call.1)
    .bind(name)
    .bind(success)
    .bind(approved)
    .execute(owner)
    .await
    .unwrap();
}

async fn judged(owner: &mut PgConnection, call: (Uuid, DateTime<Utc>)) -> (Option<f64>, Value) {
    sqlx::query_as(
        "select quality_score, coalesce(meta -> 'quality', 'null') from calls \
         where id = $1 and started_at = $2",
    )
    .bind(call.0)
    .bind(call.1)
    .fetch_one(owner)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_good_call_scores_high_and_each_fault_is_flagged() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = owner(&db).await;
    let good = insert(&mut owner, &LIVE).await;
    say(&mut owner, good, &[("bot", "Вітаю!"), ("customer", "Шини"), ("bot", "Так, є.")]).await;
    tool(&mut owner, good, "search_tires", true, false).await;
    tool(&mut owner, good, "confirm_order", true, true).await;
    let bad = insert(&mut owner, &Row { outcome: "transferred", ..LIVE }).await;
    let again = "Перепрошую, я не зрозумів.";
    say(
        &mut owner,
        bad,
        &[("customer", "Шини"), ("bot", again), ("customer", "Шини!"), ("bot", again)],
    )
    .await;
    tool(&mut owner, bad, "search_tires", false, false).await;
    tool(&mut owner, bad, "confirm_order", true, false).await;
    assert_eq!(run_once(&db.pool, &WallClock::system(), None).await.unwrap(), 2);
    let (score, details) = judged(&mut owner, good).await;
    assert!((score.unwrap() - 1.0).abs() < 1e-9, "{details}");
    assert_eq!(details["by"], "rules");
    assert_eq!(details["criteria"].as_object().unwrap().len(), 8);
    let (score, details) = judged(&mut owner, bad).await;
    assert!(score.unwrap() < 0.5, "{details}");
    let flagged: Vec<&str> =
        details["flagged"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(
        flagged,
        ["greeted", "understood_intent", "confirmed_before_action", "resolved_without_human"]
    );
}

#[tokio::test]
async fn each_call_is_scored_once_however_many_nodes_do_it() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = owner(&db).await;
    for _ in 0..50 {
        insert(&mut owner, &LIVE).await;
    }
    insert(&mut owner, &Row { outcome: "lost_process", ..LIVE }).await;
    let clock = WallClock::system();
    let rounds = (0..3).map(|_| run_once(&db.pool, &clock, None));
    let scored: usize =
        futures_util::future::join_all(rounds).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(scored, 50);
    assert_eq!(run_once(&db.pool, &clock, None).await.unwrap(), 0, "nothing is left");
}

#[tokio::test]
async fn the_days_figures_have_the_mean_quality() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = owner(&db).await;
    let row = Row { minutes_ago: 2, ..LIVE };
    let (_, began) = insert(&mut owner, &row).await;
    insert(&mut owner, &Row { outcome: "abandoned", ..row }).await;
    run_once(&db.pool, &WallClock::system(), None).await.unwrap();
    let day = began.with_timezone(&chrono_tz::Europe::Kyiv).date_naive();
    let stats = compute_day(&db.pool, SHOP, day).await.unwrap();
    // Without lines neither was greeted; one of the two was not resolved either.
    let expected = f64::midpoint(7.0 / 8.0, 6.0 / 8.0);
    assert!((stats.avg_quality_score.unwrap() - expected).abs() < 1e-9, "{stats:?}");
}

/// A judge that says the same of every call, or something else.
struct Judge(&'static str);

#[async_trait]
impl LanguageModel for Judge {
    fn name(&self) -> &'static str {
        "judge"
    }

    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError> {
        let Some(Message::Caller { text }) = request.history.first() else {
            panic!("no transcript")
        };
        assert!(text.contains("customer: Шини") && text.contains("outcome: resolved"), "{text}");
        Ok(stream::iter([Ok(ModelChunk::Text(self.0.into()))]).boxed())
    }
}

#[tokio::test]
async fn a_configured_model_judges_over_the_rules_and_one_that_babbles_changes_nothing() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = owner(&db).await;
    let call = insert(&mut owner, &LIVE).await;
    say(&mut owner, call, &[("bot", "Вітаю!"), ("customer", "Шини"), ("bot", "Так, є.")]).await;
    // Nobody said anything in this one: there is nothing to read.
    let silent = insert(&mut owner, &LIVE).await;
    let clock = WallClock::system();
    run_once(&db.pool, &clock, Some(&Judge("I like it very much."))).await.unwrap();
    let (score, details) = judged(&mut owner, call).await;
    assert!((score.unwrap() - 1.0).abs() < 1e-9 && details["by"] == "rules", "{details}");
    sqlx::query("update calls set meta = meta #- '{quality,claimed_until}'")
        .execute(&mut owner)
        .await
        .unwrap();
    let good = "{\"greeted\": 1, \"understood_intent\": 1, \"correct_tool\": 0.2, \
        \"accurate_info\": 1, \"confirmed_before_action\": 1, \"concise\": 1, \
        \"resolved_without_human\": 1, \"satisfied\": 0.8}";
    run_once(&db.pool, &clock, Some(&Judge(good))).await.unwrap();
    let (score, details) = judged(&mut owner, call).await;
    assert!((score.unwrap() - 0.875).abs() < 1e-9, "{details}");
    assert_eq!((&details["by"], &details["flagged"]), (&json!("judge"), &json!(["correct_tool"])));
    assert_eq!(judged(&mut owner, silent).await.1["by"], "rules");
}
