//! `[[prices]]`: what providers charge, each price from a day on; and the ceilings over it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// A million tokens that a model reads.
    MillionInputTokens,
    /// A million of those that it knew from before; without such a price they cost the same.
    MillionCachedTokens,
    /// A million tokens that a model writes.
    MillionOutputTokens,
    /// A minute of sound, heard or made.
    Minute,
    /// A million characters spoken.
    MillionCharacters,
}

/// One price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The provider's name as in `call_traces.provider`: `openai`, `openai-realtime`.
    pub provider: String,
    /// The model, also with a date or a version after it; empty: every model of the provider.
    pub model: String,
    /// What it is for.
    pub unit: PriceUnit,
    /// US dollars.
    pub usd: Decimal,
    /// The first day (UTC) on which it holds.
    pub from: NaiveDate,
}

/// All prices, in any order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prices(pub Vec<Price>);

impl Default for Prices {
    /// The list prices of the default models.
    fn default() -> Self {
        use PriceUnit::{MillionCachedTokens, MillionInputTokens, MillionOutputTokens, Minute};
        let from = NaiveDate::from_ymd_opt(2025, 4, 14).unwrap_or_default();
        let price = |provider: &str, model: &str, unit, usd| Price {
            provider: provider.to_owned(),
            model: model.to_owned(),
            unit,
            usd,
            from,
        };
        Self(vec![
            price("openai", "gpt-4.1-mini", MillionInputTokens, Decimal::new(40, 2)),
            price("openai", "gpt-4.1-mini", MillionCachedTokens, Decimal::new(10, 2)),
            price("openai", "gpt-4.1-mini", MillionOutputTokens, Decimal::new(160, 2)),
            price("openai", "gpt-4o-mini-transcribe", Minute, Decimal::new(3, 3)),
            price("openai-realtime", "gpt-4o-mini-transcribe", Minute, Decimal::new(3, 3)),
            price("openai", "gpt-4o-mini-tts", Minute, Decimal::new(15, 3)),
        ])
    }
}

/// `[limits.cost]`: what providers may be paid. 0 is no ceiling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CostLimits {
    /// One call, US dollars.
    pub call_usd_max: Decimal,
    /// All calls of one hour of the wall (UTC), of all processes together, US dollars.
    pub hour_usd_max: Decimal,
    /// At this share of a ceiling a call that cannot go on without costs goes to an operator,
    /// percent. Between 100 and this the local parts have it.
    pub operator_percent: u32,
}

impl Default for CostLimits {
    fn default() -> Self {
        Self {
            call_usd_max: Decimal::new(100, 2),
            hour_usd_max: Decimal::new(2000, 2),
            operator_percent: 125,
        }
    }
}
