//! The queue of speeches of one leg: speech in at any rate, frames out at the leg's.
//!
//! The leg's pacer pulls one 20 ms frame at a time, at the rate that the leg has at that moment;
//! speech is converted only then. So a hush loses nothing that was not heard, and a leg that
//! changes its rate between two frames goes on with the next sound.
//!
//! A converter begins anew with each speech, after a hush, and when the leg changes its rate; in a
//! speech that runs dry it keeps what it heard, because the next sample follows the last one.

use super::resample::Resampler;
use super::sound::{Dressing, Sound, Spoken};
use super::{FRAME_MS, frame_samples};
use crate::turn::SpeechId;
use std::collections::VecDeque;

/// The longest audio kept of one speech, milliseconds. A sentence takes some 10 s, and the longest
/// answer that the core says in one piece (2,000 characters) takes two minutes; more than this is a
/// voice gone wrong, and is dropped and counted.
pub const SPEECH_MS_MAX: u64 = 180_000;
/// The rate assumed before the first frame was pulled: `AudioSocket`'s own.
const RATE_FIRST: u32 = 8_000;

/// What happened in the playout since the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The first frame of this speech has been handed out.
    Started(SpeechId),
    /// The last frame of this speech has been handed out.
    Finished(SpeechId),
}

/// The queue. At most one speech is handed out at a time, in the order of [`Playout::begin`].
#[derive(Debug)]
pub struct Playout {
    queue: VecDeque<Speech>,
    news: Vec<News>,
    /// The leg's rate at the last frame.
    rate: u32,
    /// The last speech's converter, kept because voices seldom change their rate.
    spare: Option<Resampler>,
    dropped_samples: u64,
    dressing: Dressing,
}

impl Default for Playout {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            news: Vec::new(),
            rate: RATE_FIRST,
            spare: None,
            dropped_samples: 0,
            dressing: Dressing::default(),
        }
    }
}

#[derive(Debug)]
struct Speech {
    id: SpeechId,
    rate: u32,
    expected_ms: u64,
    /// No more audio will come.
    complete: bool,
    /// Everything pushed so far, at the speech's rate.
    pushed: Vec<i16>,
    /// How much of it went into the converter.
    taken: usize,
    /// Made for the leg's rate at the first frame.
    resampler: Option<Resampler>,
    /// Converted, not handed out yet: less than a frame, at the leg's rate.
    converted: Vec<i16>,
    frames_out: u64,
}

impl Playout {
    /// An empty queue of a leg whose rate is known and will not change.
    #[must_use]
    pub fn at_rate(rate: u32) -> Self {
        Self { rate, ..Self::default() }
    }

    /// How the leg sounds from now on. `ahead_ms`: how far ahead of what is heard its frames are
    /// pulled.
    pub fn dress(&mut self, sound: &Sound, ahead_ms: u64) {
        self.dressing = Dressing::new(sound, ahead_ms);
    }

    /// An answer is awaited from now on, or is not any more: where the shop wishes it, notes are heard
    /// when that takes long.
    pub fn await_answer(&mut self, awaited: bool) {
        self.dressing.await_answer(awaited);
    }

    /// What was handed out lately replaces what is in `out`; nothing, if it was silence or is not
    /// remembered.
    pub fn recent_sound(&self, out: &mut Vec<i16>) {
        self.dressing.recent_sound(out);
    }

    /// The speech that the next frame would come from.
    #[must_use]
    pub fn speaking(&self) -> Option<SpeechId> {
        self.queue.front().map(|speech| speech.id)
    }

    /// Opens a speech at the end of the queue. `rate`: samples a second of what will be pushed
    /// (0 counts as 8,000); `expected_ms`: how long it will probably be, for the share heard.
    pub fn begin(&mut self, speech: SpeechId, rate: u32, expected_ms: u64) {
        self.queue.push_back(Speech {
            id: speech,
            rate: if rate == 0 { RATE_FIRST } else { rate },
            expected_ms,
            complete: false,
            pushed: Vec::new(),
            taken: 0,
            resampler: None,
            converted: Vec::new(),
            frames_out: 0,
        });
    }

