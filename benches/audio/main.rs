//! What runs for every frame and every sentence, in time: the resampler beside a library of the same
//! quality and the usual shortcut, then every piece of work whose instructions `make gates` counts.
//!
//! `cargo bench --bench audio` prints times, delays and levels; with `--write` they go into
//! `benches/audio/RESULTS.md` too. All contestants run in turns in one process, so that a busy machine
//! slows them alike.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../gates/call.rs"]
mod call;
#[path = "../gates/work.rs"]
mod work;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};
use std::fmt::Write as _;
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

fn compare(text: &mut String, name: &str, from: u32, to: u32) {
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
        let _ = writeln!(
            text,
            "| {name} | {who} | {median:.0} ({least:.0}) | {:.2} | {delay:.2} | {edge:.2} | {alias} |",
            median / base
        );
    }
}

/// Median and least time of every piece of work, nanoseconds.
fn pieces(text: &mut String) {
    for gate in work::GATES {
        let mut piece = work::made(gate);
        let times_each = gate.times.div_ceil(5);
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..times_each {
                    piece();
                }
                start.elapsed().as_nanos() as f64 / times_each as f64
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} ({:.0}) |",
            gate.name,
            gate.what,
            times[ROUNDS / 2],
            times[0]
        );
    }
}

fn conditions() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (cpu, load) = (read("/proc/cpuinfo"), read("/proc/loadavg"));
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let rustc = std::process::Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!(
        "{}, {cores} cores, load {} at the end; {}",
        model.trim_start_matches([' ', '\t', ':']),
        load.split_whitespace().next().unwrap_or("unknown"),
        rustc.unwrap_or_default()
    )
}

fn main() {
    let mut text = String::from(
        "# What runs for every frame and every sentence\n\nWritten by `make bench-audio`. Nanoseconds: the \
         median of 41 rounds and, in brackets, the least. A busy machine slows all of a table alike; \
         instruction counts, which it does not touch, are in `benches/gates/baseline.txt`.\n\n## Converters, \
         a frame of 20 ms\n\n| rates, kHz | converter | ns | times ours | delay at 1 kHz, ms | 3.4 kHz, dB | \
         5 kHz, dB |\n|---|---|---|---|---|---|---|\n",
    );
    for (name, from, to) in PAIRS {
        compare(&mut text, name, from, to);
    }
    text.push_str("\n## Pieces of work\n\n| piece | what it is | ns |\n|---|---|---|\n");
    pieces(&mut text);
    let _ = writeln!(text, "\n{}", conditions());
    println!("{text}");
    if std::env::args().any(|argument| argument == "--write") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/audio/RESULTS.md");
        if let Err(error) = std::fs::write(path, &text) {
            println!("{path} cannot be written: {error}");
        }
    }
}
