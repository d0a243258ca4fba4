//! Configuration: one struct a section of `config.toml`. Unknown keys are errors; every problem
//! is reported at once. Secrets come only from the environment.

mod check;
mod load;
mod media;
mod sections;

pub use load::{ConfigError, Problem, load, load_from};
pub use media::Websocket;
pub use sections::{
    Audiosocket, Config, Database, Limits, Llm, LlmProvider, Log, Secrets, Server, Shop, Store,
    StoreKind, Stt, SttProvider, Transfer, Tts, TtsProvider,
};
