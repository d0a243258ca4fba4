//! The promises of the converters, measured on tones.

use super::*;
use std::f64::consts::TAU;

const AMPLITUDE: f64 = 29_000.0;

fn tone(rate: u32, hz: f64, samples: usize) -> Vec<i16> {
    (0..samples)
        .map(|i| (AMPLITUDE * (TAU * hz * i as f64 / f64::from(rate)).sin()).round() as i16)
        .collect()
}

/// Half a second of the tone, in 20 ms frames; what came out after the first 100 ms, and where in
/// the output that begins.
fn convert(from: u32, to: u32, hz: f64) -> (Vec<i16>, usize) {
    let mut resampler = Resampler::new(from, to);
    let mut out = Vec::new();
    for frame in tone(from, hz, from as usize / 2).chunks(from as usize / 50) {
        resampler.process(frame, &mut out);
    }
    let start = to as usize / 10;
    (out.split_off(start), start)
}

/// Gain (linear), phase (radians behind the input) and the power of all the rest, relative to
/// the input tone, found by least squares for one known frequency.
fn fit(out: &[i16], start: usize, rate: u32, hz: f64) -> (f64, f64, f64) {
    let (mut s2, mut c2, mut sc, mut sy, mut cy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let at = |i: usize| (TAU * hz * (start + i) as f64 / f64::from(rate)).sin_cos();
    for (i, y) in out.iter().enumerate() {
        let (s, c) = at(i);
        let y = f64::from(*y) / AMPLITUDE;
        s2 += s * s;
        c2 += c * c;
        sc += s * c;
        sy += s * y;
        cy += c * y;
    }
    let det = s2 * c2 - sc * sc;
    let (a, b) = ((sy * c2 - cy * sc) / det, (cy * s2 - sy * sc) / det);
    let rest: f64 = out
        .iter()
        .enumerate()
        .map(|(i, y)| {
            let (s, c) = at(i);
            (f64::from(*y) / AMPLITUDE - a * s - b * c).powi(2)
        })
        .sum();
    (a.hypot(b), -b.atan2(a), rest / out.len() as f64 * 2.0)
}

fn db(power: f64) -> f64 {
    10.0 * power.log10()
}

/// 32 frequencies of the telephone band.
fn speech_band() -> impl Iterator<Item = f64> {
    (0..32).map(|i| 300.0 + 3_100.0 * f64::from(i) / 31.0)
}

const TELEPHONE: [(u32, u32); 7] = [
    (8_000, 16_000),
    (16_000, 8_000),
    (8_000, 24_000),
    (24_000, 8_000),
    (48_000, 8_000),
    (192_000, 8_000),
    (12_000, 8_000),
];

#[test]
fn equal_rates_pass_through() {
    let mut out = Vec::new();
    let mut same = Resampler::new(16_000, 16_000);
    same.process(&[1, 2, 3], &mut out);
    same.flush(&mut out);
    assert_eq!(out, [1, 2, 3]);
}

#[test]
fn the_speech_band_is_flat_within_a_twentieth_of_a_decibel() {
    for (from, to) in TELEPHONE {
        for hz in speech_band() {
            let (out, start) = convert(from, to, hz);
            let gain_db = 2.0 * db(fit(&out, start, to, hz).0);
            assert!(gain_db.abs() <= 0.025, "{from} -> {to}, {hz:.0} Hz: {gain_db:.4} dB");
        }
    }
}

#[test]
fn what_the_lower_rate_cannot_carry_is_80_db_down() {
    for (from, to) in TELEPHONE.into_iter().filter(|(from, to)| from > to) {
        let mut hz = 4_600.0;
        while hz < f64::from(from) / 2.0 {
            let (out, _) = convert(from, to, hz);
            let power: f64 = out.iter().map(|y| (f64::from(*y) / AMPLITUDE).powi(2)).sum();
            let level_db = db(power / out.len() as f64 * 2.0 + 1e-12);
            assert!(level_db <= -80.0, "{from} -> {to}, {hz:.0} Hz: {level_db:.1} dB");
            hz += f64::from(from) / 397.0;
        }
    }
}

#[test]
fn images_of_the_speech_band_are_79_db_down() {
    // Images and the noise of rounding together.
    for (from, to) in TELEPHONE.into_iter().filter(|(from, to)| from < to) {
        for hz in speech_band() {
            let (out, start) = convert(from, to, hz);
            let rest_db = db(fit(&out, start, to, hz).2);
            assert!(rest_db <= -79.0, "{from} -> {to}, {hz:.0} Hz: {rest_db:.1} dB");
        }
    }
}

#[test]
fn the_delay_is_at_most_2_2_ms() {
    for (from, to) in TELEPHONE {
        let lag = |hz: f64| {
            let (out, start) = convert(from, to, hz);
            fit(&out, start, to, hz).1.rem_euclid(TAU)
        };
        // Group delay by the slope of the phase around 1 kHz.
        let delay_ms = (lag(1_010.0) - lag(990.0)).rem_euclid(TAU) / TAU / 20.0 * 1000.0;
        assert!((0.0..=2.2).contains(&delay_ms), "{from} -> {to}: {delay_ms:.3} ms");
    }
}

#[test]
fn every_frame_gives_exactly_one_frame_from_the_first_on() {
    let rates = [8_000, 12_000, 16_000, 24_000, 32_000, 48_000, 96_000, 192_000];
    for from in rates {
        for to in rates {
            assert!(Resampler::is_even(from, to), "{from} -> {to}");
            let mut resampler = Resampler::new(from, to);
            for frame in 1..=3 {
                let mut out = Vec::new();
                assert_eq!(resampler.yields(from as usize / 50), to as usize / 50);
                resampler.process(&vec![5_000; from as usize / 50], &mut out);
                assert_eq!(out.len(), to as usize / 50, "{from} -> {to}, frame {frame}");
                assert!(out.iter().any(|y| *y > 1_000), "{from} -> {to}, frame {frame}: sound");
            }
        }
    }
}

#[test]
fn the_output_does_not_depend_on_how_the_input_is_cut() {
    for (from, to) in [(8_000, 16_000), (24_000, 8_000), (16_000, 24_000), (22_050, 8_000)] {
        let input = tone(from, 440.0, 6_000);
        let mut whole = Vec::new();
        let mut resampler = Resampler::new(from, to);
        resampler.process(&input, &mut whole);
        resampler.flush(&mut whole);
        let mut cut = Vec::new();
        let mut rest = &input[..];
        let mut size = 1;
        while !rest.is_empty() {
            let (piece, tail) = rest.split_at(size.min(rest.len()));
            let before = cut.len();
            let promised = resampler.yields(piece.len());
            resampler.process(piece, &mut cut);
            assert!(cut.len() - before >= promised, "{from} -> {to}: promised {promised}");
            rest = tail;
            size = size * 3 % 701 + 1;
        }
        resampler.flush(&mut cut);
        assert_eq!(whole, cut, "{from} -> {to}");
    }
}

#[test]
fn a_flush_gives_the_end_of_the_sound() {
    for (from, to) in [(8_000, 16_000), (24_000, 8_000), (22_050, 8_000), (44_100, 16_000)] {
        let mut resampler = Resampler::new(from, to);
        let mut out = Vec::new();
        resampler.process(&tone(from, 1_000.0, from as usize / 10 + 7), &mut out);
        resampler.flush(&mut out);
        let wanted = to as usize / 10 + resampler.delay_samples();
        assert!(out.len() >= wanted, "{from} -> {to}: {} of {wanted}", out.len());
        assert!(out.len() <= wanted + 16, "{from} -> {to}: {} of {wanted}", out.len());
    }
}

#[test]
fn loud_sound_is_limited_and_does_not_wrap() {
    let square: Vec<i16> =
        (0..1_600).map(|i| if i / 20 % 2 == 0 { i16::MAX } else { i16::MIN }).collect();
    for (from, to) in [(8_000, 16_000), (16_000, 8_000), (22_050, 8_000)] {
        let mut out = Vec::new();
        let mut resampler = Resampler::new(from, to);
        resampler.process(&square, &mut out);
        let scale = f64::from(from) / f64::from(to);
        let delay = resampler.delay_samples() as f64;
        for (i, y) in out.iter().enumerate().skip(200) {
            let phase = ((i as f64 - delay) * scale / 20.0).rem_euclid(2.0);
            if (0.3..0.7).contains(&phase) {
                assert!(*y > 15_000, "{from} -> {to}: {y} at {phase}");
            } else if (1.3..1.7).contains(&phase) {
                assert!(*y < -15_000, "{from} -> {to}: {y} at {phase}");
            }
        }
    }
}

#[test]
fn the_family_of_44_1_khz_keeps_the_speech_band_too() {
    for (from, to) in [(22_050, 8_000), (22_050, 16_000), (44_100, 8_000), (44_100, 16_000)] {
        for hz in [300.0, 1_000.0, 2_000.0, 3_400.0] {
            let (out, start) = convert(from, to, hz);
            let (gain, _, rest) = fit(&out, start, to, hz);
            let gain_db = 2.0 * db(gain);
            assert!(gain_db.abs() <= 0.05, "{from} -> {to}, {hz} Hz: {gain_db:.3} dB");
            assert!(db(rest) <= -70.0, "{from} -> {to}, {hz} Hz: {:.1} dB", db(rest));
        }
    }
}

#[test]
fn rubatos_transparent_converter_agrees_with_ours() {
    use rubato::audioadapter_buffers::direct::InterleavedSlice;
    use rubato::{Fft, FixedSync, Resampler as _};
    for (from, to) in [(8_000_u32, 16_000_u32), (16_000, 8_000), (24_000, 8_000)] {
        let input: Vec<i16> = tone(from, 700.0, from as usize / 2)
            .iter()
            .zip(tone(from, 2_900.0, from as usize / 2))
            .map(|(a, b)| a / 3 + b / 3)
            .collect();
        let mut ours = Vec::new();
        let mut resampler = Resampler::new(from, to);
        resampler.process(&input, &mut ours);
        let chunk = from as usize / 50;
        let mut oracle =
            Fft::<f32>::new(from as usize, to as usize, chunk, 1, FixedSync::Input).unwrap();
        let mut theirs = Vec::new();
        for frame in input.chunks_exact(chunk) {
            let frame: Vec<f32> = frame.iter().map(|s| f32::from(*s)).collect();
            let mut room = vec![0.0; oracle.output_frames_max()];
            let size = room.len();
            let source = InterleavedSlice::new(&frame, 1, chunk).unwrap();
            let mut sink = InterleavedSlice::new_mut(&mut room, 1, size).unwrap();
            let (_, written) = oracle.process_into_buffer(&source, &mut sink, None).unwrap();
            theirs.extend_from_slice(&room[..written]);
        }
        // Aligned by the two delays; both are whole samples of the higher rate.
        let (our_delay, their_delay) = (delay_high(from, to), oracle.output_delay() as f64);
        let shift = their_delay - our_delay;
        let worst = (2_000..3_000)
            .map(|i| (f64::from(ours[i]) - sample_at(&theirs, i as f64 + shift)).abs())
            .fold(0.0, f64::max);
        assert!(worst <= 30.0, "{from} -> {to}: {worst:.1} of 19,333");
    }
}

/// Our group delay in samples of the output, not rounded.
fn delay_high(from: u32, to: u32) -> f64 {
    let (out, start) = convert(from, to, 1_000.0);
    let lag = fit(&out, start, to, 1_000.0).1.rem_euclid(TAU);
    let coarse = Resampler::new(from, to).delay_samples() as f64;
    let period = f64::from(to) / 1_000.0;
    let fine = lag / TAU * period;
    fine + ((coarse - fine) / period).round() * period
}

/// The signal between its samples, by a long windowed sinc.
fn sample_at(signal: &[f32], at: f64) -> f64 {
    let whole = at.floor() as usize;
    (whole - 200..=whole + 200)
        .map(|i| {
            let t = at - i as f64;
            let angle = std::f64::consts::PI * t;
            let sinc = if t.abs() < 1e-9 { 1.0 } else { angle.sin() / angle };
            f64::from(signal[i]) * sinc * (std::f64::consts::PI * t / 402.0).cos().powi(2)
        })
        .sum()
}
