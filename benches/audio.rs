//! What the resampler costs, beside a library of the same quality and the usual shortcut.
//!
//! `cargo bench --bench audio` prints times, delays and levels. All contestants run in turns in
//! one process, so that a busy machine slows them alike.
//!
//! `audio --one 8to16 1000` converts 1,000 frames and nothing else, for counting instructions:
//! the difference of two counts over the difference of the frames is the cost of one frame.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};
use std::hint::black_box;
use std::time::Instant;
use treadline::audio::resample::Resampler;

const ROUNDS: usize = 41;
const FRAMES: usize = 100;
const PAIRS: [(&str, u32, u32); 6] = [
    ("8to16", 8_000, 16_000),
    ("16to8", 16_000, 8_000),
    ("24to8", 24_000, 8_000),
    ("8to24", 8_000, 24_000),
    ("48to8", 48_000, 8_000),
    ("22to8", 22_050, 8_000),
];

/// Converts one 20 ms frame.
type Convert = Box<dyn FnMut(&[i16], &mut Vec<i16>)>;
/// Makes a converter between two rates.
type Make = fn(u32, u32) -> Convert;

fn ours(from: u32, to: u32) -> Convert {
    let mut resampler = Resampler::new(from, to);
    Box::new(move |input, out| resampler.process(input, out))
}

/// `rubato`'s FFT converter, a frame at a time.
fn library(from: u32, to: u32) -> Convert {
    let chunk = from as usize / 50;
    let mut inner = Fft::<f32>::new(from as usize, to as usize, chunk, 1, FixedSync::Input)
        .expect("rates above 0");
    let room = inner.output_frames_max();
    let (mut floats, mut result) = (vec![0.0_f32; chunk], vec![0.0_f32; room]);
    Box::new(move |input, out| {
        for (to, from) in floats.iter_mut().zip(input) {
            *to = f32::from(*from) / 32_768.0;
        }
        let source = InterleavedSlice::new(&floats, 1, chunk).expect("the right size");
        let mut sink = InterleavedSlice::new_mut(&mut result, 1, room).expect("the right size");
        let (_, written) =
            inner.process_into_buffer(&source, &mut sink, None).expect("whole chunks");
        out.extend(result[..written].iter().map(|y| (y * 32_768.0) as i16));
    })
}

/// Straight lines between samples: what hand-made bots use.
fn linear(from: u32, to: u32) -> Convert {
    let step = f64::from(from) / f64::from(to);
    let (mut at, mut last) = (0.0_f64, 0.0_f64);
    Box::new(move |input, out| {
        while at < input.len() as f64 {
            let i = at as usize;
            let before = if i == 0 { last } else { f64::from(input[i - 1]) };
            let after = f64::from(input[i]);
            out.push((before + (after - before) * at.fract()) as i16);
            at += step;
        }
        at -= input.len() as f64;
        last = input.last().map_or(last, |s| f64::from(*s));
    })
}

/// Speech-like: three tones and some noise.
fn signal(rate: u32, samples: usize) -> Vec<i16> {
    let mut seed = 1_u32;
    (0..samples)
        .map(|i| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let t = i as f32 / rate as f32 * std::f32::consts::TAU;
            let noise = (seed >> 20) as f32 - 2_048.0;
            ((t * 240.0).sin() * 6_000.0
                + (t * 720.0).sin() * 4_000.0
                + (t * 2_400.0).sin() * 2_000.0
                + noise) as i16
        })
        .collect()
}

fn tone(rate: u32, hz: f64, samples: usize) -> Vec<i16> {
    let step = std::f64::consts::TAU * hz / f64::from(rate);
    (0..samples).map(|i| (29_000.0 * (step * i as f64).sin()).round() as i16).collect()
}

fn run(convert: &mut Convert, input: &[i16], frame: usize) -> Vec<i16> {
    let mut out = Vec::new();
    for piece in input.chunks_exact(frame) {
        convert(piece, &mut out);
    }
    out
}

