//! Lets old rows go, as `housekeeping.retention` says.

use super::{Job, JobContext, JobResult};
use crate::db::{retention, retention_age};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use std::time::Duration;

/// How often it looks: a month is dropped within hours of the day on which it is too old.
const PERIOD: Duration = Duration::from_hours(6);

/// The job.
#[must_use]
pub fn job() -> Job {
    Job::new("retention", PERIOD, |context| Box::pin(run_once(context)))
}

async fn run_once(context: &JobContext) -> JobResult {
    let done = retention::run(&context.pool, context.clock.now()).await;
    // Also after a failure: that is when somebody should see it.
    show_oldest(&context.pool, context.clock.now()).await?;
    let done = done?;
    for step in &done {
        tracing::info!(%step, "old rows are gone");
    }
    let rows: i64 = done.iter().map(|step| step.rows).sum();
    Ok(format!("{} steps, {rows} rows", done.len()))
}

/// The ages of what retention is still to act on, for those who watch: days.
async fn show_oldest(pool: &PgPool, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    for line in retention_age::oldest(pool).await? {
        let age_days = line.at.map_or(0.0, |at| (now - at).as_seconds_f64() / 86_400.0);
        metrics::gauge!("treadline_retention_oldest_days", "table" => line.table)
            .set(age_days.max(0.0));
    }
    Ok(())
}
