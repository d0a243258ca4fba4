//! Ears, brain and voice for whole calls: real audio goes in and out, what is understood and how
//! a provider fails is scripted.

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use std::collections::VecDeque;
use std::f32::consts::TAU;
use std::sync::{Arc, Mutex};
use tokio::time::Instant;
use treadline::caller::hearing::rms;
use treadline::language::Language;
use treadline::llm::local::LocalBrain;
use treadline::llm::{Answer, LanguageModel, LlmError, ModelRequest};
use treadline::spool::{Journal, LogEntry, Record};
use treadline::stt::{LISTEN_RATE, ListenOptions, Listener, SpeechToText, SttError, Transcript};
use treadline::tts::{TextToSpeech, TtsError, Voiced};
use treadline::turn::{Failure, Message, Note, Speaker};
use uuid::Uuid;

/// What becomes of one utterance, or of one question to a provider.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// These words are understood.
    Heard(&'static str),
    /// An error.
    Fails,
    /// No answer, ever.
    Hangs,
    /// A bug in the provider.
    Panics,
}

/// Recognises the next line of the call's script in every utterance that has voice in it.
pub struct FakeEars {
    scripts: Mutex<VecDeque<Vec<Fate>>>,
}

impl FakeEars {
    /// The scripts of the calls, in the order in which they come.
    pub fn new(scripts: Vec<Vec<Fate>>) -> Arc<Self> {
        Arc::new(Self { scripts: Mutex::new(scripts.into()) })
    }
}

#[async_trait]
impl SpeechToText for FakeEars {
    fn name(&self) -> &'static str {
        "fake-ears"
    }

    async fn open(&self, _options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        let script = self.scripts.lock().expect("no panic under the lock").pop_front();
        let script = script.unwrap_or_default().into();
        Ok(Box::new(FakeListener { script, voiced: 0, asked: false }))
    }
}

struct FakeListener {
    script: VecDeque<Fate>,
    voiced: usize,
    /// The front of the script was the answer to this utterance.
    asked: bool,
}

impl Listener for FakeListener {
    fn begin(&mut self) {
        if std::mem::take(&mut self.asked) {
            self.script.pop_front();
        }
        self.voiced = 0;
    }

    fn push(&mut self, samples: &[i16]) {
        let frames = samples.chunks(LISTEN_RATE as usize / 50);
        self.voiced += frames.filter(|frame| rms(frame) > 300.0).map(<[i16]>::len).sum::<usize>();
    }

    fn transcribe(&mut self) -> BoxFuture<'static, Result<Transcript, SttError>> {
        // Less than 150 ms of voice is a cough.
        if self.voiced < LISTEN_RATE as usize * 15 / 100 {
            return Box::pin(std::future::ready(Ok(Transcript::default())));
        }
        self.asked = true;
        match self.script.front().copied() {
            None => Box::pin(std::future::ready(Ok(Transcript::default()))),
            Some(Fate::Heard(text)) => {
                Box::pin(std::future::ready(Ok(Transcript { text: text.into(), confidence: None })))
            }
            Some(Fate::Hangs) => Box::pin(std::future::pending()),
            Some(Fate::Fails) => Box::pin(std::future::ready(Err(SttError {
                provider: "fake-ears",
                failure: Failure::Unreachable,
                detail: "as scripted".into(),
            }))),
            Some(Fate::Panics) => Box::pin(async { panic!("the recogniser panics, as scripted") }),
        }
    }
}

/// The real local brain behind scripted faults: each question takes one fate, then all are well.
pub struct FakeBrain {
    pub local: Arc<LocalBrain>,
    pub fates: Mutex<VecDeque<Fate>>,
    /// The conversation as the last question told it.
    pub history: Arc<Mutex<Vec<Message>>>,
}

#[async_trait]
impl LanguageModel for FakeBrain {
    fn name(&self) -> &'static str {
        "fake-brain"
    }

    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError> {
        self.history.lock().expect("no panic under the lock").clone_from(&request.history);
        let fate = self.fates.lock().expect("no panic under the lock").pop_front();
        match fate {
            None | Some(Fate::Heard(_)) => self.local.answer(request).await,
            Some(Fate::Fails) => {
                Err(LlmError::Unreachable { provider: "fake-brain", detail: "as scripted".into() })
            }
            Some(Fate::Hangs) => Ok(Box::pin(stream::pending())),
            Some(Fate::Panics) => panic!("the brain panics, as scripted"),
        }
    }
}