    /// Adds audio to a speech, at its rate. A speech that is not in the queue (hushed, finished,
    /// never begun) or complete is ignored; audio beyond [`SPEECH_MS_MAX`] is dropped and counted.
    pub fn push(&mut self, speech: SpeechId, samples: &[i16]) {
        let queued = self.queue.iter_mut().find(|queued| queued.id == speech);
        let Some(speech) = queued.filter(|speech| !speech.complete) else { return };
        let most = (u64::from(speech.rate) * SPEECH_MS_MAX / 1000) as usize;
        let kept = samples.len().min(most.saturating_sub(speech.pushed.len()));
        let from = speech.pushed.len();
        speech.pushed.extend_from_slice(&samples[..kept]);
        self.dressing.level(speech.rate, &mut speech.pushed[from..]);
        self.dropped_samples += (samples.len() - kept) as u64;
    }

    /// All of the speech has been pushed. Its last frame is filled up with silence. Without any
    /// audio it is finished as soon as it is its turn.
    pub fn finish(&mut self, speech: SpeechId) {
        if let Some(speech) = self.find(speech) {
            speech.complete = true;
        }
        self.settle();
    }

    /// No more audio will come, because the voice failed. What is there is played, and then
    /// [`News::Finished`] follows: `true`. A speech without any audio is dropped without news (the
    /// caller reports the failure), as is one that is not in the queue: `false`.
    pub fn fail(&mut self, speech: SpeechId) -> bool {
        let Some(found) = self.find(speech) else { return false };
        let audible = !found.pushed.is_empty();
        if audible {
            found.complete = true;
        } else {
            self.queue.retain(|queued| queued.id != speech);
        }
        self.settle();
        audible
    }

    /// Drops everything, to be silent from the next frame on, at whose head the last sound fades
    /// away. Returns each speech that had not
    /// finished, in order, with the share of it that was heard, 0 to 1: the frames handed out over
    /// its length, or over its expected length while it is not known yet. Finished news not yet
    /// taken stays.
    pub fn hush(&mut self) -> Vec<(SpeechId, f32)> {
        let cut = self.queue.iter().map(|speech| (speech.id, speech.share_heard())).collect();
        let rate = self.rate;
        if let Some(speech) = self.queue.front_mut().filter(|s| self.dressing.sounds(s.id)) {
            let mut next = Vec::with_capacity(frame_samples(rate));
            if speech.has_frame(rate) && speech.next_frame(rate, frame_samples(rate), &mut next) {
                self.dressing.leave(rate, &next);
            }
        }
        self.queue.clear();
        self.await_answer(false);
        cut
    }

    /// Frames that were pulled were thrown away before they sounded: what comes next is joined to
    /// silence.
    pub fn cut_elsewhere(&mut self) {
        self.dressing.forget();
    }

    /// True if nothing is queued, not even a speech that still waits for its audio.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    /// True if [`Playout::next_frame`] would give speech (at the rate of the last frame).
    pub fn has_frame(&self) -> bool {
        self.queue.front().is_some_and(|speech| speech.has_frame(self.rate))
    }

    /// Puts one 20 ms frame at `rate` samples a second into `out`, replacing what was there.
    /// `true`: speech; `false`: silence, because there is none or the next audio has not come yet.
    pub fn next_frame(&mut self, rate: u32, out: &mut Vec<i16>) -> bool {
        out.clear();
        self.rate = rate;
        let length = frame_samples(rate);
        let spoken = match self.queue.front_mut() {
            Some(speech) if speech.has_frame(rate) => {
                if speech.resampler.is_none() {
                    speech.adopt(self.spare.take(), rate);
                }
                let spoke = speech.next_frame(rate, length, out);
                let (id, samples, ends) = (speech.id, out.len(), speech.is_over());
                spoke.then_some(Spoken { speech: id, samples, ends })
            }
            _ => None,
        };
        let heard = spoken.is_some();
        out.resize(length, 0);
        self.dressing.dress(rate, out, spoken);
        if heard && let Some(speech) = self.queue.front() {
            if speech.frames_out == 1 {
                self.news.push(News::Started(speech.id));
            }
            self.settle();
        }
        heard
    }

