//! One row a day, for the small lines beside the figures.

use super::filter::CallFilter;
use super::range::Range;
use super::share::{Share, Tally};
use chrono::NaiveDate;
use sqlx::PgConnection;
use std::collections::HashMap;

/// The sums of one day; a day without calls has zeros.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendDay {
    /// The day on the shop's wall.
    pub day: NaiveDate,
    /// Every live call.
    pub volume: Tally,
    /// The agent settled it.
    pub resolved: Share,
    /// Handed over to a person.
    pub transferred: Share,
    /// The caller hung up with an open matter.
    pub abandoned: Share,
    /// What the providers cost, US dollars.
    pub cost_usd: f64,
    /// The middle length, seconds.
    pub median_s: Option<f64>,
}

const DAYS: &str = "
with facts as materialized (
    select day, standing, outcome, total_cost_usd, duration_seconds
    from dashboard.call_facts where started_at >= $1 and started_at < $2
)
select day, count(*) as volume, count(*) filter (where standing = 'counted') as counted,
       count(*) filter (where standing = 'counted' and outcome = 'resolved') as resolved,
       count(*) filter (where standing = 'counted' and outcome = 'transferred') as transferred,
       count(*) filter (where standing = 'counted' and outcome = 'abandoned') as abandoned,
       coalesce(sum(total_cost_usd), 0)::float8 as cost_usd,
       percentile_cont(0.5) within group (order by duration_seconds)
           filter (where standing = 'counted') as median_s
from facts
group by day";

#[derive(Debug, Default, sqlx::FromRow)]
struct Row {
    day: NaiveDate,
    volume: i64,
    counted: i64,
    resolved: i64,
    transferred: i64,
    abandoned: i64,
    cost_usd: f64,
    median_s: Option<f64>,
}

pub(super) async fn load(
    conn: &mut PgConnection,
    range: &Range,
) -> Result<Vec<TrendDay>, sqlx::Error> {
    let (from, to) = range.bounds();
    let rows: Vec<Row> = sqlx::query_as(DAYS).bind(from).bind(to).fetch_all(conn).await?;
    let mut rows: HashMap<NaiveDate, Row> = rows.into_iter().map(|row| (row.day, row)).collect();
    // Days that have not begun are no days without calls.
    let last = range
        .until
        .map_or(range.to, |until| range.to.min(until.with_timezone(&range.zone).date_naive()));
    let days = range.from.iter_days().take_while(|day| *day <= last);
    Ok(days.map(|day| trend_day(range, day, &rows.remove(&day).unwrap_or_default())).collect())
}

fn trend_day(range: &Range, day: NaiveDate, row: &Row) -> TrendDay {
    let range = range.day(day);
    let counted = || CallFilter::counted(&range);
    let share = |calls, word: &str| Share {
        part: Tally { calls, filter: counted().with("outcome", word) },
        of: Tally { calls: row.counted, filter: counted() },
    };
    TrendDay {
        day,
        volume: Tally { calls: row.volume, filter: CallFilter::of(&range) },
        resolved: share(row.resolved, "resolved"),
        transferred: share(row.transferred, "transferred"),
        abandoned: share(row.abandoned, "abandoned"),
        cost_usd: row.cost_usd,
        median_s: row.median_s,
    }
}
