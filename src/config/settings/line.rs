//! Who is rung, and how calls begin and end.

use super::{Flaw, Why};
use crate::config::{Config, Shop};
use crate::language::Language;
use serde::{Deserialize, Serialize};

/// The longest name of a shop, characters: it is spoken in every greeting.
pub const SHOP_NAME_CHARS_MAX: usize = 60;

/// To whom calls go, the first one first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferOrder {
    /// Names out of `transfer.allowed`.
    pub order: Vec<String>,
}

impl TransferOrder {
    pub(super) fn of(file: &Config) -> Self {
        let first = &file.limits.call.transfer_target;
        let rest = file.transfer.allowed.iter().filter(|name| *name != first);
        let mut order = vec![first.clone()];
        order.extend(rest.cloned());
        Self { order }
    }

    pub(super) fn flaws(&self, fence: &Config) -> Vec<Flaw> {
        let mut found = Vec::new();
        if self.order.is_empty() {
            found.push(Flaw::new("order", Why::Missing));
        }
        for (at, name) in self.order.iter().enumerate() {
            if !fence.transfer.allowed.contains(name) {
                found.push(Flaw::new("order", Why::NotAllowed(name.clone())));
            }
            if self.order[..at].contains(name) {
                found.push(Flaw::new("order", Why::Twice(name.clone())));
            }
        }
        found
    }

    /// Only what the file still allows; false if that is nothing.
    pub(super) fn apply(&self, config: &mut Config) -> bool {
        let allowed = &config.transfer.allowed;
        let order: Vec<String> =
            self.order.iter().filter(|name| allowed.contains(name)).cloned().collect();
        let Some(first) = order.first() else { return false };
        config.limits.call.transfer_target.clone_from(first);
        config.transfer.allowed = order;
        true
    }
}

/// How calls begin and end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Greeting {
    /// The shop's name as it is spoken.
    pub name: String,
    /// The language that calls begin in.
    pub language: Language,
    /// Is a rating asked for at the end?
    pub ask_rating: bool,
}

impl Greeting {
    pub(super) fn of(file: &Config) -> Self {
        let Shop { name, language, ask_rating, .. } = &file.shop;
        Self { name: name.clone(), language: *language, ask_rating: *ask_rating }
    }

    pub(super) fn flaws(&self) -> Vec<Flaw> {
        let mut found = Vec::new();
        if !self.name.chars().any(char::is_alphanumeric) {
            found.push(Flaw::new("name", Why::Missing));
        }
        if self.name.chars().count() > SHOP_NAME_CHARS_MAX {
            found.push(Flaw::new("name", Why::TooLong(SHOP_NAME_CHARS_MAX)));
        }
        // A voice reads it, and a model: what only a machine would write is no name.
        if self.name.chars().any(|c| c.is_control() || "<>{}[]\\".contains(c)) {
            found.push(Flaw::new("name", Why::Unreadable(self.name.clone())));
        }
        if self.language == Language::Ru {
            found.push(Flaw::new("language", Why::NotAllowed("ru".into())));
        }
        found
    }

    /// The shop as it introduces itself.
    pub fn dress(&self, shop: &mut Shop) {
        shop.name.clone_from(&self.name);
        shop.language = self.language;
        shop.ask_rating = self.ask_rating;
    }
}
