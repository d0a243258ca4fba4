//! The sums of some days.

use super::filter::CallFilter;
use super::range::Range;
use super::share::{Share, Tally};
use super::{POOR_QUALITY, SLOW_MS};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How soon the same number must not phone again for a call to have held.
const RIPE_AFTER: TimeDelta = TimeDelta::hours(24);

/// How long calls were, seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Length {
    /// The calls that were measured.
    pub calls: Tally,
    /// The middle one; `None` without calls.
    pub median_s: Option<f64>,
    /// Nine of ten were shorter.
    pub p90_s: Option<f64>,
    /// The mean.
    pub mean_s: Option<f64>,
}

/// What the providers cost, US dollars. What has no known price is not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Of every call, also of those that are in no rate: they were paid for.
    pub total_usd: f64,
    /// A call of all; `None` without calls.
    pub per_call_usd: Option<f64>,
    /// All cost for each call that was resolved; `None` if none was.
    pub per_resolved_usd: Option<f64>,
    /// The calls with a step that has no known price.
    pub unpriced: Tally,
}

/// What callers thought, 1 to 5.
#[derive(Debug, Clone, PartialEq)]
pub struct Rating {
    /// The calls that were rated.
    pub calls: Tally,
    /// The mean; `None` if nobody rated.
    pub mean: Option<f64>,
}

/// How good they were, 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Those judged as poor, of those that were judged.
    pub poor: Share,
    /// The mean; `None` if none was judged.
    pub mean: Option<f64>,
}

/// The sums of some days.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Every live call.
    pub volume: Tally,
    /// Calls that are in the rates.
    pub counted: Tally,
    /// Ended within five seconds without a word.
    pub short: Tally,
    /// Never served.
    pub refused: Tally,
    /// Still going on.
    pub open: Tally,
    /// The agent settled it.
    pub resolved: Share,
    /// That, and the same number did not phone again within a day; of ripe calls with a number.
    pub held: Share,
    /// A person was wanted.
    pub asked: Share,
    /// Handed over to a person.
    pub transferred: Share,
    /// Of those who asked: a person spoke with them.
    pub reached_person: Share,
    /// A person will phone back.
    pub callback: Share,
    /// The caller hung up with an open matter.
    pub abandoned: Share,
    /// Ended through a fault of ours.
    pub ours: Share,
    /// Something was sold that still stands.
    pub sold: Share,
    /// Of the calls with a timed answer: one took longer than it may.
    pub slow: Share,
    /// How long they were.
    pub length: Length,
    /// What they cost.
    pub cost: Cost,
    /// What callers thought.
    pub rating: Rating,
    /// How good they were.
    pub quality: Quality,
}

impl Summary {
    /// Every number of calls in it, with its name.
    #[must_use]
    pub fn tallies(&self) -> Vec<(&'static str, &Tally)> {
        let shares = [
            ("resolved", &self.resolved),
            ("held", &self.held),
            ("asked", &self.asked),
            ("transferred", &self.transferred),
            ("reached_person", &self.reached_person),
            ("callback", &self.callback),
            ("abandoned", &self.abandoned),
            ("ours", &self.ours),
            ("sold", &self.sold),
            ("slow", &self.slow),
            ("quality", &self.quality.poor),
        ];
        let mut all = vec![
            ("volume", &self.volume),
            ("counted", &self.counted),
            ("short", &self.short),
            ("refused", &self.refused),
            ("open", &self.open),
            ("length", &self.length.calls),
            ("unpriced", &self.cost.unpriced),
            ("rated", &self.rating.calls),
        ];
        all.extend(
            shares.iter().flat_map(|(name, share)| [(*name, &share.part), (*name, &share.of)]),
        );
        all
    }
}

const SUMS: &str = "
with facts as materialized (
    select f.started_at, f.standing, f.outcome, f.caller_id, f.came_back, f.fate, f.csat_score,
           f.quality_score, f.duration_seconds, f.total_cost_usd, f.cost_known,
           exists (select from dashboard.call_sales s where s.call_id = f.id) as sold,
           (select max(l.first_audio_ms) from call_turns l
            where l.call_started_at = f.started_at and l.call_id = f.id
              and l.speaker = 'bot') as slowest_ms
    from dashboard.call_facts f
    where f.started_at >= $1 and f.started_at < $2
), counted as (select * from facts where standing = 'counted')
select (select count(*) from facts) as volume,
       (select count(*) from facts where standing = 'short') as short,
       (select count(*) from facts where standing = 'refused') as refused,
       (select count(*) from facts where standing = 'open') as open,
       (select sum(total_cost_usd)::float8 from facts) as cost_usd,
       (select count(*) from facts where not cost_known and standing <> 'open') as unpriced,
       count(*) as counted,
       count(*) filter (where outcome = 'resolved') as resolved,
       count(*) filter (where started_at < $3 and caller_id is not null) as ripe,
       count(*) filter (where started_at < $3 and outcome = 'resolved' and not came_back) as held,
       count(*) filter (where fate is not null) as asked,
       count(*) filter (where outcome = 'transferred') as transferred,
       count(*) filter (where fate = 'answered') as reached_person,
       count(*) filter (where outcome = 'callback') as callback,
       count(*) filter (where outcome = 'abandoned') as abandoned,
       count(*) filter (where outcome in ('lost_process', 'leg_lost', 'error')) as ours,
       count(*) filter (where sold) as sold,
       count(*) filter (where slowest_ms > $4) as slow,
       count(*) filter (where slowest_ms is not null) as answered,
       percentile_cont(0.5) within group (order by duration_seconds) as median_s,
       percentile_cont(0.9) within group (order by duration_seconds) as p90_s,
       avg(duration_seconds)::float8 as mean_s,
       count(csat_score) as rated,
       avg(csat_score)::float8 as rating,
       count(quality_score) as judged,
       count(*) filter (where quality_score < $5) as poor,
       avg(quality_score)::float8 as quality
