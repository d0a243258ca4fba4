//! A shop for typed conversations: a database of its own and the program's own parts, without ears
//! and voice.

use super::database::{TestDb, fresh_database};
use async_trait::async_trait;
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;
use treadline::app::{self, Parts, Providers};
use treadline::clock::WallClock;
use treadline::config::{Config, Secrets};
use treadline::language::Language;
use treadline::stt::{ListenOptions, Listener, SpeechToText, SttError};
use treadline::tts::{TextToSpeech, TtsError, Voiced};
use treadline::turn::Failure;
use uuid::Uuid;

/// A Monday at ten in Kyiv, when all stations are open.
pub const NOW: &str = "2026-11-23T08:00:00Z";

/// Nobody speaks or listens in a typed conversation.
struct Nobody;

#[async_trait]
impl SpeechToText for Nobody {
    fn name(&self) -> &'static str {
        "nobody"
    }

    async fn open(&self, _options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        Err(SttError { provider: "nobody", failure: Failure::Refused, detail: "typed".into() })
    }
}

#[async_trait]
impl TextToSpeech for Nobody {
    fn name(&self) -> &'static str {
        "nobody"
    }

    async fn speak(&self, _text: &str, _language: Language) -> Result<Voiced, TtsError> {
        Err(TtsError { provider: "nobody", failure: Failure::Refused, detail: "typed".into() })
    }
}

/// The parts and the rows behind them.
pub struct TypedShop {
    pub db: TestDb,
    pub parts: Parts,
    folder: PathBuf,
}

impl Drop for TypedShop {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl TypedShop {
    /// A shop at the time `now`; `None` only if tests that need Postgres are skipped.
    pub async fn open(now: &str, configure: impl FnOnce(&mut Config)) -> Option<Self> {
        let db = fresh_database().await?;
        let folder = std::env::temp_dir().join(format!("treadline-typed-{}", Uuid::new_v4()));
        let mut config = Config::default();
        config.database.data_dir = folder.clone();
        // A typed line is a finished turn: there is no pause to wait for.
        let call = &mut config.limits.call;
        (call.endpointing_ms, call.endpointing_slow_ms, call.transcribe_early_ms) = (1, 1, 0);
        call.barge_in_ms = 0;
        configure(&mut config);
        let secrets = Secrets {
            database_url: Some(SecretString::from(db.url.clone())),
            ..Secrets::default()
        };
        let clock = WallClock::starting_at(now.parse().expect("a time"));
        let parts = app::assemble_with(config, secrets, clock, |_, _, local| {
            Ok(Providers { stt: Arc::new(Nobody), llm: local, tts: Arc::new(Nobody) })
        })
        .await
        .expect("the agent is made");
        Some(Self { db, parts, folder })
    }
}
