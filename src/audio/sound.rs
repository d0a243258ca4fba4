//! How a leg sounds: what is done to every frame between the playout and the line.

use super::echo::Played;
use super::join::Joiner;
use super::level::Leveller;
use super::noise::Noise;
use super::waiting::Waiting;
use crate::turn::SpeechId;

/// What a shop wishes. By default nothing but joins without clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sound {
    /// The loudness that voices are led to, decibels of full scale.
    pub loudness_db: Option<i32>,
    /// The level of the noise under silence, decibels of full scale.
    pub comfort_noise_db: Option<i32>,
    /// An answer may be awaited in silence for so long, milliseconds; then notes are heard.
    pub waiting_ms: Option<u64>,
    /// What was handed out is remembered, for the echo guard.
    pub echo_guard: bool,
}

/// Where the sound of a frame comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Nothing,
    Speech(SpeechId),
    Waiting,
}

/// What a frame holds before it is dressed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken {
    pub speech: SpeechId,
    /// Samples at the head of the frame; silence follows.
    pub samples: usize,
    /// Nothing of the speech is left.
    pub ends: bool,
}

/// The last hand on every frame of one leg.
#[derive(Debug)]
pub(super) struct Dressing {
    joiner: Joiner,
    leveller: Option<Leveller>,
    noise: Option<Noise>,
    waiting: Option<Waiting>,
    played: Option<Played>,
    last: Source,
}

impl Default for Dressing {
    fn default() -> Self {
        Self::new(&Sound::default(), 0)
    }
}

impl Dressing {
    /// `ahead_ms`: how far ahead of what is heard frames are handed out.
    pub fn new(sound: &Sound, ahead_ms: u64) -> Self {
        Self {
            joiner: Joiner::default(),
            leveller: sound.loudness_db.map(Leveller::new),
            noise: sound.comfort_noise_db.map(Noise::new),
            waiting: sound.waiting_ms.map(Waiting::new),
            played: sound.echo_guard.then(|| Played::new(ahead_ms)),
            last: Source::Nothing,
        }
    }

    /// Leads what a voice says to the loudness wished.
    pub fn level(&mut self, rate: u32, samples: &mut [i16]) {
        if let Some(leveller) = &mut self.leveller {
            leveller.apply(rate, samples);
        }
    }

    pub fn await_answer(&mut self, awaited: bool) {
        if let Some(waiting) = &mut self.waiting {
            waiting.await_answer(awaited);
        }
    }

    /// The last frame was of this speech.
    pub fn sounds(&self, speech: SpeechId) -> bool {
        self.last == Source::Speech(speech)
    }

    /// The sound is cut; `next` is what would have followed.
    pub fn leave(&mut self, rate: u32, next: &[i16]) {
        self.joiner.leave(rate, next);
    }

    /// What was handed out last is not what was heard last.
    pub fn forget(&mut self) {
        self.joiner.forget();
        self.last = Source::Nothing;
    }

    /// Makes a frame fit to be heard after the one before.
    pub fn dress(&mut self, rate: u32, frame: &mut [i16], spoken: Option<Spoken>) {
        let (source, samples, ends) = match spoken {
            Some(spoken) => {
                self.await_answer(false);
                (Source::Speech(spoken.speech), spoken.samples, spoken.ends)
            }
            None if self.waiting.as_mut().is_some_and(|waiting| waiting.fill(rate, frame)) => {
                (Source::Waiting, frame.len(), false)
            }
            None => (Source::Nothing, 0, false),
        };
        let continues = source != Source::Nothing && source == self.last;
        self.joiner.join(rate, frame, samples, continues, ends);
        self.last = source;
        if let Some(noise) = &mut self.noise {
            noise.add(&mut frame[samples..]);
        }
        if let Some(played) = &mut self.played {
            played.push(rate, frame);
        }
    }

    /// What was handed out lately, for the echo guard; nothing, if it was silence.
    pub fn recent_sound(&self, out: &mut Vec<i16>) {
        match &self.played {
            Some(played) => played.copy_into(out),
            None => out.clear(),
        }
    }
}
