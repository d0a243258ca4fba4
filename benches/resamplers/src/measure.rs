//! What is measured of each, in quality and in time.

use crate::contestants::{Contestant, Convert};
use crate::count;
use std::f64::consts::TAU;
use std::hint::black_box;
use std::time::Instant;

const AMPLITUDE: f64 = 29_000.0;
/// Rounds of timing, and frames in each.
const ROUNDS: usize = 41;
const FRAMES: usize = 100;
/// Frames over which the heap is watched, after as many for warming up.
const FRAMES_COUNTED: usize = 500;
/// Where the speech band ends and the stop band of a telephone begins.
const BAND_HZ: f64 = 3_400.0;
const STOP_HZ: f64 = 4_600.0;

/// What was found of one.
pub struct Found {
    pub name: &'static str,
    pub drawn: bool,
    pub ns_median: f64,
    pub ns_least: f64,
    /// Delay of the filter at 1 kHz, and what is held back beyond it, milliseconds.
    pub group_ms: f64,
    pub held_ms: f64,
    /// The frame with which the first sample comes out.
    pub first_frame: usize,
    pub ripple_db: f64,
    /// The worst of what must not be there: aliases from above 4.6 kHz, or images of the band.
    pub rejection_db: f64,
    pub allocations: u64,
    /// Input frequency and what comes out of it, decibels: the tone itself in the band, all of it
    /// above half the lower rate, or the image of it when the rate rises.
    pub response: Vec<(f64, f64)>,
}

/// Everything about one, but the time.
pub fn quality(of: &Contestant, from: u32, to: u32) -> Found {
    let delay = delays(of, from, to);
    let gains: Vec<f64> = band().map(|hz| heard(of, from, to, hz).gain_db).collect();
    let highest = gains.iter().copied().fold(f64::MIN, f64::max);
    let lowest = gains.iter().copied().fold(f64::MAX, f64::min);
    let rejection_db = if to > from {
        band().map(|hz| -heard(of, from, to, hz).rest_db).fold(f64::MAX, f64::min)
    } else {
        let top = f64::from(from) / 2.0 - 100.0;
        let step = (top - STOP_HZ) / 15.0;
        (0..16)
            .map(|i| -heard(of, from, to, STOP_HZ + step * f64::from(i)).all_db)
            .fold(f64::MAX, f64::min)
    };
    Found {
        name: of.name,
        drawn: of.drawn,
        ns_median: 0.0,
        ns_least: 0.0,
        group_ms: delay.0,
        held_ms: delay.1,
        first_frame: delay.2,
        ripple_db: highest - lowest,
        rejection_db,
        allocations: allocations(of, from, to),
        response: response(of, from, to),
    }
}

fn band() -> impl Iterator<Item = f64> {
    (0..32).map(|i| 300.0 + (BAND_HZ - 300.0) * f64::from(i) / 31.0)
}

fn response(of: &Contestant, from: u32, to: u32) -> Vec<(f64, f64)> {
    let (low, high) = (f64::from(from.min(to)) / 2.0, f64::from(from.max(to)) / 2.0);
    let step = 100.0;
    let points = ((high.min(8_000.0) - 50.0) / step) as usize;
    (1..=points)
        .map(|i| {
            let hz = i as f64 * step;
            let db = if hz < low - 1.0 {
                heard(of, from, to, hz).gain_db
            } else if to > from {
                // The image of a tone lies as far above half the lower rate as the tone below it.
                let tone = 2.0 * low - hz;
                if tone < 50.0 { f64::NAN } else { heard(of, from, to, tone).rest_db }
            } else {
                heard(of, from, to, hz).all_db
            };
            (hz, db.max(-100.0))
        })
        .collect()
}

/// What comes out of a tone: the tone itself, all but the tone, and everything.
struct Heard {
    gain_db: f64,
    rest_db: f64,
    all_db: f64,
    phase: f64,
}

