//! `/dashboard/latency`: where the seconds go.

use super::cards::{Piece, of};
use super::{Asked, Shown, Steps, file, manner, meanings, period, reader, shown, steps};
use crate::db::figures::pictures::{self, Reader};
use crate::db::figures::{self, Range, SlowTurn};
use crate::db::stats;
use crate::desk::{Desk, Frame, Refusal, Visitor, html};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{DateTime, Utc};

const PATH: &str = "/dashboard/latency";

#[derive(Template)]
#[template(path = "dashboard_latency.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    period: String,
    steps: Steps,
    fresh: String,
    slow_name: &'static str,
    slow: Vec<Piece>,
    pictures: Vec<Shown>,
    as_table: &'static str,
    slowest_name: &'static str,
    slowest: Vec<(String, String)>,
    none: &'static str,
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
    let found = figures::load_latency(desk.pool(), tenant, range).await?;
    let manner = manner(&asked, &visitor);
    let mut all = pictures::latency(manner, &found);
    all.extend(found.slowest.first().map(|turn| pictures::turn(manner, turn)));
    if !asked.format.is_empty() {
        return file(&asked, &range, &all, None);
    }
    let today = range.seen_at.with_timezone(&range.zone).date_naive();
    let kept = stats::load_day(desk.pool(), tenant, range.to.min(today)).await?;
    Ok(html(&Page {
        frame: Frame::new(&visitor, reader.says("Latency", "Затримки")),
        period: period(&range, reader),
        steps: steps(PATH, &range, reader),
        fresh: fresh(&range, kept.map(|kept| kept.computed_at), reader),
        slow_name: reader
            .says("Calls with an answer over 2.5 s", "Дзвінки з відповіддю понад 2,5 с"),
        slow: of(reader, &found.slow),
        pictures: all.into_iter().map(|named| shown(PATH, &range, named)).collect(),
        as_table: reader.says("As a table", "Таблицею"),
        slowest_name: reader.says("The slowest answers", "Найповільніші відповіді"),
        slowest: found.slowest.iter().map(|turn| line(turn, reader, &visitor)).collect(),
        none: reader.says("No timed answers in these days.", "У ці дні відповідей не виміряно."),
        meanings_name: reader.says("What the numbers mean", "Що означають числа"),
        meanings: meanings::of_latency(reader),
    }))
}

/// Of when the histograms are, and in which zone the days lie.
fn fresh(range: &Range, counted: Option<DateTime<Utc>>, reader: Reader) -> String {
    let Some(at) = counted.map(|at| at.with_timezone(&range.zone)) else {
        let none = reader.says(
            "The last of these days was not counted yet",
            "Останній із цих днів ще не пораховано",
        );
        return format!("{none} ({})", range.zone);
    };
    let words = reader.says("Histograms as of", "Гістограми станом на");
    format!("{words} {} ({})", at.format("%Y-%m-%d %H:%M"), range.zone)
}

/// An answer: where it is shown, and in words.
fn line(turn: &SlowTurn, reader: Reader, visitor: &Visitor) -> (String, String) {
    let began = turn.call_started_at.with_timezone(&visitor.zone());
    let words = format!(
        "{} · {} {} · {}",
        reader.ms()(f64::from(turn.reply_ms)),
        reader.date(began.date_naive()),
        began.format("%H:%M"),
        reader.word(&turn.scenario),
    );
    (format!("/calls/{}#turn-{}", turn.call_id, turn.turn_number), words)
}
