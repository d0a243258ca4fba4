//! The ear: the caller's audio into voice activity and text.
//!
//! It listens all the time, also while we speak: the 500 ms before the voice was detected are
//! part of every utterance, so that first syllables are never lost.

use super::guard::{guarded, guarded_now};
use super::medium::EventSender;
use super::own_voice::OwnVoice;
use crate::asterisk::leg::{LegEnd, LegEvent};
use crate::audio::preroll::Preroll;
use crate::audio::resample::Resampler;
use crate::audio::vad::{Vad, VadEvent};
use crate::language::Language;
use crate::metering::{Meter, Part, ask_by};
use crate::stt::{LISTEN_RATE, ListenOptions, Listener, SpeechToText, SttError};
use crate::turn::{Event, Failure, TranscriptId};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, timeout};

/// How long the recogniser may take to be opened; the ear listens for a hang-up meanwhile.
const OPEN_MS_MAX: u64 = 3_000;

enum Order {
    Transcribe(TranscriptId),
    Forget,
    Expect(Language),
    Measure(Meter),
    HearWith(Arc<dyn SpeechToText>),
}

/// The ear of one call.
pub struct Ear {
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<()>,
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Ear {
    /// An ear at `leg` that reports to `events`; `gone` becomes true when the leg is gone. `own`: what
    /// of it is the agent's echo.
    pub fn new(
        stt: Arc<dyn SpeechToText>,
        options: ListenOptions,
        leg: mpsc::Receiver<LegEvent>,
        events: EventSender,
        gone: watch::Sender<bool>,
        own: OwnVoice,
    ) -> Self {
        // Unbounded, but fed only by the core, a few orders a turn.
        let (orders, inbox) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let hearing = Hearing::new(stt, options, events, own);
            hearing.run(leg, inbox).await;
            let _ = gone.send(true);
        });
        Self { orders, task }
    }

    /// Turns the utterance so far into text.
    pub fn transcribe(&self, transcript: TranscriptId) {
        let _ = self.orders.send(Order::Transcribe(transcript));
    }

    /// Begins a new utterance.
    pub fn forget_utterance(&self) {
        let _ = self.orders.send(Order::Forget);
    }

    /// What the recogniser is asked from now on is reported to `meter`.
    pub fn measure(&self, meter: Meter) {
        let _ = self.orders.send(Order::Measure(meter));
    }

    /// Another recogniser from now on; the utterance in hand is begun anew with it.
    pub fn hear_with(&self, stt: Arc<dyn SpeechToText>) {
        let _ = self.orders.send(Order::HearWith(stt));
    }

    /// The next utterances are expected in this language.
    pub fn expect(&self, language: Language) {
        let _ = self.orders.send(Order::Expect(language));
    }
}

struct Hearing {
    stt: Arc<dyn SpeechToText>,
    options: ListenOptions,
    meter: Option<Meter>,
    events: EventSender,
    listener: Option<Box<dyn Listener>>,
    resampler: Option<(u32, Resampler)>,
    vad: Vad,
    own: OwnVoice,
    preroll: Preroll,
    /// Audio goes to the recogniser (an utterance has begun and is not forgotten).
    in_utterance: bool,
    voiced: bool,
    recognising: Option<JoinHandle<()>>,
    opening: Option<JoinHandle<Result<Box<dyn Listener>, SttError>>>,
    listening_rate_audio: Vec<i16>,
}

impl Hearing {
    fn new(
        stt: Arc<dyn SpeechToText>,
        options: ListenOptions,
        events: EventSender,
        own: OwnVoice,
    ) -> Self {
        Self {
            stt,
            options,
            meter: None,
            events,
            listener: None,
            resampler: None,
            vad: Vad::new(),
            own,
            preroll: Preroll::new(LISTEN_RATE),
            in_utterance: false,
            voiced: false,
            recognising: None,
            opening: None,
            listening_rate_audio: Vec::with_capacity(1_024),
        }
    }

