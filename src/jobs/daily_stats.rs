//! Counts the days of every shop as they pass.

use crate::clock::WallClock;
use crate::db::stats;
use crate::ids::TenantId;
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use sqlx::PgPool;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the present day is counted again.
const PERIOD: Duration = Duration::from_mins(10);

/// How far back a gap is filled, days: as long as the rows of a day are all there.
const DAYS_BACK: u64 = 60;

/// Counts until `stop`. A failure is one log line; the next round tries again.
pub async fn run(pool: PgPool, clock: WallClock, stop: CancellationToken) {
    loop {
        match run_once(&pool, &clock).await {
            Ok(days) => {
                tracing::debug!(days, "daily statistics counted");
                metrics::gauge!("treadline_job_last_success_timestamp", "job" => "daily_stats")
                    .set(clock.now().timestamp() as f64);
            }
            Err(error) => tracing::warn!(%error, "daily statistics could not be counted"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Counts for every shop today, yesterday (calls that ran over midnight, records that came late)
/// and every day since the last one counted. Answers how many days it counted. Steps of the clock
/// do no harm: a day counted twice is the same row, and a gap is filled by the next round.
///
/// # Errors
/// What Postgres says.
pub async fn run_once(pool: &PgPool, clock: &WallClock) -> Result<usize, sqlx::Error> {
    let tenants: Vec<(uuid::Uuid, String)> =
        sqlx::query_as("select id, timezone from tenants where is_active").fetch_all(pool).await?;
    let mut counted = 0;
    for (id, zone) in tenants {
        let Ok(zone) = zone.parse::<Tz>() else {
            tracing::error!(tenant = %id, zone, "the shop's time zone is unknown");
            continue;
        };
        let tenant = TenantId(id);
        let today = clock.today_in(zone);
        for day in days_to_count(stats::last_day(pool, tenant, today).await?, today) {
            stats::compute_day(pool, tenant, day).await?;
            counted += 1;
        }
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
