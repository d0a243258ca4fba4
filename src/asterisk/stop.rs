//! The word between the two halves of a connection that it is over.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

/// Tells the halves of one task to end.
///
/// Cheaper than a token with a list of waiters, which would be locked for every frame of every
/// call: the halves are joined in one task, so that each is polled whenever the other is, and a
/// flag is enough.
#[derive(Debug, Default)]
pub(super) struct Stop(AtomicBool);

impl Stop {
    /// Whether it is over.
    pub(super) fn is_called(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Says that it is over, and has the task polled once more so that the other half sees it.
    pub(super) async fn call(&self) {
        self.0.store(true, Ordering::Release);
        poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::Ready(())
        })
        .await;
    }

    /// Waits for it; only in a half that is joined with the one that calls.
    pub(super) async fn called(&self) {
        poll_fn(|_| if self.is_called() { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

#[cfg(test)]
mod tests {
    use super::Stop;
    use std::time::Duration;
    use tokio::time::{sleep, timeout};

    #[tokio::test(start_paused = true)]
    async fn the_other_half_ends_whichever_is_joined_first() {
        let stop = Stop::default();
        let calls = async {
            sleep(Duration::from_millis(20)).await;
            stop.call().await;
        };
        let joined = async { tokio::join!(stop.called(), calls, stop.called()) };
        timeout(Duration::from_secs(1), joined).await.expect("all halves have ended");
        assert!(stop.is_called());
    }
}
