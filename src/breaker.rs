//! A circuit breaker: a provider that failed a few times in a row is left alone for a while, for
//! all calls, so that no caller pays for its time-outs again.

use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// Failures in a row that open the breaker.
const FAILURES_MAX: u32 = 3;
/// How long it stays open, seconds; then one request may try.
const OPEN_S: u64 = 30;
/// How long the others wait for the one that tries, seconds. It may be given up by its caller
/// and never report.
const TRY_S: u64 = 10;
/// Bounds of the time that a provider may ask for, seconds.
const ASKED_S_MIN: u64 = 1;
const ASKED_S_MAX: u64 = 60;

/// A breaker for one provider.
#[derive(Debug)]
pub struct Breaker {
    provider: &'static str,
    failures_max: u32,
    open: Duration,
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
        Self::with_rest(provider, Duration::from_secs(OPEN_S))
    }

    /// The same with another time to stay open, for a provider that has no other behind it.
    #[must_use]
    pub fn with_rest(provider: &'static str, open: Duration) -> Self {
        Self::with_rule(provider, FAILURES_MAX, open)
    }

    /// The same with another count of failures in a row that open it (at least one).
    #[must_use]
    pub fn with_rule(provider: &'static str, failures_max: u32, open: Duration) -> Self {
        metrics::gauge!("treadline_breaker_open", "provider" => provider).set(0.0);
        Self {
            provider,
            failures_max: failures_max.max(1),
            open,
            state: Mutex::new(State::default()),
        }
    }

    /// May the provider be asked now? A yes after a rest is given to one request only.
    #[must_use]
    pub fn allows(&self) -> bool {
        let Ok(mut state) = self.state.lock() else { return true };
        match state.open_until {
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                // Half open: this one tries, the others wait for what it finds.
                state.open_until = Some(Instant::now() + Duration::from_secs(TRY_S));
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

    /// The provider failed; a few times in a row open the breaker.
    pub fn failed(&self) {
        if let Ok(mut state) = self.state.lock() {
            state.failures = state.failures.saturating_add(1);
            if state.failures >= self.failures_max {
                self.open(&mut state, self.open);
            }
        }
    }

    /// The provider said "too many": asking again at once makes no sense. `asked` is the time
    /// that it wants to be left alone, held within 1 and 60 seconds.
    pub fn too_many(&self, asked: Option<Duration>) {
        let (min, max) = (Duration::from_secs(ASKED_S_MIN), Duration::from_secs(ASKED_S_MAX));
        if let Ok(mut state) = self.state.lock() {
            state.failures = state.failures.saturating_add(1);
            self.open(&mut state, asked.map_or(self.open, |time| time.clamp(min, max)));
        }
    }

    fn open(&self, state: &mut State, rest: Duration) {
        if state.open_until.is_none() {
            let seconds = rest.as_secs();
            tracing::warn!(provider = self.provider, seconds, "the provider is left alone");
        }
        state.open_until = Some(Instant::now() + rest);
        metrics::gauge!("treadline_breaker_open", "provider" => self.provider).set(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn three_failures_in_a_row_open_it_and_one_try_closes_it_again() {
        let breaker = Breaker::new("test");
        breaker.failed();
        breaker.failed();
        assert!(breaker.allows());
        breaker.failed();
        assert!(!breaker.allows());
        advance(Duration::from_secs(OPEN_S + 1)).await;
        assert!(breaker.allows(), "one may try");
        assert!(!breaker.allows(), "the others wait");
        breaker.succeeded();
        assert!(breaker.allows());
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_never_reports_does_not_keep_it_open_for_long() {
        let breaker = Breaker::new("test");
        breaker.too_many(Some(Duration::from_secs(2)));
        advance(Duration::from_secs(3)).await;
        assert!(breaker.allows(), "this one is given up by its caller");
        advance(Duration::from_secs(TRY_S + 1)).await;
        assert!(breaker.allows());
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_between_failures_starts_the_count_anew() {
        let breaker = Breaker::new("test");
        for _ in 0..5 {
            breaker.failed();
            breaker.failed();
            breaker.succeeded();
        }
        assert!(breaker.allows());
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_requests_open_it_at_once_for_the_time_asked_within_bounds() {
        for (asked_s, open_s) in [(None, OPEN_S), (Some(0), 1), (Some(7), 7), (Some(86_400), 60)] {
            let breaker = Breaker::new("test");
            breaker.too_many(asked_s.map(Duration::from_secs));
            advance(Duration::from_millis(open_s * 1_000 - 1)).await;
            assert!(!breaker.allows(), "{asked_s:?}: still open before {open_s} s");
            advance(Duration::from_millis(2)).await;
            assert!(breaker.allows(), "{asked_s:?}: may try after {open_s} s");
        }
    }
}
