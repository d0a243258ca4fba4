//! Makes the months of the log ahead of time. The writer makes a missing one by itself, and a
//! default partition stands behind both: this job only keeps it from ever coming to that.

use crate::clock::WallClock;
use crate::db::partitions;
use sqlx::PgPool;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it looks.
const PERIOD: Duration = Duration::from_hours(1);

/// Looks until `stop`. A failure is one log line; the next round tries again.
pub async fn run(pool: PgPool, clock: WallClock, stop: CancellationToken) {
    loop {
        match partitions::ensure_ahead(&pool, clock.now(), partitions::MONTHS_AHEAD).await {
            Ok(made) => {
                for month in made {
                    tracing::info!(%month, "a month was made");
                }
                metrics::gauge!("treadline_job_last_success_timestamp", "job" => "partitions")
                    .set(clock.now().timestamp() as f64);
            }
            Err(error) => tracing::warn!(%error, "months could not be made ahead"),
        }
        if let Ok(ahead) = partitions::months_ahead(&pool, clock.now()).await {
            metrics::gauge!("treadline_partition_months_ahead").set(f64::from(ahead.unwrap_or(0)));
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}
