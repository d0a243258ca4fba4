//! Where the seconds go: how long callers wait for an answer, and for what.

use super::filter::CallFilter;
use super::histogram::{BUCKETS, Histogram};
use super::range::Range;
use super::share::{Share, Tally};
use super::{SLOW_MS, TREND_DAYS};
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The slowest replies that are shown.
const SLOWEST_MAX: i64 = 20;
/// Turns this near a percentile, as a factor, stand for it.
const NEAR: f64 = 1.1;

/// The stages of a reply in the order in which they come, `reply` being the whole.
pub const STAGES: [&str; 6] = ["reply", "endpointing", "stt", "llm", "tts", "tool"];

/// Times of a stage, all days together.
#[derive(Debug, Clone, PartialEq)]
pub struct StageTimes {
    /// One of [`STAGES`].
    pub stage: &'static str,
    /// The times, milliseconds.
    pub times: Histogram,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SlowTurn {
    /// The call.
    pub call_id: Uuid,
    /// When the call began.
    pub call_started_at: DateTime<Utc>,
    /// The agent's line.
    pub turn_number: i32,
    /// What the call was about.
    pub scenario: String,
    /// From the caller's last sound to our first, milliseconds.
    pub reply_ms: i32,
    /// Until it was clear that the caller was done, milliseconds.
    pub endpointing_ms: Option<i32>,
    /// From asking the brain to its first word, milliseconds.
    pub llm_latency_ms: Option<i32>,
    /// From asking the voice to its first sound, milliseconds.
    pub tts_latency_ms: Option<i32>,
}

/// What replies near a percentile were made of: mean parts that add up to the whole. Replies whose
/// parts are not all known, and those before which a filler sounded (their parts are longer than
/// the whole), are not in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Replies that it is made of.
    pub replies: i64,
    /// Until it was clear that the caller was done, milliseconds.
    pub endpointing_ms: f64,
    /// Until the brain's first word, milliseconds.
    pub llm_ms: f64,
    /// Until the voice's first sound, milliseconds.
    pub tts_ms: f64,
    /// The rest: the end of recognition, tools, delivery; milliseconds.
    pub rest_ms: f64,
}

/// What the page of latencies shows.
#[derive(Debug, Clone)]
pub struct Latency {
    /// Of these days.
    pub range: Range,
    /// All stages, of these days together.
    pub stages: Vec<StageTimes>,
    /// Replies by day, up to the last of these days; at least four weeks of them.
    pub days: Vec<(NaiveDate, Histogram)>,
    /// Replies by what the calls were about.
    pub scenarios: Vec<(String, Histogram)>,
    /// Replies by the hour of the wall, 0 to 23, as far as lines are kept.
    pub hours: Vec<Histogram>,
    /// Calls with a reply that took too long, of those with a timed reply.
    pub slow: Share,
    /// What replies near the median were made of.
    pub near_p50: Option<Near>,
    /// What replies near the 95th percentile were made of.
    pub near_p95: Option<Near>,
    /// The slowest.
    pub slowest: Vec<SlowTurn>,
}

impl Latency {
    /// The times of a stage.
    #[must_use]
    pub fn stage(&self, stage: &str) -> Option<&Histogram> {
        self.stages.iter().find(|times| times.stage == stage).map(|times| &times.times)
    }
}

/// Times of calls that began between two moments, as they are counted for a day.
const COUNT: &str = "
with calls_of_day as (
    select c.id, c.started_at, coalesce(c.scenario, 'none') as scenario
    from calls c
    where c.tenant_id = $1 and c.started_at >= $3 and c.started_at < $4
      and c.origin = 'live' and c.deleted_at is null
), times as (
    select a.scenario, 'reply' as stage, a.reply_ms as ms
    from dashboard.answers a
    where a.call_started_at >= $3 and a.call_started_at < $4
  and a.started_at >= $3 and a.started_at < $4 and a.is_first
    union all
    select c.scenario, part.stage, part.ms
    from call_turns l
    join calls_of_day c on c.started_at = l.call_started_at and c.id = l.call_id
    cross join lateral (values
        ('endpointing', l.endpointing_ms), ('stt', l.stt_latency_ms),
        ('llm', l.llm_latency_ms), ('tts', l.tts_latency_ms)
    ) part (stage, ms)
    where l.call_started_at >= $3 and l.call_started_at < $4 and part.ms is not null
    union all
    select c.scenario, 'tool', d.duration_ms
    from call_tool_calls d
    join calls_of_day c on c.started_at = d.call_started_at and c.id = d.call_id
    where d.call_started_at >= $3 and d.call_started_at < $4 and d.duration_ms is not null
), spots as (
    select scenario, stage, dashboard.latency_bucket(ms) as bucket, count(*)::int as n
    from times group by 1, 2, 3
)
insert into daily_latency (tenant_id, stat_date, scenario, stage, counts)
select $1, $2, kind.scenario, kind.stage, array(
    select coalesce(s.n, 0)
    from generate_series(0, 155) every (bucket)
    left join spots s on s.bucket = every.bucket and s.scenario = kind.scenario
        and s.stage = kind.stage
    order by every.bucket)
