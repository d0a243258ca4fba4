//! A signal that is speech to a voice detector and means nothing: for load without recordings.

use std::f32::consts::TAU;

/// Syllables a second of unhurried speech.
const SYLLABLES_HZ: f32 = 4.0;
/// Pitch of the voice.
const PITCH_HZ: f32 = 130.0;
/// Resonances of the vowel "a": frequency, width and strength.
const FORMANTS: [(f32, f32, f32); 3] =
    [(700.0, 130.0, 1.0), (1_220.0, 170.0, 0.6), (2_600.0, 250.0, 0.25)];

/// `ms` milliseconds of it at `rate` samples a second, about -14 dB of full scale at its loudest.
#[must_use]
pub fn speech_like(rate: u32, ms: u32) -> Vec<i16> {
    let count = u64::from(rate) * u64::from(ms) / 1000;
    let harmonics: Vec<(f32, f32)> = (1..=25)
        .map(|n| n as f32)
        .filter(|n| n * PITCH_HZ * 1.05 < 3_600.0)
        .map(|n| (n, strength(n * PITCH_HZ)))
        .collect();
    let total: f32 = harmonics.iter().map(|(_, strength)| strength).sum();
    let mut phase = 0.0f32;
    (0..count)
        .map(|index| {
            let time = index as f32 / rate as f32;
            // The pitch moves as in a sentence; a steady one is a tone to a detector.
            let pitch = PITCH_HZ * (1.0 + 0.04 * (TAU * 0.7 * time).sin());
            phase = (phase + pitch / rate as f32).fract();
            let syllable = (TAU * SYLLABLES_HZ / 2.0 * time).sin().abs();
            let voice: f32 =
                harmonics.iter().map(|(n, strength)| strength * (TAU * n * phase).sin()).sum();
            (voice / total * syllable * 20_000.0) as i16
        })
        .collect()
}

fn strength(frequency: f32) -> f32 {
    let resonance: f32 = FORMANTS
        .iter()
        .map(|(centre, width, gain)| gain / (1.0 + ((frequency - centre) / width).powi(2)))
        .sum();
    resonance + 0.05
}
