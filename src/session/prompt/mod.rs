//! The standing instructions for a model. They hold nothing secret and grant nothing: what must
//! not happen is prevented in code.
//!
//! The instructions are the same for every call of a shop that has the same version, so that a
//! provider can cache them together with the tools; what changes (the day, the language, where the
//! call stands) goes into the last message.

mod book;

pub use book::{Choice, Prompt, PromptBook, Trial};

use crate::ids::sha256_hex;
use crate::language::Language;
use crate::shop::WeekdayName;
use chrono::{Days, NaiveDate};
use serde_json::Value;
use std::fmt::Write as _;

/// One file a matter; the order is fixed.
const MODULES: [&str; 5] = [
    include_str!("core.md"),
    include_str!("tires.md"),
    include_str!("orders.md"),
    include_str!("fitting.md"),
    include_str!("knowledge.md"),
];
/// Models count weekdays wrong by one, so they are given: this many days from today.
const DAYS: u64 = 10;

/// The program's own instructions. Their version names their text: no text changes unseen.
#[must_use]
pub fn builtin() -> Prompt {
    let text = MODULES.join("\n");
    let version = format!("builtin-{}", &sha256_hex(&text)[..8]);
    Prompt::stored(&version, &text, &Value::Null, &Value::Null)
}

/// The instructions as a model gets them.
pub fn system(prompt: &Prompt, shop_name: &str) -> String {
    format!("{}\nThe shop is called {shop_name}.", prompt.system)
}

/// What changes from one answer to the next: the days by name, the language, and where the call
/// stands.
pub fn state(today: NaiveDate, language: Language, progress: &str) -> String {
    let mut state = String::from("Days:");
    for ahead in 0..DAYS {
        if let Some(day) = today.checked_add_days(Days::new(ahead)) {
            let _ = write!(state, " {} {day};", WeekdayName::of(day).as_str());
        }
    }
    let language = match language {
        Language::En => "English",
        Language::Uk => "Ukrainian",
        Language::Ru => "Russian",
    };
    let _ = write!(state, " today is the first.\n{progress}\nAnswer in {language}.");
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instructions_are_the_same_in_every_call_and_short() {
        let builtin = builtin();
        assert_eq!(builtin, super::builtin());
        assert!(builtin.version.starts_with("builtin-") && builtin.version.len() == 16);
        let system = system(&builtin, "Treadline");
        assert!(system.ends_with("The shop is called Treadline."));
        assert!(system.len() < 6_000, "{} bytes", system.len());
        assert!(!system.contains("202"), "a date in the instructions spoils the cache");
    }

    #[test]
    fn the_state_names_ten_days_with_their_weekdays() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date");
        let state = state(today, Language::Uk, "NEXT STEP: x");
        assert!(state.starts_with("Days: sun 2026-11-22; mon 2026-11-23;"), "{state}");
        assert!(state.contains("tue 2026-12-01;") && !state.contains("2026-12-02"), "{state}");
        assert!(state.ends_with("NEXT STEP: x\nAnswer in Ukrainian."), "{state}");
    }
}
