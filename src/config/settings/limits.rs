//! Ceilings: never above the file's.

use super::{Flaw, Why};
use crate::config::Config;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Ceilings that were chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenLimits {
    /// What providers may be paid for one call, US dollars.
    pub call_usd_max: Decimal,
    /// The same for all calls of an hour.
    pub hour_usd_max: Decimal,
    /// Length of a call, seconds.
    pub call_s_max: u64,
    /// Lines of the caller in a call.
    pub turns_max: u64,
    /// Tools in a call.
    pub tools_per_call_max: u64,
    /// Attempts to bring a person in a call.
    pub transfers_max: u64,
    /// Calls at the same time, on the whole line.
    pub calls_max: u64,
    /// Calls of one number at the same time.
    pub calls_per_number_max: u64,
    /// Calls of one number within an hour.
    pub calls_per_number_hour_max: u64,
}

/// A count among the ceilings.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    /// The field.
    pub name: &'static str,
    /// Less would make calls impossible.
    pub least: u64,
    /// Whether it belongs to the whole line and no single shop.
    pub of_line: bool,
    /// Out of the ceilings.
    pub get: fn(&ChosenLimits) -> u64,
    /// Into them.
    pub set: fn(&mut ChosenLimits, u64),
}

const fn number(
    name: &'static str,
    least: u64,
    get: fn(&ChosenLimits) -> u64,
    set: fn(&mut ChosenLimits, u64),
) -> Number {
    Number { name, least, of_line: false, get, set }
}

const fn of_line(mut number: Number) -> Number {
    number.of_line = true;
    number
}

/// Every count, in the order in which they are shown.
pub const NUMBERS: &[Number] = &[
    number("call_s_max", 60, |of| of.call_s_max, |of, to| of.call_s_max = to),
    number("turns_max", 5, |of| of.turns_max, |of, to| of.turns_max = to),
    number(
        "tools_per_call_max",
        5,
        |of| of.tools_per_call_max,
        |of, to| of.tools_per_call_max = to,
    ),
    number("transfers_max", 1, |of| of.transfers_max, |of, to| of.transfers_max = to),
    of_line(number("calls_max", 1, |of| of.calls_max, |of, to| of.calls_max = to)),
    of_line(number(
        "calls_per_number_max",
        1,
        |of| of.calls_per_number_max,
        |of, to| of.calls_per_number_max = to,
    )),
    of_line(number(
        "calls_per_number_hour_max",
        1,
        |of| of.calls_per_number_hour_max,
        |of, to| of.calls_per_number_hour_max = to,
    )),
];

impl ChosenLimits {
    /// Those of the file.
    #[must_use]
    pub fn of(file: &Config) -> Self {
        let (limits, call) = (&file.limits, &file.limits.call);
        Self {
            call_usd_max: limits.cost.call_usd_max,
            hour_usd_max: limits.cost.hour_usd_max,
            call_s_max: call.call_s_max,
            turns_max: call.turns_max.into(),
            tools_per_call_max: call.tools_per_call_max.into(),
            transfers_max: call.transfers_max.into(),
            calls_max: limits.calls_max as u64,
            calls_per_number_max: limits.calls_per_number_max.into(),
            calls_per_number_hour_max: limits.calls_per_number_hour_max.into(),
        }
    }

    pub(super) fn flaws(&self, fence: &Config) -> Vec<Flaw> {
        let file = Self::of(fence);
        let mut found = Vec::new();
        for number in NUMBERS {
            let (value, most) = ((number.get)(self), (number.get)(&file));
            // A file that says less than we would is right.
            let least = number.least.min(most);
            if !(least..=most).contains(&value) {
                found.push(Flaw::new(
                    number.name,
                    Why::Outside(least.to_string(), most.to_string()),
                ));
            }
        }
        for (name, value, most) in [
            ("call_usd_max", self.call_usd_max, file.call_usd_max),
            ("hour_usd_max", self.hour_usd_max, file.hour_usd_max),
        ] {
            if !is_within(value, most) {
                let least = if most.is_zero() { "0" } else { "0.01" };
                let most = if most.is_zero() { "—".to_owned() } else { most.to_string() };
                found.push(Flaw::new(name, Why::Outside(least.into(), most)));
            }
        }
        found
    }

    /// Never more than the file's.
    pub(super) fn apply(&self, config: &mut Config) {
        let file = Self::of(config);
        let mut held = self.clone();
        for number in NUMBERS {
            let most = (number.get)(&file);
            let value = (number.get)(self).min(most).max(number.least.min(most));
            (number.set)(&mut held, value);
        }
        let narrow = |value, most| if is_within(value, most) { value } else { most };
        let limits = &mut config.limits;
        limits.cost.call_usd_max = narrow(self.call_usd_max, file.call_usd_max);
        limits.cost.hour_usd_max = narrow(self.hour_usd_max, file.hour_usd_max);
        limits.call.call_s_max = held.call_s_max;
        limits.call.turns_max = small(held.turns_max);
        limits.call.tools_per_call_max = small(held.tools_per_call_max);
        limits.call.transfers_max = small(held.transfers_max);
        limits.calls_max = usize::try_from(held.calls_max).unwrap_or(usize::MAX);
        limits.calls_per_number_max = small(held.calls_per_number_max);
        limits.calls_per_number_hour_max = small(held.calls_per_number_hour_max);
    }
}

fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// 0 in the file is no ceiling: then everything narrows it.
fn is_within(value: Decimal, most: Decimal) -> bool {
    let scale_ok = value.scale() <= 6 && !value.is_sign_negative();
    scale_ok && (most.is_zero() || (!value.is_zero() && value <= most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ceiling_is_never_above_the_files_however_it_came_in() {
        let file = Config::default();
        let mut wide = ChosenLimits::of(&file);
        assert_eq!(wide.flaws(&file), []);
        wide.call_s_max = 1_000_000;
        wide.turns_max = 0;
        wide.call_usd_max = Decimal::ZERO;
        let fields: Vec<String> = wide.flaws(&file).into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["call_s_max", "turns_max", "call_usd_max"]);
        let mut config = file.clone();
        wide.apply(&mut config);
        assert_eq!(config.limits.call.call_s_max, file.limits.call.call_s_max);
        assert_eq!(config.limits.call.turns_max, 5);
        assert_eq!(config.limits.cost, file.limits.cost, "0 would be no ceiling at all");
    }

    #[test]
    fn a_lower_ceiling_is_in_force_and_the_rest_stays() {
        let file = Config::default();
        let chosen = ChosenLimits { turns_max: 12, ..ChosenLimits::of(&file) };
        let mut config = file.clone();
        chosen.apply(&mut config);
        assert_eq!(config.limits.call.turns_max, 12);
        config.limits.call.turns_max = file.limits.call.turns_max;
        assert_eq!(config, file);
    }
}
