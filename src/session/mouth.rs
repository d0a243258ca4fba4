//! The mouth: sentences into sound, in order, stopped at once when the caller interrupts.
//!
//! Every sentence is sent to the voice as soon as the core says it (so the second is ready while
//! the first plays); one task lets them into the playout one after the other.

use super::guard::guarded;
use super::medium::EventSender;
use crate::asterisk::voice::Voice;
use crate::audio::playout::News;
use crate::language::{Language, spoken};
use crate::metering::{Meter, Part, ask_by};
use crate::tts::TextToSpeech;
use crate::turn::{Event, Failure, SpeechId};
use futures_util::StreamExt as _;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, timeout};

/// Pieces of audio that a voice may be ahead of the playout; then it waits.
const PIECES_AHEAD_MAX: usize = 64;
/// The voice's time to its first audio.
const FIRST_AUDIO_MS_MAX: u64 = 2_500;
/// The voice's time between two pieces.
const PIECE_MS_MAX: u64 = 2_000;
/// Speech lasts about this long for each character; only for the share heard of a sentence
/// whose sound has not all arrived.
const MS_PER_CHARACTER: u64 = 65;
/// Of a sentence whose sound broke off no more than this counts as heard, however long it was:
/// its end is missing, so nobody has agreed to it.
const BROKEN_OFF_SHARE_MAX: f64 = 0.9;

enum Piece {
    Audio { rate: u32, samples: Vec<i16>, since_say_ms: u64 },
    Failed(Failure),
}

struct Waiting {
    speech: SpeechId,
    expected_ms: u64,
    /// What has come of it.
    came_ms: f64,
    pieces: mpsc::Receiver<Piece>,
}

enum Order {
    Say(Waiting),
    Hush { decided: Instant },
}

/// The mouth of one call.
pub struct Mouth {
    tts: Arc<dyn TextToSpeech>,
    meter: Option<Meter>,
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<()>,
}

impl Drop for Mouth {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Mouth {
    /// A mouth that speaks through `voice` and reports to `events`. Sentences are made at once, but
    /// nothing sounds before `audible` is done: until then there is nobody at the other end.
    pub fn new(
        tts: Arc<dyn TextToSpeech>,
        voice: Arc<dyn Voice>,
        events: EventSender,
        audible: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        // Unbounded, but the core holds the number of waiting speeches within its limit.
        let (orders, inbox) = mpsc::unbounded_channel();
        let task = tokio::spawn(Sequencer::new(voice, events).run(inbox, audible));
        Self { tts, meter: None, orders, task }
    }

    /// What the voice is asked from now on is reported to `meter`.
    pub fn measure(&mut self, meter: Meter) {
        self.meter = Some(meter);
    }

    /// Another voice from the next sentence on.
    pub fn speak_with(&mut self, tts: Arc<dyn TextToSpeech>) {
        self.tts = tts;
    }

    /// Says a sentence after whatever is being said.
    pub fn say(&self, speech: SpeechId, text: &str, language: Language) {
        let words = spoken::speak(text, language);
        let expected_ms = words.chars().count() as u64 * MS_PER_CHARACTER;
        let (sender, pieces) = mpsc::channel(PIECES_AHEAD_MAX);
        let (tts, broken) = (Arc::clone(&self.tts), sender.clone());
        let meter = self.meter.clone();
        tokio::spawn(async move {
            let provider = tts.name();
            let work = synthesise(tts, words, language, sender);
            let measured = ask_by(meter, Part::Mouth, provider, |kind| *kind, work);
            if guarded("mouth", measured).await.is_none() {
                let _ = broken.send(Piece::Failed(Failure::Nonsense)).await;
            }
        });
        let _ = self.orders.send(Order::Say(Waiting { speech, expected_ms, came_ms: 0.0, pieces }));
    }

    /// Stops all speech at the next frame.
    pub fn hush(&self) {
        let _ = self.orders.send(Order::Hush { decided: Instant::now() });
    }
}

/// Fetches one sentence's sound. Ends when it is all there, on a failure, or when nobody waits
/// for it any more (a barge-in drops the receiver).
async fn synthesise(
    tts: Arc<dyn TextToSpeech>,
    words: String,
    language: Language,
    out: mpsc::Sender<Piece>,
) -> Result<(), Failure> {
    let asked = Instant::now();
    let provider = tts.name();
    let first = Duration::from_millis(FIRST_AUDIO_MS_MAX);
    let fail = async |failure: Failure, detail: &str| {
        tracing::warn!(provider, ?failure, detail, "the voice failed");
        metrics::counter!("treadline_provider_errors_total", "provider" => provider, "kind" => failure.label()).increment(1);
        let _ = out.send(Piece::Failed(failure)).await;
        Err(failure)
    };
    let speaking = tokio::select! {
        () = out.closed() => return Ok(()),
        answer = timeout(first, tts.speak(&words, language)) => answer,
    };
    let mut voiced = match speaking {
        Ok(Ok(voiced)) => voiced,
        Ok(Err(error)) => return fail(error.failure, &error.detail).await,
        Err(_) => return fail(Failure::Timeout, "no audio began").await,
    };
    let mut patience = first.saturating_sub(asked.elapsed());
    let mut audible = false;
    loop {
        let piece = tokio::select! {
            () = out.closed() => return Ok(()),
            piece = timeout(patience, voiced.audio.next()) => piece,
        };
        match piece {
            Ok(None) if audible => return Ok(()),
            // Otherwise a sentence that nobody heard would stand in the log as said.
            Ok(None) => return fail(Failure::Nonsense, "no audio in the answer").await,
            Ok(Some(Ok(samples))) => {
                audible |= !samples.is_empty();
                let since_say_ms = asked.elapsed().as_millis() as u64;
                if out
                    .send(Piece::Audio { rate: voiced.rate, samples, since_say_ms })
                    .await
                    .is_err()
                {
                    return Ok(());
                }
            }
            Ok(Some(Err(error))) => return fail(error.failure, &error.detail).await,
            Err(_) => return fail(Failure::Timeout, "the audio stalled").await,
        }
        patience = Duration::from_millis(PIECE_MS_MAX);
    }
}

/// Lets sentences into the playout one after the other and reports what was played.
struct Sequencer {
    voice: Arc<dyn Voice>,
    events: EventSender,
    waiting: VecDeque<Waiting>,
    /// The front of `waiting` has been opened in the playout.
    open: bool,
    /// Speeches that the playout holds, with the time that their first audio took.
    playing: VecDeque<(SpeechId, u64)>,
    /// Speeches in the playout whose sound broke off, with the share that came.
    broken_off: Vec<(SpeechId, f32)>,
}

impl Sequencer {
    fn new(voice: Arc<dyn Voice>, events: EventSender) -> Self {
        Self {
            voice,
            events,
            waiting: VecDeque::new(),
            open: false,
            playing: VecDeque::new(),
            broken_off: Vec::new(),
        }
    }

