//! One brain after the other: when the first fails before it has said anything, the next is
//! asked; the last is the local one, which cannot fail.

use super::{Answer, LanguageModel, LlmError, ModelRequest};
use crate::breaker::Breaker;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use std::sync::Arc;

/// A chain of brains.
pub struct Chain {
    brains: Vec<Arc<dyn LanguageModel>>,
}

impl Chain {
    /// Brains in the order in which they are asked.
    #[must_use]
    pub const fn new(brains: Vec<Arc<dyn LanguageModel>>) -> Self {
        Self { brains }
    }
}

#[async_trait]
impl LanguageModel for Chain {
    fn name(&self) -> &'static str {
        self.brains.first().map_or("none", |brain| brain.name())
    }

    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError> {
        let nobody = "no brain is set up".to_owned();
        let Some((last, others)) = self.brains.split_last() else {
            return Err(LlmError::Nonsense { provider: "none", detail: nobody });
        };
        for brain in others {
            if !brain.breaker().is_none_or(Breaker::allows) {
                continue;
            }
            match first_piece(brain.as_ref(), request.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    tracing::warn!(%error, "the next brain is asked");
                    metrics::counter!("treadline_provider_errors_total", "provider" => brain.name(), "kind" => error.label()).increment(1);
                }
            }
        }
        // Whatever its breaker says: nobody else is left to ask.
        first_piece(last.as_ref(), request).await
    }
}

/// An answer that has begun: it is switched over only while the caller has heard nothing of it.
async fn first_piece(brain: &dyn LanguageModel, request: ModelRequest) -> Result<Answer, LlmError> {
    let mut answer = brain.answer(request).await?;
    match answer.next().await {
        None => {
            Err(LlmError::Nonsense { provider: brain.name(), detail: "an empty answer".into() })
        }
        Some(Err(error)) => Err(error),
        Some(Ok(chunk)) => {
            Ok(Box::pin(futures_util::stream::once(async move { Ok(chunk) }).chain(answer)))
        }
    }
}
