//! The side that is measured: the product's line in a process of its own.
//!
//! Everything is the product's (AudioSocket, ear with voice detection, core, local brain, mouth,
//! journal, spool and Postgres) except the recogniser and the voice, which take no time at all:
//! what is left is the line's own delay and cost.

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use treadline::app::{self, Voices};
use treadline::config;
use treadline::language::Language;
use treadline::session::Services;
use treadline::stt::utterance::{Recognizer, Utterance, UtteranceListener};
use treadline::stt::{ListenOptions, Listener, SpeechToText, SttError, Transcript};
use treadline::tts::{TextToSpeech, TtsError, Voiced};

/// What callers say, in turn; none of it needs the database, whose time is not the line's own.
const LINES: [&str; 3] = ["hello", "good day", "hello again"];
/// The rate of most cloud voices.
const VOICE_RATE: u32 = 24_000;
/// How long each sentence sounds.
const SENTENCE_MS: u32 = 1_500;
/// Samples of one piece of it: 100 ms.
const PIECE: usize = 2_400;

/// Serves until the standard input is closed; says where on the standard output.
pub fn run() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve())
}

async fn serve() -> anyhow::Result<()> {
    let (mut config, secrets) = config::load()?;
    config.audiosocket.listen = "127.0.0.1:0".parse()?;
    config.websocket.listen = "127.0.0.1:0".parse()?;
    config.server.listen = "127.0.0.1:0".parse()?;
    config.limits.calls_max = 1_000;
    // One wait for all turns, so that the caller knows it.
    config.limits.call.endpointing_ms = super::ENDPOINTING_MS;
    config.limits.call.endpointing_slow_ms = super::ENDPOINTING_MS;
    config.turn = treadline::turn::TurnTaking::fixed();
    config.limits.call.barge_in_ms = super::BARGE_IN_MS;
    config.limits.call.bad_turns_max = u32::MAX;
    config.limits.call.turns_max = u32::MAX;
    let mut parts = app::assemble(config, secrets, Voices::Silent).await?;
    parts.services = Arc::new(Services {
        stt: Arc::new(Scripted),
        tts: Arc::new(Tone::new()),
        ..parts.services.as_ref().clone()
    });
    let parts = Arc::new(parts);
    let line = app::listen(&parts, None).await?;
    println!("{} {}", line.audiosocket, line.http);
    // The parent closes our input when it is done, also by dying.
    tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin())).await??;
    line.stop(std::time::Duration::ZERO).await;
    if let Ok(parts) = Arc::try_unwrap(parts) {
        parts.close().await;
    }
    Ok(())
}

/// Knows at once what was said, but keeps the audio as every recogniser by the utterance does.
struct Scripted;

struct Answers(AtomicUsize);

impl Recognizer for Answers {
    fn recognize(&self, utterance: Utterance) -> BoxFuture<'static, Result<Transcript, SttError>> {
        drop(utterance);
        let turn = self.0.fetch_add(1, Ordering::Relaxed);
        let text = LINES[turn % LINES.len()].to_owned();
        Box::pin(std::future::ready(Ok(Transcript { text, confidence: Some(1.0) })))
    }
}

#[async_trait]
impl SpeechToText for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn open(&self, options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        let answers = Arc::new(Answers(AtomicUsize::new(0)));
        Ok(Box::new(UtteranceListener::new(answers, options)))
    }
}

/// One tone for every sentence, all of it there at once.
struct Tone(Arc<[i16]>);

impl Tone {
    fn new() -> Self {
        let step = std::f32::consts::TAU * 440.0 / VOICE_RATE as f32;
        let samples = VOICE_RATE / 1_000 * SENTENCE_MS;
        Self((0..samples).map(|i| (8_000.0 * (step * i as f32).cos()) as i16).collect())
    }
}

#[async_trait]
impl TextToSpeech for Tone {
    fn name(&self) -> &'static str {
        "tone"
    }

    async fn speak(&self, _text: &str, _language: Language) -> Result<Voiced, TtsError> {
        let tone = Arc::clone(&self.0);
        let pieces = (0..tone.len().div_ceil(PIECE)).map(move |n| {
            let end = ((n + 1) * PIECE).min(tone.len());
            Ok(tone[n * PIECE..end].to_vec())
        });
        Ok(Voiced { rate: VOICE_RATE, audio: stream::iter(pieces).boxed() })
    }
}
