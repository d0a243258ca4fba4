//! Tells the shop's other systems what happens: signed, one after the other to each address, again
//! on a schedule, and never at the cost of anything else.
//!
//! Events are rows that the database writes with what they are about (migration 0143). Each
//! process takes addresses for which something is due; an address that hangs holds up itself alone.

mod reach;
mod send;
mod sign;

pub use reach::{Reach, Unreachable};
pub use send::Sender;
pub use sign::{key_of, signature};

use crate::db::webhooks::{self, Webhook};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The schedule: so long after the first, second, … failed attempt it is tried again. After the
/// last it is given up: some twenty hours in all, which outlasts a night without an administrator.
pub const AGAIN_AFTER: [Duration; 7] = [
    Duration::from_secs(10),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(6),
    Duration::from_hours(12),
];
/// Connections of its own: no call waits for a delivery.
const CONNECTIONS_MAX: u32 = 2;
/// How often a process looks for what is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Addresses that one process is at in the same moment.
const AT_ONCE: usize = 16;
/// What is told to one address before it is somebody else's turn.
const IN_A_ROW: i64 = 20;
/// How long that may take: less than a claim holds, or two would tell the same.
const ROUND_MAX: Duration = Duration::from_secs(90);

/// Delivers what is due until `stop`.
pub async fn run(pool: PgPool, sender: Arc<Sender>, stop: CancellationToken) {
    let pool = crate::db::pool::beside(&pool, CONNECTIONS_MAX);
    let mut under_way = JoinSet::new();
    let mut away = false;
    loop {
        while under_way.try_join_next().is_some() {}
        match webhooks::claim(&pool, (AT_ONCE - under_way.len()) as i64).await {
            Ok(claimed) => {
                away = false;
                for webhook in claimed {
                    under_way.spawn(deliver(pool.clone(), Arc::clone(&sender), webhook));
                }
            }
            Err(error) => {
                if !away {
                    tracing::warn!(%error, "what is to be told to other systems waits");
                }
                away = true;
            }
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_none() {
            return;
        }
    }
}

/// Delivers what is due now, and answers when all of it was tried.
///
/// # Errors
/// What Postgres says.
pub async fn round(pool: &PgPool, sender: &Arc<Sender>) -> Result<usize, sqlx::Error> {
    let claimed = webhooks::claim(pool, AT_ONCE as i64).await?;
    let count = claimed.len();
    let tasks = claimed.into_iter().map(|one| deliver(pool.clone(), Arc::clone(sender), one));
    tasks.collect::<JoinSet<()>>().join_all().await;
    Ok(count)
}

/// Tells one address what is due, until something fails: the rest then waits for the next look, so
/// that one event which is refused does not hold up the others for longer than that.
async fn deliver(pool: PgPool, sender: Arc<Sender>, webhook: Webhook) {
    if let Err(error) = try_to_deliver(&pool, &sender, &webhook).await {
        tracing::warn!(%error, webhook = %webhook.id, "a delivery could not be noted");
    }
    if let Err(error) = webhooks::release(&pool, webhook.id).await {
        // The claim runs out by itself.
        tracing::debug!(%error, webhook = %webhook.id, "an address stays taken for a while");
    }
}

async fn try_to_deliver(
    pool: &PgPool,
    sender: &Sender,
    webhook: &Webhook,
) -> Result<(), sqlx::Error> {
    let begun = Instant::now();
    for delivery in webhooks::due(pool, webhook.id, IN_A_ROW).await? {
        if begun.elapsed() > ROUND_MAX {
            return Ok(());
        }
        let attempt = sender.send(webhook, &delivery).await;
        let failed = attempt.error.clone();
        let tries = usize::try_from(delivery.attempts).unwrap_or(usize::MAX);
        let again = AGAIN_AFTER.get(tries).copied();
        webhooks::tried(pool, delivery.id, attempt, again).await?;
        let outcome = match (&failed, again) {
            (None, _) => "delivered",
            (Some(_), Some(_)) => "failed",
            (Some(_), None) => "gave_up",
        };
        metrics::counter!("treadline_webhook_attempts_total", "outcome" => outcome).increment(1);
        if let Some(error) = failed {
            tracing::info!(webhook = %webhook.id, event = delivery.event, error, outcome, "not told");
            return Ok(());
        }
    }
    Ok(())
}
