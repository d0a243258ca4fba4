//! Ears and voice of the program, behind the interface that any OpenAI-compatible server has: what
//! callers say is a script, and every sentence of the agent is a tone of its own.

use crate::phone::Recording;
use crate::phone::tone::tone;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The rate of the voice.
const RATE: u32 = 24_000;
/// Between the tones of two sentences, Hz.
const STEP: u32 = 200;
/// Sentences until a tone comes again.
const TONES: u32 = 14;

#[derive(Default)]
struct Inner {
    script: VecDeque<&'static str>,
    utterances: Vec<Vec<i16>>,
    sentences: Vec<String>,
    lowest: u32,
    ms_per_char: u32,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Inner>>);

pub struct Studio {
    pub base: String,
    shared: Shared,
    task: JoinHandle<()>,
}

impl Drop for Studio {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Studio {
    /// `lowest`: the tone of the first sentence, Hz.
    pub async fn open(lowest: u32, ms_per_char: u32) -> Self {
        let shared =
            Shared(Arc::new(Mutex::new(Inner { lowest, ms_per_char, ..Inner::default() })));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let router = Router::new()
            .route("/v1/audio/transcriptions", post(listen))
            .route("/v1/audio/speech", post(speak))
            .with_state(shared.clone());
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { base, shared, task }
    }

    /// What the recogniser will hear next, utterance by utterance; afterwards nothing.
    pub fn will_hear(&self, lines: &[&'static str]) {
        self.shared.lock().script = lines.iter().copied().collect();
    }

    /// The utterances as they arrived at the recogniser, at 16 kHz.
    pub fn utterances(&self) -> Vec<Vec<i16>> {
        self.shared.lock().utterances.clone()
    }

    /// Every sentence with its tone, Hz.
    pub fn sentences(&self) -> Vec<(String, u32)> {
        let inner = self.shared.lock();
        let all = inner.sentences.iter().enumerate();
        all.map(|(index, text)| (text.clone(), inner.hz(index))).collect()
    }

    /// Whether a sentence with `part` in it was asked for.
    pub fn says(&self, part: &str) -> bool {
        self.shared.lock().sentences.iter().any(|text| text.contains(part))
    }

    /// Each sentence with its tone and where that was heard: for the report of a failed test.
    pub fn story(&self, heard: &Recording) -> String {
        let all = self.sentences().into_iter();
        let all = all.map(|(text, hz)| format!("{text:?}: {hz} Hz at {:?}\n", heard.runs(hz)));
        all.collect()
    }

    /// All tones in use.
    pub fn tones(&self) -> Vec<u32> {
        self.sentences().into_iter().map(|(_, hz)| hz).collect()
    }

    /// The tone of the sentence with `part` in it.
    pub fn tone_of(&self, part: &str) -> u32 {
        let all = self.sentences();
        let found = all.iter().find(|(text, _)| text.contains(part));
        found.unwrap_or_else(|| panic!("nobody said {part:?}: {all:?}")).1
    }

    /// How long the sentence with `part` in it is, milliseconds.
    pub fn ms_of(&self, part: &str) -> u32 {
        let inner = self.shared.lock();
        let text = inner.sentences.iter().find(|text| text.contains(part)).expect("it was said");
        inner.ms(text)
    }
}

impl Inner {
    fn hz(&self, index: usize) -> u32 {
        self.lowest + index as u32 % TONES * STEP
    }

    fn ms(&self, text: &str) -> u32 {
        // Never so short that a listener could miss it.
        (text.chars().count() as u32 * self.ms_per_char).max(400)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no panic under the lock")
    }
}

async fn listen(State(shared): State<Shared>, body: Bytes) -> Json<Value> {
    let at = body.windows(4).position(|four| four == b"RIFF").expect("a WAV file in the form");
    let mut wav = hound::WavReader::new(&body[at..]).expect("a WAV file");
    assert_eq!(wav.spec().sample_rate, 16_000, "what recognisers get");
    let samples = wav.samples().map_while(Result::ok).collect();
    let mut inner = shared.lock();
    inner.utterances.push(samples);
    let text = inner.script.pop_front().unwrap_or_default();
    Json(json!({ "text": text }))
}

async fn speak(State(shared): State<Shared>, Json(question): Json<Value>) -> Response {
    let text = question["input"].as_str().expect("a text").to_owned();
    let samples = {
        let mut inner = shared.lock();
        let known = inner.sentences.iter().position(|said| *said == text);
        let index = known.unwrap_or(inner.sentences.len());
        let samples = tone(RATE, inner.hz(index), inner.ms(&text));
        if known.is_none() {
            inner.sentences.push(text);
        }
        samples
    };
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    ([(CONTENT_TYPE, "audio/pcm")], Body::from(bytes)).into_response()
}
