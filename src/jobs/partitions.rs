//! Makes the months of the log ahead of time. The writer makes a missing one by itself, and a
//! default partition stands behind both: this job only keeps it from ever coming to that.

use super::{Job, JobContext, JobResult};
use crate::db::partitions;
use std::time::Duration;

/// How often it looks.
const PERIOD: Duration = Duration::from_hours(1);

/// The job.
#[must_use]
pub fn job() -> Job {
    Job::new("partitions", PERIOD, |context| Box::pin(run_once(context)))
}

async fn run_once(context: &JobContext) -> JobResult {
    let (pool, now) = (&context.pool, context.clock.now());
    let made = partitions::ensure_ahead(pool, now, partitions::MONTHS_AHEAD).await;
    let ahead = partitions::months_ahead(pool, now).await?;
    metrics::gauge!("treadline_partition_months_ahead").set(f64::from(ahead.unwrap_or(0)));
    let made = made?;
    for month in &made {
        tracing::info!(%month, "a month was made");
    }
    Ok(format!("{} months made, {} ahead", made.len(), ahead.unwrap_or(0)))
}
