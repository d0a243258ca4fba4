//! Personal data has a type that prints masked, so that a log line cannot leak it by accident.

use serde::{Deserialize, Serialize};

/// A telephone number in E.164 (`+380671234567`). Prints as `+38067***4567`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Wraps a number that is already E.164; anything else is refused.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let legal = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        legal.then(|| Self(text.to_owned()))
    }

    /// The number as it is stored and dialled. Never put it in a log line.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (head, tail) = (self.0.len().min(6), self.0.len().saturating_sub(4));
        write!(f, "{}***{}", &self.0[..head.min(tail)], &self.0[tail..])
    }
}

impl std::fmt::Display for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}

/// A name, an address or another personal text. Prints as its first letter and stars.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(pub String);

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.chars().next() {
            Some(first) => write!(f, "{first}***"),
            None => f.write_str("***"),
        }
    }
}

impl std::fmt::Display for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}
