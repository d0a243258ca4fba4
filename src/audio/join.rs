//! Joins without clicks. Where sound begins or ends in the middle of a wave (a cut, a voice that
//! runs dry, a piece that is skipped, another sentence), the step is a click in the caller's ear;
//! a short raised cosine takes its place. Sound that begins and ends quietly is not touched.

/// How long a fade takes: short enough to be no delay, long enough to be no click.
pub const FADE_MS: usize = 5;
/// Sound below this leaves no click when it stops: about -42 dB of full scale.
const QUIET: u16 = 256;
/// How much of an edge is looked at: a wave that crosses zero just there is loud all the same.
const EDGE_MS: usize = 1;
/// The highest rate of a leg; room for its fade is made once.
const RATE_MAX: usize = 192_000;

/// What joins the frames of one leg.
#[derive(Debug)]
pub struct Joiner {
    rate: u32,
    /// The falling half of a raised cosine, 1 to 0.
    falling: Vec<f32>,
    /// The last fade's length of what was heard.
    tail: Vec<i16>,
    /// What would have come next of a sound that was cut.
    leaving: Vec<i16>,
}

impl Default for Joiner {
    fn default() -> Self {
        let room = RATE_MAX / 1000 * FADE_MS;
        Self {
            rate: 0,
            falling: Vec::with_capacity(room),
            tail: Vec::with_capacity(room),
            leaving: Vec::with_capacity(room),
        }
    }
}

impl Joiner {
    /// Sound is cut; `next` is what would have followed, as far as it is known.
    pub fn leave(&mut self, rate: u32, next: &[i16]) {
        self.tune(rate);
        self.leaving.clear();
        self.leaving.extend(next.iter().take(self.falling.len()));
    }

    /// What was heard last is not what was joined last: somebody else cut it.
    pub fn forget(&mut self) {
        self.tail.clear();
        self.leaving.clear();
    }

    /// Joins a frame to the one before. `sound`: so many samples at its head are sound, the rest
    /// silence; `continues`: they follow the last frame's without a seam; `ends`: the sound ends
    /// with this frame.
    pub fn join(
        &mut self,
        rate: u32,
        frame: &mut [i16],
        sound: usize,
        continues: bool,
        ends: bool,
    ) {
        self.tune(rate);
        let sound = sound.min(frame.len());
        if !continues {
            self.soften_seam(frame, sound);
        }
        self.leaving.clear();
        let (heard, rest) = frame.split_at_mut(sound);
        let over = ends || !rest.is_empty();
        if over {
            self.soften_end(heard);
        }
        self.tail.clear();
        if over && sound > 0 {
            return;
        }
        let length = self.falling.len().min(frame.len());
        self.tail.extend_from_slice(&frame[frame.len() - length..]);
    }

    /// The old sound falls while the new one rises, each only if it would click.
    fn soften_seam(&self, frame: &mut [i16], sound: usize) {
        let edge = self.edge();
        let old_is_loud = is_loud(&self.tail[self.tail.len().saturating_sub(edge)..]);
        let new_is_loud = is_loud(&frame[..sound.min(edge)]);
        if new_is_loud {
            for (sample, falling) in frame[..sound].iter_mut().zip(&self.falling) {
                *sample = (f32::from(*sample) * (1.0 - falling)) as i16;
            }
        }
        if !old_is_loud {
            return;
        }
        // Where nobody knows how the sound would have gone on, it goes back the way it came.
        let known = self.leaving.iter().copied();
        let mirrored = self.tail.iter().rev().copied().skip(self.leaving.len());
        for ((sample, old), falling) in
            frame.iter_mut().zip(known.chain(mirrored)).zip(&self.falling)
        {
            *sample = sample.saturating_add((f32::from(old) * falling) as i16);
        }
    }

    fn soften_end(&self, sound: &mut [i16]) {
        if !is_loud(&sound[sound.len().saturating_sub(self.edge())..]) {
            return;
        }
        let length = self.falling.len().min(sound.len());
        let from = sound.len() - length;
        for (i, sample) in sound[from..].iter_mut().enumerate() {
            let falling = self.falling[i * self.falling.len() / length];
            *sample = (f32::from(*sample) * falling) as i16;
        }
    }

    fn edge(&self) -> usize {
        (self.falling.len() * EDGE_MS / FADE_MS).max(1)
    }

    fn tune(&mut self, rate: u32) {
        if self.rate == rate {
            return;
        }
        self.rate = rate;
        self.forget();
        self.falling.clear();
        let length = (rate as usize * FADE_MS / 1000).max(1);
        self.falling.extend((0..length).map(|i| {
            let angle = std::f32::consts::PI * (i as f32 + 0.5) / length as f32;
            0.5 * (1.0 + angle.cos())
        }));
    }
}

fn is_loud(edge: &[i16]) -> bool {
    edge.iter().any(|sample| sample.unsigned_abs() > QUIET)
}

#[cfg(test)]
#[path = "join_tests.rs"]
mod tests;
