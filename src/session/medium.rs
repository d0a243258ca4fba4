//! What carries a conversation: a telephone leg, or text in a terminal.

use super::services::Frugal;
use crate::language::Language;
use crate::metering::Meter;
use crate::turn::{Event, SpeechId, TranscriptId};
use tokio::sync::mpsc;

/// How many events may wait for a call's task. The ear sends at most a few a second, the model
/// one for each piece of text; a full queue makes the sender wait, never the leg.
pub const EVENTS_WAITING_MAX: usize = 256;

/// Where the parts of a session report to.
pub type EventSender = mpsc::Sender<Event>;

/// The side of a conversation that faces the caller. What it hears and plays it reports as
/// [`Event`]s to the sender that it was made with.
pub trait Medium: Send {
    /// Says a sentence after whatever is being said.
    fn say(&mut self, speech: SpeechId, text: String, language: Language);

    /// Stops all speech at the next frame and reports what was cut.
    fn hush(&mut self);

    /// Turns the utterance so far into text.
    fn transcribe(&mut self, transcript: TranscriptId);

    /// Begins a new utterance.
    fn forget_utterance(&mut self);

    /// The recogniser should expect this language from now on.
    fn expect_language(&mut self, language: Language);

    /// What providers are asked from now on is reported here.
    fn measure(&mut self, _meter: Meter) {}

    /// From now on only parts that cost nothing, as far as there are any for `language`.
    fn economise(&mut self, _frugal: &Frugal, _language: Language) {}

    /// Gives the call back to whoever brought it.
    fn hand_back(&mut self);
}
