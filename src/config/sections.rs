//! The sections and their defaults. `config.toml` in the project's root shows each with its
//! reason; a test holds the two equal.

use super::{Ari, Retention, Transfer};
use crate::language::Language;
use crate::language::keypad::MenuItem;
use crate::shop::Endpoint;
use crate::turn::Limits as CallLimits;
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Everything that `config.toml` may say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// HTTP: API, health, metrics, registration.
    pub server: Server,
    /// The pages for people.
    pub desk: super::Desk,
    /// The interface for other programs.
    pub api: super::Api,
    /// When somebody is told that something is not as it should be.
    pub alerts: super::Alerts,
    /// What other systems are told.
    pub webhooks: super::Webhooks,
    /// The AudioSocket listener.
    pub audiosocket: Audiosocket,
    /// The `chan_websocket` listener.
    pub websocket: super::Websocket,
    /// How the agent sounds on the line.
    pub sound: super::Sound,
    /// Speech to text.
    pub stt: Stt,
    /// The brain.
    pub llm: Llm,
    /// Text to speech.
    pub tts: Tts,
    /// Vectors for the knowledge base.
    pub embed: super::Embed,
    /// Who judges calls.
    pub quality: super::Quality,
    /// The shop.
    pub shop: Shop,
    /// Where the shop's books are.
    pub store: Store,
    /// Calls that come over Asterisk's REST interface.
    pub ari: Ari,
    /// Where calls may be handed to.
    pub transfer: Transfer,
    /// Postgres.
    pub database: Database,
    /// How long rows live.
    pub retention: Retention,
    /// The program's own log lines.
    pub log: Log,
    /// Every limit.
    pub limits: Limits,
    /// How turns are taken.
    pub turn: crate::turn::TurnTaking,
    /// What providers charge.
    pub prices: super::Prices,
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address of the HTTP listener.
    pub listen: SocketAddr,
    /// A chain of certificates in PEM; empty: no TLS.
    pub tls_cert: PathBuf,
    /// The key of the first of them, in PEM.
    pub tls_key: PathBuf,
    /// How long calls may go on after SIGTERM, seconds.
    pub drain_s: u64,
}

impl Server {
    /// True if browsers are answered by TLS of our own.
    #[must_use]
    pub fn speaks_tls(&self) -> bool {
        !self.tls_cert.as_os_str().is_empty()
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: loopback(8080),
            tls_cert: PathBuf::new(),
            tls_key: PathBuf::new(),
            drain_s: 600,
        }
    }
}

/// `[audiosocket]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audiosocket {
    /// Address of the AudioSocket listener.
    pub listen: SocketAddr,
    /// Addresses whose UUIDs need no registration.
    pub trusted_peers: Vec<IpAddr>,
    /// Frames of speech sent ahead of the schedule, milliseconds.
    pub lead_ms: u64,
}

impl Default for Audiosocket {
    fn default() -> Self {
        Self {
            listen: loopback(9092),
            trusted_peers: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            lead_ms: 40,
        }
    }
}

/// Which recogniser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum SttProvider {
    /// Whisper in this process.
    #[default]
    Local,
    /// OpenAI-compatible `/audio/transcriptions`, one request an utterance.
    Openai,
    /// OpenAI Realtime transcription over a WebSocket.
    OpenaiRealtime,
}

/// `[stt]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stt {
    /// Which recogniser.
    pub provider: SttProvider,
    /// Base of the endpoint; empty: the provider's own.
    pub base_url: String,
    /// Model name; empty: a good default.
    pub model: String,
    /// Language to listen for; empty: the shop's.
    pub language: String,
    /// Model file for `local`; empty: the one that the set-up installed.
    pub model_path: PathBuf,
    /// Utterances that `local` recognises at the same time.
    pub local_workers: usize,
}

impl Default for Stt {
    fn default() -> Self {
        Self {
            provider: SttProvider::Local,
            base_url: String::new(),
            model: String::new(),
            language: String::new(),
            model_path: PathBuf::new(),
            local_workers: 1,
        }
    }
}

/// Which brain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum LlmProvider {
    /// The rules of the shop's dialogue, in this process.
    #[default]
    Local,
    /// OpenAI-compatible chat completions.
    Openai,
}

/// `[llm]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Llm {
    /// Which brain.
    pub provider: LlmProvider,
    /// Base of the endpoint; empty: the provider's own.
    pub base_url: String,
    /// Model name; empty: a good default.
    pub model: String,
}

/// Which voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum TtsProvider {
    /// espeak-ng as a subprocess.
    #[default]
    Local,
    /// OpenAI-compatible `/audio/speech`, PCM as it arrives.
    Openai,
}

