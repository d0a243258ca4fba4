//! The registry of jobs: who does what, until when, and how it went. All times are the database's,
//! because the clocks of the machines that share the work differ.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

/// After a failure a job waits so long, doubled with each further one, but never longer than its
/// own interval; seconds.
const RETRY_S: i64 = 30;
/// Longest result or error that is kept, characters.
const TEXT_CHARS_MAX: usize = 500;

/// A job as it stands in the registry.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct JobRow {
    /// Its name.
    pub name: String,
    /// From the end of one run to the next, seconds.
    pub every_s: i32,
    /// When it is due.
    pub next_run_at: DateTime<Utc>,
    /// Who does it now.
    pub locked_by: Option<String>,
    /// Until when that is promised; a past time is a process that died.
    pub lease_until: Option<DateTime<Utc>>,
    /// The end of the last run that went well.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// Who did that.
    pub last_ok_by: Option<String>,
    /// What came of it.
    pub last_result: Option<String>,
    /// What the last failure said.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<DateTime<Utc>>,
    /// Runs that went well.
    pub runs: i64,
    /// Runs that did not, those of dead processes with them.
    pub failures: i64,
    /// It is late by more than two of its intervals.
    pub missed_twice: bool,
}

/// A job that this process has taken.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Claim {
    /// The job.
    pub name: String,
    /// Of this claim alone.
    pub lease_id: Uuid,
    /// When the last run that went well began.
    pub last_ok_began_at: Option<DateTime<Utc>>,
}

/// Enters a job that is new, due at once; a known one gets its interval.
///
/// # Errors
/// What Postgres says.
pub async fn register(pool: &PgPool, name: &str, every: Duration) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into housekeeping.jobs as known (name, every_s) values ($1, $2) \
         on conflict (name) do update set every_s = excluded.every_s \
         where known.every_s <> excluded.every_s",
    )
    .bind(name)
    .bind(i32::try_from(every.as_secs().max(1)).unwrap_or(i32::MAX))
    .execute(pool)
    .await?;
    Ok(())
}

/// Takes one of the jobs `names` that is due and that nobody does, for as long as `lease`; `None`
/// if there is none. Of many who ask at once each gets another job, or none.
///
/// # Errors
/// What Postgres says.
pub async fn claim(
    pool: &PgPool,
    node: &str,
    names: &[&str],
    lease: Duration,
) -> Result<Option<Claim>, sqlx::Error> {
    claim_where(pool, node, names, lease, false).await
}

/// Takes the job `name` whether it is due or not; `None` if somebody does it now.
///
/// # Errors
/// What Postgres says.
pub async fn claim_now(
    pool: &PgPool,
    node: &str,
    name: &str,
    lease: Duration,
) -> Result<Option<Claim>, sqlx::Error> {
    claim_where(pool, node, &[name], lease, true).await
}

async fn claim_where(
    pool: &PgPool,
    node: &str,
    names: &[&str],
    lease: Duration,
    at_once: bool,
) -> Result<Option<Claim>, sqlx::Error> {
    // A lease that ran out is a run that failed: whoever had it is gone.
    sqlx::query_as(
        "with due as ( \
             select name from housekeeping.jobs \
             where name = any($1) and (next_run_at <= clock_timestamp() or $5) \
               and (lease_until is null or lease_until < clock_timestamp()) \
             order by next_run_at limit 1 for update skip locked \
         ) \
         update housekeeping.jobs job set \
             failures = failures + (lease_id is not null)::int, \
             failures_in_row = failures_in_row + (lease_id is not null)::int, \
             last_error = case when lease_id is null then last_error \
                               else 'the lease of ' || locked_by || ' ran out' end, \
             last_error_at = case when lease_id is null then last_error_at \
                                  else lease_until end, \
             locked_by = $2, lease_id = $3, \
             lease_until = clock_timestamp() + $4 * interval '1 millisecond', \
             started_at = clock_timestamp() \
         from due where job.name = due.name \
         returning job.name, job.lease_id, job.last_ok_began_at",
    )
    .bind(names)
    .bind(super::log::short(node))
    .bind(Uuid::new_v4())
    .bind(millis(lease))
    .bind(at_once)
    .fetch_optional(pool)
    .await
}

/// Promises to be alive for another `lease`. False if the job was taken away meanwhile.
///
/// # Errors
/// What Postgres says.
pub async fn extend(pool: &PgPool, claim: &Claim, lease: Duration) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update housekeeping.jobs \
         set lease_until = clock_timestamp() + $3 * interval '1 millisecond' \
         where name = $1 and lease_id = $2",
    )
    .bind(&claim.name)
    .bind(claim.lease_id)
    .bind(millis(lease))
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The run is over: `Ok` with what came of it, `Err` with what went wrong. False if the job was
/// taken away meanwhile; then whoever has it now has the word.
///
/// # Errors
/// What Postgres says.
pub async fn finish(
    pool: &PgPool,
    claim: &Claim,
    outcome: Result<&str, &str>,
) -> Result<bool, sqlx::Error> {
    let (ok, text) = match outcome {
        Ok(text) => (true, text),
        Err(text) => (false, text),
    };
    let done = sqlx::query(
        "update housekeeping.jobs set \
             runs = runs + $3::int, failures = failures + (not $3)::int, \
             failures_in_row = case when $3 then 0 else failures_in_row + 1 end, \
             last_ok_began_at = case when $3 then started_at else last_ok_began_at end, \
             last_ok_at = case when $3 then clock_timestamp() else last_ok_at end, \
             last_ok_by = case when $3 then locked_by else last_ok_by end, \
             last_result = case when $3 then $4 else last_result end, \
             last_error = case when $3 then last_error else $4 end, \
             last_error_at = case when $3 then last_error_at else clock_timestamp() end, \
             next_run_at = clock_timestamp() + interval '1 second' * case when $3 then every_s \
                 else least(every_s, $5 * power(2, least(failures_in_row, 10))) end, \
             locked_by = null, lease_until = null, lease_id = null \
         where name = $1 and lease_id = $2",
    )
    .bind(&claim.name)
    .bind(claim.lease_id)
    .bind(ok)
    .bind(super::log::text(text, TEXT_CHARS_MAX))
    .bind(RETRY_S)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// All jobs by name.
///
/// # Errors
/// What Postgres says.
pub async fn list(pool: &PgPool) -> Result<Vec<JobRow>, sqlx::Error> {
    sqlx::query_as(
        "select name, every_s, next_run_at, locked_by, lease_until, last_ok_at, last_ok_by, \
                last_result, last_error, last_error_at, runs, failures, \
                coalesce(last_ok_at, created_at) + every_s * interval '2.5 seconds' \
                    < clock_timestamp() as missed_twice \
         from housekeeping.jobs order by name",
    )
    .fetch_all(pool)
    .await
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
