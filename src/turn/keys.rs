//! Keys that the caller presses.
//!
//! A key stops our talk as a voice does, at once. Digits gather until `#` or a pause and are then a
//! line of the caller; `*` stands between the parts of a size. One key by itself may mean a word.

use super::call::Call;
use super::caller_line::CallerLine;
use super::cards::{CARD, mask_cards};
use crate::clock::CallTime;
use crate::language::Language;
use crate::language::keypad;

/// After this pause, milliseconds, the digits so far are a line.
const KEYS_PAUSE_MS: u64 = 2_000;
/// A key that means a word by itself waits so long, milliseconds: it may begin a number, and who
/// types one presses two keys a second or more.
const LONE_KEY_PAUSE_MS: u64 = 1_000;
/// Digits of one line that are kept. More than [`CARD_DIGITS_MAX`] are never shown to anybody.
const KEYS_MAX: usize = 64;
/// Digits of a group in which a card number is typed: four by four, or four, six and five. A size
/// has seven, a telephone ten.
const CARD_GROUP: std::ops::RangeInclusive<usize> = 3..=6;
/// The longest card number. Nothing that a caller has to type is longer: a contract number and a
/// telephone are shorter.
const CARD_DIGITS_MAX: usize = 19;

/// Stands in a journal in the place of a key that is kept nowhere: one of a card number. No
/// telephone has it; in a replay it counts as that key did.
pub(super) const HIDDEN_KEY: char = 'x';

/// Digits that were pressed.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Digits and the stars between them, as spaces.
    typed: String,
    last_at: CallTime,
    /// The last digits that were typed in groups without a word between.
    before: String,
    /// A card was typed: what follows on the keys belongs to it and is kept nowhere.
    card: bool,
}

impl Keys {
    /// Some wait to become a line.
    pub(super) fn are_typed(&self) -> bool {
        !self.typed.is_empty()
    }

    /// A number of a card may be typed in groups, with pauses: each is a line of its own then, and
    /// all of them together are what tells.
    fn masked(&mut self, typed: &str) -> String {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        if CARD_GROUP.contains(&digits.len()) {
            self.before.push_str(&digits);
            let from = self.before.len().saturating_sub(CARD_DIGITS_MAX);
            self.before.drain(..from);
        } else {
            self.before.clear();
        }
        self.card |= typed.contains(HIDDEN_KEY)
            || mask_cards(typed) != typed
            || digits.len() > CARD_DIGITS_MAX
            || mask_cards(&self.before) != self.before;
        if self.card { CARD.to_owned() } else { typed.to_owned() }
    }
}

impl Call {
    pub(super) fn key_pressed(&mut self, key: char) {
        if !self.listens() || self.key_may_be_operators() {
            return;
        }
        self.keys.last_at = self.now;
        if !self.keys_wait() && self.rating_takes_key(key) {
            return;
        }
        match key {
            '#' => self.keys_complete(),
            '1' | '2' if !self.keys_wait() && self.asks_yes_or_no() => {
                let words =
                    if key == '1' { ["yes", "так", "да"] } else { ["no", "ні", "нет"] };
                self.take_keys(in_language(words, self.language).to_owned());
            }
            '*' if self.keys_wait() => self.type_key(' '),
            '0'..='9' | HIDDEN_KEY => {
                self.key_stops_us();
                self.type_key(key);
            }
            _ => {}
        }
    }

    fn type_key(&mut self, key: char) {
        if self.keys.typed.len() < KEYS_MAX {
            self.keys.typed.push(key);
        }
    }

    /// Whoever types does not listen.
    fn key_stops_us(&mut self) {
        if !self.keys_wait() && self.can_be_stopped() {
            self.stop_talking();
        }
    }

    pub(super) fn keys_due(&self) -> Option<CallTime> {
        let pause_ms = match self.lone_key() {
            Some(_) => LONE_KEY_PAUSE_MS,
            None => KEYS_PAUSE_MS,
        };
        self.keys_wait().then(|| self.keys.last_at.plus_ms(pause_ms))
    }

    /// The caller is typing: keys wait to become a line.
    pub fn keys_wait(&self) -> bool {
        self.keys.are_typed()
    }

    pub(super) fn keys_forget(&mut self) {
        self.keys.typed.clear();
    }

    /// Words came between: what is typed next has nothing to do with what was typed before.
    pub(super) fn keys_interrupted_by_words(&mut self) {
        self.keys.before.clear();
    }

    /// What the one key that was pressed means by itself.
    fn lone_key(&self) -> Option<&'static str> {
        let [key] = self.keys.typed.as_bytes() else { return None };
        if *key == b'0' {
            return Some(in_language(["operator", "оператор", "оператор"], self.language));
        }
        // The menu was announced with the greeting; later a digit is what was asked for.
        let menu = self.facts.as_ref().filter(|_| self.turn.serial == 0)?;
        let item = menu.keypad_menu.get(usize::from(key.checked_sub(b'1')?))?;
        Some(keypad::wish(*item, self.language))
    }

    /// The keys so far are what the caller wanted to say.
    pub(super) fn keys_complete(&mut self) {
        let lone = self.lone_key();
        let typed = std::mem::take(&mut self.keys.typed);
        let typed = typed.trim_end();
        if typed.is_empty() {
            return;
        }
        let text = match lone {
            Some(words) => words.to_owned(),
            None => self.keys.masked(typed),
        };
        self.take_keys(text);
    }

    pub(super) fn take_keys(&mut self, text: String) {
        let pressed_at = self.keys.last_at;
        // The wait counts from here: until now we waited for more keys, and the caller knew it.
        self.waiting.since = self.now;
        self.voice_of_answer = pressed_at;
        self.take_line(CallerLine {
            text,
            confidence: None,
            stt_latency_ms: None,
            began_at: None,
            ended_at: self.now,
            decided_at: self.now,
        });
    }
}

const fn in_language(
    [english, ukrainian, russian]: [&'static str; 3],
    language: Language,
) -> &'static str {
    match language {
        Language::En => english,
        Language::Uk => ukrainian,
        Language::Ru => russian,
    }
}
