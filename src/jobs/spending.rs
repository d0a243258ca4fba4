//! Tells the other processes what this one has spent in the hour, and learns what they have.

use crate::clock::WallClock;
use crate::db::spending;
use crate::metering::{Purse, hour_of};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often. For so long, and while Postgres is away, each process knows of the others only what
/// it knew before.
const PERIOD: Duration = Duration::from_secs(5);

/// Shares until `stop`. A database that is away is no trouble: what is told is always the sum.
pub async fn run(
    pool: PgPool,
    clock: WallClock,
    purse: Arc<Purse>,
    node: Arc<str>,
    stop: CancellationToken,
) {
    loop {
        if let Err(error) = share(&pool, &clock, &purse, &node).await {
            tracing::debug!(%error, "what was spent could not be shared");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Shares once.
///
/// # Errors
/// What Postgres says.
pub async fn share(
    pool: &PgPool,
    clock: &WallClock,
    purse: &Purse,
    node: &str,
) -> Result<(), sqlx::Error> {
    let now = clock.now();
    let others = spending::share(pool, hour_of(now), node, purse.ours(now)).await?;
    purse.others_spent(now, others);
    Ok(())
}
