//! Tyres that the shop keeps: told about, or fitted. Whoever brings their own tyres is never
//! bothered with them.

use super::{Scenario, Topic, nothing};
use crate::llm::local::keywords::About;
use crate::llm::local::learn::Finished;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Reply, Stored, Tell};
use crate::llm::local::results::{rows, stored};
use crate::llm::local::talk::Talk;
use serde_json::json;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Storage,
    about: "tyres in storage",
    tools: &["find_storage"],
    hear: Talk::hear_storage,
    answer: Talk::answer_storage,
    learn: Talk::learn_storage,
    refused: super::no_refusal,
    declined: nothing,
    drop: nothing,
    next: |talk| match &talk.storage.contracts {
        None => Move::call("find_storage", json!({})),
        Some(contracts) => match contracts.first() {
            Some(first) => Move::both(Tell::Stored(first.clone()), Ask::FitStored),
            None => Move::both(Tell::NoStorage, Ask::MoreHelp),
        },
    },
};

/// What the tools are told where the tyres are not stored ones.
const OTHERS: &str = "NONE";

/// What is stored, and whether it is to be fitted.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Storage {
    contracts: Option<Vec<Stored>>,
    chosen: Option<String>,
    /// The stored tyres are the ones to be fitted.
    wanted: bool,
    /// The caller said that they are not.
    own: bool,
}

impl Storage {
    /// The contract whose tyres are to be fitted, by its alias.
    pub(super) fn contract(&self) -> Option<&str> {
        self.chosen.as_deref().filter(|_| self.wanted)
    }

    /// The same for a booking, where other tyres are said to be others.
    pub(super) fn for_booking(&self) -> Option<&str> {
        self.contract().or_else(|| self.own.then_some(OTHERS))
    }

    /// The tyres to be fitted are not stored ones.
    pub(super) fn fits_others(&mut self) {
        self.keep_own();
        self.own = true;
    }

    /// The caller brings the tyres along.
    pub(super) fn keep_own(&mut self) {
        (self.wanted, self.chosen, self.own) = (false, None, false);
    }
}

impl Talk {
    fn hear_storage(&mut self, line: &Line) -> bool {
        if line.is(About::StoreNew) {
            self.topic = Topic::None;
            self.news = Some(Reply::both(Tell::NotBookable, Ask::Operator));
            return true;
        }
        line.is(About::Storage)
    }

    /// In a booking: whether stored or own tyres are fitted. The last word counts.
    pub(super) fn hear_stored(&mut self, line: &Line) -> bool {
        if let Some(Ask::WhichStored(_)) = self.pending
            && let Some(contracts) = &self.storage.contracts
            && let Some(one) = line.place_in_list().and_then(|nth| contracts.get(nth))
        {
            self.storage.chosen = Some(one.id.clone());
            return true;
        }
        let (own, kept) = (line.is(About::Own), line.is(About::Storage));
        if own {
            if self.storage.wanted {
                self.timing.look_again();
            }
            self.storage.fits_others();
        } else if kept && !self.storage.wanted {
            (self.storage.wanted, self.storage.own) = (true, false);
            self.timing.look_again();
            self.choose_only_contract();
        }
        own || kept
    }

    /// What is to be done about stored tyres before a time is looked for.
    pub(super) fn next_about_stored(&self) -> Option<Move> {
        let state = &self.storage;
        if !state.wanted || state.chosen.is_some() {
            return None;
        }
        let Some(contracts) = &state.contracts else {
            return Some(Move::call("find_storage", json!({})));
        };
        let labels = contracts.iter().map(|one| one.tires.clone()).collect();
        Some(Move::ask(Ask::WhichStored(labels)))
    }

    fn answer_storage(&mut self, ask: &Ask, yes: bool) -> Option<bool> {
        match (ask, yes) {
            (Ask::FitStored, true) => {
                self.turn_to(Topic::Fitting);
                self.storage.wanted = true;
                self.choose_only_contract();
            }
            (Ask::UseStored, true) => {
                self.storage.wanted = true;
                self.choose_only_contract();
                self.timing.look_again();
            }
            (Ask::UseStored, false) => self.storage.fits_others(),
            (Ask::FitStored, false) => self.leave_it(),
            (Ask::WhichStored(_), false) => self.storage.keep_own(),
            (Ask::WhichStored(_), true) => return Some(false),
            _ => return None,
        }
        Some(true)
    }

    /// The shop keeps tyres for this caller, and nobody has said which ones are to be fitted.
    pub(super) fn learn_unclear(&mut self, result: &serde_json::Value) {
        // Whoever has just looked for tyres to buy does not mean those that lie in storage.
        if self.tires.found.is_some() {
            return self.storage.fits_others();
        }
        let contracts: Vec<Stored> = rows(&result["contracts"]).iter().map(stored).collect();
        if let Some(first) = contracts.first() {
            self.news = Some(Reply::both(Tell::Stored(first.clone()), Ask::UseStored));
        }
        self.storage.contracts = Some(contracts);
    }

    fn choose_only_contract(&mut self) {
        if let Some([only]) = self.storage.contracts.as_deref() {
            self.storage.chosen = Some(only.id.clone());
        }
    }

    fn learn_storage(&mut self, call: &Finished<'_>) {
        let contracts: Vec<Stored> = rows(&call.result["contracts"]).iter().map(stored).collect();
        let none = contracts.is_empty();
        self.storage.contracts = Some(contracts);
        if self.topic == Topic::Fitting {
            if none {
                self.notes.push(Tell::NoStorage);
                self.storage.keep_own();
            } else {
                self.choose_only_contract();
            }
        }
    }
}
