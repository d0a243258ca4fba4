//! The voice, the tools and the model of a simulated call.

use super::{Coming, Queued, World};
use crate::simulation::fixtures::SENTENCES;
use serde_json::json;
use treadline::turn::{Event, Failure, Generation, SpeechId, ToolCallId, ToolOutcome};

impl World {
    pub(super) fn tool_answers(&mut self, ms: u64, call: ToolCallId, ok: bool) {
        let result = if ok { json!({ "total": 3 }) } else { json!({ "error": "no" }) };
        self.tell_later(
            ms,
            Event::ToolFinished { call, outcome: ToolOutcome { ok, result, duration_ms: ms } },
        );
    }

    pub(super) fn voice(&mut self, speech: SpeechId, text: &str) {
        let ours = !SENTENCES.iter().any(|s| s.trim() == text);
        let usual = self.rng.within(30, 350);
        let slow = !ours && self.rng.chance(self.chaos);
        let ms = if slow { usual + self.rng.within(500, 5_000) } else { usual };
        if self.mute_voice || (!ours && self.rng.chance(self.chaos / 3)) {
            return self.tell_later(ms, Event::SpeechFailed { speech, failure: Failure::Refused });
        }
        let chars = text.chars().count() as u64;
        self.playout.push_back(Queued {
            speech,
            chars,
            ready: false,
            asked_at: self.now,
            started_at: None,
        });
        self.later(ms, Coming::Ready(speech));
    }

    pub(super) fn answer(&mut self, generation: Generation) {
        let first = self.rng.within(100, 1_800);
        let (mut ms, dead) = self.fate(first);
        if dead {
            return;
        }
        if self.rng.chance(self.chaos) {
            return self
                .tell_later(ms, Event::ModelFailed { generation, failure: Failure::Timeout });
        }
        if self.rng.chance(80) {
            for _ in 0..self.rng.within(1, 5) {
                let sentence = *self.rng.pick(SENTENCES);
                let cut = sentence.char_indices().nth(4).map_or(0, |(at, _)| at);
                for piece in [&sentence[..cut], &sentence[cut..]] {
                    ms += self.rng.within(0, 200);
                    self.tell_later(ms, Event::ModelText { generation, text: piece.to_owned() });
                }
            }
        }
        if self.rng.chance(45) {
            for _ in 0..self.rng.within(1, 4) {
                ms += self.rng.within(0, 200);
                let names = [
                    "search_tires",
                    "get_fitting_slots",
                    "book_fitting",
                    "book_fitting",
                    "unknown",
                ];
                let name = if self.rng.chance(3) {
                    "transfer_to_operator"
                } else {
                    *self.rng.pick(&names)
                };
                let args = json!({ "n": self.rng.within(0, 4) });
                self.tell_later(ms, Event::ModelToolCall { generation, name: name.into(), args });
            }
        }
        ms += self.rng.within(0, 300);
        if self.rng.chance(self.chaos) {
            return self
                .tell_later(ms, Event::ModelFailed { generation, failure: Failure::Unreachable });
        }
        if !self.rng.chance(self.chaos / 2) {
            self.tell_later(ms, Event::ModelDone { generation });
        }
    }
}
