//! What a call costs, and how far it may go.

use crate::config::{CostLimits, Price, PriceUnit, Prices};
use crate::metering::{Purse, Used};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use std::sync::Arc;

/// The provider that costs nothing: this machine.
const LOCAL: &str = "local";
/// Decimals of a dollar in `call_traces.cost_usd`; a step is rounded to them before it is added.
const DECIMALS: u32 = 6;
const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);
const MINUTE_MS: Decimal = Decimal::from_parts(60_000, 0, 0, false, 0);

/// What a step costs, US dollars; `None` if its price is not known.
///
/// The price of a unit is the latest one up to `day` of the longest model name that fits.
pub fn cost(
    prices: &Prices,
    day: NaiveDate,
    (provider, model): (&str, &str),
    used: &Used,
) -> Option<Decimal> {
    if provider == LOCAL {
        return Some(Decimal::ZERO);
    }
    let price = |unit| latest(prices, day, provider, model, unit);
    let count = |n: Option<u32>| Decimal::from(n.unwrap_or(0));
    let tokens = used.tokens_input.is_some() || used.tokens_output.is_some();
    let mut sum = Decimal::ZERO;
    if tokens {
        let input = price(PriceUnit::MillionInputTokens)?;
        let output = price(PriceUnit::MillionOutputTokens)?;
        let cached = price(PriceUnit::MillionCachedTokens).unwrap_or(input);
        let known = count(used.tokens_cached).min(count(used.tokens_input));
        let fresh = count(used.tokens_input) - known;
        let spent = fresh * input + known * cached + count(used.tokens_output) * output;
        sum += spent / MILLION;
    }
    let by_minute = used.audio_ms.zip(price(PriceUnit::Minute));
    let by_character = used.characters.zip(price(PriceUnit::MillionCharacters));
    if let Some((ms, usd)) = by_minute {
        sum += Decimal::from(ms) * usd / MINUTE_MS;
    }
    if let Some((characters, usd)) = by_character {
        sum += Decimal::from(characters) * usd / MILLION;
    }
    let sounds = used.audio_ms.is_some_and(|ms| ms > 0) || used.characters.is_some();
    let unknown = sounds && !tokens && by_minute.is_none() && by_character.is_none();
    (!unknown).then(|| sum.round_dp(DECIMALS))
}

fn latest(
    prices: &Prices,
    day: NaiveDate,
    provider: &str,
    model: &str,
    unit: PriceUnit,
) -> Option<Decimal> {
    let fits = |price: &&Price| {
        let rest = model.strip_prefix(price.model.as_str());
        // "gpt-4o" is not "gpt-4o-mini", but "gpt-4o-2024-08-06" is "gpt-4o".
        let same = price.model.is_empty()
            || rest.is_some_and(|rest| {
                rest.is_empty()
                    || rest
                        .strip_prefix('-')
                        .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
            });
        price.provider == provider && price.unit == unit && price.from <= day && same
    };
    let known = prices.0.iter().filter(fits);
    known.max_by_key(|price| (price.model.len(), price.from)).map(|price| price.usd)
}

/// How far a call has come on the way from the paid parts to an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// Everything that is configured.
    Paid,
    /// Only what costs nothing, as far as there is such a part.
    Local,
    /// A person.
    Operator,
}

/// The till of one call.
pub struct Till {
    prices: Prices,
    limits: CostLimits,
    purse: Arc<Purse>,
    spent: Decimal,
    means: Means,
}

impl Till {
    /// An empty till.
    pub fn new(prices: Prices, limits: CostLimits, purse: Arc<Purse>) -> Self {
        Self { prices, limits, purse, spent: Decimal::ZERO, means: Means::Paid }
    }

    /// What the call has cost so far, US dollars.
    pub const fn spent(&self) -> Decimal {
        self.spent
    }

    /// Takes the price of a step that was over at `at`; `None` if nobody knows it.
    pub fn take(&mut self, at: DateTime<Utc>, whose: (&str, &str), used: &Used) -> Option<Decimal> {
        let Some(cost) = cost(&self.prices, at.date_naive(), whose, used) else {
            let (provider, model) = whose;
            if self.purse.is_news(&format!("{provider} {model}")) {
                tracing::warn!(provider, model, "no price is known; it counts as 0 ([[prices]])");
            }
            return None;
        };
        self.spent += cost;
        self.purse.spend(at, cost);
        Some(cost)
    }

