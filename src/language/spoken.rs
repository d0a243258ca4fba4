//! Values into what is said.

use super::Language;

/// The sentence as it goes to a voice.
#[must_use]
pub fn speak(text: &str, _language: Language) -> String {
    text.to_owned()
}