/// What becomes of one sentence.
#[derive(Debug, Clone, Copy)]
pub enum Speaking {
    /// A tone.
    Well,
    /// An error before any sound.
    Fails,
    /// No sound, ever.
    Hangs,
    /// A bug in the provider.
    Panics,
    /// An answer that holds no sound.
    Mute,
    /// The first half, then an error.
    BreaksOff,
}

/// Speaks a tone of so many milliseconds a character, behind scripted faults: each sentence takes
/// one, then all are well.
pub struct FakeVoice {
    pub ms_per_char: usize,
    pub faults: Mutex<VecDeque<Speaking>>,
    /// The next sentence with this in it breaks off.
    pub breaks_off_at: Mutex<Option<&'static str>>,
    /// Every sentence that was asked for.
    pub asked: Mutex<Vec<String>>,
}

const VOICE_RATE: u32 = 8_000;

impl FakeVoice {
    fn breaks_off(&self, text: &str) -> bool {
        let mut words = self.breaks_off_at.lock().expect("no panic under the lock");
        let hit = words.is_some_and(|words| text.contains(words));
        if hit {
            *words = None;
        }
        hit
    }
}

#[async_trait]
impl TextToSpeech for FakeVoice {
    fn name(&self) -> &'static str {
        "fake-voice"
    }

    async fn speak(&self, text: &str, _language: Language) -> Result<Voiced, TtsError> {
        self.asked.lock().expect("no panic under the lock").push(text.to_owned());
        let fault = self.faults.lock().expect("no panic under the lock").pop_front();
        let fault = if self.breaks_off(text) { Some(Speaking::BreaksOff) } else { fault };
        let mut tone = tone(text.chars().count() * self.ms_per_char);
        let error = || TtsError {
            provider: "fake-voice",
            failure: Failure::Unreachable,
            detail: "as scripted".into(),
        };
        let mut last = None;
        match fault {
            None | Some(Speaking::Well) => {}
            Some(Speaking::Fails) => return Err(error()),
            Some(Speaking::Hangs) => std::future::pending().await,
            Some(Speaking::Panics) => panic!("the voice panics, as scripted"),
            Some(Speaking::Mute) => tone.clear(),
            Some(Speaking::BreaksOff) => {
                tone.truncate(tone.len() / 2);
                last = Some(Err(error()));
            }
        }
        let pieces: Vec<_> = tone.chunks(1_600).map(|piece| Ok(piece.to_vec())).collect();
        let audio = stream::iter(pieces).chain(stream::iter(last)).boxed();
        Ok(Voiced { rate: VOICE_RATE, audio })
    }
}

fn tone(ms: usize) -> Vec<i16> {
    let samples = ms * VOICE_RATE as usize / 1_000;
    let wave = |n: usize| (TAU * 440.0 * n as f32 / VOICE_RATE as f32).sin();
    (0..samples).map(|n| (wave(n) * 8_000.0) as i16).collect()
}

/// A journal that panics in the middle of one call: the bug is then in the call's own task.
pub struct PanickyJournal {
    pub inner: Arc<dyn Journal>,
    /// Its first line is too much.
    pub victim: Uuid,
}

impl Journal for PanickyJournal {
    fn record(&self, entry: LogEntry) {
        let line = match &entry.record {
            Record::Note(note) => {
                matches!(&**note, Note::Turn(turn) if turn.speaker == Speaker::Customer)
            }
            _ => false,
        };
        let strikes = line && entry.call.0 == self.victim;
        assert!(!strikes, "the call panics, as scripted");
        self.inner.record(entry);
    }
}

/// Notes the moment at which a call decides to fall silent.
pub struct BargeInWatch {
    pub inner: Arc<dyn Journal>,
    pub decided_at: Arc<Mutex<Option<Instant>>>,
}

impl Journal for BargeInWatch {
    fn record(&self, entry: LogEntry) {
        if matches!(&entry.record, Record::Note(note) if matches!(**note, Note::BargeIn)) {
            let mut decided_at = self.decided_at.lock().expect("no panic under the lock");
            decided_at.get_or_insert_with(Instant::now);
        }
        self.inner.record(entry);
    }
}
