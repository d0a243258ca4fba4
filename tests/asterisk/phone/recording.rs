//! What a telephone heard, packet by packet.

use super::tone::level;
use std::fmt::{self, Display, Formatter};
use std::ops::Range;
use std::time::Duration;
use tokio::time::Instant;

/// Windows in which tones are looked for, milliseconds; tones of n × 50 Hz do not disturb each other.
const WINDOW_MS: usize = 20;
/// A tone this strong is there: a tenth of what the tests send.
const PRESENT: f64 = 800.0;
/// And it is most of what is there: edges of other tones have a little of every frequency.
const SHARE_MIN: f64 = 0.6;

#[derive(Debug, Clone)]
pub struct Packet {
    pub at: Instant,
    pub sequence: u16,
    /// In samples.
    pub time: u32,
    pub source: u32,
    pub samples: Vec<i16>,
}

#[derive(Debug, Clone)]
pub struct Recording {
    pub rate: u32,
    pub packets: Vec<Packet>,
    /// Keys that the other side pressed.
    pub keys: String,
}

impl Recording {
    pub fn new(rate: u32) -> Self {
        Self { rate, packets: Vec::new(), keys: String::new() }
    }

    pub fn samples(&self) -> Vec<i16> {
        self.packets.iter().flat_map(|packet| packet.samples.iter().copied()).collect()
    }

    /// How long it is.
    pub fn ms(&self) -> usize {
        self.packets.iter().map(|packet| packet.samples.len()).sum::<usize>() * 1_000
            / self.rate as usize
    }

    /// What came from `start` on.
    pub fn since(&self, start: Instant) -> Self {
        let packets = self.packets.iter().filter(|packet| packet.at >= start).cloned().collect();
        Self { rate: self.rate, packets, keys: self.keys.clone() }
    }

    /// Where a tone of `hz` sounds, in milliseconds of heard sound. Holes of one window are closed:
    /// the borders of packets lie inside windows.
    pub fn runs(&self, hz: u32) -> Vec<Range<usize>> {
        let samples = self.samples();
        let window = self.rate as usize * WINDOW_MS / 1_000;
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (index, piece) in samples.chunks_exact(window).enumerate() {
            let found = level(piece, self.rate, hz);
            if found < PRESENT || found * found / 2.0 < power(piece) * SHARE_MIN {
                continue;
            }
            let (start, end) = (index * WINDOW_MS, (index + 1) * WINDOW_MS);
            match runs.last_mut() {
                Some(last) if start <= last.end + WINDOW_MS => last.end = end,
                _ => runs.push(start..end),
            }
        }
        runs
    }

    /// How long a tone of `hz` sounds in all.
    pub fn sounds(&self, hz: u32) -> Duration {
        let ms: usize = self.runs(hz).iter().map(ExactSizeIterator::len).sum();
        Duration::from_millis(ms as u64)
    }

    /// No packet lost, doubled or out of order, and the clock in them runs forward: over all that
    /// came from one source.
    pub fn assert_whole(&self) {
        for two in self.packets.windows(2) {
            let (before, after) = (&two[0], &two[1]);
            if before.source != after.source {
                continue;
            }
            let steps = after.sequence.wrapping_sub(before.sequence);
            // Keys have their own packets in the same numbering.
            assert!((1..=1 + self.keys.len() as u16 * 32).contains(&steps), "{before:?} {after:?}");
            let passed = after.time.wrapping_sub(before.time);
            let least = before.samples.len() as u32;
            assert!((least..u32::MAX / 2).contains(&passed), "{passed} after {before:?}");
        }
    }
}

/// A summary for the report of a failed test.
impl Display for Recording {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let loud = self.packets.iter().filter(|packet| power(&packet.samples) > PRESENT).count();
        write!(f, "{} packets, {loud} with sound, keys {:?}", self.packets.len(), self.keys)?;
        let ends = self.packets.first().into_iter().chain(self.packets.last());
        ends.into_iter().try_for_each(|packet| {
            write!(f, "; {:?} {} {:x}", packet.at, packet.sequence, packet.source)
        })
    }
}

/// Mean square.
fn power(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    sum / samples.len().max(1) as f64
}
