//! In place of the engine in a build without the feature `local-stt`: says so, clearly.

use crate::stt::Transcript;
use crate::stt::utterance::Utterance;
use std::path::Path;

/// Cannot be made.
pub enum Engine {}

/// Cannot be made.
pub enum Ears {}

impl Engine {
    /// Always the error that says how to get recognition.
    pub fn load(_path: &Path) -> Result<Self, String> {
        Err("this program was built without recognition; build it by `make demo`, or by \
             `cargo build --release --features local-stt` after `make setup`"
            .into())
    }

    /// Never called.
    pub fn ears(&self) -> Result<Ears, String> {
        match *self {}
    }
}

impl Ears {
    /// Never called.
    pub fn hear(&mut self, _utterance: &Utterance) -> Result<Transcript, String> {
        match *self {}
    }
}
