//! The local ears and voice with nothing injected: real recordings, the real model, espeak-ng.
//!
//! Needs what `make setup` installs. `TREADLINE_SKIP=recognition` leaves the recognition out.
#![cfg(feature = "local-stt")]
#![expect(clippy::unwrap_used, reason = "a helper that fails here has failed its test")]

use futures_util::StreamExt;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use treadline::language::Language;
use treadline::stt::local::LocalStt;
use treadline::stt::{LISTEN_RATE, ListenOptions, SpeechToText, Transcript};
use treadline::tts::TextToSpeech;
use treadline::tts::local::LocalTts;
use treadline::turn::Failure;

/// Words that must be heard in each recording. Not the exact text: that may change with a model.
const HEARD: &[(&str, &[&str])] = &[
    ("hello-winter-size", &["winter", "tires", "205", "55", "16"]),
    ("winter-only", &["winter", "tires"]),
    ("size-only", &["205", "55", "16"]),
    ("summer", &["summer", "tires"]),
    ("stock", &["four", "michelin", "stock"]),
    ("four", &["four"]),
    ("how-much", &["how", "much", "michelin"]),
    ("book", &["book", "fitting"]),
    ("stations", &["which", "stations"]),
    ("station", &["first"]),
    ("earliest", &["earliest", "time"]),
    ("other-time", &["no", "another", "time"]),
    ("name", &["name", "john", "smith"]),
    ("car", &["white", "toyota"]),
    ("phone", &["067", "123"]),
    ("yes", &["yes", "right"]),
    ("no", &["no", "wrong"]),
    ("repeat", &["say", "again"]),
    ("hold-on", &["hold", "second"]),
    ("operator", &["human", "operator"]),
    ("goodbye", &["no", "goodbye"]),
    ("take-michelin", &["take", "michelin"]),
    ("pickup", &["pick", "up"]),
    ("kyiv", &["kiev"]),
    ("cash", &["cash", "delivery"]),
    ("fit-them", &["yes", "fitted"]),
];

/// Was recognition left out on purpose? Says so in capitals; in CI that is not allowed.
fn skipped() -> bool {
    let wish = std::env::var("TREADLINE_SKIP").unwrap_or_default();
    if !wish.split(',').any(|group| group.trim() == "recognition") {
        return false;
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "TREADLINE_SKIP=recognition is refused when CI=true"
    );
    eprintln!("SKIPPED: A TEST OF REAL RECOGNITION (TREADLINE_SKIP=recognition)");
    true
}

/// The model is loaded once for all tests, as the program does.
fn ears() -> Arc<LocalStt> {
    static EARS: OnceLock<Arc<LocalStt>> = OnceLock::new();
    let ears = EARS.get_or_init(|| {
        Arc::new(
            LocalStt::load(&treadline::parts::whisper_model().unwrap(), 1)
                .unwrap_or_else(|error| panic!("{error}")),
        )
    });
    Arc::clone(ears)
}

fn recording(name: &str) -> Vec<i16> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/audio")
        .join(format!("{name}.wav"));
    let mut wav =
        hound::WavReader::open(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let spec = wav.spec();
    assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (8_000, 1, 16), "{name}");
    wav.samples::<i16>().map(|sample| sample.unwrap()).collect()
}

/// 8 into 16 kHz: between two samples the average of two, weighted so that the band of a telephone
/// stays as it is (a half-band filter of six taps).
fn twice(samples: &[i16]) -> Vec<i16> {
    const TAPS: [f32; 6] = [0.012, -0.098, 0.586, 0.586, -0.098, 0.012];
    let at = |i: usize, tap: usize| {
        let place = (i + tap).checked_sub(2);
        f32::from(place.and_then(|place| samples.get(place)).copied().unwrap_or_default())
    };
    (0..samples.len())
        .flat_map(|i| {
            let between: f32 = TAPS.iter().enumerate().map(|(tap, w)| w * at(i, tap)).sum();
            [samples[i], between.clamp(-32_768.0, 32_767.0) as i16]
        })
        .collect()
}

/// What a call tells the recogniser of the catalogue: makers, then sizes, more than it takes.
fn hints() -> Vec<String> {
    let products = include_str!("../src/store/sample/products.csv").lines().skip(1);
    let (mut brands, mut sizes) = (BTreeSet::new(), BTreeSet::new());
    for product in products {
        let fields: Vec<&str> = product.split(',').collect();
        brands.insert(fields[1].to_owned());
        sizes.insert(format!("{}/{} R{}", fields[3], fields[4], &fields[5][..2]));
    }
    brands.into_iter().chain(sizes).collect()
}

