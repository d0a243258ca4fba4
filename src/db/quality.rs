//! What a call's quality is judged on, and where the judgement is kept: `calls.quality_score`, and
//! in `calls.meta` under `quality` the eight criteria.

use super::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// What is known of an ended call that nobody has scored.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CallFigures {
    /// The call.
    pub id: Uuid,
    /// Its month.
    pub started_at: DateTime<Utc>,
    /// `resolved`, `transferred`, …
    pub outcome: String,
    /// Things that it was about.
    pub intents: Vec<String>,
    /// The caller's own rating, 1 to 5.
    pub csat_score: Option<i16>,
    /// `positive`, `neutral`, `negative`.
    pub sentiment: Option<String>,
    /// The agent spoke first.
    pub greeted: bool,
    /// Lines of the caller.
    pub caller_lines: i64,
    /// Lines of the agent that ask to say it again.
    pub asked_again: i64,
    /// Lines of the agent, and how many characters of them were heard on average.
    pub agent_lines: i64,
    /// Null where no transcript is kept.
    pub agent_chars: Option<f64>,
    /// Tool calls, and those that failed for another reason than the caller's no.
    pub tools: i64,
    /// See above.
    pub tools_failed: i64,
    /// Effects on the world, and those that ran under the caller's yes.
    pub effects: i64,
    /// See above.
    pub effects_agreed: i64,
    /// Sentences of a model that claimed something, and those that were withheld.
    pub claims: i64,
    /// See above.
    pub claims_withheld: i64,
}

/// A judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The call.
    pub id: Uuid,
    /// Its month.
    pub started_at: DateTime<Utc>,
    /// 0 to 1.
    pub score: f64,
    /// Goes into `calls.meta` as `quality`.
    pub details: Value,
}

/// Calls that ended between `from` and `until` and were not scored, at most `limit`, each judged
/// by `judge` and kept, in one transaction. Rows that another node has in hand are left to it. How
/// many were scored.
///
/// # Errors
/// What Postgres says; then none of them is scored.
pub async fn score_ended(
    pool: &PgPool,
    tenant: TenantId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
    judge: impl Fn(&CallFigures) -> Judged + Send + Sync + 'static,
) -> Result<usize, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query("set local statement_timeout = '10s'").execute(&mut *conn).await?;
            let claimed: Vec<(Uuid, DateTime<Utc>)> = sqlx::query_as(
                "select id, started_at from calls \
                 where quality_score is null and ended_at is not null and ended_at <= $2 \
                   and started_at >= $1 and started_at <= $2 and deleted_at is null \
                   and outcome not in ('refused', 'lost_process') \
                 order by started_at limit $3 for update skip locked",
            )
            .bind(from)
            .bind(until)
            .bind(limit)
            .fetch_all(&mut *conn)
            .await?;
            for (id, started_at) in &claimed {
                let figures = figures(conn, *id, *started_at).await?;
                keep(conn, judge(&figures)).await?;
            }
            Ok(claimed.len())
        })
    })
    .await
}

/// Both columns of the key are bound, so that one month is read of each table.
async fn figures(
    conn: &mut PgConnection,
    id: Uuid,
    started_at: DateTime<Utc>,
) -> Result<CallFigures, sqlx::Error> {
    sqlx::query_as(
        "with lines as ( \
             select turn_number, speaker, content from call_turns \
             where call_id = $1 and call_started_at = $2 \
         ), used as ( \
             select tool_name, success, approval_id, tool_result ->> 'error' as error \
             from call_tool_calls where call_id = $1 and call_started_at = $2 \
         ), claimed as ( \
             select verdict from eval_results where call_id = $1 and call_started_at = $2 \
         ) \
         select c.id, c.started_at, coalesce(c.outcome, 'error') as outcome, c.intents, \
             c.csat_score, c.sentiment, \
             exists (select from lines where turn_number = 1 and speaker = 'bot') as greeted, \
             (select count(*) from lines where speaker = 'customer') as caller_lines, \
             (select count(*) from lines where speaker = 'bot' and content ~* $3) \
                 as asked_again, \
             (select count(*) from lines where speaker = 'bot') as agent_lines, \
             (select avg(length(content))::float8 from lines \
                 where speaker = 'bot' and content <> '') as agent_chars, \
             (select count(*) from used) as tools, \
             (select count(*) from used where not success and coalesce(error, '') not in \
                 ('rejected', 'not_confirmed', 'agreement_changed')) as tools_failed, \
             (select count(*) from used where success and tool_name in \
                 ('book_fitting', 'confirm_order', 'cancel_fitting')) as effects, \
             (select count(*) from used where success and approval_id is not null and tool_name in \
                 ('book_fitting', 'confirm_order', 'cancel_fitting')) as effects_agreed, \
             (select count(*) from claimed) as claims, \
             (select count(*) from claimed where verdict = 'withhold') as claims_withheld \
         from calls c where c.id = $1 and c.started_at = $2",
    )
    .bind(id)
    .bind(started_at)
    .bind(ASKED_AGAIN)
    .fetch_one(conn)
    .await
}