/// The amplitude and phase of a tone in the second half of a second of output.
fn fit(out: &[i16], rate: u32, hz: f64) -> (f64, f64) {
    let start = rate as usize / 2;
    let step = std::f64::consts::TAU * hz / f64::from(rate);
    let count = (rate as usize * 2 / 5).min(out.len().saturating_sub(start));
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (i, y) in out.iter().enumerate().skip(start).take(count) {
        let (s, c) = (step * i as f64).sin_cos();
        sine += s * f64::from(*y);
        cosine += c * f64::from(*y);
    }
    let scale = 2.0 / count.max(1) as f64 / 29_000.0;
    ((sine.hypot(cosine)) * scale, (-cosine).atan2(sine))
}

/// Group delay at 1 kHz in ms, gain at 3.4 kHz in dB, and for falling rates the level of what
/// 5 kHz leaves behind in dB.
fn quality(make: Make, from: u32, to: u32) -> (f64, f64, Option<f64>) {
    let frame = from as usize / 50;
    let measure =
        |hz: f64| fit(&run(&mut make(from, to), &tone(from, hz, from as usize), frame), to, hz);
    let turn = (measure(1_010.0).1 - measure(990.0).1).rem_euclid(std::f64::consts::TAU);
    let delay_ms = turn / std::f64::consts::TAU / 20.0 * 1_000.0;
    let edge_db = 20.0 * measure(3_400.0).0.log10();
    let alias_db = (from > to).then(|| {
        let out = run(&mut make(from, to), &tone(from, 5_000.0, from as usize), frame);
        let tail = &out[out.len() / 2..];
        let power: f64 = tail.iter().map(|y| (f64::from(*y) / 29_000.0).powi(2)).sum();
        10.0 * (power / tail.len() as f64 * 2.0 + 1e-10).log10()
    });
    (delay_ms, edge_db, alias_db)
}

fn compare(name: &str, from: u32, to: u32) {
    let makers: [(&str, Make); 3] = [("ours", ours), ("rubato-fft", library), ("linear", linear)];
    let frame = from as usize / 50;
    let input = signal(from, frame * FRAMES);
    let mut contestants: Vec<Convert> = makers.iter().map(|(_, make)| make(from, to)).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); makers.len()];
    let mut out = Vec::with_capacity(to as usize);
    for _ in 0..ROUNDS {
        for (convert, times) in contestants.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for piece in input.chunks_exact(frame) {
                out.clear();
                convert(black_box(piece), &mut out);
                black_box(&out);
            }
            times.push(start.elapsed().as_nanos() as f64 / FRAMES as f64);
        }
    }
    let mut first = None;
    for ((who, make), times) in makers.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let (median, least) = (times[ROUNDS / 2], times[0]);
        let base = *first.get_or_insert(median);
        let (delay, edge, alias) = quality(*make, from, to);
        let alias = alias.map_or("-".to_owned(), |db| format!("{db:.1}"));
        println!(
            "{name:<6} {who:<11} {median:>8.0} {least:>8.0} {:>6.2} {delay:>9.2} {edge:>8.2} {alias:>8}",
            median / base
        );
    }
}

fn one(name: &str, frames: usize) {
    let Some((_, from, to)) = PAIRS.iter().find(|(pair, ..)| *pair == name) else {
        println!("no such pair: {name}");
        std::process::exit(2);
    };
    let frame = *from as usize / 50;
    let input = signal(*from, frame);
    let mut resampler = Resampler::new(*from, *to);
    let mut out = Vec::with_capacity(*to as usize);
    for _ in 0..frames {
        out.clear();
        resampler.process(black_box(&input), &mut out);
        black_box(&out);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == "--one") {
        let name = arguments.get(at + 1).map_or("8to16", String::as_str);
        let frames = arguments.get(at + 2).and_then(|n| n.parse().ok()).unwrap_or(1_000);
        return one(name, frames);
    }
    println!("20 ms frames, 16-bit in and out; ns per frame over {ROUNDS} rounds of {FRAMES}");
    println!("pair   converter     median    least  ratio  delay ms  3.4k dB   5k dB");
    for (name, from, to) in PAIRS {
        compare(name, from, to);
    }
}
