//! The local brain: a rule-based model of the shop's dialogue behind the same trait as a real
//! model, with the same text and tool calls. It serves a caller without any key or network, it
//! answers when every provider is down, and it makes tests deterministic.
//!
//! It keeps nothing between questions: [`talk::Talk::replay`] derives where the conversation
//! stands from its history, so it can take over in the middle of a call. It reads no effect back
//! and takes no yes to one: the core does that.
//!
//! The way of a line: [`line`] reads it, [`hear`] and [`intent`] find its scenario, the
//! [`scenarios`] keep the slots and say what is next, [`decide`] picks it, [`words`] words it.

mod decide;
mod hear;
mod intent;
mod keywords;
mod learn;
mod line;
mod reply;
mod results;
mod scenarios;
mod talk;
mod words;

use super::{Answer, LanguageModel, LlmError, ModelChunk, ModelRequest};
use crate::metering::Attempt;
use crate::shop::TireSize;
use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use reply::{Ask, Move, Reply, Tell};
use std::sync::{Arc, PoisonError, RwLock};

/// What the catalogue knows: figures and words of a caller become one of these or nothing.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    /// Sizes that exist.
    pub sizes: Vec<TireSize>,
    /// Makers, as the catalogue writes them.
    pub brands: Vec<String>,
}

/// The rule-based brain.
#[derive(Debug, Default)]
pub struct LocalBrain {
    lexicon: RwLock<Arc<Lexicon>>,
}

impl LocalBrain {
    /// A brain for a catalogue.
    #[must_use]
    pub fn new(lexicon: Lexicon) -> Self {
        Self { lexicon: RwLock::new(Arc::new(lexicon)) }
    }

    /// The catalogue has changed; calls under way use it from their next line on.
    pub fn set_lexicon(&self, lexicon: Lexicon) {
        *self.lexicon.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(lexicon);
    }

    fn think(&self, request: &ModelRequest) -> ModelChunk {
        let lexicon = Arc::clone(&self.lexicon.read().unwrap_or_else(PoisonError::into_inner));
        let today = request.now.date_naive();
        let talk = talk::Talk::replay(&request.history, request.language, today, &lexicon);
        let say = |reply: &Reply| ModelChunk::Text(words::of_reply(reply, request.language));
        let may = |tool: &str| request.tools.iter().any(|spec| spec.name == tool);
        match decide::decide(&talk) {
            Move::Say(reply) => {
                match talk.profile_due().filter(|_| may(scenarios::profile::TOOL)) {
                    Some(args) => {
                        ModelChunk::ToolCall { name: scenarios::profile::TOOL.to_owned(), args }
                    }
                    None => say(&reply),
                }
            }
            Move::Call { tool, args } if may(tool) => {
                ModelChunk::ToolCall { name: tool.to_owned(), args }
            }
            Move::Call { tool, .. } => {
                tracing::debug!(tool, "the tool that is needed may not be called now");
                say(&Reply::both(Tell::CannotLookUp, Ask::Operator))
            }
        }
    }
}

#[async_trait]
impl LanguageModel for LocalBrain {
    fn name(&self) -> &'static str {
        "local"
    }

    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError> {
        let attempt = Attempt::begin("local", "");
        let chunk = self.think(&request);
        attempt.answered();
        Ok(stream::once(async move { Ok(chunk) }).boxed())
    }
}
