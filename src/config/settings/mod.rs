//! What the shop's people choose at their desk, without a restart. The configuration file is the
//! fence: a choice narrows what the file allows or picks out of it. It is checked when it is made,
//! and held to the fence again when it is read, because the file may have become narrower since.

mod book;
mod hours;
mod limits;
mod line;

pub use book::{Applied, Book, InForce, Learnt, Stored};
pub use hours::{HOLIDAYS_MAX, Holiday, Hours};
pub use limits::{ChosenLimits, NUMBERS};
pub use line::{Greeting, SHOP_NAME_CHARS_MAX, TransferOrder};

use super::Config;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What can be chosen; each has a page and versions of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettingKey {
    /// Opening hours and holidays.
    Hours,
    /// Who is rung, in which order.
    Transfers,
    /// Ceilings.
    Limits,
    /// How calls begin and end.
    Greeting,
}

impl SettingKey {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Hours, Self::Transfers, Self::Limits, Self::Greeting];

    /// As in `settings.key` and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Transfers => "transfers",
            Self::Limits => "limits",
            Self::Greeting => "greeting",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == word)
    }
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// Opening hours and holidays.
    Hours(Hours),
    /// Who is rung, in which order.
    Transfers(TransferOrder),
    /// Ceilings.
    Limits(ChosenLimits),
    /// How calls begin and end.
    Greeting(Greeting),
}

/// What is wrong with a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The field.
    pub field: String,
    /// What.
    pub why: Why,
}

/// Why a value cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing is there.
    Missing,
    /// It cannot be read; the piece.
    Unreadable(String),
    /// It is outside of what the file allows; from, to.
    Outside(String, String),
    /// The file does not name it.
    NotAllowed(String),
    /// It is there twice.
    Twice(String),
    /// It is longer than so much.
    TooLong(usize),
}

impl Flaw {
    pub(crate) fn new(field: impl Into<String>, why: Why) -> Self {
        Self { field: field.into(), why }
    }
}

impl Choice {
    /// Which setting it is.
    #[must_use]
    pub const fn key(&self) -> SettingKey {
        match self {
            Self::Hours(_) => SettingKey::Hours,
            Self::Transfers(_) => SettingKey::Transfers,
            Self::Limits(_) => SettingKey::Limits,
            Self::Greeting(_) => SettingKey::Greeting,
        }
    }

    /// What is in force as long as nobody has chosen.
    #[must_use]
    pub fn of_file(key: SettingKey, file: &Config) -> Self {
        match key {
            SettingKey::Hours => Self::Hours(Hours::default()),
            SettingKey::Transfers => Self::Transfers(TransferOrder::of(file)),
            SettingKey::Limits => Self::Limits(ChosenLimits::of(file)),
            SettingKey::Greeting => Self::Greeting(Greeting::of(file)),
        }
    }

    /// Out of the database; `None` if it is not what this program writes.
    #[must_use]
    pub fn from_value(key: SettingKey, value: &Value) -> Option<Self> {
        Some(match key {
            SettingKey::Hours => Self::Hours(read(value)?),
            SettingKey::Transfers => Self::Transfers(read(value)?),
            SettingKey::Limits => Self::Limits(read(value)?),
            SettingKey::Greeting => Self::Greeting(read(value)?),
        })
    }

    /// As it goes into the database.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Hours(hours) => write(hours),
            Self::Transfers(order) => write(order),
            Self::Limits(limits) => write(limits),
            Self::Greeting(greeting) => write(greeting),
        }
    }

    /// Everything that is wrong with it.
    #[must_use]
    pub fn flaws(&self, fence: &Config) -> Vec<Flaw> {
        match self {
            Self::Hours(hours) => hours.flaws(),
            Self::Transfers(order) => order.flaws(fence),
            Self::Limits(limits) => limits.flaws(fence),
            Self::Greeting(greeting) => greeting.flaws(),
        }
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

fn write<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
