//! A whole conversation by text, as scripts hold it: the real `treadline chat --json`, real
//! Postgres; search, order, fitting of the bought tyres, goodbye. Once without any key, by the
//! local brain, and once with an OpenAI-compatible endpoint; judged by rows.

use crate::support::brain;
use crate::support::database;
use crate::support::program;

mod lines;
mod protocol;
mod rows;

use brain::Endpoint;
use database::fresh_database;
use program::{Chat, Folder};
use serde_json::Value;
use treadline::language::Language;

const CALLER: &str = "+380671234500";

/// Talks with the program and judges what came of it; everything that was printed.
async fn served(language: Language, endpoint: Option<&Endpoint>) -> Option<Vec<Value>> {
    let db = fresh_database().await?;
    let folder = Folder::with_database(&db.url);
    let args = ["chat", "--json", "--as", CALLER, "--lang", language.code()];
    let mut program = folder.program(&args);
    program.env("TREADLINE_ORIGIN", "test");
    if let Some(endpoint) = endpoint {
        program
            .env("TREADLINE__LLM__PROVIDER", "openai")
            .env("TREADLINE__LLM__BASE_URL", endpoint.base());
    }
    let printed = Chat::start(program).converse(lines::of(language)).await;
    protocol::holds(&printed);
    rows::hold(&db, language).await;
    Some(printed)
}

/// The same, and every decision of the conversation came over the wire.
async fn served_over_the_wire(language: Language) {
    let endpoint = Endpoint::start().await;
    let Some(printed) = served(language, Some(&endpoint)).await else { return };
    let answered = endpoint.answered.lock().expect("no panic under the lock");
    assert!(answered.refused.is_empty(), "{:#?}", answered.refused);
    assert_eq!(protocol::tools_called(&printed), answered.tools, "every tool call was streamed");
    let said = protocol::words(&protocol::said(&printed));
    for text in &answered.texts {
        // The guard may withhold a claim; the question after it is always asked.
        let last = protocol::last_sentence(text);
        assert!(said.contains(&last), "{last:?} was not said in {said:?}");
    }
    assert!(answered.texts.len() >= 10, "the endpoint was asked {:?}", answered.texts);
}

#[tokio::test]
async fn without_a_key_an_english_caller_orders_tyres_and_has_them_fitted() {
    served(Language::En, None).await;
}

#[tokio::test]
async fn without_a_key_a_ukrainian_caller_orders_tyres_and_has_them_fitted() {
    served(Language::Uk, None).await;
}

#[tokio::test]
async fn without_a_key_a_russian_caller_orders_tyres_and_has_them_fitted() {
    served(Language::Ru, None).await;
}

#[tokio::test]
async fn over_an_endpoint_an_english_caller_orders_tyres_and_has_them_fitted() {
    served_over_the_wire(Language::En).await;
}

#[tokio::test]
async fn over_an_endpoint_a_ukrainian_caller_orders_tyres_and_has_them_fitted() {
    served_over_the_wire(Language::Uk).await;
}

#[tokio::test]
async fn over_an_endpoint_a_russian_caller_orders_tyres_and_has_them_fitted() {
    served_over_the_wire(Language::Ru).await;
}
