//! Text in the place of sound, with an agent that can be interrupted: while `holding`, sentences
//! are being said until somebody hushes them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use treadline::language::Language;
use treadline::session::{EventSender, Medium};
use treadline::turn::{Event, SpeechId, TranscriptId};

#[derive(Clone, Default)]
pub struct Ears {
    pub typed: Arc<Mutex<String>>,
    /// The agent's sentences last until they are interrupted.
    pub holding: Arc<AtomicBool>,
}

pub struct TypedCall {
    pub events: EventSender,
    pub said: mpsc::UnboundedSender<String>,
    pub ears: Ears,
    pub held: Held,
}

/// Sentences that are being said.
pub type Held = Arc<Mutex<Vec<SpeechId>>>;

/// Nobody's sentence lasts longer: whoever is not hushed has said it by then.
const SENTENCE: Duration = Duration::from_secs(3);

impl TypedCall {
    fn tell(&self, event: Event) {
        let _ = self.events.try_send(event);
    }

    fn let_go(&mut self) {
        for speech in self.taken() {
            self.tell(Event::SpeechFinished { speech });
        }
    }

    fn taken(&self) -> Vec<SpeechId> {
        std::mem::take(&mut *self.held.lock().expect("no panic under the lock"))
    }

    /// Says a sentence that somebody may speak into.
    fn hold(&self, speech: SpeechId) {
        let mut held = self.held.lock().expect("no panic under the lock");
        if held.is_empty() {
            self.tell(Event::SpeechStarted { speech, tts_latency_ms: 0 });
        }
        held.push(speech);
        let (events, held) = (self.events.clone(), Arc::clone(&self.held));
        tokio::spawn(async move {
            tokio::time::sleep(SENTENCE).await;
            let mut held = held.lock().expect("no panic under the lock");
            if let Some(at) = held.iter().position(|one| *one == speech) {
                held.remove(at);
                let _ = events.try_send(Event::SpeechFinished { speech });
            }
        });
    }
}

impl Medium for TypedCall {
    fn say(&mut self, speech: SpeechId, text: String, _language: Language) {
        let _ = self.said.send(text);
        if self.ears.holding.load(Ordering::SeqCst) {
            return self.hold(speech);
        }
        self.let_go();
        self.tell(Event::SpeechStarted { speech, tts_latency_ms: 0 });
        self.tell(Event::SpeechFinished { speech });
    }

    fn hush(&mut self) {
        for speech in self.taken() {
            self.tell(Event::SpeechCut { speech, heard: 0.5 });
        }
    }

    fn transcribe(&mut self, transcript: TranscriptId) {
        self.let_go();
        let text = self.ears.typed.lock().expect("no panic under the lock").clone();
        self.tell(Event::Transcript { transcript, text, confidence: None, latency_ms: 0 });
    }

    fn forget_utterance(&mut self) {
        self.let_go();
        self.ears.typed.lock().expect("no panic under the lock").clear();
    }

    fn expect_language(&mut self, _language: Language) {}

    fn hand_back(&mut self) {}
}
