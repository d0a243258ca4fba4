//! Sessions, links and notes of the audit log that are past their days go.

use super::Desk;
use crate::db::desk::expire;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked at.
const EVERY: Duration = Duration::from_hours(1);

/// Lets old rows go until `stop`.
pub async fn run(desk: Desk, stop: CancellationToken) {
    loop {
        match expire::run(desk.pool(), desk.clock().now()).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "old rows of the desk are gone"),
            Err(error) => tracing::debug!(%error, "old rows of the desk stay for now"),
        }
        if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
            return;
        }
    }
}
