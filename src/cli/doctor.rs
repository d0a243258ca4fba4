//! `treadline doctor`: the configuration against the world.

use super::out;
use crate::config::{Config, LlmProvider, Secrets, SttProvider, TtsProvider};
use crate::{db, stt, tts};
use anyhow::bail;

/// Checks one thing after the other and says what it found and what to do.
///
/// # Errors
/// When something would keep calls from being served.
pub async fn run(config: &Config, secrets: &Secrets) -> anyhow::Result<()> {
    let mut report = Report::default();
    report.note("configuration", "can be read");
    database(config, secrets, &mut report).await;
    speech(config, secrets, &mut report);
    for (name, address) in
        [("audiosocket.listen", config.audiosocket.listen), ("server.listen", config.server.listen)]
    {
        match tokio::net::TcpListener::bind(address).await {
            Ok(_) => report.note(name, &format!("{address} is free")),
            Err(error) => report.warn(name, &format!("{address}: {error} (is treadline running?)")),
        }
        if !address.ip().is_loopback() {
            report.warn(name, "is not on loopback: AudioSocket and HTTP are not encrypted");
        }
    }
    if report.broken > 0 {
        bail!("{} thing(s) keep calls from being served", report.broken);
    }
    Ok(())
}

#[derive(Default)]
struct Report {
    broken: u32,
}

impl Report {
    #[expect(clippy::unused_self, reason = "the same shape as its neighbours")]
    fn note(&self, what: &str, found: &str) {
        out::line(format!("ok    {what}: {found}"));
    }

    #[expect(clippy::unused_self, reason = "the same shape as its neighbours")]
    fn warn(&self, what: &str, found: &str) {
        out::line(format!("note  {what}: {found}"));
    }

    fn broken(&mut self, what: &str, found: &str) {
        self.broken += 1;
        out::line(format!("BAD   {what}: {found}"));
    }
}

async fn database(config: &Config, secrets: &Secrets, report: &mut Report) {
    let checked = async {
        let server = db::open(config, secrets).await?;
        let migrated = db::migrate::run(server.reveal_url()).await?;
        let own = if server.embedded.is_some() { "the program's own" } else { "as configured" };
        anyhow::Ok(format!("{own}, tables at version {}", migrated.version))
    };
    match checked.await {
        Ok(found) => report.note("database", &found),
        Err(error) => report.broken("database", &format!("{error:#}")),
    }
}

fn speech(config: &Config, secrets: &Secrets, report: &mut Report) {
    let has_key = secrets.openai_api_key.is_some();
    if config.stt.provider == SttProvider::Local || !has_key {
        let loaded = crate::app::model_file(&config.stt.model_path)
            .map_err(anyhow::Error::from)
            .and_then(|path| Ok(stt::local::LocalStt::load(&path, 1)?));
        match loaded {
            Ok(_) => report.note("recogniser", "local, hears English"),
            Err(error) => report.broken("recogniser", &error.to_string()),
        }
    } else {
        report.note("recogniser", "an endpoint, with a key");
    }
    match tts::local::LocalTts::new("") {
        Ok(_) => report.note("voice", "espeak-ng is there (the voice, or the one behind it)"),
        Err(error) if config.tts.provider == TtsProvider::Local => {
            report.broken("voice", &error.to_string());
        }
        Err(error) => report.warn("voice", &format!("nothing behind the endpoint: {error}")),
    }
    if config.llm.provider == LlmProvider::Openai && !has_key {
        report
            .warn("brain", "llm.provider = openai without OPENAI_API_KEY: the local brain answers");
    } else {
        report.note("brain", "ready; the local brain answers when nothing else does");
    }
}
