//! What a call used and cost, by step and provider, from the traces of its steps.

use crate::db::desk::calls::Stage;
use crate::desk::names;
use crate::desk::{format, words::Words};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A line of the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) step: String,
    pub(super) by: String,
    pub(super) times: usize,
    pub(super) used: String,
    pub(super) cost: String,
}

/// The sums of steps of one kind at one provider.
#[derive(Default)]
struct Sum {
    times: usize,
    tokens: Option<(i64, i64, i64)>,
    units: BTreeMap<String, Decimal>,
    cost_usd: Option<Decimal>,
    unpriced: bool,
}

/// The bill: what used or cost nothing is not on it. `shown` makes a name fit for the reader.
pub(super) fn of(words: Words, stages: &[Stage], shown: impl Fn(&str) -> String) -> Vec<Item> {
    let mut sums: BTreeMap<(&str, String), Sum> = BTreeMap::new();
    for stage in stages {
        let used = stage.tokens_input.is_some()
            || stage.tokens_output.is_some()
            || stage.units.is_some()
            || stage.cost_usd.is_some();
        if !used {
            continue;
        }
        let by = [&stage.provider, &stage.model];
        let by: Vec<&str> = by.into_iter().flatten().map(String::as_str).collect();
        let by = if by.is_empty() { stage.agent_name.clone() } else { by.join(" · ") };
        sums.entry((&stage.step, by)).or_default().add(stage);
    }
    sums.into_iter()
        .map(|((step, by), sum)| Item {
            step: names::name(words, names::STEPS, step),
            by: shown(&by),
            times: sum.times,
            used: sum.used(words),
            cost: sum.cost(words),
        })
        .collect()
}

impl Sum {
    fn add(&mut self, stage: &Stage) {
        self.times += 1;
        if stage.tokens_input.is_some() || stage.tokens_output.is_some() {
            let count = |tokens: Option<i32>| i64::from(tokens.unwrap_or_default());
            let (input, cached, output) = self.tokens.unwrap_or_default();
            self.tokens = Some((
                input + count(stage.tokens_input),
                cached + count(stage.tokens_cached),
                output + count(stage.tokens_output),
            ));
        }
        if let (Some(amount), Some(unit)) = (stage.units, &stage.unit) {
            *self.units.entry(unit.clone()).or_default() += amount;
        }
        match stage.cost_usd {
            Some(usd) => self.cost_usd = Some(self.cost_usd.unwrap_or_default() + usd),
            None => self.unpriced = true,
        }
    }

    fn used(&self, words: Words) -> String {
        let tokens = self.tokens.map(|(input, cached, output)| words.tokens(input, cached, output));
        let units = self.units.iter().map(|(unit, amount)| {
            let digits = u32::from(!amount.fract().is_zero());
            words.units(&format::decimal(words, *amount, digits), unit)
        });
        tokens.into_iter().chain(units).collect::<Vec<_>>().join(", ")
    }

    /// What is not known is not nothing.
    fn cost(&self, words: Words) -> String {
        let known = self.cost_usd.map(|usd| format::dollars(words, usd));
        let unknown = self.unpriced.then(|| words.price_unknown().to_owned());
        known.into_iter().chain(unknown).collect::<Vec<_>>().join(" + ")
    }
}
