//! A circuit breaker: a provider that failed a few times in a row is left alone for a while, for
//! all calls, so that no caller pays for its time-outs again.

use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// Failures in a row that open the breaker.
const FAILURES_MAX: u32 = 3;
/// How long it stays open; then one request may try.
const OPEN_S: u64 = 30;

/// A breaker for one provider.
#[derive(Debug)]
pub struct Breaker {
    provider: &'static str,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// A closed breaker; `provider` labels `treadline_breaker_open`.
    #[must_use]
    pub fn new(provider: &'static str) -> Self {
        metrics::gauge!("treadline_breaker_open", "provider" => provider).set(0.0);
        Self { provider, state: Mutex::new(State::default()) }
    }

    /// May the provider be asked now?
    #[must_use]
    pub fn allows(&self) -> bool {
        let Ok(mut state) = self.state.lock() else { return true };
        match state.open_until {
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                // Half open: this one tries, the others wait for what it finds.
                state.open_until = Some(Instant::now() + Duration::from_secs(OPEN_S));
                true
            }
            None => true,
        }
    }

    /// The provider answered.
    pub fn succeeded(&self) {
        if let Ok(mut state) = self.state.lock() {
            if state.open_until.take().is_some() {
                tracing::info!(provider = self.provider, "the provider answers again");
                metrics::gauge!("treadline_breaker_open", "provider" => self.provider).set(0.0);
            }
            state.failures = 0;
        }
    }

    /// The provider failed; `at_once` when asking again makes no sense (it said "too many").
    pub fn failed(&self, at_once: bool) {
        if let Ok(mut state) = self.state.lock() {
            state.failures = state.failures.saturating_add(1);
            if at_once || state.failures >= FAILURES_MAX {
                if state.open_until.is_none() {
                    tracing::warn!(provider = self.provider, "the provider is left alone for {OPEN_S} s");
                }
                state.open_until = Some(Instant::now() + Duration::from_secs(OPEN_S));
                metrics::gauge!("treadline_breaker_open", "provider" => self.provider).set(1.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn three_failures_in_a_row_open_it_and_one_try_closes_it_again() {
        let breaker = Breaker::new("test");
        breaker.failed(false);
        breaker.failed(false);
        assert!(breaker.allows());
        breaker.failed(false);
        assert!(!breaker.allows());
        tokio::time::advance(Duration::from_secs(OPEN_S + 1)).await;
        assert!(breaker.allows(), "one may try");
        assert!(!breaker.allows(), "the others wait");
        breaker.succeeded();
        assert!(breaker.allows());
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_between_failures_starts_the_count_anew() {
        let breaker = Breaker::new("test");
        for _ in 0..5 {
            breaker.failed(false);
            breaker.failed(false);
            breaker.succeeded();
        }
        assert!(breaker.allows());
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_requests_opens_it_at_once() {
        let breaker = Breaker::new("test");
        breaker.failed(true);
        assert!(!breaker.allows());
    }
}