    /// Where the call must go, when that has just changed; `still_costs` if the local parts did
    /// not end its costs. It never comes back: a call that changes its voice twice is worse than
    /// a dear one.
    pub fn means_changed(&mut self, at: DateTime<Utc>, still_costs: bool) -> Option<Means> {
        let hour = self.purse.spent(at);
        let share = Decimal::from(self.limits.operator_percent) / Decimal::ONE_HUNDRED;
        let reaches = |factor: Decimal| {
            let over = |sum: Decimal, max: Decimal| !max.is_zero() && sum >= max * factor;
            over(self.spent, self.limits.call_usd_max) || over(hour, self.limits.hour_usd_max)
        };
        let now = if self.means == Means::Paid {
            // One step at a time: perhaps the local parts are enough.
            if reaches(Decimal::ONE) { Means::Local } else { Means::Paid }
        } else if still_costs && reaches(share) {
            Means::Operator
        } else {
            self.means
        };
        (now > self.means).then(|| {
            self.means = now;
            now
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn usd(text: &str) -> Decimal {
        text.parse().expect("an amount")
    }

    fn price(model: &str, unit: PriceUnit, amount: &str, from: &str) -> Price {
        let provider = "shop".to_owned();
        Price { provider, model: model.into(), unit, usd: usd(amount), from: day(from) }
    }

    fn book() -> Prices {
        use PriceUnit::{
            MillionCachedTokens, MillionCharacters, MillionInputTokens, MillionOutputTokens, Minute,
        };
        Prices(vec![
            price("big", MillionInputTokens, "2", "2026-01-01"),
            price("big", MillionInputTokens, "4", "2026-11-23"),
            price("big", MillionOutputTokens, "10", "2026-01-01"),
            price("big-mini", MillionInputTokens, "1", "2026-01-01"),
            price("big-mini", MillionOutputTokens, "1", "2026-01-01"),
            price("big-mini", MillionCachedTokens, "0.1", "2026-01-01"),
            price("", Minute, "0.006", "2026-01-01"),
            price("voice", MillionCharacters, "15", "2026-01-01"),
        ])
    }

    fn of(model: &str, on: &str, used: Used) -> Option<Decimal> {
        cost(&book(), day(on), ("shop", model), &used)
    }

    fn tokens(input: u32, cached: Option<u32>, output: u32) -> Used {
        Used {
            tokens_input: Some(input),
            tokens_cached: cached,
            tokens_output: Some(output),
            ..Used::default()
        }
    }

    #[test]
    fn a_price_holds_from_its_day_on() {
        let used = tokens(1_000_000, None, 100_000);
        assert_eq!(of("big", "2026-11-22", used), Some(usd("3")));
        assert_eq!(of("big", "2026-11-23", used), Some(usd("5")));
        assert_eq!(of("big", "2025-12-31", used), None, "there was no price yet");
    }

    #[test]
    fn a_version_of_a_model_has_its_price_and_another_model_has_not() {
        let used = tokens(1_000_000, Some(500_000), 0);
        assert_eq!(of("big-mini-2026-02-02", "2026-11-22", used), Some(usd("0.55")));
        assert_eq!(of("big-huge", "2026-11-22", used), None);
        let other = cost(&book(), day("2026-11-22"), ("elsewhere", "big"), &used);
        assert_eq!(other, None);
    }

    #[test]
    fn sound_is_paid_by_the_minute_and_words_by_the_character() {
        let heard = Used { audio_ms: Some(90_000), ..Used::default() };
        assert_eq!(of("any", "2026-11-22", heard), Some(usd("0.009")));
        let spoken = Used { characters: Some(1_000), ..Used::default() };
        assert_eq!(of("voice", "2026-11-22", spoken), Some(usd("0.015")));
        assert_eq!(of("other", "2026-11-22", spoken), None, "no price by the character");
        assert_eq!(of("other", "2026-11-22", Used::default()), Some(usd("0")), "nothing was used");
    }

    #[test]
    fn what_this_machine_does_costs_nothing() {
        let none = Prices(Vec::new());
        let used = tokens(1_000, None, 10);
        assert_eq!(cost(&none, day("2026-11-22"), ("local", ""), &used), Some(usd("0")));
    }

    fn till(call: &str, hour: &str, purse: &Arc<Purse>) -> Till {
        let limits =
            CostLimits { call_usd_max: usd(call), hour_usd_max: usd(hour), operator_percent: 150 };
        Till::new(book(), limits, Arc::clone(purse))
    }

    #[test]
    fn a_call_goes_local_at_its_ceiling_and_to_an_operator_if_it_still_costs() {
        let purse = Arc::<Purse>::default();
        let mut till = till("1", "0", &purse);
        let at = "2026-11-22T10:00:00Z".parse().expect("a time");
        let minutes = |n: u64| Used { audio_ms: Some(n * 60_000), ..Used::default() };
        till.take(at, ("shop", "any"), &minutes(166));
        assert_eq!((till.spent(), till.means_changed(at, false)), (usd("0.996"), None));
        till.take(at, ("shop", "any"), &minutes(1));
        assert_eq!(till.means_changed(at, false), Some(Means::Local));
        assert_eq!(till.means_changed(at, true), None, "said once");
        till.take(at, ("shop", "any"), &minutes(90));
        assert_eq!(till.means_changed(at, false), None, "that was asked for before");
        assert_eq!(till.means_changed(at, true), Some(Means::Operator));
        assert_eq!(till.means_changed(at, true), None);
    }

    #[test]
    fn the_hour_is_everybodys_and_a_new_one_is_a_new_chance_for_new_calls_only() {
        let purse = Arc::<Purse>::default();
        let at = "2026-11-22T10:59:00Z".parse().expect("a time");
        purse.others_spent(at, usd("2"));
        let mut old = till("0", "2", &purse);
        assert_eq!(old.means_changed(at, false), Some(Means::Local));
        let later = "2026-11-22T11:00:00Z".parse().expect("a time");
        assert_eq!(old.means_changed(later, false), None);
        assert_eq!(till("0", "2", &purse).means_changed(later, false), None);
    }
}
