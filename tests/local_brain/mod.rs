//! Whole dialogues through the local brain, the tools and a shop in memory, judged on tool calls
//! and on what the shop holds afterwards.

use crate::support;

mod answers;
mod bookings;
mod corrections;
mod fitting;
mod languages;
mod noise;
mod orders;
mod rest;
mod shop;
mod trouble;
mod tyres;
mod whole;

use support::fake_store::FakeStore;
use support::mini_core::MiniCore;
use treadline::language::Language;
use treadline::store::Slot;

fn slot(date: &str, time: &str) -> Slot {
    Slot { date: date.parse().expect("a date"), time: time.parse().expect("a time") }
}

async fn english() -> MiniCore {
    MiniCore::new(FakeStore::sample(), Language::En).await
}

async fn ukrainian() -> MiniCore {
    MiniCore::new(FakeStore::sample(), Language::Uk).await
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {text:?}");
    }
}

/// A yes in a language.
fn yes(language: Language) -> &'static str {
    match language {
        Language::En => "yes",
        Language::Uk => "так",
        Language::Ru => "да",
    }
}

/// "The earliest time" in a language.
fn earliest(language: Language) -> &'static str {
    match language {
        Language::En => "the earliest time",
        Language::Uk => "найближчий час",
        Language::Ru => "ближайшее время",
    }
}
