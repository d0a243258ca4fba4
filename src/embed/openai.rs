//! `/embeddings` of any OpenAI-compatible endpoint: one request a batch, no retry, because a
//! caller waits and the search by words serves meanwhile.

use super::{BATCH_MAX, EmbedError, Embedder, TEXT_CHARS_MAX, Vector};
use crate::breaker::Breaker;
use crate::provider::{self, Budgets, Endpoint, Trouble};
use crate::turn::Failure;
use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

const PROVIDER: &str = "openai-embeddings";
const DEFAULT_MODEL: &str = "text-embedding-3-small";
/// One question of a caller: 0.5 s to connect, 1.5 s for the answer. A tool has 5 s in all.
pub const LIVE: Budgets = Budgets::from_ms(500, 1_500, 1_500, 1_500);
/// A batch of an import, for which nobody waits on the phone.
pub const IMPORT: Budgets = Budgets::from_ms(3_000, 30_000, 30_000, 60_000);
/// Bytes of an answer that are read: a full batch of 1536 components of 25 characters.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// An OpenAI-compatible embedder.
pub struct OpenAiEmbedder {
    endpoint: Arc<Endpoint>,
    model: String,
}

impl std::fmt::Debug for OpenAiEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenAiEmbedder").field("model", &self.model).finish_non_exhaustive()
    }
}

impl OpenAiEmbedder {
    /// An embedder at `base_url` (empty: the provider's own) with `model` (empty: a good default)
    /// and times.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(
        base_url: &str,
        model: &str,
        key: &SecretString,
        budgets: Budgets,
    ) -> reqwest::Result<Self> {
        let breaker = Breaker::new(PROVIDER);
        let endpoint = Endpoint::new(base_url, "/embeddings", key, breaker, budgets)?;
        Ok(Self { endpoint, model: provider::or_default(model, DEFAULT_MODEL) })
    }

    /// Opens a connection in the background, before the first caller needs it.
    pub fn warm(&self) -> JoinHandle<()> {
        self.endpoint.warm()
    }

    async fn ask(&self, texts: &[String]) -> Result<Vec<Vector>, Trouble> {
        let nonsense = |detail: &str| Trouble::new(Failure::Nonsense, detail);
        let total = self.endpoint.budgets.total;
        let deadline = Instant::now() + total;
        let input: Vec<String> =
            texts.iter().map(|text| text.chars().take(TEXT_CHARS_MAX).collect()).collect();
        let question = json!({ "model": self.model, "input": input, "encoding_format": "float" });
        let response = self.endpoint.send(self.endpoint.post().json(&question), deadline).await?;
        let body = timeout_at(deadline, provider::read_limited(response, ANSWER_BYTES_MAX)).await;
        let body = body.map_err(|_| Trouble::late("whole answer", total))??;
        let mut answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| nonsense("the answer is not the JSON that was asked for"))?;
        // Servers may answer in another order.
        answer.data.sort_by_key(|row| row.index);
        let in_order = answer.data.iter().enumerate().all(|(at, row)| row.index == at);
        if answer.data.len() != texts.len() || !in_order {
            return Err(nonsense("not one vector for each text"));
        }
        let vectors = answer.data.into_iter().map(|row| Vector::fill_up(row.embedding));
        vectors.collect::<Option<_>>().ok_or_else(|| nonsense("a vector that points nowhere"))
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    index: usize,
    embedding: Vec<f32>,
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    fn model(&self) -> &str {
        &self.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vector>, EmbedError> {
        let failed = |failure, detail: String| EmbedError { provider: PROVIDER, failure, detail };
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        if texts.len() > BATCH_MAX {
            let detail = format!("{} texts are more than {BATCH_MAX}", texts.len());
            return Err(failed(Failure::Refused, detail));
        }
        let breaker = &self.endpoint.breaker;
        if !breaker.allows() {
            let detail = "left alone for a while after its failures".to_owned();
            return Err(failed(Failure::Unreachable, detail));
        }
        match self.ask(texts).await {
            Ok(vectors) => {
                breaker.succeeded();
                Ok(vectors)
            }
            Err(trouble) => {
                trouble.report(breaker);
                Err(failed(trouble.failure, trouble.detail))
            }
        }
    }
}
