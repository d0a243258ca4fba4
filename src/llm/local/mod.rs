//! The local brain: a rule-based model of the shop's dialogue behind the same trait as a real
//! model, with the same text and tool calls. It serves a caller without any key or network, it
//! answers when every provider is down, and it makes tests deterministic.
//!
//! It keeps nothing between questions: [`talk::Talk::replay`] derives where the conversation
//! stands from its history, so it can take over in the middle of a call. It reads nothing back
//! and takes no yes to an effect: the core does that.

mod decide;
mod english;
mod free_text;
mod hear;
mod hear_fitting;
mod hear_tires;
mod keywords;
mod learn;
mod reply;
mod talk;
mod ukrainian;

use super::{Answer, LanguageModel, LlmError, ModelChunk, ModelRequest};
use crate::language::Language;
use crate::shop::TireSize;
use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use reply::{Ask, Move, Reply, Tell};
use std::sync::{Arc, PoisonError, RwLock};

/// Places in one sentence: more of them nobody keeps in mind on the phone. Those that are not
/// named can still be chosen by name.
const PLACES_NAMED_MAX: usize = 5;

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
        let say = |reply: &Reply| ModelChunk::Text(words(reply, request.language));
        match decide::decide(&talk) {
            Move::Say(reply) => say(&reply),
            Move::Call { tool, args } if request.tools.iter().any(|spec| spec.name == tool) => {
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
        let chunk = self.think(&request);
        Ok(stream::once(async move { Ok(chunk) }).boxed())
    }
}

/// A reply in words.
fn words(reply: &Reply, language: Language) -> String {
    let tell = |tell: &Tell| match language {
        Language::En => english::tell(tell),
        Language::Uk | Language::Ru => ukrainian::tell(tell),
    };
    let ask = |ask: &Ask| match language {
        Language::En => english::ask(ask),
        Language::Uk | Language::Ru => ukrainian::ask(ask),
    };
    let mut sentences: Vec<String> = reply.tell.iter().map(tell).collect();
    sentences.extend(reply.ask.as_ref().map(ask));
    sentences.join(" ")
}

/// `10:20`, and `9:00` as it is said.
fn clock(time: chrono::NaiveTime) -> String {
    use chrono::Timelike as _;
    format!("{}:{:02}", time.hour(), time.minute())
}

/// "a", "a and b", "a, b and c".
fn listed(items: &[String], and: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} {and} {last}", head.join(", ")),
    }
}

/// What each offer is called: by its maker, and with the model where two share a maker.
fn names(offers: &[reply::Offer]) -> Vec<String> {
    let shared = |brand: &str| offers.iter().filter(|offer| offer.brand == brand).count() > 1;
    offers
        .iter()
        .map(|offer| match offer {
            offer if shared(&offer.brand) => format!("{} {}", offer.brand, offer.model),
            offer => offer.brand.clone(),
        })
        .collect()
}

/// Places as they are read out: the first few, with a longer pause where a place is two words.
fn places(options: &[String], and: &str, others: &str) -> String {
    let mut named: Vec<String> = options.iter().take(PLACES_NAMED_MAX).cloned().collect();
    if options.len() > named.len() {
        named.push(others.to_owned());
    }
    if named.iter().any(|place| place.contains(',')) {
        return named.join("; ");
    }
    listed(&named, and)
}

/// The first letter as a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