    /// A frame between two speeches: puts 20 ms at the rate of the last frame behind what is in
    /// `out`, whatever is queued.
    pub fn silent_frame(&mut self, out: &mut Vec<i16>) {
        let from = out.len();
        out.resize(from + frame_samples(self.rate), 0);
        self.dressing.dress(self.rate, &mut out[from..], None);
    }

    /// What happened since the last look, in order.
    pub fn take_news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// True if [`Playout::take_news`] would give something.
    pub fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// Samples dropped so far because a speech was longer than [`SPEECH_MS_MAX`].
    pub fn dropped_samples(&self) -> u64 {
        self.dropped_samples
    }

    fn find(&mut self, speech: SpeechId) -> Option<&mut Speech> {
        self.queue.iter_mut().find(|queued| queued.id == speech)
    }

    /// Takes speeches that are over off the head of the queue.
    fn settle(&mut self) {
        while let Some(over) = self.queue.pop_front_if(|speech| speech.is_over()) {
            self.news.push(News::Finished(over.id));
            if let Some(mut resampler) = over.resampler {
                resampler.reset();
                self.spare = Some(resampler);
            }
        }
    }
}

impl Speech {
    fn pushed_ms(&self) -> f64 {
        self.pushed.len() as f64 * 1000.0 / f64::from(self.rate)
    }

    /// Frames that the speech has in all, the last one begun included.
    fn frames(&self) -> u64 {
        (self.pushed.len() as u64 * 50).div_ceil(u64::from(self.rate))
    }

    fn is_over(&self) -> bool {
        self.complete && self.frames_out >= self.frames()
    }

    fn share_heard(&self) -> f32 {
        let heard_ms = (self.frames_out * FRAME_MS) as f64;
        let whole_ms = if self.complete {
            self.pushed_ms()
        } else {
            self.pushed_ms().max(self.expected_ms as f64)
        };
        if whole_ms > 0.0 { (heard_ms / whole_ms).min(1.0) as f32 } else { 0.0 }
    }

    fn has_frame(&self, rate: u32) -> bool {
        if self.complete {
            return self.frames_out < self.frames();
        }
        let left = self.pushed.len() - self.taken;
        match &self.resampler {
            Some(resampler) if resampler.to_rate() == rate => {
                self.converted.len() + resampler.yields(left) >= frame_samples(rate)
            }
            // A converter has yet to be made. Where a frame does not come out even, two frames
            // of the speech are surely one of the leg.
            _ => {
                let frames = if Resampler::is_even(self.rate, rate) { 1 } else { 2 };
                left >= frames * frame_samples(self.rate).max(1)
            }
        }
    }

    /// Takes over a converter that fits, or makes one.
    fn adopt(&mut self, spare: Option<Resampler>, rate: u32) {
        let fits = |spare: &Resampler| spare.from_rate() == self.rate && spare.to_rate() == rate;
        self.resampler =
            Some(spare.filter(fits).unwrap_or_else(|| Resampler::new(self.rate, rate)));
    }

    /// One frame of this speech, if it can be had; `out` is then filled as far as there is sound.
    fn next_frame(&mut self, rate: u32, length: usize, out: &mut Vec<i16>) -> bool {
        if self.resampler.as_ref().is_some_and(|resampler| resampler.to_rate() != rate) {
            self.change_rate(rate);
        }
        let Some(resampler) = &mut self.resampler else { return false };
        let step = frame_samples(self.rate).max(1);
        while self.converted.len() < length && self.taken < self.pushed.len() {
            let end = (self.taken + step).min(self.pushed.len());
            resampler.process(&self.pushed[self.taken..end], &mut self.converted);
            self.taken = end;
        }
        if self.converted.len() < length {
            if !self.complete {
                return false;
            }
            // The end of the speech: what the filter holds back, as far as the frame has room.
            resampler.flush(&mut self.converted);
        }
        let count = length.min(self.converted.len());
        out.extend(self.converted.drain(..count));
        self.frames_out += 1;
        true
    }

    /// The leg has another rate now: goes on at the first sample not heard yet.
    fn change_rate(&mut self, rate: u32) {
        let heard = self.frames_out * u64::from(self.rate) / 50;
        self.taken = (heard as usize).min(self.pushed.len());
        self.converted.clear();
        self.adopt(None, rate);
    }
}

#[cfg(test)]
#[path = "playout_tests.rs"]
mod tests;
