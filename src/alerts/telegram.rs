//! Telegram: `sendMessage` of the Bot API.

use crate::config;
use anyhow::{Context as _, ensure};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;

/// How long the Bot API may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// The longest message that it takes is 4096 characters.
const TEXT_CHARS_MAX: usize = 4_000;

/// A chat.
#[derive(Debug, Clone)]
pub struct Telegram {
    base_url: String,
    token: SecretString,
    chat: String,
}

impl Telegram {
    /// The chat of the configuration; none without one or without `TREADLINE_TELEGRAM_TOKEN`.
    #[must_use]
    pub fn of(config: &config::Alerts, token: Option<SecretString>) -> Option<Self> {
        if config.telegram_chat.is_empty() {
            return None;
        }
        let Some(token) = token else {
            tracing::warn!("alerts.telegram_chat needs TREADLINE_TELEGRAM_TOKEN: nobody is told");
            return None;
        };
        let base_url = config.telegram_base_url.trim_end_matches('/').to_owned();
        Some(Self { base_url, token, chat: config.telegram_chat.clone() })
    }

    /// Writes a message.
    ///
    /// # Errors
    /// The Bot API is away or refuses. The token is in no error.
    pub async fn send(&self, text: &str) -> anyhow::Result<()> {
        let url = format!("{}/bot{}/sendMessage", self.base_url, self.token.expose_secret());
        let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
        let client = reqwest::Client::builder().timeout(ANSWER_MAX).build();
        let client = client.map_err(reqwest::Error::without_url).context("Telegram")?;
        let body = serde_json::json!({ "chat_id": self.chat, "text": text });
        let answer = client.post(url).json(&body).send().await;
        let answer = answer.map_err(reqwest::Error::without_url).context("Telegram")?;
        ensure!(answer.status().is_success(), "Telegram answered {}", answer.status());
        Ok(())
    }
}