from counted";

#[derive(Debug, sqlx::FromRow)]
struct Row {
    volume: i64,
    short: i64,
    refused: i64,
    open: i64,
    cost_usd: Option<f64>,
    unpriced: i64,
    counted: i64,
    resolved: i64,
    ripe: i64,
    held: i64,
    asked: i64,
    transferred: i64,
    reached_person: i64,
    callback: i64,
    abandoned: i64,
    ours: i64,
    sold: i64,
    slow: i64,
    answered: i64,
    median_s: Option<f64>,
    p90_s: Option<f64>,
    mean_s: Option<f64>,
    rated: i64,
    rating: Option<f64>,
    judged: i64,
    poor: i64,
    quality: Option<f64>,
}

/// Before this moment a call is old enough to know whether it held.
fn ripe_until(range: &Range, now: DateTime<Utc>) -> DateTime<Utc> {
    let (_, to) = range.bounds();
    to.min(now - RIPE_AFTER)
}

pub(super) async fn load(conn: &mut PgConnection, range: &Range) -> Result<Summary, sqlx::Error> {
    let (from, to) = range.bounds();
    let now = range.seen_at;
    let ripe = ripe_until(range, now);
    let row: Row = sqlx::query_as(SUMS)
        .bind(from)
        .bind(to)
        .bind(ripe)
        .bind(SLOW_MS)
        .bind(POOR_QUALITY)
        .fetch_one(conn)
        .await?;
    Ok(summary(&row, range, ripe))
}

fn summary(row: &Row, range: &Range, ripe: DateTime<Utc>) -> Summary {
    let tally = |calls, filter| Tally { calls, filter };
    let counted = || CallFilter::counted(range);
    let all =
        |calls, standing: &str| tally(calls, CallFilter::of(range).with("standing", standing));
    let of_counted =
        |calls, filter| Share { part: tally(calls, filter), of: tally(row.counted, counted()) };
    let outcome = |calls, word: &str| of_counted(calls, counted().with("outcome", word));
    let only = |calls, word: &str| of_counted(calls, counted().with("only", word));
    let (asked, asked_by) = (only(row.asked, "asked"), counted().with("only", "asked"));
    let ripe_calls = || CallFilter { until: Some(ripe), ..counted() };
    let cost_usd = row.cost_usd.unwrap_or(0.0);
    let each = |calls: i64| (calls > 0).then(|| cost_usd / calls as f64);
    Summary {
        volume: tally(row.volume, CallFilter::of(range)),
        counted: tally(row.counted, counted()),
        short: all(row.short, "short"),
        refused: all(row.refused, "refused"),
        open: all(row.open, "open"),
        resolved: outcome(row.resolved, "resolved"),
        held: Share {
            part: tally(row.held, ripe_calls().with("outcome", "resolved").with("again", "no")),
            of: tally(row.ripe, ripe_calls().with("only", "known_number")),
        },
        transferred: outcome(row.transferred, "transferred"),
        reached_person: Share {
            part: tally(row.reached_person, counted().with("fate", "answered")),
            of: tally(row.asked, asked_by),
        },
        asked,
        callback: outcome(row.callback, "callback"),
        abandoned: outcome(row.abandoned, "abandoned"),
        ours: only(row.ours, "ours"),
        sold: of_counted(row.sold, counted().with("service", "any")),
        slow: Share {
            part: tally(row.slow, CallFilter { slow_ms: Some(SLOW_MS), ..counted() }),
            of: tally(row.answered, counted().with("only", "answered")),
        },
        length: Length {
            calls: tally(row.counted, counted()),
            median_s: row.median_s,
            p90_s: row.p90_s,
            mean_s: row.mean_s,
        },
        cost: Cost {
            total_usd: cost_usd,
            per_call_usd: each(row.volume),
            per_resolved_usd: each(row.resolved),
            unpriced: tally(row.unpriced, CallFilter::of(range).with("only", "unpriced")),
        },
        rating: Rating {
            calls: tally(row.rated, counted().with("only", "rated")),
            mean: row.rating,
        },
        quality: Quality {
            poor: Share {
                part: tally(row.poor, counted().with("only", "poor")),
                of: tally(row.judged, counted().with("only", "judged")),
            },
            mean: row.quality,
        },
    }
}
