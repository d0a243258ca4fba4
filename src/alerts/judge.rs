//! What is not as it should be.

use crate::config;
use crate::db::alerts::{Finding, spent, stretch};
use crate::db::{jobs, partitions};
use crate::ids::TenantId;
use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use rust_decimal::prelude::ToPrimitive as _;
use sqlx::PgPool;

/// What each shop is judged by.
pub(super) const OF_SHOPS: [&str; 4] =
    ["low_conversion", "high_drop_off", "error_spike", "slow_answers"];
/// What the installation is judged by.
pub(super) const OF_ALL: [&str; 3] = ["spend", "few_months_ahead", "missed_job"];

/// Twice as bad as is allowed is critical.
const CRITICAL_FACTOR: f64 = 2.0;

/// Too much of something; none if it is not.
pub(super) fn above(
    kind: &'static str,
    (actual, threshold): (f64, f64),
    description: impl FnOnce() -> String,
) -> Option<Finding> {
    let severity = if actual > threshold * CRITICAL_FACTOR { "critical" } else { "warning" };
    (actual > threshold).then(|| finding(kind, (actual, threshold), severity, description()))
}

/// Too little of something; none if it is not.
fn below(
    kind: &'static str,
    (actual, threshold): (f64, f64),
    description: impl FnOnce() -> String,
) -> Option<Finding> {
    let severity = if actual * CRITICAL_FACTOR < threshold { "critical" } else { "warning" };
    (actual < threshold).then(|| finding(kind, (actual, threshold), severity, description()))
}

fn finding(
    kind: &'static str,
    (actual, threshold): (f64, f64),
    severity: &'static str,
    description: String,
) -> Finding {
    Finding { kind, subject: String::new(), threshold, actual, severity, description }
}

/// What the calls of a shop say.
///
/// # Errors
/// What Postgres says.
pub async fn shop_findings(
    pool: &PgPool,
    tenant: TenantId,
    config: &config::Alerts,
    now: DateTime<Utc>,
) -> Result<Vec<Finding>, sqlx::Error> {
    let since = now - TimeDelta::minutes(config.window_min.into());
    let seen = stretch(pool, tenant, since).await?;
    let mut found = Vec::new();
    if seen.calls < i64::from(config.calls_min.max(1)) {
        return Ok(found);
    }
    let (of, window) = (seen.calls, config.window_min);
    let percent = |part: i64| part as f64 * 100.0 / of as f64;
    found.extend(below(
        "low_conversion",
        (percent(seen.converted), config.conversion_percent_min),
        || {
            format!(
                "{} of {of} calls in {window} minutes made an order or a booking",
                seen.converted
            )
        },
    ));
    found.extend(above(
        "high_drop_off",
        (percent(seen.dropped), config.drop_off_percent_max),
        || {
            format!(
                "{} of {of} callers in {window} minutes hung up with an open matter",
                seen.dropped
            )
        },
    ));
    found.extend(above("error_spike", (percent(seen.failed), config.error_percent_max), || {
        format!("{} of {of} calls in {window} minutes were lost by our fault", seen.failed)
    }));
    if let Some(ms) = seen.reply_p95_ms.filter(|_| seen.answers >= i64::from(config.calls_min)) {
        found.extend(above("slow_answers", (ms, config.reply_p95_ms_max), || {
            format!("one answer of twenty took longer than {ms:.0} ms in {window} minutes")
        }));
    }
    Ok(found)
}

/// What the installation says.
///
/// # Errors
/// What Postgres says.
pub async fn judged(
    pool: &PgPool,
    config: &config::Alerts,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<Finding>> {
    let mut found = Vec::new();
    let hour =
        now.with_minute(0).and_then(|at| at.with_second(0)).and_then(|at| at.with_nanosecond(0));
    let usd = spent(pool, hour.unwrap_or(now)).await?.to_f64().unwrap_or_default();
    found.extend(above("spend", (usd, config.spend_hour_usd_max), || {
        format!("providers cost {usd:.2} US dollars in this hour so far")
    }));
    let months = f64::from(partitions::months_ahead(pool, now).await?.unwrap_or(0));
    found.extend(below("few_months_ahead", (months, config.months_ahead_min), || {
        format!("{months} months of the log are ready; see `treadline partitions`")
    }));
    for job in jobs::list(pool).await? {
        // After a night without a process every job is late, and the first look does them all.
        let in_hand = job.lease_until.is_some_and(|until| until > now) && job.last_error.is_none();
        if !job.missed_twice || in_hand {
            continue;
        }
        let late_s = (now - job.last_ok_at.unwrap_or(job.next_run_at)).num_seconds() as f64;
        let threshold = f64::from(job.every_s) * 2.5;
        let error = job.last_error.unwrap_or_else(|| "nobody did it".into());
        found.push(Finding {
            kind: "missed_job",
            subject: job.name.clone(),
            threshold,
            actual: late_s.max(threshold),
            severity: "warning",
            description: format!("the job {} was missed twice: {error}", job.name),
        });
    }
    Ok(found)
}