    async fn run(
        mut self,
        mut inbox: mpsc::UnboundedReceiver<Order>,
        audible: impl Future<Output = ()>,
    ) {
        let news = self.voice.news();
        let mut audible = pin!(audible);
        let mut is_audible = false;
        loop {
            tokio::select! {
                biased;
                () = &mut audible, if !is_audible => is_audible = true,
                order = inbox.recv() => match order {
                    None => return,
                    Some(Order::Say(waiting)) => self.waiting.push_back(waiting),
                    Some(Order::Hush { decided }) => self.hush(decided).await,
                },
                () = news.notified() => self.report().await,
                piece = next_piece(&mut self.waiting), if is_audible => self.take(piece).await,
            }
        }
    }

    async fn take(&mut self, piece: Option<Piece>) {
        let Some(front) = self.waiting.front_mut() else { return };
        let (speech, expected_ms) = (front.speech, front.expected_ms);
        match piece {
            Some(Piece::Audio { rate, samples, since_say_ms }) => {
                front.came_ms += samples.len() as f64 * 1_000.0 / f64::from(rate.max(1));
                if !self.open {
                    self.voice.begin(speech, rate, expected_ms);
                    self.playing.push_back((speech, since_say_ms));
                }
                self.voice.push(speech, &samples);
                self.open = true;
            }
            // If nothing came the core is told; else what came is played, and told as cut.
            Some(Piece::Failed(failure)) if !self.open => {
                self.waiting.pop_front();
                let _ = self.events.send(Event::SpeechFailed { speech, failure }).await;
            }
            broken_off @ (Some(Piece::Failed(_)) | None) => {
                if broken_off.is_some() {
                    let share = front.came_ms / front.came_ms.max(expected_ms as f64);
                    self.broken_off.push((speech, share.min(BROKEN_OFF_SHARE_MAX) as f32));
                }
                if !self.open {
                    self.voice.begin(speech, crate::stt::LISTEN_RATE, expected_ms);
                    self.playing.push_back((speech, 0));
                }
                self.voice.finish(speech);
                self.waiting.pop_front();
                self.open = false;
                self.report().await;
            }
        }
    }

    async fn hush(&mut self, decided: Instant) {
        let played = self.voice.hush();
        metrics::histogram!("treadline_barge_in_stop_ms")
            .record(decided.elapsed().as_secs_f64() * 1_000.0);
        self.report().await;
        let mut cut: Vec<(SpeechId, f32)> = played;
        for waiting in self.waiting.drain(..) {
            if !cut.iter().any(|(speech, _)| *speech == waiting.speech) {
                cut.push((waiting.speech, 0.0));
            }
        }
        self.open = false;
        self.playing.clear();
        let broken_off = std::mem::take(&mut self.broken_off);
        for (speech, heard) in cut {
            let came = broken_off.iter().find(|(id, _)| *id == speech);
            // The playout knows only what came, and takes it for the whole.
            let heard = came.map_or(heard, |(_, share)| heard * share);
            let _ = self.events.send(Event::SpeechCut { speech, heard }).await;
        }
    }

    async fn report(&mut self) {
        for item in self.voice.take_news() {
            let event = match item {
                News::Started(speech) => {
                    let found = self.playing.iter().find(|(id, _)| *id == speech);
                    Event::SpeechStarted { speech, tts_latency_ms: found.map_or(0, |(_, ms)| *ms) }
                }
                News::Finished(speech) => {
                    self.playing.retain(|(id, _)| *id != speech);
                    match self.broken_off.iter().position(|(id, _)| *id == speech) {
                        Some(at) => {
                            let heard = self.broken_off.swap_remove(at).1;
                            Event::SpeechCut { speech, heard }
                        }
                        None => Event::SpeechFinished { speech },
                    }
                }
            };
            let _ = self.events.send(event).await;
        }
    }
}

/// The next piece of the first waiting sentence; never, if none waits.
async fn next_piece(waiting: &mut VecDeque<Waiting>) -> Option<Piece> {
    match waiting.front_mut() {
        Some(front) => front.pieces.recv().await,
        None => std::future::pending().await,
    }
}
