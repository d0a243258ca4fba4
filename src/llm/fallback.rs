//! One brain after the other: when the first fails before it has said anything, the next is
//! asked; the last is the local one, which cannot fail.

use super::{Answer, LanguageModel, LlmError, ModelRequest};
use crate::breaker::Breaker;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use std::sync::Arc;

/// A chain of brains.
pub struct Chain {
    links: Vec<(Arc<dyn LanguageModel>, Breaker)>,
}

impl Chain {
    /// Brains in the order in which they are asked.
    #[must_use]
    pub fn new(brains: Vec<Arc<dyn LanguageModel>>) -> Self {
        let links = brains.into_iter().map(|brain| {
            let breaker = Breaker::new(brain.name());
            (brain, breaker)
        });
        Self { links: links.collect() }
    }
}

#[async_trait]
impl LanguageModel for Chain {
    fn name(&self) -> &'static str {
        self.links.first().map_or("none", |(brain, _)| brain.name())
    }

    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError> {
        let mut last = LlmError::Nonsense { provider: "none", detail: "no brain is set up".into() };
        for (index, (brain, breaker)) in self.links.iter().enumerate() {
            let is_last = index + 1 == self.links.len();
            if !is_last && !breaker.allows() {
                continue;
            }
            match first_piece(brain.as_ref(), request.clone()).await {
                Ok(answer) => {
                    breaker.succeeded();
                    return Ok(answer);
                }
                Err(error) => {
                    breaker.failed(matches!(error, LlmError::Refused { status: 429, .. }));
                    if !is_last {
                        tracing::warn!(%error, "the next brain is asked");
                        metrics::counter!("treadline_provider_errors_total", "provider" => brain.name(), "kind" => error.label()).increment(1);
                    }
                    last = error;
                }
            }
        }
        Err(last)
    }
}

/// An answer that has begun: it is switched over only while the caller has heard nothing of it.
async fn first_piece(brain: &dyn LanguageModel, request: ModelRequest) -> Result<Answer, LlmError> {
    let mut answer = brain.answer(request).await?;
    match answer.next().await {
        None => Err(LlmError::Nonsense { provider: brain.name(), detail: "an empty answer".into() }),
        Some(Err(error)) => Err(error),
        Some(Ok(chunk)) => {
            Ok(Box::pin(futures_util::stream::once(async move { Ok(chunk) }).chain(answer)))
        }
    }
}
