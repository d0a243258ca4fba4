//! Recognition in this process: Whisper tiny.en on threads of its own.
//!
//! The model is loaded once and shared; each worker has its own state. A question waits in a
//! bounded queue; dropping its future takes it out again.

#[cfg(feature = "local-stt")]
mod engine;
#[cfg(not(feature = "local-stt"))]
#[path = "absent.rs"]
mod engine;
mod queue;
#[cfg(feature = "local-stt")]
mod said;

use crate::language::Language;
use crate::metering::Attempt;
use crate::stt::utterance::{Recognizer, Utterance, UtteranceListener};
use crate::stt::{ListenOptions, Listener, SpeechToText, SttError, Transcript};
use crate::turn::Failure;
use async_trait::async_trait;
use engine::{Ears, Engine};
use futures_util::future::BoxFuture;
use queue::{Full, Queue};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::oneshot;

const NAME: &str = "local";
const MODEL: &str = "whisper";

/// Utterances that may wait. At half a second each a longer queue would answer nobody in time.
const WAITING_MAX: usize = 32;

/// The languages that the packaged model understands.
pub const LANGUAGES: &[Language] = &[Language::En];

struct Job {
    utterance: Utterance,
    reply: oneshot::Sender<Result<Transcript, SttError>>,
}

impl queue::Cancelled for Job {
    fn cancelled(&self) -> bool {
        self.reply.is_closed()
    }
}

/// The queue and those who work it; the last owner's drop sends the workers home.
struct Workers {
    queue: Arc<Queue<Job>>,
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// The local recogniser.
pub struct LocalStt {
    workers: Arc<Workers>,
}

impl LocalStt {
    /// Loads the model (75 MB, about a tenth of a second) and starts `workers` threads, at least
    /// one.
    ///
    /// # Errors
    /// When the model is missing or no model, or this program was built without recognition; the
    /// text says what to do.
    pub fn load(path: &Path, workers: usize) -> Result<Self, SttError> {
        let engine = Engine::load(path).map_err(unavailable)?;
        let queue = Arc::new(Queue::new(WAITING_MAX));
        let shared = Arc::new(Workers { queue: Arc::clone(&queue) });
        for number in 0..workers.max(1) {
            let (mut ears, queue) = (engine.ears().map_err(unavailable)?, Arc::clone(&queue));
            std::thread::Builder::new()
                .name(format!("whisper-{number}"))
                .spawn(move || work(&mut ears, &queue))
                .map_err(|error| unavailable(format!("cannot start a thread: {error}")))?;
        }
        Ok(Self { workers: shared })
    }
}

/// A worker's life. A panic inside the engine costs that utterance, never the worker: without
/// workers every later question would wait for ever.
fn work(ears: &mut Ears, queue: &Queue<Job>) {
    while let Some(job) = queue.pop() {
        let heard = catch_unwind(AssertUnwindSafe(|| ears.hear(&job.utterance)))
            .unwrap_or_else(|_| Err("the engine panicked".into()))
            .map_err(|detail| SttError { provider: NAME, failure: Failure::Nonsense, detail });
        // It fails if nobody waits any more: the caller went on talking, or away.
        let _ = job.reply.send(heard);
    }
}

fn unavailable(detail: String) -> SttError {
    SttError { provider: NAME, failure: Failure::Unreachable, detail }
}

impl Recognizer for Workers {
    fn recognize(&self, utterance: Utterance) -> BoxFuture<'static, Result<Transcript, SttError>> {
        let (reply, answer) = oneshot::channel();
        let audio_ms = utterance.audio_ms();
        let queued = self.queue.push(Job { utterance, reply });
        Box::pin(async move {
            let mut attempt = Attempt::begin(NAME, MODEL);
            attempt.used.audio_ms = Some(audio_ms);
            let heard = match queued {
                Ok(()) => answer
                    .await
                    .unwrap_or_else(|_| Err(unavailable("the recogniser stopped".into()))),
                Err(Full) => Err(SttError {
                    provider: NAME,
                    failure: Failure::Refused,
                    detail: format!("{WAITING_MAX} utterances wait already"),
                }),
            };
            match &heard {
                Ok(_) => attempt.answered(),
                Err(error) => attempt.failed(error.failure),
            }
            heard
        })
    }
}

#[async_trait]
impl SpeechToText for LocalStt {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn open(&self, options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        if !LANGUAGES.contains(&options.language) {
            tracing::warn!(
                language = options.language.code(),
                "the local recogniser understands English only; set stt.provider to an endpoint"
            );
        }
        let recognizer: Arc<dyn Recognizer> = Arc::<Workers>::clone(&self.workers);
        Ok(Box::new(UtteranceListener::new(recognizer, options)))
    }
}
