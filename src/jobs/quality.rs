//! Scores ended calls on eight criteria, each 0 to 1, by rules over what the log holds. A
//! criterion that does not apply counts as met; the score is their mean. A configured model may
//! judge over them ([`judge`]).

mod judge;

use super::{Job, JobContext};
use crate::clock::WallClock;
use crate::db::active_tenants;
use crate::db::quality::{CallFigures, Judged, score_ended};
use crate::llm::LanguageModel;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;

/// How often it looks for ended calls.
const PERIOD: Duration = Duration::from_secs(30);
/// Calls in one transaction.
const BATCH: i64 = 20;
/// The end of a call reaches the database with its last lines; this long is waited for those.
const SETTLED_S: i64 = 5;
/// Older calls are not scored any more: their lines go away at 90 days.
const DAYS_BACK: i64 = 30;
/// A criterion below this is flagged.
const FLAGGED_BELOW: f64 = 0.5;
/// Lines of the agent up to so many characters are short, from so many on they are a lecture.
const SHORT_CHARS: f64 = 160.0;
const LECTURE_CHARS: f64 = 400.0;

/// The job: the rules, and `judge` where there is one.
#[must_use]
pub fn job(judge: Option<Arc<dyn LanguageModel>>) -> Job {
    Job::new("quality", PERIOD, move |context: &JobContext| {
        let judge = judge.clone();
        Box::pin(async move {
            let scored = run_once(&context.pool, &context.clock, judge.as_deref()).await?;
            Ok(format!("{scored} calls"))
        })
    })
}

/// Scores all ended calls of every shop that have no score yet by the rules; how many. Then `judge`,
/// where there is one, judges those with a transcript. Several nodes may do it at once: each takes
/// other calls.
///
/// # Errors
/// What Postgres says; what was scored stays.
pub async fn run_once(
    pool: &PgPool,
    clock: &WallClock,
    judge: Option<&dyn LanguageModel>,
) -> Result<usize, sqlx::Error> {
    let now = clock.now();
    let (from, until) = (now - TimeDelta::days(DAYS_BACK), now - TimeDelta::seconds(SETTLED_S));
    let mut scored = 0;
    for tenant in active_tenants(pool).await? {
        loop {
            let judge = move |figures: &CallFigures| judged(figures, now);
            let done = score_ended(pool, tenant, from, until, BATCH, judge).await?;
            scored += done;
            if (done as i64) < BATCH {
                break;
            }
        }
        if let Some(judge) = judge {
            judge::judge_calls(pool, tenant, judge, now).await?;
        }
    }
    Ok(scored)
}

fn judged(figures: &CallFigures, now: DateTime<Utc>) -> Judged {
    let criteria = criteria(figures);
    let score = criteria.iter().map(|(_, value)| value).sum::<f64>() / criteria.len() as f64;
    let flagged: Vec<&str> = criteria
        .iter()
        .filter(|(_, value)| *value < FLAGGED_BELOW)
        .map(|(name, _)| *name)
        .collect();
    let values: Map<String, Value> =
        criteria.iter().map(|(name, value)| ((*name).to_owned(), json!(rounded(*value)))).collect();
    let details =
        json!({ "by": "rules", "criteria": values, "flagged": flagged, "scored_at": now });
    Judged { id: figures.id, started_at: figures.started_at, score: rounded(score), details }
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// The share of `all` that is not `bad`; met where there is none.
fn without(bad: i64, all: i64) -> f64 {
    if all <= 0 { 1.0 } else { 1.0 - (bad as f64 / all as f64).clamp(0.0, 1.0) }
}

/// The eight criteria.
fn criteria(figures: &CallFigures) -> [(&'static str, f64); 8] {
    let spoke = figures.caller_lines > 0;
    let known = if spoke && figures.intents.is_empty() { 0.5 } else { 1.0 };
    let understood = known * without(figures.asked_again, figures.caller_lines);
    let concise = figures.agent_chars.map_or(1.0, |chars| {
        ((LECTURE_CHARS - chars) / (LECTURE_CHARS - SHORT_CHARS)).clamp(0.0, 1.0)
    });
    let resolved = match figures.outcome.as_str() {
        "resolved" => 1.0,
        "callback" => 0.5,
        _ => 0.0,
    };
    let satisfied = match (figures.csat_score, figures.sentiment.as_deref()) {
        (Some(score), _) => f64::from(score - 1) / 4.0,
        (None, Some("negative")) => 0.0,
        _ => 1.0,
    };
    [
        ("greeted", f64::from(u8::from(figures.greeted))),
        ("understood_intent", understood),
        ("correct_tool", without(figures.tools_failed, figures.tools)),
        ("accurate_info", without(figures.claims_withheld, figures.claims)),
        (
            "confirmed_before_action",
            without(figures.effects - figures.effects_agreed, figures.effects),
        ),
        ("concise", concise),
        ("resolved_without_human", resolved),
        ("satisfied", satisfied),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn good() -> CallFigures {
        CallFigures {
            id: Uuid::nil(),
            started_at: Utc::now(),
            outcome: "resolved".into(),
            intents: vec!["tire_search".into()],
            csat_score: None,
            sentiment: None,
            greeted: true,
            caller_lines: 5,
            asked_again: 0,
            agent_lines: 6,
            agent_chars: Some(90.0),
            tools: 3,
            tools_failed: 0,
            effects: 1,
            effects_agreed: 1,
            claims: 4,
            claims_withheld: 0,
        }
    }

    /// What spoils a call.
    type Fault = fn(&mut CallFigures);

    fn of(figures: &CallFigures, name: &str) -> f64 {
        let all = criteria(figures);
        all.iter().find(|(one, _)| *one == name).map(|(_, value)| *value).unwrap()
    }

    #[test]
    fn a_good_call_meets_everything() {
        let judged = judged(&good(), Utc::now());
        assert!((judged.score - 1.0).abs() < 1e-9);
        assert_eq!(judged.details["flagged"], json!([]));
    }

    #[test]
    fn each_criterion_falls_by_its_own_fault_and_by_nothing_else() {
        let faults: [(&str, Fault); 8] = [
            ("greeted", |call| call.greeted = false),
            ("understood_intent", |call| call.asked_again = 4),
            ("correct_tool", |call| call.tools_failed = 3),
            ("accurate_info", |call| call.claims_withheld = 3),
            ("confirmed_before_action", |call| call.effects_agreed = 0),
            ("concise", |call| call.agent_chars = Some(390.0)),
            ("resolved_without_human", |call| call.outcome = "transferred".into()),
            ("satisfied", |call| call.csat_score = Some(1)),
        ];
        for (name, spoil) in faults {
            let mut call = good();
            spoil(&mut call);
            assert!(of(&call, name) < FLAGGED_BELOW, "{name}");
            let judged = judged(&call, Utc::now());
            assert_eq!(judged.details["flagged"], json!([name]));
            assert!(judged.score > 0.8 && judged.score < 1.0, "{name}: {}", judged.score);
        }
    }

    #[test]
    fn what_does_not_apply_counts_as_met() {
        let silent = CallFigures {
            outcome: "abandoned".into(),
            intents: vec![],
            caller_lines: 0,
            agent_chars: None,
            tools: 0,
            effects: 0,
            effects_agreed: 0,
            claims: 0,
            ..good()
        };
        for name in ["understood_intent", "correct_tool", "accurate_info", "concise", "satisfied"] {
            assert!((of(&silent, name) - 1.0).abs() < 1e-9, "{name}");
        }
    }
}
