//! The test that runs, or the last one, with what it has shown so far.

use super::said;
use crate::db::intervals::{self, Interval};
use crate::db::prompts::{self, AbTest, Arm};
use crate::desk::{Desk, Refusal, Visitor, format};
use rust_decimal::Decimal;

/// A row of the test: a figure of A, of B, and the difference.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) a: String,
    pub(super) b: String,
    pub(super) difference: String,
}

/// The test as the page shows it.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) running: bool,
    pub(super) since: String,
    pub(super) until: Option<String>,
    pub(super) a: String,
    pub(super) b: String,
    pub(super) share: String,
    pub(super) rows: Vec<Row>,
}

/// Calls of an arm that count for a share.
type Hits = fn(&Arm) -> i64;

pub(super) async fn shown(desk: &Desk, visitor: &Visitor) -> Result<Option<Shown>, Refusal> {
    let (words, zone, tenant) = (visitor.words, visitor.zone(), visitor.tenant()?);
    let refusal = |error| said(words, error).err().unwrap_or(Refusal::Busy);
    let tests = prompts::tests(desk.pool(), tenant).await.map_err(refusal)?;
    let running = tests.iter().find(|test| test.status == "running");
    let Some(test) = running.or(tests.first()) else { return Ok(None) };
    let arms = prompts::count_test(desk.pool(), tenant, test.id).await.map_err(refusal)?;
    let moment = |at| format::moment(words, at, zone);
    Ok(Some(Shown {
        name: test.test_name.clone(),
        running: test.status == "running",
        since: moment(test.started_at),
        until: test.ended_at.map(moment),
        a: test.variant_a.clone(),
        b: test.variant_b.clone(),
        share: share(visitor, test),
        rows: rows(visitor, &arms),
    }))
}

fn share(visitor: &Visitor, test: &AbTest) -> String {
    number(visitor, test.share_b * 100.0, 0) + "\u{a0}%"
}

fn number(visitor: &Visitor, value: f64, digits: u32) -> String {
    format::decimal(visitor.words, Decimal::try_from(value).unwrap_or_default(), digits)
}

fn rows(visitor: &Visitor, [a, b]: &[Arm; 2]) -> Vec<Row> {
    let words = visitor.words;
    let mut rows = vec![Row {
        name: words.ab_calls(),
        a: number(visitor, a.calls as f64, 0),
        b: number(visitor, b.calls as f64, 0),
        difference: String::new(),
    }];
    let shares: [(&'static str, Hits); 3] = [
        (words.ab_resolved(), |arm| arm.resolved),
        (words.ab_person(), |arm| arm.transferred),
        (words.ab_bought(), |arm| arm.converted),
    ];
    for (name, hits) in shares {
        let of = |arm: &Arm| intervals::share(hits(arm).unsigned_abs(), arm.calls.unsigned_abs());
        let (left, right) = (of(a), of(b));
        let difference = left.zip(right).map(|(a, b)| intervals::share_difference(a, b));
        rows.push(Row {
            name,
            a: percent(visitor, left),
            b: percent(visitor, right),
            difference: percent(visitor, difference),
        });
    }
    let (qa, qb) = (a.quality(), b.quality());
    rows.push(Row {
        name: words.quality(),
        a: mean(visitor, intervals::mean(qa)),
        b: mean(visitor, intervals::mean(qb)),
        difference: mean(visitor, intervals::mean_difference(qa, qb)),
    });
    rows
}

fn percent(visitor: &Visitor, one: Option<Interval>) -> String {
    let scaled = one.map(|Interval { value, low, high }| Interval {
        value: value * 100.0,
        low: low * 100.0,
        high: high * 100.0,
    });
    between(visitor, scaled, 1, "\u{a0}%")
}

fn mean(visitor: &Visitor, one: Option<Interval>) -> String {
    between(visitor, one, 2, "")
}

fn between(visitor: &Visitor, one: Option<Interval>, digits: u32, unit: &str) -> String {
    let Some(Interval { value, low, high }) = one else {
        return visitor.words.ab_few().to_owned();
    };
    let [value, low, high] = [value, low, high].map(|one| number(visitor, one, digits));
    format!("{value}{unit} [{low}; {high}]")
}
