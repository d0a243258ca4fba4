//! A voice on a leg whose other side queues frames and plays them by its own clock.
//!
//! Speech is sent far ahead, silence only a little, and silence that still waits is thrown away
//! when speech comes, so that it never delays a word.

use super::{Clock, Voice};
use crate::audio::ahead::{Ahead, Mark};
use crate::audio::playout::{News, Playout};
use crate::audio::sound::Sound;
use crate::audio::{FRAME_MS, frame_samples};
use crate::clock::CallTime;
use crate::turn::SpeechId;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Silence ahead, frames: a machine that is busy for this long leaves no hole in the stream.
const SILENCE_FRAMES: u64 = 10;
/// Silence is filled up when no more than this is left, frames.
const SILENCE_FRAMES_LOW: u64 = 6;
/// The same while speech still sounds, frames: the next words may come any moment, and silence
/// before them would be heard as a hole.
const PAUSE_FRAMES: u64 = 4;
const PAUSE_FRAMES_LOW: u64 = 2;
/// Frames between two marks: what was heard is known to 20 ms by the clock, and by more than the
/// clock every 100 ms.
const FRAMES_PER_MARK: usize = 5;
/// Silent frames between two marks: only to keep step with the other clock.
const SILENT_FRAMES_PER_MARK: u64 = 50;
/// Pause before the next look while the other side wants nothing; its word wakes us at once.
const HELD_MS: u64 = 500;

/// What the writer of the leg does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Have the other side throw its queue away.
    Flush,
    /// Send the samples, then this mark.
    Send(Option<Mark>),
    /// Nothing until then, or until [`TheirClock::wake`].
    Wait(Duration),
}

#[derive(Debug)]
struct State {
    playout: Playout,
    ahead: Ahead,
    /// Something was queued that must not sound any more.
    flush_owed: bool,
    /// The other side wants nothing now.
    held: bool,
}

/// The queue of speeches, and the ledger of what the other side has of them.
#[derive(Debug)]
pub struct TheirClock {
    /// Locked for moments only, never across an await.
    state: Mutex<State>,
    began: Instant,
    rate: u32,
    /// How far ahead speech is sent, frames.
    ahead_frames: u64,
    wake: Arc<Notify>,
    news: Arc<Notify>,
}

impl TheirClock {
    /// An empty queue of a leg of `rate` samples a second, whose speech may run `ahead_ms`
    /// milliseconds ahead.
    #[must_use]
    pub fn new(rate: u32, ahead_ms: u64) -> Arc<Self> {
        let state = State {
            playout: Playout::at_rate(rate),
            ahead: Ahead::default(),
            flush_owed: false,
            held: false,
        };
        Arc::new(Self {
            state: Mutex::new(state),
            began: Instant::now(),
            rate,
            ahead_frames: (ahead_ms / FRAME_MS).max(2 * SILENCE_FRAMES),
            wake: Arc::default(),
            news: Arc::default(),
        })
    }

    /// Told when there is something new to do.
    #[must_use]
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// What to do next; frames to send are put into `out`, replacing what was there.
    pub fn step(&self, out: &mut Vec<i16>) -> Step {
        out.clear();
        let now = self.now();
        let mut state = self.state();
        state.ahead.tick(now);
        let step = self.decide(&mut state, now, out);
        let (late, lost_marks) = state.ahead.take_faults();
        drop(state);
        count("treadline_frames_late_total", late);
        count("treadline_websocket_marks_lost_total", lost_marks);
        self.tell();
        step
    }

    fn decide(&self, state: &mut State, now: CallTime, out: &mut Vec<i16>) -> Step {
        if std::mem::take(&mut state.flush_owed) {
            state.held = false;
            return Step::Flush;
        }
        if state.held {
            return Step::Wait(Duration::from_millis(HELD_MS));
        }
        let depth = state.ahead.depth(now);
        if !state.playout.has_frame() {
            return Self::feed_silence(state, now, depth, out);
        }
        if depth > 1 && !state.ahead.holds_speech() {
            state.ahead.cut_silence();
            return Step::Flush;
        }
        if depth >= self.ahead_frames {
            return wait_for(depth, self.ahead_frames - SILENCE_FRAMES);
        }
        self.feed_speech(state, now, out)
    }

    /// Some frames, no more than one of a speech that begins: its mark tells when it sounds.
    fn feed_speech(&self, state: &mut State, now: CallTime, out: &mut Vec<i16>) -> Step {
        let mut frame = Vec::with_capacity(frame_samples(self.rate));
        for _ in 0..FRAMES_PER_MARK {
            let speech = state.playout.speaking();
            if !state.playout.next_frame(self.rate, &mut frame) {
                break;
            }
            out.extend_from_slice(&frame);
            state.ahead.sent(now, speech);
            let news = state.playout.take_news();
            let ends = settle(&mut state.ahead, &news);
            if ends || !news.is_empty() {
                break;
            }
        }
        Step::Send(Some(state.ahead.mark()))
    }