from (select distinct scenario, stage from spots) kind
where not exists (
    select from daily_stats done
    where done.tenant_id = $1 and done.stat_date = $2 and done.sealed_at is not null)";

/// Counts the times of a day, which lies between two moments, and keeps them. A sealed day is left
/// as it is.
pub(in crate::db) async fn count_day(
    conn: &mut PgConnection,
    tenant: TenantId,
    day: NaiveDate,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from daily_latency l where l.stat_date = $1 and not exists ( \
             select from daily_stats done where done.stat_date = $1 and done.sealed_at is not null)",
    )
    .bind(day)
    .execute(&mut *conn)
    .await?;
    sqlx::query(COUNT).bind(tenant.0).bind(day).bind(from).bind(to).execute(conn).await?;
    Ok(())
}

/// Days that are counted already, as they were kept.
const KEPT: &str = "
select stat_date, scenario, stage, counts from daily_latency
where stat_date >= $1 and stat_date <= $2";

const SLOW_CALLS: &str = "
select count(*) filter (where slowest.ms > $3) as slow, count(*) as answered
from dashboard.call_facts f
cross join lateral (
    select max(l.first_audio_ms) as ms from call_turns l
    where l.call_started_at = f.started_at and l.call_id = f.id and l.speaker = 'bot'
) slowest
where f.started_at >= $1 and f.started_at < $2 and f.standing = 'counted'
  and slowest.ms is not null";

const HOURS: &str = "
select extract(hour from a.call_started_at at time zone $3)::int as hour,
       dashboard.latency_bucket(a.reply_ms) as bucket, count(*) as replies
from dashboard.answers a
where a.call_started_at >= $1 and a.call_started_at < $2
  and a.started_at >= $1 and a.started_at < $2 and a.is_first
group by 1, 2";

const NEAR_TURNS: &str = "
select count(*) as replies, avg(a.endpointing_ms)::float8 as endpointing_ms,
       avg(a.llm_latency_ms)::float8 as llm_ms, avg(a.tts_latency_ms)::float8 as tts_ms,
       avg(a.reply_ms - a.endpointing_ms - a.llm_latency_ms - a.tts_latency_ms)::float8 as rest_ms
from dashboard.answers a
where a.call_started_at >= $1 and a.call_started_at < $2
  and a.started_at >= $1 and a.started_at < $2
  and a.reply_ms between $3 and $4
  and a.endpointing_ms + a.llm_latency_ms + a.tts_latency_ms <= a.reply_ms
  and a.is_first";

const SLOWEST: &str = "
select a.call_id, a.call_started_at, a.turn_number, a.scenario, a.reply_ms, a.endpointing_ms,
       a.llm_latency_ms, a.tts_latency_ms
from dashboard.answers a
where a.call_started_at >= $1 and a.call_started_at < $2
  and a.started_at >= $1 and a.started_at < $2 and a.is_first
order by a.reply_ms desc, a.call_started_at, a.turn_number limit $3";

