//! Every step of a call and its price.

use crate::cost::agent::{Setup, says, test};
use crate::cost::database::fresh_database;
use crate::cost::paid::{Dear, EARS, HEARD_MS, VOICE, prices, usd};
use crate::cost::wire::{TOKENS_KNOWN, TOKENS_READ, TOKENS_WRITTEN};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::PgConnection;
use treadline::db::calls;
use treadline::db::traces::{self, OfCall};
use treadline::ids::{CallId, TenantId};
use treadline::spool::{StepKind, StepStatus, TraceStep};
use uuid::Uuid;

const LINES: &[&str] = &["I need winter tires, 205 55 R16.", "No, thank you. Goodbye."];

#[derive(Debug, sqlx::FromRow)]
struct Traced {
    id: Uuid,
    turn_number: i32,
    step: String,
    provider: Option<String>,
    tokens: Option<i32>,
    tokens_cached: Option<i32>,
    tokens_output: Option<i32>,
    units: Option<Decimal>,
    cost_usd: Option<Decimal>,
    status: String,
    data: String,
}

async fn steps(owner: &mut PgConnection, call: Uuid) -> Vec<Traced> {
    sqlx::query_as(
        "select id, turn_number, step, provider, tokens_input as tokens, tokens_cached, \
                tokens_output, units, cost_usd, status, \
                input_data::text || output_data::text || coalesce(error_message, '') as data \
         from call_traces where call_id = $1 order by started_at, step",
    )
    .bind(call)
    .fetch_all(owner)
    .await
    .expect("the steps are read")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_a_call_stands_in_the_log_with_its_price_and_the_call_costs_their_sum() {
    let setup = Setup { scripts: vec![says(LINES)], configure: prices, ..Setup::default() };
    let Some(dear) = Dear::start(setup).await else { return };
    let guest = dear.agent.call(test()).await;
    guest.is_greeted().await;
    for line in LINES {
        guest.say(line).await;
    }
    guest.is_handed_back().await;
    let (record, _) = dear.agent.rows(guest.id()).await;
    let mut owner = dear.agent.db.owner().await;
    let steps = steps(&mut owner, guest.id()).await;
    let of = |kind: &str| steps.iter().filter(|step| step.step == kind).collect::<Vec<_>>();

    for kind in ["endpoint", "stt", "llm", "tool", "guard", "tts", "play"] {
        assert!(!of(kind).is_empty(), "no {kind} in {steps:#?}");
    }
    let first_line = record.turns.iter().find(|turn| turn.speaker == "customer").expect("a line");
    for kind in ["endpoint", "stt", "llm", "tool", "guard"] {
        let first = of(kind)[0].turn_number;
        assert_eq!(first, first_line.turn_number, "the first {kind}");
    }
    assert_eq!(of("tts")[0].turn_number, 0, "the greeting answers nobody");

    // 200 fresh tokens at 0.40 a million, 1000 known ones at 0.10, 40 written at 1.60.
    let answers = of("llm");
    assert_eq!(answers.len(), dear.asked(), "each question to the endpoint is one step");
    for answer in &answers {
        assert_eq!(answer.provider.as_deref(), Some("openai"));
        assert_eq!(answer.tokens, Some(TOKENS_READ as i32));
        assert_eq!(answer.tokens_cached, Some(TOKENS_KNOWN as i32));
        assert_eq!(answer.tokens_output, Some(TOKENS_WRITTEN as i32));
        assert_eq!(answer.cost_usd, Some(usd("0.000244")), "{answer:?}");
        assert_eq!(answer.status, "success");
    }
    for heard in of("stt") {
        assert_eq!(heard.provider.as_deref(), Some(EARS));
        assert_eq!(heard.units, Some(Decimal::new(HEARD_MS as i64, 3)));
        assert_eq!(heard.cost_usd, Some(usd("0.001000")));
    }
    let spoken = of("tts");
    for sentence in &spoken {
        assert_eq!(sentence.provider.as_deref(), Some(VOICE));
        let characters = sentence.units.expect("characters");
        assert_eq!(sentence.cost_usd, Some((characters * usd("0.00002")).round_dp(6)));
    }

    let (total, parts): (Decimal, Value) =
        sqlx::query_as("select total_cost_usd, cost_breakdown from calls where id = $1")
            .bind(guest.id())
            .fetch_one(&mut owner)
            .await
            .expect("the call is read");
    let sum = |steps: &[&Traced]| steps.iter().filter_map(|step| step.cost_usd).sum::<Decimal>();
    assert!(total > Decimal::ZERO);
    assert_eq!(total, sum(&steps.iter().collect::<Vec<_>>()));
    for (part, steps) in [("stt", of("stt")), ("llm", answers), ("tts", spoken)] {
        assert_eq!(usd(&parts[part].to_string()), sum(&steps), "{part} in {parts}");
    }

    assert!(dear.agent.metric("treadline_call_cost_usd_count") >= 1.0);
    let linked: Vec<Uuid> =
        sqlx::query_scalar("select trace_id from call_tool_calls where call_id = $1")
            .bind(guest.id())
            .fetch_all(&mut owner)
            .await
            .expect("tool calls");
    assert!(!linked.is_empty());
    assert!(linked.iter().all(|id| of("tool").iter().any(|step| step.id == *id)));

    // Counts and codes only: nothing that anybody said.
    for step in &steps {
        let lower = step.data.to_lowercase();
        assert!(!lower.contains("winter") && !lower.contains("205"), "{step:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_fails_is_a_step_too_and_the_change_of_brains_says_why() {
    let lines = &["I need winter tires, 205 55 R16.", "How much is the cheapest?"];
    let setup = Setup { scripts: vec![says(lines)], configure: prices, ..Setup::default() };
    let Some(dear) = Dear::start(setup).await else { return };
    let guest = dear.agent.call(test()).await;
    guest.is_greeted().await;
    guest.say("tires").await;
    dear.endpoint.breaks();
    guest.say("price").await;
    let call = guest.id();
    guest.call.hang_up().await;
    let mut owner = dear.agent.db.owner().await;
    crate::cost::agent::until("the log has the end of the call", || async {
        dear.agent.parts.flush_log().await;
        let ended: Option<String> = sqlx::query_scalar("select outcome from calls where id = $1")
            .bind(call)
            .fetch_one(&mut dear.agent.db.owner().await)
            .await
            .expect("the call is there");
        ended.is_some()
    })
    .await;
    let steps = steps(&mut owner, call).await;
    let failed = steps.iter().find(|step| step.step == "llm" && step.status == "error");
    assert!(failed.is_some_and(|step| step.cost_usd == Some(Decimal::ZERO)), "{steps:#?}");
    let switches: Vec<(String, Option<String>, String, String)> = sqlx::query_as(
        "select kind, from_agent, to_agent, reason from call_scenario_switches \
         where call_id = $1 order by switch_number",
    )
    .bind(call)
    .fetch_all(&mut owner)
    .await
    .expect("the switches are read");
    let row = |kind: &str, from: Option<&str>, to: &str, reason: &str| {
        (kind.to_owned(), from.map(str::to_owned), to.to_owned(), reason.to_owned())
    };
    assert_eq!(switches[0], row("scenario", None, "tire_search", "search_tires"));
    let brain = row("brain", Some("openai"), "local", "openai unreachable");
    assert!(switches.contains(&brain), "{switches:#?}");
}

/// A process that dies leaves no last note; its calls cost what their steps did.
#[tokio::test]
async fn a_call_that_was_cut_off_costs_what_its_steps_did_and_says_what_has_no_price() {
    let Some(db) = fresh_database().await else { return };
    let (tenant, call) = (TenantId::DEFAULT, CallId(Uuid::new_v4()));
    let started_at = "2026-11-23T10:00:00Z".parse().expect("a time");
    let of = OfCall { tenant, call, call_started_at: started_at };
    let step = |step, cost_usd| TraceStep {
        turn_number: 1,
        step,
        agent_name: "test".into(),
        provider: Some("openai".into()),
        model: None,
        tokens_input: None,
        tokens_cached: None,
        tokens_output: None,
        units: None,
        cost_usd,
        started_at,
        duration_ms: 10,
        status: StepStatus::Success,
        error_message: None,
        input: Value::Null,
        output: Value::Null,
    };
    let steps = [
        step(StepKind::Llm, Some(usd("0.002"))),
        step(StepKind::Llm, Some(usd("0.0005"))),
        step(StepKind::Tts, None),
    ];
    treadline::db::with_tenant(&db.pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "insert into calls (id, tenant_id, started_at, node) values ($1, $2, $3, 'm/dead')",
            )
            .bind(call.0)
            .bind(tenant.0)
            .bind(started_at)
            .execute(&mut *conn)
            .await?;
            for step in &steps {
                traces::insert(conn, of, Uuid::new_v4(), step).await?;
            }
            Ok::<(), sqlx::Error>(())
        })
    })
    .await
    .expect("the call is there");
    assert_eq!(calls::close_lost(&db.pool, vec!["dead".into()]).await.expect("closed"), 1);
    let bill: (Decimal, Value, Value) = sqlx::query_as(
        "select total_cost_usd, cost_breakdown, meta -> 'unpriced_steps' from calls where id = $1",
    )
    .bind(call.0)
    .fetch_one(&mut db.owner().await)
    .await
    .expect("the call is read");
    let parts: Value = serde_json::json!({ "stt": 0, "llm": 0.0025, "tts": 0 });
    assert_eq!((bill.0, bill.1, bill.2), (usd("0.0025"), parts, Value::from(1)));
}
