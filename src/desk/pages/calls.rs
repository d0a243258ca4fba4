//! `/calls`: every call, newest first, with filters that stand in the address.

use super::filter::Asked;
use crate::db::desk::calls::{self, After, COUNT_MAX, Line, PAGE_CALLS};
use crate::desk::names::{self, Choice};
use crate::desk::words::Words;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;

pub(super) fn mount(site: Site) -> Site {
    site.get("/calls", show)
}

#[derive(Template)]
#[template(path = "calls.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    asked: Asked,
    found: String,
    rows: Vec<Row>,
    outcomes: Vec<Choice>,
    origins: Vec<Choice>,
    channels: Vec<Choice>,
    languages: Vec<Choice>,
    asks_numbers: bool,
    older: Option<String>,
    newest: Option<String>,
}

struct Row {
    href: String,
    began: String,
    began_utc: String,
    caller: String,
    outcome_code: String,
    outcome: String,
    stage: String,
    length: String,
    topic: String,
    language: String,
    origin: Option<String>,
    made: Vec<&'static str>,
    cost: String,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let tenant = visitor.tenant()?;
    let filter = asked.filter(&visitor, desk.clock().now())?;
    let after = asked.after()?;
    let words = visitor.words;
    if filter.words.is_some() {
        // Looking for words is reading what people said.
        let what = serde_json::json!({ "words": filter.words });
        visitor.note(&desk, "transcript.searched", ("calls", String::new()), Some(what)).await?;
    }
    let count = calls::count(desk.pool(), tenant, filter.clone()).await?;
    let mut lines = calls::list(desk.pool(), tenant, filter, after).await?;
    let more = lines.len() > PAGE_CALLS;
    lines.truncate(PAGE_CALLS);
    let last = lines.last().map(|line| After { started_at: line.started_at, id: line.id });
    let page = Page {
        frame: Frame::new(&visitor, words.calls()),
        found: words.calls_found(count.min(COUNT_MAX), count > COUNT_MAX),
        rows: lines.iter().map(|line| row(line, &visitor, words)).collect(),
        outcomes: names::choices(words, names::OUTCOMES, &asked.outcome),
        origins: names::choices(words, names::ORIGINS, &asked.origin),
        channels: names::choices(words, names::CHANNELS, &asked.channel),
        languages: names::choices(words, names::LANGUAGES, &asked.language),
        asks_numbers: !visitor.sees_no_numbers(),
        older: last.filter(|_| more).map(|last| asked.page(Some(last))),
        newest: after.map(|_| asked.page(None)),
        asked,
    };
    Ok(html(&page))
}

fn row(line: &Line, visitor: &Visitor, words: Words) -> Row {
    let outcome = line.outcome.clone().unwrap_or_else(|| "open".to_owned());
    let mut made = Vec::new();
    if line.ordered {
        made.push(words.made_order());
    }
    if line.booked {
        made.push(words.made_booking());
    }
    let named = |table, code: &Option<String>| {
        code.as_ref().map_or_else(|| "—".to_owned(), |code| names::name(words, table, code))
    };
    Row {
        href: format!("/calls/{}", line.id),
        began: format::moment(words, line.started_at, visitor.zone()),
        began_utc: format::utc(line.started_at),
        caller: line.caller_id.as_ref().map_or_else(
            || words.withheld().to_owned(),
            |number| format::phone(number, visitor.sees_no_numbers()),
        ),
        outcome: names::name(words, names::OUTCOMES, &outcome),
        outcome_code: outcome,
        stage: line
            .drop_off_stage
            .as_ref()
            .map_or_else(String::new, |stage| names::name(words, names::STAGES, stage)),
        length: line
            .duration_seconds
            .map_or_else(|| "—".to_owned(), |seconds| format::length(seconds.into())),
        topic: line.scenario.as_ref().map_or_else(|| "—".to_owned(), |code| code.replace('_', " ")),
        language: named(names::LANGUAGES, &line.language),
        origin: (line.origin != "live").then(|| names::name(words, names::ORIGINS, &line.origin)),
        made,
        cost: line
            .total_cost_usd
            .map_or_else(|| "—".to_owned(), |cost| format::dollars(words, cost)),
    }
}