fn heard(of: &Contestant, from: u32, to: u32, hz: f64) -> Heard {
    let out = run(&mut (of.make)(from, to), &tone(from, hz, from as usize), from);
    // The middle: after the delay of the slowest, before the end.
    let start = to as usize * 2 / 5;
    let count = (to as usize * 2 / 5).min(out.len().saturating_sub(start));
    let step = TAU * hz / f64::from(to);
    let (mut sine, mut cosine, mut power) = (0.0, 0.0, 0.0);
    for (i, y) in out.iter().enumerate().skip(start).take(count) {
        let (s, c) = (step * i as f64).sin_cos();
        let y = f64::from(*y) / AMPLITUDE;
        sine += s * y;
        cosine += c * y;
        power += y * y;
    }
    let scale = 2.0 / count.max(1) as f64;
    let (a, b) = (sine * scale, cosine * scale);
    let rest: f64 = out
        .iter()
        .enumerate()
        .skip(start)
        .take(count)
        .map(|(i, y)| {
            let (s, c) = (step * i as f64).sin_cos();
            (f64::from(*y) / AMPLITUDE - a * s - b * c).powi(2)
        })
        .sum();
    let db = |power: f64| 10.0 * (power + 1e-12).log10();
    Heard {
        gain_db: db(a * a + b * b),
        rest_db: db(rest * scale),
        all_db: db(power * scale),
        phase: (-b).atan2(a),
    }
}

/// Group delay at 1 kHz by the slope of the phase, less what is held back in whole samples; the
/// largest steady lack of samples; and the frame of the first one.
fn delays(of: &Contestant, from: u32, to: u32) -> (f64, f64, usize) {
    let turn =
        (heard(of, from, to, 1_010.0).phase - heard(of, from, to, 990.0).phase).rem_euclid(TAU);
    let group_ms = turn / TAU / 20.0 * 1_000.0;
    let (frame, wanted) = ((from / 50) as usize, (to / 50) as usize);
    let mut convert = (of.make)(from, to);
    let (input, mut out) = (vec![1_000_i16; frame], Vec::new());
    let (mut lack, mut first) = (0_usize, 0);
    for n in 1..=100 {
        convert(&input, &mut out);
        if first == 0 && !out.is_empty() {
            first = n;
        }
        lack = lack.max((n * wanted).saturating_sub(out.len()));
    }
    (group_ms, lack as f64 / f64::from(to) * 1_000.0, first)
}

fn allocations(of: &Contestant, from: u32, to: u32) -> u64 {
    let mut convert = (of.make)(from, to);
    let input = tone(from, 440.0, (from / 50) as usize);
    let mut out = Vec::with_capacity(to as usize);
    let mut before = 0;
    for n in 0..2 * FRAMES_COUNTED {
        if n == FRAMES_COUNTED {
            before = count::taken();
        }
        out.clear();
        convert(&input, &mut out);
    }
    count::taken() - before
}

/// Median and least time of a frame, nanoseconds, of each; all in turns, so that a busy machine slows
/// them alike.
pub fn times(all: &[Contestant], from: u32, to: u32) -> Vec<(f64, f64)> {
    let frame = (from / 50) as usize;
    let input = tone(from, 440.0, frame * FRAMES);
    let mut converts: Vec<Convert> = all.iter().map(|one| (one.make)(from, to)).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); all.len()];
    let mut out = Vec::with_capacity(to as usize);
    for _ in 0..ROUNDS {
        for (convert, times) in converts.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for piece in input.chunks_exact(frame) {
                out.clear();
                convert(black_box(piece), &mut out);
                black_box(&out);
            }
            times.push(start.elapsed().as_nanos() as f64 / FRAMES as f64);
        }
    }
    times
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            (times[ROUNDS / 2], times[0])
        })
        .collect()
}

fn tone(rate: u32, hz: f64, samples: usize) -> Vec<i16> {
    let step = TAU * hz / f64::from(rate);
    (0..samples).map(|i| (AMPLITUDE * (step * i as f64).sin()).round() as i16).collect()
}

fn run(convert: &mut Convert, input: &[i16], rate: u32) -> Vec<i16> {
    let mut out = Vec::new();
    for piece in input.chunks_exact((rate / 50) as usize) {
        convert(piece, &mut out);
    }
    out
}
