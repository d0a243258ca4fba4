//! Ears and a voice that have their price, and an agent that uses them.

use crate::cost::agent::{Agent, Setup};
use crate::cost::brain::Endpoint;
use crate::cost::fakes::{FakeEars, FakeVoice};
use async_trait::async_trait;
use chrono::NaiveDate;
use futures_util::future::BoxFuture;
use rust_decimal::Decimal;
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use treadline::config::{Config, Price, PriceUnit};
use treadline::language::Language;
use treadline::llm::LanguageModel;
use treadline::llm::fallback::Chain;
use treadline::llm::openai::OpenAiModel;
use treadline::metering::Attempt;
use treadline::session::{Frugal, Services};
use treadline::stt::{ListenOptions, Listener, SpeechToText, SttError, Transcript};
use treadline::tts::{TextToSpeech, TtsError, Voiced, metered};

pub const EARS: &str = "paid-ears";
pub const VOICE: &str = "paid-voice";
/// What each utterance is said to last, milliseconds.
pub const HEARD_MS: u64 = 2_000;

pub struct PaidEars(pub Arc<FakeEars>);

#[async_trait]
impl SpeechToText for PaidEars {
    fn name(&self) -> &'static str {
        EARS
    }

    async fn open(&self, options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        Ok(Box::new(PaidListener(self.0.open(options).await?)))
    }
}

struct PaidListener(Box<dyn Listener>);

impl Listener for PaidListener {
    fn begin(&mut self) {
        self.0.begin();
    }

    fn push(&mut self, samples: &[i16]) {
        self.0.push(samples);
    }

    fn transcribe(&mut self) -> BoxFuture<'static, Result<Transcript, SttError>> {
        let answer = self.0.transcribe();
        Box::pin(async move {
            let mut attempt = Attempt::begin(EARS, "whisper");
            attempt.used.audio_ms = Some(HEARD_MS);
            let heard = answer.await;
            attempt.answered();
            heard
        })
    }
}

pub struct PaidVoice(pub Arc<FakeVoice>);

#[async_trait]
impl TextToSpeech for PaidVoice {
    fn name(&self) -> &'static str {
        VOICE
    }

    async fn speak(&self, text: &str, language: Language) -> Result<Voiced, TtsError> {
        let mut attempt = Attempt::begin(VOICE, "alloy");
        attempt.used.characters = Some(text.chars().count() as u32);
        Ok(metered(attempt, self.0.speak(text, language).await?))
    }
}

pub fn usd(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

/// The prices of these tests: round figures.
pub fn prices(config: &mut Config) {
    let from = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let mut price = |provider: &str, unit, amount: &str| {
        let (provider, model) = (provider.to_owned(), String::new());
        config.prices.0.push(Price { provider, model, unit, usd: usd(amount), from });
    };
    config.limits.call.filler_ms = 8_000;
    config.limits.call.quiet_ms_max = 9_000;
    price(EARS, PriceUnit::Minute, "0.03");
    price(VOICE, PriceUnit::MillionCharacters, "20");
}

/// An agent of which every part has its price.
pub struct Dear {
    pub agent: Agent,
    pub endpoint: Endpoint,
    /// What takes over the voice.
    pub spare_voice: Arc<FakeVoice>,
}

impl Dear {
    pub async fn start(setup: Setup) -> Option<Self> {
        let endpoint = Endpoint::start().await;
        let spare_voice = voice(&setup);
        let ears = Arc::new(PaidEars(FakeEars::new(setup.scripts.clone())));
        let key = SecretString::from("none");
        let model = OpenAiModel::new(&endpoint.base(), "gpt-4.1-mini", &key).expect("a client");
        let spare = Arc::clone(&spare_voice);
        let agent = Agent::start_with(setup, move |parts| {
            let services = parts.services.as_ref().clone();
            let local = Arc::clone(&services.frugal.llm);
            let brains: Vec<Arc<dyn LanguageModel>> = vec![Arc::new(model), local];
            let paid_voice = Arc::new(FakeVoice {
                ms_per_char: spare.ms_per_char,
                faults: Mutex::default(),
                breaks_off_at: Mutex::default(),
                asked: Mutex::default(),
            });
            parts.services = Arc::new(Services {
                stt: ears,
                llm: Arc::new(Chain::new(brains)),
                tts: Arc::new(PaidVoice(paid_voice)),
                frugal: Frugal { tts: Some(spare), ..services.frugal.clone() },
                ..services
            });
        })
        .await?;
        Some(Self { agent, endpoint, spare_voice })
    }

    /// Questions that the endpoint was asked so far.
    pub fn asked(&self) -> usize {
        self.endpoint.answered.lock().expect("no panic").requests.len()
    }
}

fn voice(setup: &Setup) -> Arc<FakeVoice> {
    Arc::new(FakeVoice {
        ms_per_char: setup.ms_per_char,
        faults: Mutex::default(),
        breaks_off_at: Mutex::default(),
        asked: Mutex::default(),
    })
}
