//! No wait of a soak is for ever, and none is silent: each has a bound, and says what it waited for
//! when that has passed.

use anyhow::anyhow;
use std::time::Duration;
use tokio::time::timeout;

/// What the database does for the run (make, count, drop), on a machine however busy.
pub(super) const DATABASE_MAX: Duration = Duration::from_mins(2);

/// Waits for `work`, but no longer than `max`; `what` is said when that has passed.
///
/// # Errors
/// It took longer.
pub(super) async fn within<T>(
    max: Duration,
    what: &str,
    work: impl Future<Output = T>,
) -> anyhow::Result<T> {
    let done = timeout(max, work).await;
    done.map_err(|_| anyhow!("waited {} s in vain: {what}", max.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_too_long_says_what_for() {
        let in_time = within(DATABASE_MAX, "an answer", async { 7 }).await;
        assert_eq!(in_time.unwrap(), 7);
        let late = within(DATABASE_MAX, "an answer", std::future::pending::<()>()).await;
        assert_eq!(late.unwrap_err().to_string(), "waited 120 s in vain: an answer");
    }
}
