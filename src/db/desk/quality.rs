//! The quality of calls by week, and the calls that were judged worst. What is counted is what the
//! list of calls shows under the same words.

use super::reading;
use crate::db::figures::POOR_QUALITY;
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgPool;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Calls on a page.
pub const PAGE_WORST: usize = 50;

/// A week of judged calls.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Week {
    /// Calls that were judged.
    pub judged: i64,
    /// The mean of their scores.
    pub mean: Option<f64>,
    /// Those that were judged as poor.
    pub poor: i64,
    /// Calls by the criterion that they missed.
    pub missed: BTreeMap<String, i64>,
}

/// A call that was judged.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Call {
    /// Which.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How it ended.
    pub outcome: String,
    /// What it was about.
    pub scenario: String,
    /// 0 to 1.
    pub score: f64,
    /// The criteria that it missed.
    pub missed: Vec<String>,
}

/// The last call of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct After {
    /// Its score.
    pub score: f64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Which.
    pub id: Uuid,
}

type Sums = (NaiveDate, i64, Option<f64>, i64);

/// The weeks between two moments by their Mondays.
///
/// # Errors
/// What Postgres says.
pub async fn weeks(
    pool: &PgPool,
    tenant: TenantId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<BTreeMap<NaiveDate, Week>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let sums: Vec<Sums> = sqlx::query_as(
                "select date_trunc('week', day::timestamp)::date, count(*), \
                        avg(quality_score)::float8, count(*) filter (where quality_score < $3) \
                 from dashboard.call_facts \
                 where started_at >= $1 and started_at < $2 and standing = 'counted' \
                   and quality_score is not null group by 1",
            )
            .bind(from)
            .bind(to)
            .bind(POOR_QUALITY)
            .fetch_all(&mut *conn)
            .await?;
            let missed: Vec<(NaiveDate, String, i64)> = sqlx::query_as(
                "select date_trunc('week', f.day::timestamp)::date, word, count(distinct f.id) \
                 from dashboard.call_facts f \
                 cross join lateral jsonb_array_elements_text(f.missed) word \
                 where f.started_at >= $1 and f.started_at < $2 and f.standing = 'counted' \
                   and f.quality_score is not null group by 1, 2",
            )
            .bind(from)
            .bind(to)
            .fetch_all(conn)
            .await?;
            let mut weeks: BTreeMap<NaiveDate, Week> = BTreeMap::new();
            for (monday, judged, mean, poor) in sums {
                weeks.insert(monday, Week { judged, mean, poor, missed: BTreeMap::new() });
            }
            for (monday, criterion, calls) in missed {
                weeks.entry(monday).or_default().missed.insert(criterion, calls);
            }
            Ok(weeks)
        })
    })
    .await
}

/// One more than [`PAGE_WORST`] at most, the worst first; of equal ones the latest.
///
/// # Errors
/// What Postgres says.
pub async fn worst(
    pool: &PgPool,
    tenant: TenantId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    after: Option<After>,
) -> Result<Vec<Call>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, started_at, outcome, scenario, quality_score::float8 as score, \
                        array(select jsonb_array_elements_text(missed)) as missed \
                 from dashboard.call_facts \
                 where started_at >= $1 and started_at < $2 and standing = 'counted' \
                   and quality_score is not null \
                   and ($3::float8 is null or quality_score > $3 \
                        or (quality_score = $3 and (started_at, id) < ($4, $5))) \
                 order by quality_score, started_at desc, id desc limit $6",
            )
            .bind(from)
            .bind(to)
            .bind(after.map(|after| after.score))
            .bind(after.map(|after| after.started_at))
            .bind(after.map(|after| after.id))
            .bind(PAGE_WORST as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
