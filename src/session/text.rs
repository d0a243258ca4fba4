//! The medium of a typed conversation: lines in, sentences out, the same core in between.

use super::medium::{EventSender, Medium};
use crate::language::Language;
use crate::turn::{Event, SpeechId, TranscriptId};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// What a typed conversation shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextLine {
    /// A sentence of the agent.
    Agent(String),
}

/// Text in the place of sound: a sentence is "heard" as soon as it is said, a line typed is a
/// finished utterance.
pub struct TextMedium {
    events: EventSender,
    lines: mpsc::UnboundedSender<TextLine>,
    typed: Arc<Mutex<String>>,
}

impl TextMedium {
    /// A medium that shows sentences on `lines`; what the caller types is put into `typed` by
    /// [`type_line`].
    pub const fn new(
        events: EventSender,
        lines: mpsc::UnboundedSender<TextLine>,
        typed: Arc<Mutex<String>>,
    ) -> Self {
        Self { events, lines, typed }
    }

    fn tell(&self, event: Event) {
        // A few events a sentence, far below the queue's limit; when the call is over nobody
        // listens.
        if self.events.try_send(event).is_err() {
            tracing::debug!("the call no longer listens");
        }
    }
}

/// The caller types a line.
///
/// # Errors
/// When the call is over.
pub async fn type_line(
    events: &EventSender,
    typed: &Arc<Mutex<String>>,
    line: String,
) -> Result<(), mpsc::error::SendError<Event>> {
    if let Ok(mut place) = typed.lock() {
        *place = line;
    }
    events.send(Event::VoiceStarted).await?;
    events.send(Event::VoiceEnded { ended_ago_ms: 0 }).await
}

impl Medium for TextMedium {
    fn say(&mut self, speech: SpeechId, text: String, _language: Language) {
        let _ = self.lines.send(TextLine::Agent(text));
        self.tell(Event::SpeechStarted { speech, tts_latency_ms: 0 });
        self.tell(Event::SpeechFinished { speech });
    }

    fn hush(&mut self) {}

    fn transcribe(&mut self, transcript: TranscriptId) {
        let text = self.typed.lock().map(|typed| typed.clone()).unwrap_or_default();
        self.tell(Event::Transcript { transcript, text, confidence: None, latency_ms: 0 });
    }

    fn forget_utterance(&mut self) {
        if let Ok(mut typed) = self.typed.lock() {
            typed.clear();
        }
    }

    fn expect_language(&mut self, _language: Language) {}

    fn hand_back(&mut self) {}
}
