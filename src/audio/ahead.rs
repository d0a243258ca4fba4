//! The ledger of what was handed out and not heard yet, on a leg whose other side owns the clock.
//!
//! The other side queues frames and plays one every 20 ms. It tells by marks what it has played: a
//! mark that comes back says that all frames before it have sounded. Between two marks the ledger
//! counts on with the clock, but never past a mark that has not come back. Throwing the queue away
//! deletes its marks without a word; so every mark carries the ledger's epoch, and a cut begins a
//! new one.

use super::FRAME_MS;
use super::playout::News;
use crate::clock::CallTime;
use crate::turn::SpeechId;
use std::collections::VecDeque;

/// The length of a frame, microseconds.
const FRAME_US: u64 = FRAME_MS * 1000;
/// A mark that is so much later than its frames should have sounded is lost, frames: a second. A
/// speech must not wait for ever for news that will not come.
const MARK_LATE_FRAMES: u64 = 50;
/// A pause inside speech that can be heard, microseconds, by the definition of a late frame.
const LATE_GAP_US: u64 = 40_000;

/// A place in what was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Of this epoch.
    pub epoch: u32,
    /// So many frames of the epoch lie before it.
    pub frames: u64,
}

/// One speech that was begun and not heard to its end.
#[derive(Debug)]
struct Tally {
    speech: SpeechId,
    sent: u64,
    heard: u64,
    /// No more frames will come.
    over: bool,
}

/// The ledger: pure, reads no clock.
#[derive(Debug, Default)]
pub struct Ahead {
    epoch: u32,
    /// Frames of this epoch that were handed out, and how many of them have sounded.
    sent: u64,
    heard: u64,
    /// What was handed out and has not sounded, in order: speech (or silence) and frames.
    runs: VecDeque<(Option<SpeechId>, u64)>,
    tallies: VecDeque<Tally>,
    marks: VecDeque<u64>,
    /// So many frames had sounded at that time.
    anchor: (u64, CallTime),
    news: Vec<News>,
    late: u64,
    lost_marks: u64,
}

impl Ahead {
    /// A frame of `speech` (none: of silence) was handed out at `now`.
    pub fn sent(&mut self, now: CallTime, speech: Option<SpeechId>) {
        if self.depth(now) == 0 {
            let dry_us = now.0.saturating_sub(self.anchor.1.0 + self.since_anchor() * FRAME_US);
            if dry_us > LATE_GAP_US && self.is_in(speech) {
                self.late += 1;
            }
            self.anchor = (self.sent, now);
        } else if self.is_in(speech) && matches!(self.runs.back(), Some((None, _))) {
            self.late += 1;
        }
        self.sent += 1;
        match self.runs.back_mut() {
            Some((of, frames)) if *of == speech => *frames += 1,
            _ => self.runs.push_back((speech, 1)),
        }
        let Some(speech) = speech else { return };
        match self.tallies.iter_mut().find(|tally| tally.speech == speech) {
            Some(tally) => tally.sent += 1,
            None => self.tallies.push_back(Tally { speech, sent: 1, heard: 0, over: false }),
        }
    }

    fn since_anchor(&self) -> u64 {
        self.sent.saturating_sub(self.anchor.0)
    }

    /// A speech of which frames were handed out before.
    fn is_in(&self, speech: Option<SpeechId>) -> bool {
        self.tallies.iter().any(|tally| Some(tally.speech) == speech)
    }

    /// All frames of a speech were handed out; it may have none.
    pub fn over(&mut self, speech: SpeechId) {
        match self.tallies.iter_mut().find(|tally| tally.speech == speech) {
            Some(tally) => tally.over = true,
            None => self.tallies.push_back(Tally { speech, sent: 0, heard: 0, over: true }),
        }
        self.settle();
    }

    /// A mark behind everything that was handed out so far.
    pub fn mark(&mut self) -> Mark {
        if self.marks.back() != Some(&self.sent) {
            self.marks.push_back(self.sent);
        }
        Mark { epoch: self.epoch, frames: self.sent }
    }

