//! How often one number may call: against a machine that calls for hours at the shop's cost.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The span over which calls are counted.
const SPAN: Duration = Duration::from_hours(1);
/// A caller with fewer digits has no number: hidden, or a name of the exchange's.
const DIGITS_MIN: usize = 5;
/// Numbers that are remembered. Beyond that those without a live call are forgotten first.
const NUMBERS_MAX: usize = 50_000;

/// How often one number may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallerLimits {
    /// At the same time.
    pub live_max: u32,
    /// Within an hour.
    pub hour_max: u32,
}

/// What the whole line allows at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineLimits {
    /// Calls at the same time.
    pub calls_max: usize,
    /// How often one number may call.
    pub callers: CallerLimits,
}

/// Says what the line allows now: it is asked for each call, so that a change needs no restart.
pub type LimitsNow = Arc<dyn Fn() -> LineLimits + Send + Sync>;

#[derive(Debug, Default)]
struct Number {
    live: u32,
    begun: VecDeque<Instant>,
}

/// The calls of each number.
#[derive(Debug)]
pub struct Callers {
    limits: CallerLimits,
    numbers: Mutex<HashMap<String, Number>>,
}

/// Why a number may not call now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMany {
    /// At the same time.
    Live,
    /// Within an hour.
    Hour,
}

/// The number that a caller is counted under; `None` for those who hide it, who would all be one.
#[must_use]
pub fn counted(caller: Option<&str>) -> Option<String> {
    let digits: String = caller?.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= DIGITS_MIN).then_some(digits)
}

impl Callers {
    /// Nobody has called yet.
    #[must_use]
    pub fn new(limits: CallerLimits) -> Self {
        Self { limits, numbers: Mutex::default() }
    }

    /// A call of `number` begins at `now`; [`Callers::end`] must follow. A refused call counts
    /// for nothing: who waits is served again.
    ///
    /// # Errors
    /// The number has calls enough.
    pub fn begin(&self, number: &str, now: Instant) -> Result<(), TooMany> {
        self.begin_within(number, now, self.limits)
    }

    /// The same within other limits than those at the start.
    ///
    /// # Errors
    /// The number has calls enough.
    pub fn begin_within(
        &self,
        number: &str,
        now: Instant,
        limits: CallerLimits,
    ) -> Result<(), TooMany> {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        if numbers.len() >= NUMBERS_MAX {
            numbers.retain(|_, known| known.live > 0);
        }
        let known = numbers.entry(number.to_owned()).or_default();
        while known.begun.front().is_some_and(|at| now.saturating_duration_since(*at) >= SPAN) {
            known.begun.pop_front();
        }
        if known.live >= limits.live_max {
            return Err(TooMany::Live);
        }
        if known.begun.len() >= limits.hour_max as usize {
            return Err(TooMany::Hour);
        }
        known.live += 1;
        known.begun.push_back(now);
        Ok(())
    }

    /// A call of `number` is over.
    pub fn end(&self, number: &str) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = numbers.get_mut(number) {
            known.live = known.live.saturating_sub(1);
        }
    }

    /// Forgets numbers that have not called for an hour.
    pub fn sweep(&self, now: Instant) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.retain(|_, known| {
            let recent = known.begun.back();
            known.live > 0 || recent.is_some_and(|at| now.saturating_duration_since(*at) < SPAN)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callers() -> Callers {
        Callers::new(CallerLimits { live_max: 3, hour_max: 20 })
    }

    /// H10 in virtual time.
    #[test]
    fn a_number_has_three_calls_at_once_and_twenty_in_an_hour() {
        let (callers, begin) = (callers(), Instant::now());
        for _ in 0..3 {
            assert_eq!(callers.begin("+380671234567", begin), Ok(()));
        }
        assert_eq!(callers.begin("+380671234567", begin), Err(TooMany::Live));
        assert_eq!(callers.begin("+380671234568", begin), Ok(()), "another number is another");
        for n in 3..20 {
            callers.end("+380671234567");
            let at = begin + Duration::from_mins(n);
            assert_eq!(callers.begin("+380671234567", at), Ok(()), "call {n}");
        }
        callers.end("+380671234567");
        let late = begin + Duration::from_mins(59);
        assert_eq!(callers.begin("+380671234567", late), Err(TooMany::Hour));
        let hour = begin + Duration::from_hours(1);
        assert_eq!(callers.begin("+380671234567", hour), Ok(()), "the first three are old");
    }

    #[test]
    fn a_hidden_number_is_none() {
        assert_eq!(counted(Some("+380 67 123-45-67")).as_deref(), Some("380671234567"));
        for hidden in [None, Some(""), Some("anonymous"), Some("s"), Some("100")] {
            assert_eq!(counted(hidden), None);
        }
    }

    #[test]
    fn who_is_gone_for_an_hour_is_forgotten_unless_a_call_lasts() {
        let (callers, begin) = (callers(), Instant::now());
        callers.begin("+1", begin).expect("in");
        callers.begin("+2", begin).expect("in");
        callers.end("+1");
        callers.sweep(begin + Duration::from_hours(2));
        let left = callers.numbers.lock().expect("no panic").len();
        assert_eq!(left, 1);
    }
}