pub(super) async fn load(conn: &mut PgConnection, range: &Range) -> Result<Latency, sqlx::Error> {
    let (from, to) = range.bounds();
    let long = (range.to - range.from).num_days().unsigned_abs() + 1;
    let trend = range.stretched(TREND_DAYS.max(long));
    let kept = kept(conn, &trend).await?;
    let inside = |day: &NaiveDate| *day >= range.from;
    let mut stages: Vec<StageTimes> =
        STAGES.map(|stage| StageTimes { stage, times: Histogram::default() }).to_vec();
    let mut scenarios: BTreeMap<String, Histogram> = BTreeMap::new();
    let mut days: BTreeMap<NaiveDate, Histogram> = BTreeMap::new();
    for row in &kept {
        if row.stage == "reply" {
            days.entry(row.day).or_default().merge(&row.times);
        }
        if !inside(&row.day) {
            continue;
        }
        if let Some(stage) = stages.iter_mut().find(|known| known.stage == row.stage) {
            stage.times.merge(&row.times);
        }
        if row.stage == "reply" {
            scenarios.entry(row.scenario.clone()).or_default().merge(&row.times);
        }
    }
    let near = |share| stages[0].times.percentile(share);
    let (p50, p95) = (near(0.5), near(0.95));
    Ok(Latency {
        range: *range,
        near_p50: near_turns(conn, (from, to), p50).await?,
        near_p95: near_turns(conn, (from, to), p95).await?,
        slow: slow(conn, range).await?,
        hours: hours(conn, range).await?,
        slowest: sqlx::query_as(SLOWEST)
            .bind(from)
            .bind(to)
            .bind(SLOWEST_MAX)
            .fetch_all(conn)
            .await?,
        days: trend
            .from
            .iter_days()
            .take_while(|day| *day <= trend.to)
            .map(|day| (day, days.remove(&day).unwrap_or_default()))
            .collect(),
        scenarios: scenarios.into_iter().collect(),
        stages,
    })
}

/// The times of a day, what it was about, and a stage.
struct Kept {
    day: NaiveDate,
    scenario: String,
    stage: String,
    times: Histogram,
}

async fn kept(conn: &mut PgConnection, range: &Range) -> Result<Vec<Kept>, sqlx::Error> {
    let rows: Vec<(NaiveDate, String, String, Vec<i32>)> =
        sqlx::query_as(KEPT).bind(range.from).bind(range.to).fetch_all(conn).await?;
    let histogram = |counts: &[i32]| {
        let mut times = Histogram::default();
        for (bucket, count) in counts.iter().take(BUCKETS).enumerate() {
            times.add(bucket, u64::try_from(*count).unwrap_or(0));
        }
        times
    };
    Ok(rows
        .into_iter()
        .map(|(day, scenario, stage, counts)| Kept {
            day,
            scenario,
            stage,
            times: histogram(&counts),
        })
        .collect())
}

async fn slow(conn: &mut PgConnection, range: &Range) -> Result<Share, sqlx::Error> {
    let (from, to) = range.bounds();
    let (slow, answered): (i64, i64) =
        sqlx::query_as(SLOW_CALLS).bind(from).bind(to).bind(SLOW_MS).fetch_one(conn).await?;
    let counted = || CallFilter::counted(range);
    Ok(Share {
        part: Tally { calls: slow, filter: CallFilter { slow_ms: Some(SLOW_MS), ..counted() } },
        of: Tally { calls: answered, filter: counted().with("only", "answered") },
    })
}

async fn hours(conn: &mut PgConnection, range: &Range) -> Result<Vec<Histogram>, sqlx::Error> {
    let (from, to) = range.bounds();
    let rows: Vec<(i32, i32, i64)> =
        sqlx::query_as(HOURS).bind(from).bind(to).bind(range.zone.name()).fetch_all(conn).await?;
    let mut hours = vec![Histogram::default(); 24];
    for (hour, bucket, replies) in rows {
        let (bucket, replies) = (bucket.unsigned_abs() as usize, replies.unsigned_abs());
        if let Some(times) = usize::try_from(hour).ok().and_then(|hour| hours.get_mut(hour)) {
            times.add(bucket, replies);
        }
    }
    Ok(hours)
}

#[derive(Debug, sqlx::FromRow)]
struct NearRow {
    replies: i64,
    endpointing_ms: Option<f64>,
    llm_ms: Option<f64>,
    tts_ms: Option<f64>,
    rest_ms: Option<f64>,
}

async fn near_turns(
    conn: &mut PgConnection,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    around_ms: Option<f64>,
) -> Result<Option<Near>, sqlx::Error> {
    let Some(around_ms) = around_ms else { return Ok(None) };
    let row: NearRow = sqlx::query_as(NEAR_TURNS)
        .bind(from)
        .bind(to)
        .bind((around_ms / NEAR).floor() as i32)
        .bind((around_ms * NEAR).ceil() as i32)
        .fetch_one(conn)
        .await?;
    let NearRow {
        replies,
        endpointing_ms: Some(endpointing_ms),
        llm_ms: Some(llm_ms),
        tts_ms: Some(tts_ms),
        rest_ms: Some(rest_ms),
    } = row
    else {
        return Ok(None);
    };
    Ok(Some(Near { replies, endpointing_ms, llm_ms, tts_ms, rest_ms }))
}
