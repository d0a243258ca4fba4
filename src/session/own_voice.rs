//! The agent's own voice in the caller's ear of the line: an echo of it is no caller.

use crate::asterisk::voice::Voice;
use crate::audio::echo::EchoGuard;
use crate::audio::vad::VadEvent;
use crate::stt::LISTEN_RATE;
use std::sync::Arc;

/// What stands between the detector and the call.
pub struct OwnVoice {
    voice: Arc<dyn Voice>,
    guard: EchoGuard,
    /// The detector hears a voice that is held back, because it is our own.
    held: bool,
    played: Vec<i16>,
}

impl OwnVoice {
    /// The voice that speaks on this leg, as it may come back.
    pub fn new(voice: Arc<dyn Voice>) -> Self {
        Self { voice, guard: EchoGuard::default(), held: false, played: Vec::new() }
    }

    /// What the detector heard in this piece, less what is our own echo; and a caller who turns out
    /// to speak over it.
    pub fn judge(&mut self, heard: &[i16], mut events: Vec<VadEvent>) -> Vec<VadEvent> {
        self.guard.hear(LISTEN_RATE, heard);
        events.retain(|event| match event {
            VadEvent::Started { .. } => {
                self.voice.recent_sound(&mut self.played);
                self.held = self.guard.begins(&self.played);
                if self.held {
                    metrics::counter!("treadline_echoes_held_total").increment(1);
                }
                !self.held
            }
            VadEvent::Ended { .. } => !std::mem::take(&mut self.held),
        });
        if self.held {
            self.voice.recent_sound(&mut self.played);
            self.held = self.guard.goes_on(&self.played);
            if !self.held {
                events.push(VadEvent::Started { ago_ms: 0 });
            }
        }
        if events.iter().any(|event| matches!(event, VadEvent::Started { .. })) {
            // Whoever speaks does not wait.
            self.voice.await_answer(false);
        }
        events
    }
}