    /// Frames that were handed out since the last mark.
    #[must_use]
    pub fn unmarked(&self) -> u64 {
        self.sent - self.marks.back().copied().unwrap_or(self.heard).min(self.sent)
    }

    /// A mark came back at `now`. One of an earlier epoch, or a second time, says nothing.
    pub fn processed(&mut self, now: CallTime, mark: Mark) {
        let known = mark.epoch == self.epoch && self.marks.contains(&mark.frames);
        if !known {
            return;
        }
        self.marks.retain(|frames| *frames > mark.frames);
        self.anchor = (mark.frames, now);
        self.hear(mark.frames);
    }

    /// Counts on with the clock.
    pub fn tick(&mut self, now: CallTime) {
        let played = self.played(now);
        while let Some(next) = self.marks.front().copied() {
            if played < next.saturating_add(MARK_LATE_FRAMES) {
                break;
            }
            self.marks.pop_front();
            self.lost_marks += 1;
        }
        let until_mark = self.marks.front().map_or(played, |next| next.saturating_sub(1));
        self.hear(played.min(until_mark));
    }

    /// What the other side must have played by its clock.
    fn played(&self, now: CallTime) -> u64 {
        let (frames, at) = self.anchor;
        let by_clock = frames + now.0.saturating_sub(at.0) / FRAME_US;
        // Past the end only as far as it takes to give up a mark.
        by_clock.min(self.sent.saturating_add(MARK_LATE_FRAMES))
    }

    /// Frames that the other side has in its queue at `now`, by the clock.
    #[must_use]
    pub fn depth(&self, now: CallTime) -> u64 {
        self.sent.saturating_sub(self.played(now).max(self.heard))
    }

    /// Frames of speech are among what waits to sound.
    #[must_use]
    pub fn holds_speech(&self) -> bool {
        self.runs.iter().any(|(speech, _)| speech.is_some())
    }

    /// The queue of the other side is thrown away: a new epoch begins. Each speech that was not
    /// heard to its end, in order, with the frames that were heard and those handed out.
    pub fn cut(&mut self) -> Vec<(SpeechId, u64, u64)> {
        let cut = self.tallies.drain(..).map(|tally| (tally.speech, tally.heard, tally.sent));
        let cut = cut.collect();
        self.forget();
        cut
    }

    /// Only silence is thrown away; speeches go on.
    pub fn cut_silence(&mut self) {
        debug_assert!(!self.holds_speech());
        self.forget();
    }

    fn forget(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        (self.sent, self.heard, self.anchor.0) = (0, 0, 0);
        self.runs.clear();
        self.marks.clear();
    }

    /// What was heard since the last look, in order.
    pub fn take_news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// True if [`Ahead::take_news`] would give something.
    #[must_use]
    pub fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// Pauses inside speech that could be heard, and marks that never came back, since the last
    /// look.
    pub fn take_faults(&mut self) -> (u64, u64) {
        (std::mem::take(&mut self.late), std::mem::take(&mut self.lost_marks))
    }

    fn hear(&mut self, frames: u64) {
        let mut new = frames.min(self.sent).saturating_sub(self.heard);
        self.heard += new;
        while new > 0 {
            let Some((speech, waiting)) = self.runs.front_mut() else { break };
            let now = new.min(*waiting);
            (*waiting, new) = (*waiting - now, new - now);
            let (speech, empty) = (*speech, *waiting == 0);
            if empty {
                self.runs.pop_front();
            }
            let Some(speech) = speech else { continue };
            if let Some(tally) = self.tallies.iter_mut().find(|tally| tally.speech == speech) {
                if tally.heard == 0 {
                    self.news.push(News::Started(speech));
                }
                tally.heard += now;
            }
            self.settle();
        }
    }

    /// Speeches that were heard to their end are told in order.
    fn settle(&mut self) {
        while let Some(done) =
            self.tallies.pop_front_if(|tally| tally.over && tally.heard == tally.sent)
        {
            self.news.push(News::Finished(done.speech));
        }
    }
}

#[cfg(test)]
#[path = "ahead_tests.rs"]
mod tests;
