//! `/dashboard`: how the day, the week, the month was.

use super::cards::{Card, cards};
use super::{Asked, Shown, Steps, file, manner, meanings, period, reader, shown, steps};
use crate::db::figures::pictures::{self, Reader};
use crate::db::figures::{self, Figures, Range, Span};
use crate::db::stats::{self, DailyStats};
use crate::desk::{Desk, Frame, Refusal, Visitor, html};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;

const PATH: &str = "/dashboard";

#[derive(Template)]
#[template(path = "dashboard.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    period: String,
    steps: Steps,
    mismatch: Option<String>,
    fresh: String,
    cards: Vec<Card>,
    pictures: Vec<Shown>,
    as_table: &'static str,
    all_figures: &'static str,
    findings: String,
    csv: String,
    meanings_name: &'static str,
    meanings: Vec<&'static str>,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (tenant, reader) = (visitor.tenant()?, reader(&visitor));
    let range = asked.range(&desk, &visitor)?;
    let found = figures::load(desk.pool(), tenant, range).await?;
    let all = pictures::day(manner(&asked, &visitor), &found);
    let findings = pictures::findings(reader, &found);
    if !asked.format.is_empty() {
        return file(&asked, &range, &all, Some(&findings));
    }
    let kept = match range.span {
        Span::Day => stats::load_day(desk.pool(), tenant, range.from).await?,
        Span::Week | Span::Month => None,
    };
    Ok(html(&Page {
        frame: Frame::new(&visitor, reader.says("Figures", "Показники")),
        period: period(&range, reader),
        steps: steps(PATH, &range, reader),
        mismatch: kept.as_ref().and_then(|kept| mismatch(kept, &found, reader)),
        fresh: fresh(&range, kept.as_ref(), reader),
        cards: cards(reader, &found),
        pictures: all.into_iter().map(|named| shown(PATH, &range, named)).collect(),
        as_table: reader.says("As a table", "Таблицею"),
        all_figures: reader.says("All figures", "Усі показники"),
        findings: findings.to_html(),
        csv: format!("{}&format=csv", super::address(PATH, range.span, range.from)),
        meanings_name: reader.says("What the numbers mean", "Що означають числа"),
        meanings: meanings::of(reader),
    }))
}

/// As of when, in which zone, and compared with what.
fn fresh(range: &Range, kept: Option<&DailyStats>, reader: Reader) -> String {
    let wall = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&range.zone);
    let mut said = vec![format!(
        "{} {} ({})",
        reader.says("Counted from the log at", "Пораховано з журналу о"),
        wall(range.seen_at).format("%H:%M"),
        range.zone,
    )];
    let before = range.before();
    let against = reader.says("compared with", "порівняно з");
    said.push(format!("{against} {}", period(&before, reader)));
    if range.partial() {
        let until = reader.says("up to the same hour", "до тієї самої години");
        said.push(until.to_owned());
    }
    said.extend(kept.map(|kept| {
        let daily = reader.says("daily count of", "щоденний підрахунок від");
        format!("{daily} {}", wall(kept.computed_at).format("%Y-%m-%d %H:%M"))
    }));
    said.join(" · ")
}

/// The job counts a day by itself; if it found something else than this page, that is told.
fn mismatch(kept: &DailyStats, found: &Figures, reader: Reader) -> Option<String> {
    // A sealed day's calls may be gone already, and today goes on between two counts.
    if found.range.partial() || kept.sealed_at.is_some() {
        return None;
    }
    let (counted, here) = (i64::from(kept.total_calls), found.now.volume.calls);
    (counted != here).then(|| {
        let words = reader.says(
            "The daily count says %a, this page says %b: one of them is not up to date.",
            "Щоденний підрахунок показує %a, ця сторінка — %b: щось із них застаріло.",
        );
        words.replace("%a", &counted.to_string()).replace("%b", &here.to_string())
    })
}