/// How the agent says that it has not understood, in three languages.
const ASKED_AGAIN: &str = "не зрозумі|повторіть|не розчу|не понял|повторите|не расслыш|\
    did not understand|didn.t understand|didn.t catch|did not catch|say (it|that) again";

async fn keep(conn: &mut PgConnection, judged: Judged) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update calls set quality_score = $3, updated_at = now(), \
             meta = jsonb_set(meta, '{quality}', $4) \
         where id = $1 and started_at = $2",
    )
    .bind(judged.id)
    .bind(judged.started_at)
    .bind(judged.score)
    .bind(judged.details)
    .execute(conn)
    .await?;
    Ok(())
}

/// A call that only the rules have judged, as its lines.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Transcript {
    /// The call.
    pub id: Uuid,
    /// Its month.
    pub started_at: DateTime<Utc>,
    /// How it ended.
    pub outcome: String,
    /// `speaker: text`, and the names of tools, a line each.
    pub lines: String,
}

/// Takes one call of the last day that the rules have judged and that has a transcript, for two
/// minutes; nobody else takes it meanwhile. After three tries the rules' word stands.
///
/// # Errors
/// What Postgres says.
pub async fn claim_transcript(
    pool: &PgPool,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<Option<Transcript>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query("set local statement_timeout = '10s'").execute(&mut *conn).await?;
            let claimed: Option<(Uuid, DateTime<Utc>, String)> = sqlx::query_as(
                "update calls c set meta = jsonb_set(jsonb_set(c.meta, '{quality,tries}', \
                     to_jsonb(coalesce((c.meta #>> '{quality,tries}')::int, 0) + 1)), \
                     '{quality,claimed_until}', to_jsonb($1::timestamptz + interval '2 minutes')) \
                 from (select id, started_at from calls \
                     where started_at >= $1 - interval '1 day' and started_at <= $1 \
                       and deleted_at is null and meta #>> '{quality,by}' = 'rules' \
                       and coalesce((meta #>> '{quality,tries}')::int, 0) < 3 \
                       and coalesce((meta #>> '{quality,claimed_until}')::timestamptz, $1) <= $1 \
                       and exists (select from call_turns t where t.call_id = calls.id \
                           and t.call_started_at = calls.started_at and t.content <> '' \
                           and t.speaker = 'customer') \
                     order by started_at limit 1 for update skip locked) as next \
                 where c.id = next.id and c.started_at = next.started_at \
                 returning c.id, c.started_at, coalesce(c.outcome, 'error')",
            )
            .bind(now)
            .fetch_optional(&mut *conn)
            .await?;
            let Some((id, started_at, outcome)) = claimed else { return Ok(None) };
            let lines: String = sqlx::query_scalar(
                "select coalesce(string_agg(line, E'\\n' order by turn_number, place), '') from ( \
                     select turn_number, 0 as place, speaker || ': ' || content as line \
                     from call_turns where call_id = $1 and call_started_at = $2 \
                     union all \
                     select turn_number, 1, 'tool ' || tool_name || \
                         case when success then '' else ' (refused)' end \
                     from call_tool_calls where call_id = $1 and call_started_at = $2) as told",
            )
            .bind(id)
            .bind(started_at)
            .fetch_one(conn)
            .await?;
            Ok(Some(Transcript { id, started_at, outcome, lines }))
        })
    })
    .await
}

/// Keeps a model's judgement over that of the rules.
///
/// # Errors
/// What Postgres says.
pub async fn keep_judgement(
    pool: &PgPool,
    tenant: TenantId,
    call: &Transcript,
    score: f64,
    details: Value,
) -> Result<(), sqlx::Error> {
    let judged = Judged { id: call.id, started_at: call.started_at, score, details };
    with_tenant(pool, tenant, move |conn| Box::pin(async move { keep(conn, judged).await })).await
}
