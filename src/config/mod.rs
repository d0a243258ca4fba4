//! Configuration: one struct a section of `config.toml`. Unknown keys are errors; every problem
//! is reported at once. Secrets come only from the environment.

mod alerts;
mod api;
mod check;
mod desk;
mod knowledge;
mod line;
mod load;
mod log;
mod media;
mod prices;
mod retention;
mod sections;
pub mod settings;
mod sound;
mod webhooks;

pub use alerts::Alerts;
pub use api::Api;
pub use desk::Desk;
pub use knowledge::{Embed, EmbedProvider, Quality, QualityProvider};
pub use line::{Ari, AriMedia, Meanwhile, Target, Transfer, TransferKind};
pub use load::{ConfigError, Problem, load, load_from};
pub use log::log_filter;
pub use media::Websocket;
pub use prices::{CostLimits, Price, PriceUnit, Prices};
pub use retention::Retention;
pub use sections::{
    Audiosocket, Config, Database, Limits, Llm, LlmProvider, Log, Secrets, Server, Shop, Store,
    StoreKind, Stt, SttProvider, Tts, TtsProvider,
};
pub use sound::Sound;
pub use webhooks::Webhooks;
