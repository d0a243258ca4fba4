//! The queue of speeches of one leg: speech in at any rate, frames out at the leg's.

use crate::turn::SpeechId;

/// What happened in the playout since the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The first frame of this speech has been handed out.
    Started(SpeechId),
    /// The last frame of this speech has been handed out.
    Finished(SpeechId),
}

/// The queue. At most one speech is handed out at a time, in the order of [`Playout::begin`].
#[derive(Debug, Default)]
pub struct Playout {}

// The contract (to be filled in):
// fn begin(&mut self, speech: SpeechId, rate: u32, expected_ms: u64);  opens a speech at the end of the queue
// fn push(&mut self, speech: SpeechId, samples: &[i16]);               audio of it, at its rate; unknown speech: ignored
// fn finish(&mut self, speech: SpeechId);                              all of it has been pushed
// fn hush(&mut self) -> Vec<(SpeechId, f32)>;                          drop everything; share heard of each unfinished speech
// fn is_idle(&self) -> bool;                                           nothing queued
// fn has_frame(&self) -> bool;                                         next_frame would give speech
// fn next_frame(&mut self, rate: u32, out: &mut Vec<i16>) -> bool;     one 20 ms frame; false = silence
// fn take_news(&mut self) -> Vec<News>;