/// `[tts]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tts {
    /// Which voice.
    pub provider: TtsProvider,
    /// Base of the endpoint; empty: the provider's own.
    pub base_url: String,
    /// Model name; empty: a good default.
    pub model: String,
    /// Voice name; empty: a good default.
    pub voice: String,
    /// Have a remote voice say our own phrases at start, and remember them.
    pub prepare_phrases: bool,
}

impl Default for Tts {
    fn default() -> Self {
        Self {
            provider: TtsProvider::default(),
            base_url: String::new(),
            model: String::new(),
            voice: String::new(),
            prepare_phrases: true,
        }
    }
}

/// `[shop]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shop {
    /// The name in the greeting.
    pub name: String,
    /// The language that a call starts in.
    pub language: Language,
    /// The shop's time zone.
    pub timezone: Tz,
    /// Country prefix of numbers that identify a caller.
    pub phone_prefix: String,
    /// Fill an empty catalogue with the sample shop.
    pub sample_data: bool,
    /// What keys stand for at the beginning of a call, from key 1 on; announced if there are any.
    pub keypad_menu: Vec<MenuItem>,
    /// Ask for a rating from 1 to 5 before the goodbye.
    pub ask_rating: bool,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            name: "Treadline Tyres".into(),
            language: Language::En,
            timezone: chrono_tz::Europe::Kyiv,
            phone_prefix: "+380".into(),
            sample_data: true,
            keypad_menu: Vec::new(),
            ask_rating: false,
        }
    }
}

/// Whose books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    /// The product's own tables, filled by `treadline import`.
    #[default]
    Postgres,
    /// The shop's existing back office, over the Store API.
    Http,
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// Whose books.
    pub kind: StoreKind,
    /// Base of the Store API, for example `https://books.example.com/api/v1`.
    pub base_url: String,
    /// The parts of the Store API that the shop has.
    pub endpoints: Vec<Endpoint>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            kind: StoreKind::Postgres,
            base_url: String::new(),
            endpoints: Endpoint::ALL.to_vec(),
        }
    }
}

/// `[database]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// A Postgres to use; empty: the program's own. `DATABASE_URL` wins.
    pub url: String,
    /// Where the program's own Postgres and the spool keep their data; empty: chosen by the
    /// program (see `treadline doctor`).
    pub data_dir: PathBuf,
    /// Where the set-up put Postgres' programs; empty: the set-up's place.
    pub postgres_dir: PathBuf,
    /// Connections in the pool.
    pub connections_max: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: String::new(),
            data_dir: PathBuf::new(),
            postgres_dir: PathBuf::new(),
            connections_max: 10,
        }
    }
}

/// `[log]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `tracing` filter, for example `info,treadline=debug`.
    pub filter: String,
    /// One JSON object a line.
    pub json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".into(), json: false }
    }
}

/// `[limits]`: what is not one call's, and under `call` what is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Calls at the same time.
    pub calls_max: usize,
    /// AudioSocket connections from one address.
    pub connections_per_address_max: usize,
    /// Time for the UUID after connecting, milliseconds.
    pub uuid_ms_max: u64,
    /// Life of a registration, seconds.
    pub registration_s_max: u64,
    /// Live bookings of one number.
    pub bookings_per_number_max: u32,
    /// Calls of one number at the same time.
    pub calls_per_number_max: u32,
    /// Calls of one number within an hour.
    pub calls_per_number_hour_max: u32,
    /// What providers may be paid.
    pub cost: super::CostLimits,
    /// The limits of one call.
    pub call: CallLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls_max: 100,
            connections_per_address_max: 64,
            uuid_ms_max: 1_000,
            registration_s_max: 120,
            bookings_per_number_max: 3,
            calls_per_number_max: 3,
            calls_per_number_hour_max: 20,
            cost: super::CostLimits::default(),
            call: CallLimits::default(),
        }
    }
}

/// What only the environment may say.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// `OPENAI_API_KEY`
    pub openai_api_key: Option<SecretString>,
    /// `DATABASE_URL`
    pub database_url: Option<SecretString>,
    /// `TREADLINE_CALL_SECRET`
    pub call_secret: Option<SecretString>,
    /// `TREADLINE_STORE_KEY`
    pub store_key: Option<SecretString>,
    /// `TREADLINE_ARI_PASSWORD`
    pub ari_password: Option<SecretString>,
    /// `TREADLINE_SMTP_PASSWORD`
    pub smtp_password: Option<SecretString>,
    /// `TREADLINE_TELEGRAM_TOKEN`
    pub telegram_token: Option<SecretString>,
    /// `TREADLINE_WEBHOOK_SECRET`
    pub webhook_secret: Option<SecretString>,
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}
