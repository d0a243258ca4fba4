//! Keys that the caller presses.

use super::call::Call;
use super::caller_line::CallerLine;
use super::cards::{CARD, mask_cards};
use crate::clock::CallTime;

/// After this pause, milliseconds, the digits so far are a line.
const KEYS_PAUSE_MS: u64 = 2_000;
/// Digits of one line; the longest thing one would type is a contract number or a phone.
const KEYS_MAX: usize = 32;

/// Digits that were pressed.
#[derive(Debug, Default)]
pub(super) struct Keys {
    digits: String,
    last_at: CallTime,
    /// A card was typed: what follows on the keys belongs to it and is kept nowhere.
    card: bool,
}

impl Call {
    pub(super) fn key_pressed(&mut self, digit: char) {
        if !self.listens() {
            return;
        }
        let meaning = match (digit, self.consent.waits_for_answer()) {
            ('1', true) => Some(["yes", "так", "да"]),
            ('2', true) => Some(["no", "ні", "нет"]),
            ('0', _) if self.keys.digits.is_empty() => Some(["operator", "оператор", "оператор"]),
            _ => None,
        };
        self.keys.last_at = self.now;
        if let Some([english, ukrainian, russian]) = meaning {
            self.keys_forget();
            let words = match self.language {
                crate::language::Language::En => english,
                crate::language::Language::Uk => ukrainian,
                crate::language::Language::Ru => russian,
            };
            self.take_keys(words.to_owned());
        } else if digit == '#' {
            self.keys_complete();
        } else if digit.is_ascii_digit() && self.keys.digits.len() < KEYS_MAX {
            self.keys.digits.push(digit);
        }
    }

    pub(super) fn keys_due(&self) -> Option<CallTime> {
        self.keys_wait().then(|| self.keys.last_at.plus_ms(KEYS_PAUSE_MS))
    }

    pub(super) fn keys_wait(&self) -> bool {
        !self.keys.digits.is_empty()
    }

    pub(super) fn keys_forget(&mut self) {
        self.keys.digits.clear();
    }

    /// The digits so far are what the caller wanted to say.
    pub(super) fn keys_complete(&mut self) {
        let digits = std::mem::take(&mut self.keys.digits);
        if !digits.is_empty() {
            let masked = mask_cards(&digits);
            self.keys.card |= masked != digits;
            let digits = if self.keys.card { CARD.to_owned() } else { digits };
            self.take_keys(digits);
        }
    }

    fn take_keys(&mut self, text: String) {
        let pressed_at = self.keys.last_at;
        // The wait counts from here: until now we waited for more keys, and the caller knew it.
        self.waiting.since = self.now;
        self.voice_of_answer = pressed_at;
        self.take_line(CallerLine {
            text,
            confidence: None,
            stt_latency_ms: None,
            ended_at: self.now,
            decided_at: self.now,
        });
    }
}
