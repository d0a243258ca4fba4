//! Lets old rows go, as `housekeeping.retention` says.

use super::{Job, JobContext, JobResult};
use crate::db::retention;
use std::time::Duration;

/// How often it looks: a month is dropped within hours of the day on which it is too old.
const PERIOD: Duration = Duration::from_hours(6);

/// The job.
#[must_use]
pub fn job() -> Job {
    Job::new("retention", PERIOD, |context| Box::pin(run_once(context)))
}

async fn run_once(context: &JobContext) -> JobResult {
    let done = retention::run(&context.pool, context.clock.now()).await?;
    for step in &done {
        tracing::info!(%step, "old rows are gone");
    }
    let rows: i64 = done.iter().map(|step| step.rows).sum();
    Ok(format!("{} steps, {rows} rows", done.len()))
}
