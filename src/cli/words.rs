//! `treadline heard` and `treadline spoken`: the language part by itself, for people who mend
//! what the agent mishears or mispronounces.

use super::out;
use crate::config::Config;
use crate::language::heard::{Context, Heard, MAKERS, hear};
use crate::language::{Language, spoken};
use anyhow::Context as _;
use chrono::NaiveDate;
use clap::Args;
use serde_json::json;
use std::io::BufRead as _;

/// Arguments of `treadline heard`.
#[derive(Debug, Args)]
pub struct HeardArgs {
    /// The language: en, uk or ru.
    #[arg(long)]
    lang: String,
    /// The day that counts as today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::args::day)]
    today: Option<NaiveDate>,
    /// The text; without it each line of the input is one.
    text: Option<String>,
}

/// Arguments of `treadline spoken`.
#[derive(Debug, Args)]
pub struct SpokenArgs {
    /// The language: en, uk or ru.
    #[arg(long)]
    lang: String,
    /// The text; without it each line of the input is one.
    text: Option<String>,
}

fn language(code: &str) -> anyhow::Result<Language> {
    Language::from_code(code).with_context(|| format!("--lang {code}: en, uk and ru are known"))
}

/// The values in what a caller said, one JSON object a line.
///
/// # Errors
/// An unknown language, or input that is not text.
pub fn heard(config: &Config, args: HeardArgs) -> anyhow::Result<()> {
    let language = language(&args.lang)?;
    let clock = crate::clock::WallClock::system();
    let today = args.today.unwrap_or_else(|| clock.today_in(config.shop.timezone));
    let (sizes, mut brands) = crate::store::sample::lexicon();
    // Without a database any maker may be in the catalogue.
    let missing: Vec<String> = MAKERS
        .iter()
        .filter(|maker| !brands.iter().any(|brand| brand == *maker))
        .map(ToString::to_string)
        .collect();
    brands.extend(missing);
    let context = Context { today, sizes: &sizes, brands: &brands };
    each_line(args.text, |text| {
        let values: Vec<_> = hear(text, language, &context)
            .into_iter()
            // Names are no values, and "the earliest" is a wish that only a calendar can fill.
            .filter(|value| !matches!(value, Heard::Name(_) | Heard::Earliest))
            .map(|value| json!({ "kind": value.kind(), "value": value.canonical() }))
            .collect();
        json!({ "text": text, "values": values })
    })
}

/// A sentence as it goes to a voice, one JSON object a line.
///
/// # Errors
/// An unknown language, or input that is not text.
pub fn spoken(args: SpokenArgs) -> anyhow::Result<()> {
    let language = language(&args.lang)?;
    each_line(args.text, |text| json!({ "text": spoken::speak(text, language) }))
}

fn each_line(
    text: Option<String>,
    answer: impl Fn(&str) -> serde_json::Value,
) -> anyhow::Result<()> {
    if let Some(text) = text {
        out::line(answer(&text));
        return Ok(());
    }
    for line in std::io::stdin().lock().lines() {
        out::line(answer(&line.context("the input is not text")?));
    }
    Ok(())
}
