//! How turns are taken: the bounds of everything that is judged from pause to pause.

use serde::{Deserialize, Serialize};

/// `[turn]`: how long a pause may be, and what happens when a judgement was wrong.
///
/// The two silences that everything is measured from are the call's own limits: `endpointing_ms`
/// for free speech, `endpointing_slow_ms` for figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TurnTaking {
    /// The silence that ends a turn follows what is awaited, what was said and how this caller
    /// pauses. Without it the two limits of the call hold as they stand.
    pub adaptive: bool,
    /// Silence after a short answer to a yes-or-no question or a choice, milliseconds.
    pub answer_ms: u64,
    /// Silence while a number plate or an address is said, milliseconds.
    pub spelled_ms: u64,
    /// So much longer for words that cannot be the end of a sentence ("for the …"), milliseconds.
    pub unfinished_ms: u64,
    /// However brisk a caller is, never less than this, milliseconds.
    pub wait_ms_min: u64,
    /// However slow, never more than this, milliseconds: the caller is about to ask whether
    /// somebody is there.
    pub wait_ms_max: u64,
    /// A caller who hardly pauses may shorten a silence to this share of it, percent …
    pub brisk_percent: u64,
    /// … and one who pauses long may stretch it to this.
    pub slow_percent: u64,
    /// What is added to the pauses that a caller usually makes, milliseconds.
    pub pause_margin_ms: u64,
    /// A caller who goes on so soon after the decision was cut off by us: the answer is withdrawn
    /// and both pieces are one turn, milliseconds; 0 turns it off.
    pub continuation_ms: u64,
    /// A sound over our talk that is only "uh-huh" may last so long without stopping us, and one
    /// that stopped us and was no longer is judged as soon as its text is there, milliseconds; 0
    /// turns both off.
    pub backchannel_ms: u64,
    /// After a false alarm we go on at the word that was cut, not at the sentence's beginning.
    pub resume_at_word: bool,
    /// An interim text that has not changed for so long is taken for the whole of it when the
    /// model is asked ahead, milliseconds.
    pub stable_ms: u64,
    /// The brains that are asked ahead, inside the silence that ends the turn: their time hides in
    /// it, and an answer that the caller's next words spoil is paid for nothing.
    pub ask_ahead: Vec<String>,
}

impl Default for TurnTaking {
    fn default() -> Self {
        Self {
            adaptive: true,
            answer_ms: 400,
            spelled_ms: 1_200,
            unfinished_ms: 600,
            wait_ms_min: 300,
            wait_ms_max: 1_600,
            brisk_percent: 70,
            slow_percent: 160,
            pause_margin_ms: 150,
            continuation_ms: 1_500,
            backchannel_ms: 700,
            resume_at_word: true,
            stable_ms: 150,
            ask_ahead: Vec::new(),
        }
    }
}

impl TurnTaking {
    /// Fixed silences and nothing else: how calls were led before there was a choice (their
    /// journals have no such section), and how typed lines are, which have no pauses.
    #[must_use]
    pub fn fixed() -> Self {
        Self {
            adaptive: false,
            continuation_ms: 0,
            backchannel_ms: 0,
            resume_at_word: false,
            ..Self::default()
        }
    }

    /// The same for a call that `brain` answers: another one is not asked ahead.
    #[must_use]
    pub fn with_brain(mut self, brain: &str) -> Self {
        self.ask_ahead.retain(|name| name == brain);
        self
    }

    /// Something hangs on the shape of what is being said.
    pub(super) fn judges_words(&self) -> bool {
        self.adaptive || self.backchannel_ms > 0 || self.asks_ahead()
    }

    pub(super) fn asks_ahead(&self) -> bool {
        !self.ask_ahead.is_empty()
    }
}
