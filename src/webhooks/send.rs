//! One attempt: a POST that waits for nobody long.

use super::{Reach, key_of, signature};
use crate::db::webhooks::{Attempt, Delivery, Webhook};
use chrono::Utc;
use reqwest::Url;
use secrecy::SecretString;
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long a receiver may take, all in all. It should note what it is told and answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How long connecting may take of that.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// Sends.
#[derive(Debug, Clone)]
pub struct Sender {
    secret: SecretString,
    reach: Reach,
    answer_max: Duration,
}

impl Sender {
    /// A sender that signs under `secret` and calls what `reach` allows.
    #[must_use]
    pub const fn new(secret: SecretString, reach: Reach) -> Self {
        Self { secret, reach, answer_max: ANSWER_MAX }
    }

    /// The same with less patience.
    #[must_use]
    pub const fn with_patience(mut self, answer_max: Duration) -> Self {
        self.answer_max = answer_max;
        self
    }

    /// The key of an address, as its receiver is told it.
    #[must_use]
    pub fn key(&self, webhook: Uuid) -> String {
        key_of(&self.secret, webhook)
    }

    /// What may be called.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Tries once.
    pub async fn send(&self, webhook: &Webhook, delivery: &Delivery) -> Attempt {
        let begun = Instant::now();
        let done = self.post(webhook, delivery).await;
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match done {
            Ok(status) if (200..300).contains(&status) => {
                Attempt { status: Some(status), error: None, duration_ms }
            }
            Ok(status) => {
                let error = Some(format!("it answered {status}"));
                Attempt { status: Some(status), error, duration_ms }
            }
            Err(error) => Attempt { status: None, error: Some(error), duration_ms },
        }
    }

    async fn post(&self, webhook: &Webhook, delivery: &Delivery) -> Result<u16, String> {
        let url = self.reach.read(&webhook.url).map_err(|error| error.to_string())?;
        let found = self.reach.find(&url).await.map_err(|error| error.to_string())?;
        let body = json!({
            "id": delivery.id, "event": delivery.event, "occurred_at": delivery.occurred_at,
            "shop": delivery.tenant_id, "attempt": delivery.attempts + 1,
            "data": delivery.payload,
        })
        .to_string();
        let now_s = Utc::now().timestamp();
        let signed = signature(&key_of(&self.secret, webhook.id), now_s, &body);
        let client = self.client(&url, &found).map_err(|error| told(&error))?;
        let answer = client
            .post(url)
            .header("content-type", "application/json")
            .header("treadline-event", &delivery.event)
            .header("treadline-delivery", delivery.id.to_string())
            .header("treadline-timestamp", now_s)
            .header("treadline-signature", signed)
            .body(body)
            .send()
            .await;
        // Its body is of no interest, and may never end.
        answer.map(|answer| answer.status().as_u16()).map_err(|error| told(&error))
    }

    /// A client of this attempt alone, bound to the addresses that were found; it follows nobody
    /// elsewhere and asks no proxy.
    fn client(&self, url: &Url, found: &[SocketAddr]) -> reqwest::Result<reqwest::Client> {
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_MAX.min(self.answer_max))
            .timeout(self.answer_max)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("treadline/", env!("CARGO_PKG_VERSION")))
            .resolve_to_addrs(url.host_str().unwrap_or_default(), found)
            .build()
    }
}

/// What went wrong, without the address: it may hold a secret of the receiver's.
fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it did not answer in time".to_owned();
    }
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(why) = cause {
        text = why.to_string();
        cause = why.source();
    }
    if text.is_empty() { "it could not be asked".to_owned() } else { text }
}
