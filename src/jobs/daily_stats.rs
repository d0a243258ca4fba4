//! Counts the days of every shop as they pass.

use super::{Job, JobContext, JobResult};
use crate::clock::WallClock;
use crate::db::stats::{self, Stale};
use crate::ids::TenantId;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use sqlx::PgPool;
use std::time::Duration;

/// How often the present day is counted again.
const PERIOD: Duration = Duration::from_mins(10);

/// How far back a gap is filled, days: as long as the rows of a day are all there.
const DAYS_BACK: u64 = 60;

/// A change that was made so long before the last run may have become visible only after it: no
/// transaction is longer.
const SLACK: TimeDelta = TimeDelta::minutes(10);

/// The job.
#[must_use]
pub fn job() -> Job {
    Job::new("daily_stats", PERIOD, |context| Box::pin(work(context)))
}

async fn work(context: &JobContext) -> JobResult {
    let since = context.last_ok_began_at.map(|at| at - SLACK);
    let days = run_since(&context.pool, &context.clock, since).await?;
    Ok(format!("{days} days counted"))
}

/// Counts every day that may have changed, whenever that was. Answers how many days it counted.
///
/// # Errors
/// What Postgres says.
pub async fn run_once(pool: &PgPool, clock: &WallClock) -> Result<usize, sqlx::Error> {
    run_since(pool, clock, None).await
}

/// Counts for every shop today, yesterday (calls that ran over midnight, records that came late),
/// every day that was never counted, and every day of which a call or a booking was changed since
/// `since` (by the database's clock; `None`: every day that is not sealed). Then seals the days
/// whose rows are about to go. Steps of the clock do no harm: a day counted twice is the same row,
/// and a gap is filled by the next round. Answers how many days it counted.
///
/// # Errors
/// What Postgres says.
pub async fn run_since(
    pool: &PgPool,
    clock: &WallClock,
    since: Option<DateTime<Utc>>,
) -> Result<usize, sqlx::Error> {
    let tenants: Vec<(uuid::Uuid, String)> =
        sqlx::query_as("select id, timezone from tenants where is_active").fetch_all(pool).await?;
    let mut counted = 0;
    for (id, zone) in tenants {
        let Ok(zone) = zone.parse::<Tz>() else {
            tracing::error!(tenant = %id, zone, "the shop's time zone is unknown");
            continue;
        };
        let (tenant, today) = (TenantId(id), clock.today_in(zone));
        let gap = stats::last_day(pool, tenant, today).await?;
        let mut days = days_to_count(gap, today);
        days.extend(stats::stale_days(pool, tenant, Stale { since, until: today }).await?);
        days.sort_unstable();
        days.dedup();
        for day in days {
            stats::compute_day(pool, tenant, day).await?;
            counted += 1;
        }
        stats::seal_before(pool, tenant, today).await?;
    }
    Ok(counted)
}

fn days_to_count(last: Option<NaiveDate>, today: NaiveDate) -> Vec<NaiveDate> {
    let back = |days| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let from = last.map_or(back(DAYS_BACK), |last| last.clamp(back(DAYS_BACK), back(1)));
    from.iter_days().take_while(|day| *day <= today).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn yesterday_is_counted_again_and_a_gap_is_filled() {
        let today = day("2026-11-23");
        let since = |last: &str| days_to_count(Some(day(last)), today);
        assert_eq!(since("2026-11-23"), [day("2026-11-22"), today]);
        assert_eq!(since("2026-11-20").len(), 4);
        assert_eq!(since("2025-01-01").len() as u64, DAYS_BACK + 1);
    }

    #[test]
    fn a_clock_that_stepped_back_counts_the_day_that_it_shows() {
        let counted = days_to_count(Some(day("2026-11-25")), day("2026-11-23"));
        assert_eq!(counted, [day("2026-11-22"), day("2026-11-23")]);
    }
}
