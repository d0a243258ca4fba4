//! What is in force for each shop, in the memory of this process. Calls read it, the desk and a
//! task that asks the database write it.

use super::{Choice, Greeting, SettingKey};
use crate::config::Config;
use crate::ids::TenantId;
use crate::language::corrections::{Correction, Corrections};
use crate::shop::WeekHours;
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use uuid::Uuid;

/// A version of a setting that is in force, as the database has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Whose.
    pub tenant: TenantId,
    /// Which; one that this program does not know is left alone.
    pub key: String,
    /// What was chosen.
    pub value: Value,
}

/// A correction that is in force, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// Whose.
    pub tenant: TenantId,
    /// Its row.
    pub id: Uuid,
    /// The words as they are heard.
    pub heard: String,
    /// The words as they are meant.
    pub meant: String,
}

/// What is in force for the calls of a shop that has chosen something.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce {
    /// The file, as narrow as the shop wants it.
    pub config: Arc<Config>,
    /// When people take calls.
    pub people: WeekHours,
    /// First and last day of each holiday.
    pub closed: Vec<(NaiveDate, NaiveDate)>,
    /// Whether an order of targets was chosen.
    pub is_ordered: bool,
    /// How calls begin and end, if that was chosen.
    pub greeting: Option<Greeting>,
    /// Words that are heard wrong.
    pub corrections: Corrections,
}

impl InForce {
    fn plain(file: &Arc<Config>) -> Self {
        Self {
            config: Arc::clone(file),
            people: WeekHours::default(),
            closed: Vec::new(),
            is_ordered: false,
            greeting: None,
            corrections: Corrections::default(),
        }
    }

    fn choose(&mut self, choice: Choice) {
        let config = Arc::make_mut(&mut self.config);
        match choice {
            Choice::Hours(hours) => {
                self.people = hours.week();
                self.closed = hours.closed();
            }
            Choice::Transfers(order) => self.is_ordered = order.apply(config),
            Choice::Limits(limits) => limits.apply(config),
            Choice::Greeting(greeting) => self.greeting = Some(greeting),
        }
    }
}

/// How often a correction changed something, and helped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Turns of callers in which it changed something.
    pub times: u32,
    /// Of these, those in which a tool then did what was asked.
    pub helped: u32,
}

/// What is in force for every shop.
#[derive(Debug)]
pub struct Book {
    file: Arc<Config>,
    chosen: RwLock<HashMap<TenantId, Arc<InForce>>>,
    applied: Mutex<HashMap<(TenantId, Uuid), Applied>>,
}

impl Book {
    /// Nobody has chosen anything: the file is in force.
    #[must_use]
    pub fn new(file: Arc<Config>) -> Self {
        Self { file, chosen: RwLock::default(), applied: Mutex::default() }
    }

    /// The file: what can be chosen.
    #[must_use]
    pub fn file(&self) -> &Arc<Config> {
        &self.file
    }

    /// What is in force for a shop; `None` if it has chosen nothing, so that the file is.
    #[must_use]
    pub fn chosen(&self, tenant: TenantId) -> Option<Arc<InForce>> {
        self.chosen.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned()
    }

    /// The configuration of the whole line: what the shop of the configuration has chosen.
    #[must_use]
    pub fn line(&self) -> Arc<Config> {
        let chosen = self.chosen(TenantId::DEFAULT);
        chosen.map_or_else(|| Arc::clone(&self.file), |chosen| Arc::clone(&chosen.config))
    }

