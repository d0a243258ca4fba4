//! `/prompts/compare`: what differs between two versions, line by line.

use super::all;
use crate::db::prompts::text;
use crate::desk::diff;
use crate::desk::names::Choice;
use crate::desk::pages::knowledge::{Changed, changed};
use crate::desk::pages::work;
use crate::desk::{Desk, Frame, Refusal, Visitor, html};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    a: String,
    b: String,
}

#[derive(Template)]
#[template(path = "prompts_compare.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    left: Vec<Choice>,
    right: Vec<Choice>,
    names: (String, String),
    lines: Vec<Changed>,
    same: bool,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (a, b) = (work::value(&asked.a)?, work::value(&asked.b)?);
    let versions = all(&desk, &visitor).await?;
    let find = |name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => {
            let found = versions.iter().find(|one| one.name == *name);
            found.map(Some).ok_or(Refusal::NotFound)
        }
    };
    let (left, right) = (find(&a)?, find(&b)?);
    let written = |one: Option<&crate::db::prompts::PromptVersion>| {
        one.map_or_else(String::new, text::written)
    };
    let (old, new) = (written(left), written(right));
    let choices = |chosen: Option<&str>| {
        let choice = |one: &crate::db::prompts::PromptVersion| Choice {
            code: one.name.clone(),
            name: one.name.clone(),
            chosen: chosen == Some(one.name.as_str()),
        };
        versions.iter().rev().map(choice).collect()
    };
    Ok(html(&Page {
        frame: Frame::new(&visitor, visitor.words.prompt_compare()),
        left: choices(a.as_deref()),
        right: choices(b.as_deref()),
        names: (a.unwrap_or_default(), b.unwrap_or_default()),
        same: old == new && left.is_some(),
        lines: if left.is_some() && right.is_some() {
            changed(&diff::lines(&old, &new))
        } else {
            Vec::new()
        },
    }))
}
