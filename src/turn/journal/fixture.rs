//! A journal in a file of its own, as a test keeps it.

use super::masking::masked;
use super::tape::Tape;
use super::{JournalLine, Setup};
use serde::{Deserialize, Serialize};

/// A journal in which nobody can be recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fixture {
    /// What the call's core is made from.
    pub setup: Setup,
    /// Events and effects, in order.
    pub journal: Vec<JournalLine>,
}

/// Why a journal does not become a fixture, or a file is none.
#[derive(Debug, thiserror::Error)]
pub enum FixtureError {
    /// An event that is not what it was when it is read again.
    #[error("the event \"{0}\" cannot be masked")]
    Unreadable(String),
    /// Something still tells who somebody is.
    #[error("{what} is left at {at_ms} ms of the call")]
    PersonLeft {
        /// What.
        what: &'static str,
        /// Where in the call.
        at_ms: u64,
    },
    /// With the personal data masked the call goes another way.
    #[error("with its personal data masked the call goes another way from {at_ms} ms on")]
    OtherWay {
        /// Where in the call.
        at_ms: u64,
    },
    /// No fixture.
    #[error("no fixture: {0}")]
    Json(#[from] serde_json::Error),
}

impl Fixture {
    /// A tape with every person in it masked: telephones, names, addresses, number plates, long
    /// numbers and ids, the same one the same way each time. Its effects are those of this
    /// program's core.
    ///
    /// # Errors
    /// A person is left in it, or the masked call goes another way.
    pub fn of(tape: &Tape) -> Result<Self, FixtureError> {
        let tape = masked(tape)?;
        Ok(Self { journal: tape.lines(), setup: tape.setup })
    }

    /// The text of the file: one line an event or effect, so that a change can be read.
    ///
    /// # Errors
    /// What cannot be JSON.
    pub fn to_text(&self) -> Result<String, FixtureError> {
        let lines: Result<Vec<String>, _> =
            self.journal.iter().map(serde_json::to_string).collect();
        let setup = serde_json::to_string(&self.setup)?;
        Ok(format!("{{\"setup\":{setup},\n\"journal\":[\n{}\n]}}\n", lines?.join(",\n")))
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// It is no fixture.
    pub fn parse(text: &str) -> Result<Self, FixtureError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The journal as a tape, to be checked or played again.
    #[must_use]
    pub fn tape(&self) -> Tape {
        Tape::of_lines(self.setup.clone(), &self.journal)
    }

    /// The same events with the effects of this program's core: for a core that was changed on
    /// purpose.
    #[must_use]
    pub fn renewed(&self) -> Self {
        let tape = self.tape().played_again();
        Self { journal: tape.lines(), setup: tape.setup }
    }
}
