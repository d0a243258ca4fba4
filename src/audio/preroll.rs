//! The last moments before an utterance, so that its first syllable is never lost.
//!
//! Voice activity is noticed some 50 to 100 ms after it began, and soft beginnings later still;
//! what was heard before that belongs to the utterance.

use std::collections::VecDeque;

/// How much is kept, milliseconds.
pub const PREROLL_MS: u64 = 500;

/// A ring of the last [`PREROLL_MS`] of one stream.
#[derive(Debug, Clone)]
pub struct Preroll {
    ring: VecDeque<i16>,
    samples_max: usize,
}

impl Preroll {
    /// An empty ring for a stream of `rate` samples a second.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        let samples_max = (u64::from(rate) * PREROLL_MS / 1000) as usize;
        Self { ring: VecDeque::with_capacity(samples_max), samples_max }
    }

    /// Adds samples and forgets the oldest beyond [`PREROLL_MS`].
    pub fn push(&mut self, samples: &[i16]) {
        let kept = &samples[samples.len().saturating_sub(self.samples_max)..];
        let excess = (self.ring.len() + kept.len()).saturating_sub(self.samples_max);
        self.ring.drain(..excess);
        self.ring.extend(kept);
    }

    /// Everything kept, oldest first; the ring is empty afterwards.
    pub fn take(&mut self) -> Vec<i16> {
        self.ring.drain(..).collect()
    }

    /// Samples kept now.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// True if nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_stream_is_kept_whole_and_taken_once() {
        let mut preroll = Preroll::new(8_000);
        preroll.push(&[1, 2]);
        preroll.push(&[3]);
        assert_eq!(preroll.take(), [1, 2, 3]);
        assert!(preroll.is_empty());
        assert!(preroll.take().is_empty());
    }

    #[test]
    fn only_the_last_500_ms_are_kept() {
        let mut preroll = Preroll::new(8_000);
        let stream: Vec<i16> = (0..10_000).collect();
        for piece in stream.chunks(170) {
            preroll.push(piece);
            assert!(preroll.len() <= 4_000);
        }
        assert_eq!(preroll.take(), stream[6_000..]);
    }

    #[test]
    fn a_piece_longer_than_the_ring_leaves_its_end() {
        let mut preroll = Preroll::new(8_000);
        preroll.push(&[9; 10]);
        let stream: Vec<i16> = (0..9_000).collect();
        preroll.push(&stream);
        assert_eq!(preroll.take(), stream[5_000..]);
    }
}
