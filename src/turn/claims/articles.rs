//! What an article of the shop allows to be said: its numbers, times and days. Never a sum:
//! prices come from the tools that know them, whatever an article claims.

use super::facts::{Fact, Facts, bare, digit_runs, facts_of};
use crate::language::Language;
use crate::language::detect::language_of;
use crate::language::heard::{Context, spot};
use chrono::NaiveDate;

impl Facts {
    /// The text of an article that a tool has returned.
    pub(super) fn article(&mut self, source: &str, text: &str, today: NaiveDate) {
        let language = language_of(text).unwrap_or(Language::En);
        let context = Context { today, sizes: &[], brands: &[] };
        let values = spot(text, language, &context);
        let facts = values.iter().flat_map(|spotted| facts_of(&spotted.value));
        for fact in facts.filter(|fact| !matches!(fact, Fact::Money(_) | Fact::Stock(_))) {
            self.add(source, fact);
        }
        for run in digit_runs(text) {
            self.add(source, Fact::Number(bare(run)));
            if let Ok(count) = run.parse() {
                self.add(source, Fact::Count(count));
            }
        }
    }
}
