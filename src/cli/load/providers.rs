//! `treadline load-providers`: ears, brain and voice over loopback HTTP that take as long as they
//! are told to, so that a measurement holds the line's own time, and real requests.

use crate::cli::out;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt as _;
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// What callers say, in turn.
const LINES: [&str; 3] = ["hello", "good day", "hello again"];
/// What the brain answers, piece by piece: nothing that would need a result to rest on.
const ANSWER: [&str; 4] = ["Good day. ", "Which tyres ", "are you ", "looking for?"];
/// The rate of the voice, and how long every sentence sounds.
const VOICE_RATE: u32 = 24_000;
const SENTENCE_MS: u32 = 1_500;
/// Bytes of one piece of it: 100 ms.
const PIECE: usize = 4_800;
/// An utterance of half a minute at 16 kHz is below this.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How fast they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Pace {
    /// At once: what is left is the line's own time.
    Zero,
    /// As good cloud providers are: 200 ms to recognise, 350 ms to the first word, 150 ms to the
    /// first sound.
    Realistic,
}

impl Pace {
    /// Its name on the command line.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Realistic => "realistic",
        }
    }

    async fn wait(self, realistic_ms: u64) {
        if self == Self::Realistic {
            sleep(Duration::from_millis(realistic_ms)).await;
        }
    }
}

/// `treadline load-providers`
#[derive(Debug, Clone, clap::Args)]
pub struct ProvidersArgs {
    /// How fast they answer.
    #[arg(long, value_enum, default_value_t = Pace::Zero)]
    pace: Pace,
}

struct Shared {
    pace: Pace,
    heard: AtomicUsize,
    /// One tone for every sentence, little-endian samples.
    tone: Bytes,
}

/// Serves until killed; says where on standard output.
///
/// # Errors
/// There is no port.
pub async fn run(args: ProvidersArgs) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    out::line(json!({ "providers": listener.local_addr()? }));
    let shared = Arc::new(Shared { pace: args.pace, heard: AtomicUsize::new(0), tone: tone() });
    let routes = Router::new()
        .route("/v1/audio/transcriptions", post(transcribe))
        .route("/v1/chat/completions", post(complete))
        .route("/v1/audio/speech", post(speak))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(shared);
    let listener = listener.tap_io(|socket| {
        // Small pieces are what is measured here; a socket that cannot be told so is slow, not wrong.
        let _ = socket.set_nodelay(true);
    });
    Ok(axum::serve(listener, routes).await?)
}

fn tone() -> Bytes {
    let step = std::f32::consts::TAU * 440.0 / VOICE_RATE as f32;
    let samples = VOICE_RATE / 1_000 * SENTENCE_MS;
    let sample = |i: u32| (8_000.0 * (step * i as f32).cos()) as i16;
    (0..samples).flat_map(|i| sample(i).to_le_bytes()).collect()
}

async fn transcribe(State(shared): State<Arc<Shared>>, _utterance: Bytes) -> Response {
    shared.pace.wait(200).await;
    let turn = shared.heard.fetch_add(1, Ordering::Relaxed);
    axum::Json(json!({ "text": LINES[turn % LINES.len()] })).into_response()
}

async fn complete(State(shared): State<Arc<Shared>>, _asked: Bytes) -> Response {
    shared.pace.wait(350).await;
    let piece = |delta: Value, end: Option<&str>| json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": end }] });
    let mut events: Vec<Value> =
        ANSWER.iter().map(|words| piece(json!({ "content": words }), None)).collect();
    events.push(piece(json!({}), Some("stop")));
    events.push(json!({ "choices": [],
        "usage": { "prompt_tokens": 900, "completion_tokens": 12, "total_tokens": 912 } }));
    let data = events.into_iter().map(|event| format!("data: {event}\n\n"));
    let pieces = data.chain(["data: [DONE]\n\n".to_owned()]).map(Ok::<_, Infallible>);
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream::iter(pieces))).into_response()
}

async fn speak(State(shared): State<Arc<Shared>>, _text: Bytes) -> Response {
    shared.pace.wait(150).await;
    let tone = shared.tone.clone();
    let pieces = (0..tone.len().div_ceil(PIECE))
        .map(move |n| tone.slice(n * PIECE..((n + 1) * PIECE).min(tone.len())));
    let body = Body::from_stream(stream::iter(pieces).map(Ok::<_, Infallible>));
    ([(CONTENT_TYPE, "audio/pcm")], body).into_response()
}
