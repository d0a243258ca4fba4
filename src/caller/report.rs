//! What a call was like for its caller.

use super::decisions::Trace;
use super::hearing::Run;
use super::{Options, State};
use serde::Serialize;
use std::time::Duration;
use uuid::Uuid;

/// How a call ended, as the caller saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "end", content = "detail", rename_all = "snake_case")]
pub enum CallEnd {
    /// The server sent the hang-up message: the dialplan goes on.
    HandedBack,
    /// The server closed without it; the dialplan goes on as well.
    Closed,
    /// The connection broke: Asterisk would hang up on the caller.
    Reset,
    /// The caller hung up.
    HungUp,
    /// The server did what Asterisk does not forgive.
    Fault(String),
}

/// One utterance of the caller and what followed; the first has none: it is the greeting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turn {
    /// The name of what was said.
    pub said: Option<String>,
    /// When it was begun, since the UUID.
    #[serde(skip)]
    pub said_at: Duration,
    /// When the first voiced frame left.
    #[serde(skip)]
    pub voiced_from: Option<Duration>,
    /// When the last voiced frame left.
    #[serde(skip)]
    pub voiced_until: Option<Duration>,
    /// The other side was speaking when it was begun.
    pub interrupts: bool,
    /// From our last voiced frame (or the UUID) to its first audible one.
    pub first_audio_ms: Option<u64>,
    /// From its first to its last audible frame.
    pub agent_ms: u64,
    /// The longest time between two neighbouring frames inside its speech.
    pub gap_ms_max: u64,
    /// Frames that came more than 40 ms after the audible one before.
    pub late_frames: u32,
    /// For an interruption: from our first voiced frame to its last audible one.
    pub barge_in_stop_ms: Option<u64>,
}

impl Turn {
    pub(super) fn opening() -> Self {
        Self {
            said: None,
            said_at: Duration::ZERO,
            voiced_from: None,
            voiced_until: None,
            interrupts: false,
            first_audio_ms: None,
            agent_ms: 0,
            gap_ms_max: 0,
            late_frames: 0,
            barge_in_stop_ms: None,
        }
    }

    pub(super) fn saying(name: &str, at: Duration, interrupts: bool) -> Self {
        Self { said: Some(name.to_owned()), said_at: at, interrupts, ..Self::opening() }
    }

    /// Until when each turn lasts: until the next is begun.
    pub(super) fn ends(turns: &[Self]) -> Vec<Duration> {
        turns.iter().skip(1).map(|turn| turn.said_at).chain([Duration::MAX]).collect()
    }

    /// Fills in what `runs` say about this turn, which lasts until `until`.
    fn measure(&mut self, runs: &[Run], until: Duration) {
        let since = self.voiced_until.unwrap_or(self.said_at);
        let mut answer = runs.iter().filter(|run| run.began_at >= since && run.began_at < until);
        if let Some(first) = answer.clone().next() {
            self.first_audio_ms = Some(millis(first.began_at.saturating_sub(since)));
            let last_at = answer.clone().next_back().map_or(first.last_at, |run| run.last_at);
            self.agent_ms = millis(last_at.saturating_sub(first.began_at)) + 20;
        }
        self.gap_ms_max = answer.clone().map(|run| millis(run.gap_max)).max().unwrap_or(0);
        self.late_frames = answer.by_ref().map(|run| run.late).sum();
        if self.interrupts {
            let began = self.voiced_from.unwrap_or(self.said_at);
            let cut = runs.iter().rev().find(|run| run.began_at < began);
            self.barge_in_stop_ms = cut.map(|run| millis(run.last_at.saturating_sub(began)));
        }
    }
}

/// A whole call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The UUID.
    pub id: Uuid,
    /// From the UUID to the first frame, silent or not.
    pub first_frame_ms: Option<u64>,
    /// Frames that came.
    pub frames: u64,
    /// Late frames in all.
    pub late_frames: u32,
    /// Turn by turn; the first is the greeting.
    pub turns: Vec<Turn>,
    /// How it ended; `None` while it lasts.
    pub end: Option<CallEnd>,
    /// How late our own frames left at worst: if this is much, the figures say little.
    pub own_late_ms_max: u64,
    /// All that went and came, if it was asked for and the call is over.
    #[serde(skip)]
    pub trace: Option<Trace>,
}

impl Report {
    pub(super) fn of(options: &Options, state: &State) -> Self {
        let runs = state.hearing.runs();
        let mut turns = state.turns.clone();
        let ends = Turn::ends(&turns);
        for (turn, until) in turns.iter_mut().zip(ends) {
            turn.measure(runs, until);
        }
        Self {
            id: options.id,
            first_frame_ms: state.hearing.first_frame_at().map(millis),
            frames: state.hearing.frames(),
            late_frames: runs.iter().map(|run| run.late).sum(),
            turns,
            end: state.end.clone(),
            own_late_ms_max: millis(state.own_late_max),
            trace: None,
        }
    }

    /// Whether somebody spoke to us and the call ended as calls should.
    #[must_use]
    pub fn was_served(&self) -> bool {
        let heard = self.turns.iter().any(|turn| turn.agent_ms > 0);
        heard && !matches!(self.end, Some(CallEnd::Fault(_) | CallEnd::Reset))
    }
}

fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}