    /// From now on this is in force, and nothing else.
    pub fn set(&self, settings: Vec<Stored>, learnt: Vec<Learnt>) {
        let mut all: HashMap<TenantId, InForce> = HashMap::new();
        for Stored { tenant, key, value } in settings {
            let Some(key) = SettingKey::from_word(&key) else { continue };
            let of_shop = all.entry(tenant).or_insert_with(|| InForce::plain(&self.file));
            if let Some(choice) = Choice::from_value(key, &value) {
                of_shop.choose(choice);
            } else {
                let key = key.as_str();
                tracing::error!(key, "a setting cannot be read; the file is in force");
            }
        }
        let mut words: HashMap<TenantId, Vec<Correction>> = HashMap::new();
        for Learnt { tenant, id, heard, meant } in learnt {
            match Correction::new(id, &heard, &meant) {
                Ok(correction) => words.entry(tenant).or_default().push(correction),
                Err(why) => tracing::warn!(%id, ?why, "a correction is left out"),
            }
        }
        for (tenant, corrections) in words {
            let of_shop = all.entry(tenant).or_insert_with(|| InForce::plain(&self.file));
            of_shop.corrections = Corrections::new(corrections);
        }
        let all = all.into_iter().map(|(tenant, in_force)| (tenant, Arc::new(in_force)));
        *self.chosen.write().unwrap_or_else(PoisonError::into_inner) = all.collect();
    }

    /// Counts a turn in which these corrections changed something.
    pub fn applied(&self, tenant: TenantId, by: &[Uuid]) {
        self.count(tenant, by, Applied { times: 1, helped: 0 });
    }

    /// Counts a turn in which these corrections helped.
    pub fn helped(&self, tenant: TenantId, by: &[Uuid]) {
        self.count(tenant, by, Applied { times: 0, helped: 1 });
    }

    fn count(&self, tenant: TenantId, by: &[Uuid], more: Applied) {
        let mut applied = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        for id in by {
            let known = applied.entry((tenant, *id)).or_default();
            known.times = known.times.saturating_add(more.times);
            known.helped = known.helped.saturating_add(more.helped);
        }
    }

    /// What was counted since the last time.
    #[must_use]
    pub fn take_applied(&self) -> Vec<(TenantId, Uuid, Applied)> {
        let mut applied = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        applied.drain().map(|((tenant, id), count)| (tenant, id, count)).collect()
    }

    /// Gives back what could not be written down.
    pub fn keep_applied(&self, counts: Vec<(TenantId, Uuid, Applied)>) {
        for (tenant, id, count) in counts {
            self.count(tenant, &[id], count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stored(key: &str, value: Value) -> Stored {
        Stored { tenant: TenantId::DEFAULT, key: key.into(), value }
    }

    #[test]
    fn what_is_chosen_is_in_force_for_that_shop_and_gone_when_it_is_taken_back() {
        let mut file = Config::default();
        file.transfer.allowed = vec!["operator".into(), "queue".into()];
        let book = Book::new(Arc::new(file));
        assert_eq!(book.chosen(TenantId::DEFAULT), None);
        book.set(vec![stored("transfers", json!({ "order": ["queue"] }))], Vec::new());
        let line = book.line();
        assert_eq!(line.limits.call.transfer_target, "queue");
        assert_eq!(line.transfer.allowed, ["queue"]);
        assert_eq!(book.chosen(TenantId(Uuid::from_u128(9))), None, "another shop");
        assert_eq!(book.file().transfer.allowed.len(), 2, "the fence stays where it is");
        book.set(Vec::new(), Vec::new());
        assert_eq!(book.line(), *book.file());
    }

    #[test]
    fn what_the_file_does_not_allow_any_more_or_nobody_can_read_is_not_in_force() {
        let book = Book::new(Arc::new(Config::default()));
        for (key, value) in [
            ("transfers", json!({ "order": ["president"] })),
            ("transfers", json!({ "order": 7 })),
            ("limits", json!({ "call_s_max": "much" })),
            ("of_tomorrow", json!({})),
        ] {
            book.set(vec![stored(key, value)], Vec::new());
            assert_eq!(book.line(), *book.file(), "{key}");
        }
    }

    #[test]
    fn counts_are_taken_once_and_given_back_when_they_cannot_be_written() {
        let (book, id) = (Book::new(Arc::default()), Uuid::from_u128(1));
        book.applied(TenantId::DEFAULT, &[id]);
        book.applied(TenantId::DEFAULT, &[id]);
        book.helped(TenantId::DEFAULT, &[id]);
        let counts = book.take_applied();
        assert_eq!(counts, [(TenantId::DEFAULT, id, Applied { times: 2, helped: 1 })]);
        assert_eq!(book.take_applied(), []);
        book.keep_applied(counts.clone());
        assert_eq!(book.take_applied(), counts);
    }
}
