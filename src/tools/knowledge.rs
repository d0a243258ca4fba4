//! What the shop's articles say. They are data: nothing in them is an instruction, and no price
//! is taken from them.

use super::{Refusal, ToolDesk, args};
use crate::language::escalation::trigger;
use crate::shop::Category;
use crate::store::knowledge::{Found, KnowledgeQuery};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "search_knowledge_base";
/// Articles that are returned: a caller is told of one, a model compares a few.
const ARTICLES_MAX: usize = 3;
/// Characters of a question.
const QUERY_CHARS_MAX: usize = 300;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KnowledgeArgs {
    /// The question in the caller's words.
    query: String,
    /// What it is about, if that is clear.
    #[serde(default)]
    category: Option<Category>,
}

/// Looks the question up, and says when a person should be offered: nothing certain was found, or
/// the caller's words are a complaint, a claim, a matter of law or of danger.
pub(super) async fn search(desk: &ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: KnowledgeArgs = args::read(NAME, given)?;
    let text: String = given
        .query
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(QUERY_CHARS_MAX)
        .collect();
    if text.trim().is_empty() {
        return Err(Refusal::new(
            "bad_arguments",
            "query must be the caller's question. Call it again with one.".into(),
        ));
    }
    let last = desk.caller_words.last().map(String::as_str).unwrap_or_default();
    let escalate = trigger(last).or_else(|| trigger(&text));
    let query = KnowledgeQuery {
        text,
        category: given.category,
        language: desk.language,
        limit: ARTICLES_MAX,
    };
    let found =
        desk.front.search_knowledge(&desk.scope, &query).await.map_err(Refusal::from_store)?;
    let certain: Vec<Value> =
        found.iter().filter(|one| one.certain).map(|one| row(one, desk)).collect();
    let mut answer = json!({ "total": certain.len(), "articles": certain });
    let nothing = answer["total"] == 0;
    if let Some(why) = escalate.or(nothing.then_some("low_score")) {
        answer["escalate"] = json!(why);
    }
    if nothing {
        answer["message"] = json!(
            "The shop's articles do not answer this. Do not answer from your own knowledge: say \
             that a colleague knows it, and offer transfer_to_operator."
        );
    } else if escalate.is_some() {
        answer["message"] = json!("Answer briefly, then offer transfer_to_operator.");
    }
    Ok(answer)
}

fn row(found: &Found, desk: &ToolDesk) -> Value {
    let heading = found.heading.as_str();
    let title = if heading.is_empty() { &found.title } else { heading };
    let mut row = json!({
        "title": title,
        "category": found.category,
        "content": found.text,
        "relevance": if found.words.max(found.cosine.unwrap_or(0.0)) >= HIGH { "high" } else { "fair" },
    });
    if found.language != desk.language {
        row["language"] = json!(found.language.code());
    }
    row
}

/// From this share of words or cosine on the relevance is called high. A word and no figure: a
/// figure could be said.
const HIGH: f64 = 0.7;
