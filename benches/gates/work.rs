//! The pieces of work that are counted.

use super::call;
use chrono::NaiveDate;
use std::hint::black_box;
use std::str::FromStr as _;
use treadline::asterisk::audiosocket::frame::{Decoder, encode_audio};
use treadline::audio::echo::{EchoGuard, Played};
use treadline::audio::playout::Playout;
use treadline::audio::resample::Resampler;
use treadline::audio::sound::Sound;
use treadline::audio::vad::Vad;
use treadline::caller::signal::speech_like;
use treadline::language::Language;
use treadline::language::heard::{Context, hear};
use treadline::language::sentences::Splitter;
use treadline::shop::TireSize;
use treadline::turn::SpeechId;

/// One gate.
pub struct Gate {
    pub name: &'static str,
    /// What one piece is.
    pub what: &'static str,
    /// Pieces in the short run; the long one has five times as many.
    pub times: usize,
    make: fn() -> Box<dyn FnMut()>,
}

const fn gate(
    name: &'static str,
    what: &'static str,
    times: usize,
    make: fn() -> Box<dyn FnMut()>,
) -> Gate {
    Gate { name, what, times, make }
}

/// All gates.
pub const GATES: &[Gate] = &[
    gate("resample-8-16", "20 ms from 8 to 16 kHz", 200, || resample(8_000, 16_000)),
    gate("resample-16-8", "20 ms from 16 to 8 kHz", 200, || resample(16_000, 8_000)),
    gate("resample-24-8", "20 ms from 24 to 8 kHz", 200, || resample(24_000, 8_000)),
    gate("resample-8-24", "20 ms from 8 to 24 kHz", 200, || resample(8_000, 24_000)),
    gate("frame-out", "20 ms at 8 kHz into a message", 500, frame_out),
    gate("frame-in", "the same message out of a stream", 500, frame_in),
    gate("playout", "20 ms of a 24 kHz voice, levelled and joined, to 8 kHz", 200, playout),
    gate("vad", "20 ms at 16 kHz, speech and pauses", 50, vad),
    gate("echo-guard", "a voice that begins, laid beside 1.2 s of our own", 5, echo_guard),
    gate("splitter", "an answer of 160 characters in pieces of 6", 50, splitter),
    gate("grammar", "a sentence with a tyre size, a count and a day", 50, grammar),
    gate("core-call", "a whole call of two turns with a tool", 5, || call::calls(0)),
    gate("claim-guard", "the same, and ten sentences to judge", 5, || call::calls(10)),
];

/// One gate's work, ready to be done again and again.
pub fn made(gate: &Gate) -> Box<dyn FnMut()> {
    (gate.make)()
}

fn resample(from: u32, to: u32) -> Box<dyn FnMut()> {
    let input = speech_like(from, 20);
    let mut resampler = Resampler::new(from, to);
    let mut out = Vec::with_capacity(to as usize / 10);
    Box::new(move || {
        out.clear();
        resampler.process(black_box(&input), &mut out);
        black_box(&out);
    })
}

fn frame_out() -> Box<dyn FnMut()> {
    let samples = speech_like(8_000, 20);
    let mut out = Vec::with_capacity(1_024);
    Box::new(move || {
        out.clear();
        encode_audio(8_000, black_box(&samples), &mut out);
        black_box(&out);
    })
}

fn frame_in() -> Box<dyn FnMut()> {
    let mut message = Vec::new();
    encode_audio(8_000, &speech_like(8_000, 20), &mut message);
    let mut decoder = Decoder::default();
    Box::new(move || {
        let mut input = black_box(&message[..]);
        while let Ok(Some(frame)) = decoder.next(&mut input) {
            black_box(&frame);
        }
    })
}

fn playout() -> Box<dyn FnMut()> {
    let second = speech_like(24_000, 1_000);
    let mut playout = Playout::default();
    let sound = Sound {
        loudness_db: Some(-22),
        comfort_noise_db: Some(-65),
        echo_guard: true,
        ..Sound::default()
    };
    playout.dress(&sound, 0);
    let (mut frame, mut speech, mut at) = (Vec::with_capacity(160), 0, 0);
    Box::new(move || {
        // A new speech every second, so that what is kept of one does not grow.
        if at == 0 {
            speech += 1;
            playout.begin(SpeechId(speech), 24_000, 1_000);
        }
        playout.push(SpeechId(speech), black_box(&second[at..at + 480]));
        at = (at + 480) % second.len();
        if at == 0 {
            playout.finish(SpeechId(speech));
        }
        playout.next_frame(8_000, &mut frame);
        black_box(&frame);
        if playout.has_news() {
            black_box(playout.take_news());
        }
    })
}

fn vad() -> Box<dyn FnMut()> {
    let mut sound = speech_like(16_000, 600);
    sound.resize(16_000, 0);
    let (mut vad, mut at) = (Vad::new(), 0);
    Box::new(move || {
        black_box(vad.push(black_box(&sound[at..at + 320])));
        at = (at + 320) % sound.len();
    })
}

fn echo_guard() -> Box<dyn FnMut()> {
    let ours = speech_like(8_000, 1_200);
    let (mut played, mut guard, mut recent) = (Played::new(0), EchoGuard::default(), Vec::new());
    played.push(8_000, &ours);
    let caller: Vec<i16> = ours.iter().rev().copied().collect();
    guard.hear(8_000, &caller);
    Box::new(move || {
        played.copy_into(&mut recent);
        black_box(guard.begins(black_box(&recent)));
    })
}

fn splitter() -> Box<dyn FnMut()> {
    let answer = "Так, є три комплекти 205/55 R16. Найдешевший Rosava WQ-102 по 1899,50 грн, \
                  а Nokian Hakka 5 по 4720 грн. Записати вас на вул. Шевченка, буд. 12, о 10:20?";
    let letters: Vec<char> = answer.chars().collect();
    let pieces: Vec<String> = letters.chunks(6).map(|piece| piece.iter().collect()).collect();
    Box::new(move || {
        let mut splitter = Splitter::new(Language::Uk);
        for piece in &pieces {
            black_box(splitter.push(black_box(piece)));
        }
        black_box(splitter.finish());
    })
}

fn grammar() -> Box<dyn FnMut()> {
    let sizes: Vec<TireSize> =
        ["205/55 R16", "195/65 R15", "225/45 R17", "185/60 R14", "215/65 R16C"]
            .iter()
            .filter_map(|size| TireSize::from_str(size).ok())
            .collect();
    let brands: Vec<String> =
        ["Nokian", "Michelin", "Rosava", "Hankook"].map(str::to_owned).to_vec();
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default();
    let said = "мені потрібні чотири зимові шини нокіан двісті п'ять п'ятдесят п'ять \
                на шістнадцять, приїду в середу після обіду";
    Box::new(move || {
        let context = Context { today, sizes: &sizes, brands: &brands };
        black_box(hear(black_box(said), Language::Uk, &context));
    })
}
