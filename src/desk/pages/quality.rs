//! `/quality`: the eight criteria by week, and the worst calls; each number leads to its calls.

use super::work;
use crate::chart::days::midnight;
use crate::db::desk::quality::{self, After, Call, PAGE_WORST, Week};
use crate::db::figures::{CallFilter, Range, Span};
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, names, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;

/// Weeks on a page: two months, in which a change of the instructions shows.
const WEEKS: u64 = 8;
/// The farthest that weeks are looked at, in days: longer than calls are kept.
const DAYS_MAX: i64 = 40 * 366;

pub(super) fn mount(site: Site) -> Site {
    site.get("/quality", show)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    week: String,
    after: String,
}

struct Count {
    calls: i64,
    href: String,
}

struct Line {
    name: String,
    counts: Vec<Count>,
}

struct Bad {
    href: String,
    began: String,
    began_utc: String,
    score: String,
    outcome_code: String,
    outcome: String,
    topic: String,
    missed: Vec<String>,
}

#[derive(Template)]
#[template(path = "quality.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    weeks: Vec<String>,
    means: Vec<String>,
    lines: Vec<Line>,
    none: bool,
    worst: Vec<Bad>,
    earlier: String,
    newest: Option<String>,
    next: Option<String>,
}

fn read_after(text: &str) -> Result<Option<After>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let (score, rest) = text.split_once('_').ok_or(Refusal::Bad)?;
    let score: f64 = score.parse().map_err(|_| Refusal::Bad)?;
    let (started_at, id) = work::read_place(rest)?.ok_or(Refusal::Bad)?;
    if score.is_finite() { Ok(Some(After { score, started_at, id })) } else { Err(Refusal::Bad) }
}

/// The Monday of the week that is asked for; of this one if none is.
fn monday(text: &str, visitor: &Visitor, now: DateTime<Utc>) -> Result<NaiveDate, Refusal> {
    let zone = visitor.zone();
    let today = now.with_timezone(&zone).date_naive();
    let day = work::day(text, now, zone)?;
    if (day - today).num_days().abs() > DAYS_MAX {
        return Err(Refusal::Bad);
    }
    let since = Days::new(day.weekday().num_days_from_monday().into());
    day.checked_sub_days(since).ok_or(Refusal::Bad)
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (words, zone, now) = (visitor.words, visitor.zone(), desk.clock().now());
    let last = monday(&asked.week, &visitor, now)?;
    let after = read_after(&asked.after)?;
    let mondays: Vec<NaiveDate> = (0..WEEKS).rev().map(|week| last - Days::new(7 * week)).collect();
    let first = mondays.first().copied().unwrap_or(last);
    let (_, end) = Range::of(Span::Week, last, zone, now).bounds();
    let between = (midnight(first, zone), end);
    let tenant = visitor.tenant()?;
    let mut weeks = quality::weeks(desk.pool(), tenant, between).await?;
    let mut worst = quality::worst(desk.pool(), tenant, between, after).await?;
    let more = worst.len() > PAGE_WORST;
    worst.truncate(PAGE_WORST);
    let found: Vec<(NaiveDate, Week)> = mondays
        .into_iter()
        .map(|monday| (monday, weeks.remove(&monday).unwrap_or_default()))
        .collect();
    let filter = |monday| CallFilter::counted(&Range::of(Span::Week, monday, zone, now));
    let week = if asked.week.is_empty() { String::new() } else { last.to_string() };
    let href = |after: &str| url::with_query("/quality", &[("week", &week), ("after", after)]);
    let last_bad = worst
        .last()
        .filter(|_| more)
        .map(|one| format!("{}_{}", one.score, work::place(one.started_at, one.id)));
    Ok(html(&Page {
        frame: Frame::new(&visitor, words.nav_quality()),
        weeks: found.iter().map(|(monday, _)| format::day(words, *monday)).collect(),
        means: found.iter().map(|(_, week)| score(&visitor, week.mean)).collect(),
        lines: lines(&visitor, &found, filter),
        none: found.iter().all(|(_, week)| week.judged == 0),
        worst: worst.iter().map(|one| bad(&visitor, one)).collect(),
        earlier: url::with_query("/quality", &[("week", &(first - Days::new(7)).to_string())]),
        newest: (!asked.week.is_empty() || after.is_some()).then(|| "/quality".to_owned()),
        next: last_bad.map(|after| href(&after)),
    }))
}

fn score(visitor: &Visitor, value: Option<f64>) -> String {
    let value = value.and_then(|value| Decimal::try_from(value).ok());
    value.map_or_else(|| "—".to_owned(), |value| format::decimal(visitor.words, value, 2))
}

fn lines(
    visitor: &Visitor,
    weeks: &[(NaiveDate, Week)],
    filter: impl Fn(NaiveDate) -> CallFilter,
) -> Vec<Line> {
    let words = visitor.words;
    let line = |name: String, only: &str, missed: Option<&str>, calls: &dyn Fn(&Week) -> i64| {
        let count = |(monday, week): &(NaiveDate, Week)| {
            let mut filter = filter(*monday).with("only", only);
            if let Some(missed) = missed {
                filter = filter.with("missed", missed);
            }
            Count { calls: calls(week), href: format!("/calls?{}", filter.to_query()) }
        };
        Line { name, counts: weeks.iter().map(count).collect() }
    };
    let mut all = vec![
        line(words.quality_judged().to_owned(), "judged", None, &|week| week.judged),
        line(words.quality_poor().to_owned(), "poor", None, &|week| week.poor),
    ];
    // Who judged stands in the same table of names.
    for (code, _, _) in names::CRITERIA.iter().filter(|(code, _, _)| *code != "rules") {
        let name = names::name(words, names::CRITERIA, code);
        let missed = |week: &Week| week.missed.get(*code).copied().unwrap_or_default();
        all.push(line(name, "judged", Some(code), &missed));
    }
    all
}

fn bad(visitor: &Visitor, call: &Call) -> Bad {
    let words = visitor.words;
    Bad {
        href: format!("/calls/{}", call.id),
        began: format::moment(words, call.started_at, visitor.zone()),
        began_utc: format::utc(call.started_at),
        score: score(visitor, Some(call.score)),
        outcome: names::name(words, names::OUTCOMES, &call.outcome),
        outcome_code: call.outcome.clone(),
        topic: names::name(words, names::SCENARIOS, &call.scenario),
        missed: call.missed.iter().map(|code| names::name(words, names::CRITERIA, code)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_among_the_worst_leads_back_to_itself() {
        let at = "2026-11-22T12:00:00.000001Z".parse().unwrap();
        let id = uuid::Uuid::from_u128(5);
        let text = format!("{}_{}", 0.1 + 0.2, work::place(at, id));
        let after = After { score: 0.1 + 0.2, started_at: at, id };
        assert_eq!(read_after(&text), Ok(Some(after)));
        for bad in ["x", "0.5", "NaN_1_", "inf_1_00000000-0000-0000-0000-000000000005"] {
            assert_eq!(read_after(bad), Err(Refusal::Bad), "{bad}");
        }
    }
}
