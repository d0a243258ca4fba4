//! A voice on a leg without a clock of its own: a frame that leaves is heard.

use super::{Clock, Voice};
use crate::audio::playout::{News, Playout};
use crate::audio::sound::Sound;
use crate::turn::SpeechId;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The queue of speeches that the leg's pacer pulls frames from.
#[derive(Debug, Default)]
pub struct OurClock {
    /// Locked for moments only, never across an await.
    playout: Mutex<Playout>,
    wake: Arc<Notify>,
    news: Arc<Notify>,
}

impl OurClock {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Told when there is something new to say.
    #[must_use]
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// True if the next frame would be speech.
    #[must_use]
    pub fn has_frame(&self) -> bool {
        self.playout().has_frame()
    }

    /// Puts the next frame at `rate` samples a second into `out`. True if it is speech. Say
    /// [`OurClock::sent`] when it has left.
    pub fn next_frame(&self, rate: u32, out: &mut Vec<i16>) -> bool {
        self.playout().next_frame(rate, out)
    }

    /// The frame has left: whoever waits for news is told of it.
    pub fn sent(&self) {
        if self.playout().has_news() {
            self.news.notify_one();
        }
    }

    fn playout(&self) -> MutexGuard<'_, Playout> {
        self.playout.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Voice for OurClock {
    fn clock(&self) -> Clock {
        Clock::Ours
    }

    fn begin(&self, speech: SpeechId, rate: u32, expected_ms: u64) {
        self.playout().begin(speech, rate, expected_ms);
    }

    fn push(&self, speech: SpeechId, samples: &[i16]) {
        self.playout().push(speech, samples);
        self.wake.notify_one();
    }

    fn finish(&self, speech: SpeechId) {
        self.playout().finish(speech);
        self.sent();
        self.wake.notify_one();
    }

    fn hush(&self) -> Vec<(SpeechId, f32)> {
        self.playout().hush()
    }

    fn dress(&self, sound: &Sound) {
        self.playout().dress(sound, 0);
    }

    fn await_answer(&self, awaited: bool) {
        self.playout().await_answer(awaited);
    }

    fn recent_sound(&self, out: &mut Vec<i16>) {
        self.playout().recent_sound(out);
    }

    fn take_news(&self) -> Vec<News> {
        self.playout().take_news()
    }

    fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }
}
