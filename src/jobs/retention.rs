//! Lets old rows go, as `housekeeping.retention` says.

use crate::clock::WallClock;
use crate::db::retention;
use sqlx::PgPool;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it looks: a month is dropped within hours of the day on which it is too old.
const PERIOD: Duration = Duration::from_hours(6);

/// Looks until `stop`. A failure is one log line; the next round tries again.
pub async fn run(pool: PgPool, clock: WallClock, stop: CancellationToken) {
    loop {
        match run_once(&pool, &clock).await {
            Ok(done) => {
                tracing::debug!(done, "old rows are gone");
                metrics::gauge!("treadline_job_last_success_timestamp", "job" => "retention")
                    .set(clock.now().timestamp() as f64);
            }
            Err(error) => tracing::warn!(%error, "old rows could not be let go"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Lets go what is too old now; says in a few words what that was.
///
/// # Errors
/// The first table that could not be done; the others were.
pub async fn run_once(
    pool: &PgPool,
    clock: &WallClock,
) -> Result<String, retention::RetentionError> {
    let done = retention::run(pool, clock.now()).await?;
    for step in &done {
        tracing::info!(%step, "old rows are gone");
    }
    let rows: i64 = done.iter().map(|step| step.rows).sum();
    Ok(format!("{} steps, {rows} rows", done.len()))
}
