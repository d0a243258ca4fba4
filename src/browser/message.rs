//! The words on a browser's leg.

use crate::audio::ahead::Mark;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the browser is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// The call has begun under this id.
    Call(Uuid),
    /// Throw away what is not played yet.
    Flush(bool),
    /// Say so when everything before this has been played.
    Mark((u32, u64)),
    /// The call is over; how it would go on: `hangup` or who would take it. Or why it never began.
    Over(String),
}

/// What the browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    /// Everything before this mark has been played.
    Mark((u32, u64)),
    /// A key of the dial pad.
    Key(char),
}

impl Told {
    pub(super) const fn mark(mark: Mark) -> Self {
        Self::Mark((mark.epoch, mark.frames))
    }

    /// As it is sent.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Reads what the browser said; none if it makes no sense.
pub(super) fn read(text: &str) -> Option<Said> {
    let said = serde_json::from_str(text).ok()?;
    match said {
        Said::Key(key) if !is_key(key) => None,
        said => Some(said),
    }
}

/// The mark that the browser gave back.
pub(super) const fn mark((epoch, frames): (u32, u64)) -> Mark {
    Mark { epoch, frames }
}

const fn is_key(key: char) -> bool {
    matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_small_objects_in_both_directions() {
        assert_eq!(Told::Flush(true).text(), r#"{"flush":true}"#);
        assert_eq!(Told::mark(Mark { epoch: 2, frames: 31 }).text(), r#"{"mark":[2,31]}"#);
        assert_eq!(Told::Over("hangup".into()).text(), r#"{"over":"hangup"}"#);
        let id = Uuid::from_u128(1);
        assert_eq!(Told::Call(id).text(), format!(r#"{{"call":"{id}"}}"#));
        assert_eq!(read(r#"{"mark":[2,31]}"#), Some(Said::Mark((2, 31))));
        assert_eq!(read(r#"{"key":"*"}"#), Some(Said::Key('*')));
    }

    #[test]
    fn what_makes_no_sense_is_nothing() {
        let deep = "[".repeat(10_000);
        for text in [
            "",
            "{}",
            "null",
            r#"{"key":"x"}"#,
            r#"{"key":"12"}"#,
            r#"{"mark":-1}"#,
            r#"{"mark":[1]}"#,
            r#"{"over":"hangup"}"#,
            deep.as_str(),
        ] {
            assert_eq!(read(text), None, "{text:.20}");
        }
    }
}
