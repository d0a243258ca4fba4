//! Every limit of a call, with its name and its reason.

use serde::{Deserialize, Serialize};

/// The limits of one call. Defaults are the product's; `config.toml` may change them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Silence after which the caller's turn is over, milliseconds. People pause up to about
    /// 400 ms inside a sentence.
    pub endpointing_ms: u64,
    /// The same while digits, sizes or a name are expected: people pause longer there.
    pub endpointing_slow_ms: u64,
    /// Silence after which the recogniser is asked already, so that its time hides in the
    /// endpointing wait, milliseconds. Longer than the pause at a comma (about 240 ms), or the
    /// recogniser does its work twice.
    pub transcribe_early_ms: u64,
    /// How long a caller must speak over us before we stop, milliseconds; shorter sounds are
    /// coughs and "uh-huh".
    pub barge_in_ms: u64,
    /// After the caller's turn, a filler when nothing of ours sounds by then, milliseconds.
    pub filler_ms: u64,
    /// Some sound of ours within this, whatever fails, milliseconds.
    pub quiet_ms_max: u64,
    /// Silence prompts after this long, then again, then farewell, milliseconds (in all 30 s).
    pub silence_ms: [u64; 3],
    /// The recogniser's whole time, milliseconds.
    pub stt_ms_max: u64,
    /// The model's whole time for one answer, milliseconds.
    pub llm_ms_max: u64,
    /// One tool's time, milliseconds.
    pub tool_ms_max: u64,
    /// Tools in one turn.
    pub tools_per_turn_max: u32,
    /// Tools in one call.
    pub tools_per_call_max: u32,
    /// Lines of the caller in one call.
    pub turns_max: u32,
    /// Length of one call, seconds.
    pub call_s_max: u64,
    /// Characters of one utterance that are kept.
    pub utterance_chars_max: usize,
    /// Turns in a row that may fail or stay empty before we hand over.
    pub bad_turns_max: u32,
    /// Attempts to bring a person in one call; after that a callback is all that is offered.
    pub transfers_max: u32,
    /// The name of the transfer target used by `transfer_to_operator`.
    pub transfer_target: String,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            endpointing_ms: 500,
            endpointing_slow_ms: 900,
            transcribe_early_ms: 300,
            barge_in_ms: 200,
            filler_ms: 1_200,
            quiet_ms_max: 2_500,
            silence_ms: [10_000, 10_000, 10_000],
            stt_ms_max: 6_000,
            llm_ms_max: 15_000,
            tool_ms_max: 5_000,
            tools_per_turn_max: 8,
            tools_per_call_max: 30,
            turns_max: 60,
            call_s_max: 1_200,
            utterance_chars_max: 4_000,
            bad_turns_max: 3,
            transfers_max: 2,
            transfer_target: "operator".into(),
        }
    }
}

/// What the core must know of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRule {
    /// The canonical name.
    pub name: String,
    /// It changes the world: prepared, read back, and run only after the caller's yes.
    pub needs_consent: bool,
    /// It hands the call over; the core does that itself.
    pub is_transfer: bool,
    /// The intent it stands for (`tire_search`, `fitting_booking`, …), for `calls.scenario`.
    pub intent: String,
    /// Where a call stands that used it last.
    pub stage: super::Stage,
    /// Offered to the model from the first word on.
    pub visible_at_start: bool,
    /// Tools whose success brings this one in. The latest success decides.
    pub shown_by: Vec<String>,
    /// Tools whose success takes this one away.
    pub hidden_by: Vec<String>,
}
