//! `/calls`: every call, newest first, with filters that stand in the address; also the list behind
//! every number of the dashboard.

use super::dashboard::reader;
use super::filter::{Asked, Chip};
use crate::db::desk::calls::{self, After, COUNT_MAX, Line, PAGE_CALLS};
use crate::db::figures::pictures::Reader;
use crate::desk::names::{self, Choice};
use crate::desk::words::Words;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, policy};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;

/// Calls of so few days, between a first and a last, are counted to the end: a number that leads
/// here says how many there are.
const COUNTED_DAYS_MAX: i64 = 31;
/// More than any shop has in such a time.
const COUNTED_MAX: i64 = 1_000_000;

pub(super) fn mount(site: Site) -> Site {
    site.get("/calls", show)
}

#[derive(Template)]
#[template(path = "calls.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    asked: Asked,
    found: String,
    back_to: String,
    chips: Vec<Chip>,
    day: Option<String>,
    rows: Vec<Row>,
    outcomes: Vec<Choice>,
    scenarios: Vec<Choice>,
    stages: Vec<Choice>,
    origins: Vec<Choice>,
    channels: Vec<Choice>,
    languages: Vec<Choice>,
    made: Vec<Choice>,
    asks_numbers: bool,
    older: Option<String>,
    newest: Option<String>,
    farther: Option<String>,
}

struct Row {
    href: String,
    began: String,
    began_utc: String,
    caller: String,
    outcome_code: String,
    outcome: String,
    stage: String,
    transfer: String,
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
    pairs: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(pairs) = pairs.map_err(|_| Refusal::Bad)?;
    let (tenant, zone, now) = (visitor.tenant()?, visitor.zone(), desk.clock().now());
    let asked = Asked::of(&pairs, &visitor)?;
    let (words, reader) = (visitor.words, reader(&visitor));
    if asked.filter.words.is_some() {
        // Looking for words is reading what people said.
        let what = serde_json::json!({ "words": asked.filter.words });
        visitor.note(&desk, "transcript.searched", ("calls", String::new()), Some(what)).await?;
    } else {
        // Who phoned, and when, is about people too.
        let what = serde_json::json!({ "filter": asked.filter.to_query() });
        visitor.note(&desk, "calls.listed", ("calls", String::new()), Some(what)).await?;
    }
    let days = asked.filter.from.zip(asked.filter.to).map(|(from, to)| (to - from).num_days() + 1);
    let few = days.is_some_and(|days| days <= COUNTED_DAYS_MAX);
    let count_max = if few { COUNTED_MAX } else { COUNT_MAX };
    let filter = asked.filter.asks(zone, now);
    let wanted = (asked.after, count_max);
    let (mut lines, count) = calls::list_and_count(desk.pool(), tenant, filter, wanted).await?;
    let more = lines.len() > PAGE_CALLS;
    lines.truncate(PAGE_CALLS);
    let last = lines.last().map(|line| After { started_at: line.started_at, id: line.id });
    let sees_figures = policy::allows("GET", "/dashboard", visitor.role());
    let one_day = asked.filter.from.filter(|day| asked.filter.to == Some(*day) && sees_figures);
    let choices = |table, key: &str| names::choices(words, table, &asked.value(key));
    let (first, to) = asked.days(zone, now);
    let page = Page {
        frame: Frame::new(&visitor, words.calls()),
        found: words.calls_found(count.min(count_max), count > count_max),
        back_to: words
            .looked_at(&format::day(words, first), to.map(|to| format::day(words, to)).as_deref()),
        chips: asked.chips(reader, zone),
        day: one_day.map(|day| format!("/dashboard?span=day&day={day}")),
        rows: lines.iter().map(|line| row(line, &visitor, words, reader)).collect(),
        outcomes: choices(names::OUTCOMES, "outcome"),
        scenarios: choices(names::SCENARIOS, "scenario"),
        stages: choices(names::STAGES, "stage"),
        origins: choices(names::ORIGINS, "origin"),
        channels: choices(names::CHANNELS, "channel"),
        languages: choices(names::LANGUAGES, "language"),
        made: choices(names::MADE, "made"),
        asks_numbers: !visitor.sees_no_numbers(),
        older: last.filter(|_| more).map(|last| asked.page(Some(last))),
        newest: asked.after.map(|_| asked.page(None)),
        farther: asked.farther(zone, now).filter(|_| !more),
        asked,
    };
    Ok(html(&page))
}

fn row(line: &Line, visitor: &Visitor, words: Words, reader: Reader) -> Row {
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
        transfer: line
            .reason
            .as_deref()
            .map_or_else(String::new, |reason| reader.word(reason).to_owned()),
        length: line
            .duration_seconds
            .map_or_else(|| "—".to_owned(), |seconds| format::length(seconds.into())),
        topic: named(names::SCENARIOS, &line.scenario),
        language: named(names::LANGUAGES, &line.language),
        origin: (line.origin != "live").then(|| names::name(words, names::ORIGINS, &line.origin)),
        made,
        cost: line
            .total_cost_usd
            .map_or_else(|| "—".to_owned(), |cost| format::dollars(words, cost)),
    }
}