    async fn run(
        mut self,
        mut leg: mpsc::Receiver<LegEvent>,
        mut orders: mpsc::UnboundedReceiver<Order>,
    ) {
        // Opened once and early: the first words must not wait for a connection.
        self.open();
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    None => return,
                    Some(Order::Transcribe(transcript)) => self.transcribe(transcript).await,
                    Some(Order::Forget) => self.forget(),
                    Some(Order::Expect(language)) => {
                        self.options.language = language;
                        self.listener = None;
                        self.open();
                    }
                    Some(Order::Measure(meter)) => self.meter = Some(meter),
                    Some(Order::HearWith(stt)) => {
                        self.stt = stt;
                        self.listener = None;
                        self.open();
                    }
                },
                opened = finished(&mut self.opening) => self.opened(opened),
                event = leg.recv() => {
                    let over = self.take(event.unwrap_or(LegEvent::Gone(LegEnd::Broken))).await;
                    if over {
                        return;
                    }
                }
            }
        }
    }

    /// Takes one thing from the leg; true if it was the last.
    async fn take(&mut self, event: LegEvent) -> bool {
        match event {
            LegEvent::Audio { rate, samples } => self.hear(rate, &samples).await,
            LegEvent::Digit(digit) => self.tell(Event::Digit { digit }).await,
            LegEvent::Gone(end) => {
                let orderly = matches!(end, LegEnd::HungUp | LegEnd::Ours);
                self.tell(Event::LegLost { orderly }).await;
                return true;
            }
        }
        false
    }

    async fn hear(&mut self, rate: u32, samples: &[i16]) {
        let stale = self.resampler.as_ref().is_none_or(|(known, _)| *known != rate);
        if stale {
            self.resampler = Some((rate, Resampler::new(rate, LISTEN_RATE)));
        }
        self.listening_rate_audio.clear();
        if let Some((_, resampler)) = &mut self.resampler {
            resampler.process(samples, &mut self.listening_rate_audio);
        }
        self.preroll.push(&self.listening_rate_audio);
        let activity = self.vad.push(&self.listening_rate_audio);
        let activity = self.own.judge(&self.listening_rate_audio, activity);
        let mut begun_now = false;
        for event in activity {
            match event {
                VadEvent::Started { .. } => {
                    self.voiced = true;
                    if !self.in_utterance {
                        self.begin_utterance();
                        begun_now = true;
                    }
                    self.tell(Event::VoiceStarted).await;
                }
                VadEvent::Ended { ago_ms } => {
                    self.voiced = false;
                    self.tell(Event::VoiceEnded { ended_ago_ms: ago_ms }).await;
                }
            }
        }
        // The pre-roll holds this very piece already.
        if self.in_utterance && !begun_now {
            let audio = std::mem::take(&mut self.listening_rate_audio);
            self.with_listener(|listener| listener.push(&audio));
            self.listening_rate_audio = audio;
        }
    }

    /// Does something with the listener, if there is one. One that panics is never asked again:
    /// the next question opens another.
    fn with_listener<T>(&mut self, work: impl FnOnce(&mut Box<dyn Listener>) -> T) -> Option<T> {
        let listener = self.listener.as_mut()?;
        let done = guarded_now("ear", || work(listener));
        if done.is_none() {
            self.listener = None;
        }
        done
    }

    fn begin_utterance(&mut self) {
        self.in_utterance = true;
        let audio = self.preroll.take();
        self.with_listener(|listener| {
            listener.begin();
            listener.push(&audio);
        });
    }

    fn forget(&mut self) {
        if let Some(task) = self.recognising.take() {
            task.abort();
        }
        self.in_utterance = false;
        self.with_listener(|listener| listener.begin());
        // The caller speaks on: what comes now is the next utterance.
        if self.voiced {
            self.begin_utterance();
        }
    }

    async fn transcribe(&mut self, transcript: TranscriptId) {
        if let Some(task) = self.recognising.take() {
            task.abort();
        }
        let Some(answer) = self.with_listener(|listener| listener.transcribe()) else {
            if self.opening.is_none() {
                self.open();
            }
            let failure = Failure::Unreachable;
            self.tell(Event::TranscriptFailed { transcript, failure }).await;
            return;
        };
        let events = self.events.clone();
        let provider = self.stt.name();
        let asked = Instant::now();
        let failure = |error: &SttError| error.failure;
        let answer = ask_by(self.meter.clone(), Part::Ear, provider, failure, answer);
        self.recognising = Some(tokio::spawn(async move {
            let broken =
                || SttError { provider, failure: Failure::Nonsense, detail: "it panicked".into() };
            let answer = guarded("ear", answer).await.unwrap_or_else(|| Err(broken()));
            let event = match answer {
                Ok(heard) => {
                    let latency_ms = asked.elapsed().as_millis() as u64;
                    metrics::histogram!("treadline_stt_latency_ms").record(latency_ms as f64);
                    Event::Transcript {
                        transcript,
                        text: heard.text,
                        confidence: heard.confidence,
                        latency_ms,
                    }
                }
                Err(error) => {
                    tracing::warn!(provider, failure = ?error.failure, detail = error.detail, "the recogniser failed");
                    metrics::counter!("treadline_provider_errors_total", "provider" => provider, "kind" => error.failure.label()).increment(1);
                    Event::TranscriptFailed { transcript, failure: error.failure }
                }
            };
            let _ = events.send(event).await;
        }));
    }

    /// Begins to open the recogniser. Never waited for here: a provider that hangs must not make
    /// us deaf to a caller who hangs up.
    fn open(&mut self) {
        if let Some(stale) = self.opening.take() {
            stale.abort();
        }
        let (stt, options) = (Arc::clone(&self.stt), self.options.clone());
        self.opening = Some(tokio::spawn(async move {
            let opening = guarded("ear", stt.open(options));
            let error = |failure, detail: &str| {
                Err(SttError { provider: stt.name(), failure, detail: detail.into() })
            };
            match timeout(Duration::from_millis(OPEN_MS_MAX), opening).await {
                Ok(Some(opened)) => opened,
                Ok(None) => error(Failure::Nonsense, "it panicked"),
                Err(_) => error(Failure::Timeout, "it could not be opened in its time"),
            }
        }));
    }

    fn opened(&mut self, opened: Result<Box<dyn Listener>, SttError>) {
        match opened {
            Ok(mut listener) => {
                let partials = guarded_now("ear", || listener.partials());
                if let Some(mut partials) = partials.flatten() {
                    let events = self.events.clone();
                    tokio::spawn(async move {
                        while let Some(text) = partials.recv().await {
                            if events.send(Event::Partial { text }).await.is_err() {
                                return;
                            }
                        }
                    });
                }
                self.listener = Some(listener);
                if self.in_utterance {
                    self.begin_utterance();
                }
            }
            Err(error) => {
                tracing::warn!(
                    provider = error.provider,
                    detail = error.detail,
                    "the recogniser cannot be opened"
                );
                metrics::counter!("treadline_provider_errors_total", "provider" => error.provider, "kind" => error.failure.label()).increment(1);
            }
        }
    }

    async fn tell(&mut self, event: Event) {
        // The call's task is gone only when the call is over.
        let _ = self.events.send(event).await;
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        if let Some(task) = &self.recognising {
            task.abort();
        }
        if let Some(task) = &self.opening {
            task.abort();
        }
    }
}

/// What the opening came to; never, if none is under way.
async fn finished(
    opening: &mut Option<JoinHandle<Result<Box<dyn Listener>, SttError>>>,
) -> Result<Box<dyn Listener>, SttError> {
    let Some(task) = opening else { return std::future::pending().await };
    let done = task.await;
    *opening = None;
    done.unwrap_or_else(|_| {
        let detail = "the program is stopping".into();
        Err(SttError { provider: "none", failure: Failure::Unreachable, detail })
    })
}
