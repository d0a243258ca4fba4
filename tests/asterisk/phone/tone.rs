//! Tones: made, and measured at one frequency (Goertzel).

use std::f64::consts::TAU;

/// As strong as the tests send them.
pub const STRENGTH: f64 = 8_000.0;

/// `ms` milliseconds of a tone.
pub fn tone(rate: u32, hz: u32, ms: u32) -> Vec<i16> {
    let count = u64::from(rate) * u64::from(ms) / 1_000;
    let wave = |n: u64| (TAU * f64::from(hz) * n as f64 / f64::from(rate)).sin();
    (0..count).map(|n| (wave(n) * STRENGTH) as i16).collect()
}

/// One sound over the other.
pub fn mix(one: &[i16], other: &[i16]) -> Vec<i16> {
    one.iter().zip(other).map(|(a, b)| a.saturating_add(*b)).collect()
}

/// The amplitude of `hz` in `samples`; a tone of `STRENGTH` gives that.
pub fn level(samples: &[i16], rate: u32, hz: u32) -> f64 {
    let turn = 2.0 * (TAU * f64::from(hz) / f64::from(rate)).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        (before, last) = (last, f64::from(*sample) + turn * last - before);
    }
    let power = last * last + before * before - turn * last * before;
    power.max(0.0).sqrt() * 2.0 / samples.len().max(1) as f64
}