/// Pushes audio frame by frame, as a call does, and asks once.
async fn heard(audio: &[i16]) -> Transcript {
    let options = ListenOptions { hints: hints(), ..ListenOptions::default() };
    let mut ears = ears().open(options).await.unwrap();
    ears.begin();
    for frame in audio.chunks(LISTEN_RATE as usize / 50) {
        ears.push(frame);
    }
    ears.transcribe().await.unwrap()
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn every_recording_is_understood() {
    if skipped() {
        return;
    }
    let mut missed = Vec::new();
    for (name, wanted) in HEARD {
        let said = heard(&twice(&recording(name))).await;
        println!("{name}: {:?} ({:?})", said.text, said.confidence);
        let words = words(&said.text);
        for word in *wanted {
            // A size may come as "205/55R16": its parts are looked for inside the words.
            if !words.iter().any(|heard| heard == word || (word.len() == 2 && heard.contains(word)))
            {
                missed.push(format!("{name}: no {word:?} in {:?}", said.text));
            }
        }
        let sure = said.confidence.expect("the engine knows how sure it is");
        if !(0.4..=1.0).contains(&sure) {
            missed.push(format!("{name}: confidence {sure}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test]
async fn silence_and_noise_are_no_words() {
    if skipped() {
        return;
    }
    for (what, audio) in [
        ("digital silence", vec![0; 32_000]),
        ("a street", twice(&recording("noise"))),
        ("a blip of ten milliseconds", vec![900; 160]),
    ] {
        assert_eq!(heard(&audio).await, Transcript::default(), "{what}");
    }
}

#[tokio::test]
async fn an_utterance_can_be_asked_for_again_and_a_dropped_question_does_no_harm() {
    if skipped() {
        return;
    }
    let audio = twice(&recording("yes"));
    let mut ears = ears().open(ListenOptions::default()).await.unwrap();
    ears.push(&audio);
    for _ in 0..40 {
        drop(ears.transcribe());
    }
    let (first, second) = (ears.transcribe(), ears.transcribe());
    let (first, second) = tokio::join!(first, second);
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(words(&first.text).contains(&"yes".to_owned()), "{first:?}");
    assert_eq!(first, second, "the same audio is heard the same way");
}

#[test]
fn a_missing_model_says_how_to_get_it() {
    let error = LocalStt::load(Path::new("/nowhere/ggml-tiny.en.bin"), 1).err().unwrap();
    assert_eq!(error.failure, Failure::Unreachable);
    for part in ["/nowhere/ggml-tiny.en.bin", "make setup", "stt.model_path"] {
        assert!(error.detail.contains(part), "{error}");
    }
}

#[test]
fn a_file_that_is_no_model_says_how_to_get_one() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let error = LocalStt::load(&file, 1).err().unwrap();
    assert!(error.detail.contains("not a Whisper model"), "{error}");
    assert!(error.detail.contains("make setup"), "{error}");
}

/// All samples, and the rate.
async fn spoken(text: &str, language: Language) -> (Vec<i16>, u32) {
    let voice = LocalTts::new("").unwrap();
    let mut voiced = voice.speak(text, language).await.unwrap();
    let mut samples = Vec::new();
    while let Some(piece) = voiced.audio.next().await {
        samples.extend(piece.unwrap());
    }
    (samples, voiced.rate)
}

#[tokio::test]
async fn the_local_voice_speaks_both_languages_audibly() {
    for (language, text) in [
        (Language::En, "Good day. Which tire size do you need?"),
        (Language::Uk, "Добрий день. Який розмір шин вам потрібен?"),
    ] {
        let (samples, rate) = spoken(text, language).await;
        assert_eq!(rate, 22_050);
        let seconds = samples.len() as f32 / rate as f32;
        assert!((1.5..8.0).contains(&seconds), "{language:?}: {seconds} s");
        let energy: f64 = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum();
        let rms = (energy / samples.len() as f64).sqrt();
        assert!(rms > 800.0, "{language:?}: rms {rms}");
    }
}

#[tokio::test]
async fn more_sentences_than_places_are_all_spoken() {
    let voice = Arc::new(LocalTts::new("en-gb").unwrap());
    let sentences = (0..20).map(|_| {
        let voice = Arc::clone(&voice);
        async move {
            let mut voiced = voice.speak("Yes.", Language::En).await.unwrap();
            let mut samples = 0;
            while let Some(piece) = voiced.audio.next().await {
                samples += piece.unwrap().len();
            }
            samples
        }
    });
    let lengths = futures_util::future::join_all(sentences).await;
    assert!(lengths.iter().all(|&samples| samples > 4_000), "{lengths:?}");
}

#[tokio::test]
async fn a_text_with_markup_and_options_is_only_read_out() {
    let (plain, _) = spoken("--version", Language::En).await;
    let (marked, _) = spoken("<break time='9s'/> yes", Language::En).await;
    assert!(!plain.is_empty());
    assert!(marked.len() < 22_050 * 8, "markup is not obeyed");
}