    fn feed_silence(state: &mut State, now: CallTime, depth: u64, out: &mut Vec<i16>) -> Step {
        let (frames, low) = if state.ahead.holds_speech() {
            (PAUSE_FRAMES, PAUSE_FRAMES_LOW)
        } else {
            (SILENCE_FRAMES, SILENCE_FRAMES_LOW)
        };
        if depth > low {
            return wait_for(depth, low);
        }
        for _ in depth..frames {
            state.playout.silent_frame(out);
            state.ahead.sent(now, None);
        }
        let due = state.ahead.unmarked() >= SILENT_FRAMES_PER_MARK;
        Step::Send(due.then(|| state.ahead.mark()))
    }

    /// A mark came back.
    pub fn processed(&self, mark: Mark) {
        let now = self.now();
        self.state().ahead.processed(now, mark);
        self.tell();
        self.wake.notify_one();
    }

    /// The other side wants nothing until further notice, or wants more.
    pub fn hold(&self, held: bool) {
        self.state().held = held;
        self.wake.notify_one();
    }

    fn now(&self) -> CallTime {
        CallTime(self.began.elapsed().as_micros() as u64)
    }

    fn tell(&self) {
        if self.state().ahead.has_news() {
            self.news.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Speeches whose last frame was handed out. True if there is one.
fn settle(ahead: &mut Ahead, news: &[News]) -> bool {
    let mut ends = false;
    for item in news {
        if let News::Finished(speech) = item {
            ahead.over(*speech);
            ends = true;
        }
    }
    ends
}

fn wait_for(depth: u64, target: u64) -> Step {
    Step::Wait(Duration::from_millis(depth.saturating_sub(target).max(1) * FRAME_MS))
}

fn count(counter: &'static str, faults: u64) {
    if faults > 0 {
        metrics::counter!(counter).increment(faults);
    }
}

impl Voice for TheirClock {
    fn clock(&self) -> Clock {
        Clock::Theirs
    }

    fn begin(&self, speech: SpeechId, rate: u32, expected_ms: u64) {
        self.state().playout.begin(speech, rate, expected_ms);
    }

    fn push(&self, speech: SpeechId, samples: &[i16]) {
        self.state().playout.push(speech, samples);
        self.wake.notify_one();
    }

    fn finish(&self, speech: SpeechId) {
        let mut state = self.state();
        state.playout.finish(speech);
        let news = state.playout.take_news();
        settle(&mut state.ahead, &news);
        drop(state);
        self.tell();
        self.wake.notify_one();
    }

    fn hush(&self) -> Vec<(SpeechId, f32)> {
        let now = self.now();
        let mut state = self.state();
        state.ahead.tick(now);
        state.flush_owed |= state.ahead.depth(now) > 0 || state.ahead.holds_speech();
        let waiting = state.playout.hush();
        // The other side stops somewhere in what it has, at a place that is not known to the sample.
        state.playout.cut_elsewhere();
        let handed_out = state.ahead.cut();
        drop(state);
        self.wake.notify_one();
        shares(&handed_out, &waiting)
    }

    fn dress(&self, sound: &Sound) {
        self.state().playout.dress(sound, self.ahead_frames * FRAME_MS);
    }

    fn await_answer(&self, awaited: bool) {
        self.state().playout.await_answer(awaited);
    }

    fn recent_sound(&self, out: &mut Vec<i16>) {
        self.state().playout.recent_sound(out);
    }

    fn take_news(&self) -> Vec<News> {
        let now = self.now();
        let mut state = self.state();
        state.ahead.tick(now);
        state.ahead.take_news()
    }

    fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }
}

/// What was heard of each speech. `handed_out`: frames heard and sent; `waiting`: the share that
/// was handed out of those that were not handed out whole.
fn shares(
    handed_out: &[(SpeechId, u64, u64)],
    waiting: &[(SpeechId, f32)],
) -> Vec<(SpeechId, f32)> {
    let share_sent = |speech| waiting.iter().find(|(id, _)| *id == speech).map_or(1.0, |(_, s)| *s);
    let begun = handed_out.iter().map(|(speech, heard, sent)| {
        let of_sent = *heard as f32 / (*sent).max(1) as f32;
        (*speech, share_sent(*speech) * of_sent)
    });
    let is_begun = |speech| handed_out.iter().any(|(id, ..)| *id == speech);
    let unheard = waiting.iter().filter(|(speech, _)| !is_begun(*speech)).map(|(id, _)| (*id, 0.0));
    begun.chain(unheard).collect()
}
