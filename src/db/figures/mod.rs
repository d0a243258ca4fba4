//! What every number of the dashboard means, written once: the pages, the exports, the interface
//! for programs and the command line read it here.
//!
//! - A **call** is live and was answered by us; rehearsals never count. Days are days on the
//!   shop's wall, and what is not over yet ends now and is compared up to the same hour.
//! - Only **counted** calls are in a rate: not those that still go on, that were never served, or
//!   that ended within five seconds without a word of the caller. These are shown beside.
//! - **Resolved** is the outcome `resolved`, as in `daily_stats`. It **held** if the same number
//!   did not phone again within a day; calls of the last day are not ripe for that, and hidden
//!   numbers cannot be asked about.
//! - **Asked for a person** is a transfer that was wanted, its **fate** what came of it over all
//!   attempts.
//! - Faults of ours (`lost_process`, `leg_lost`, `error`) never hide among those who hung up.
//! - A **reply** lasts from the caller's last sound to our first, a filler included: the log does
//!   not keep the first real sound apart yet.
//! - **Quality** is what the judge gave, by rules or by a model; it misses a criterion that got less
//!   than half, and is **poor** under [`POOR_QUALITY`].
//! - Percentiles come from merged histograms, shares with Wilson's interval; under 20 calls there
//!   are counts only. What is not known is never 0.
//!
//! Each figure carries the [`CallFilter`] whose list ([`super::desk::calls`]) has exactly its calls.

mod breakdown;
mod filter;
mod histogram;
pub(in crate::db) mod latency;
pub mod pictures;
mod range;
mod share;
mod summary;
mod trend;

pub use breakdown::{Breakdown, ENDS, Paid, Sale, Side, Spot, Stage, Word};
pub use filter::{CallFilter, FUNNEL, FilterError, WINDOW_DAYS};
pub use histogram::{BUCKETS, ENOUGH_FOR_P95, Histogram};
pub use latency::{Latency, Near, SlowTurn, StageTimes};
pub use range::{Range, Span};
pub use share::{ENOUGH_FOR_PERCENT, Known, Share, Tally, differ, wilson};
pub use summary::{Cost, Length, Quality, Rating, Summary};
pub use trend::TrendDay;

use super::with_tenant;
use crate::ids::TenantId;
use chrono_tz::Tz;
use sqlx::{PgConnection, PgPool};

/// A reply that takes longer than this is one that callers notice, milliseconds.
pub const SLOW_MS: i32 = 2_500;
/// What a reply should take at most, milliseconds: the median of a good line.
pub const TARGET_MS: i32 = 1_200;
/// A call whose quality was judged lower than this should be looked at.
pub const POOR_QUALITY: f64 = 0.7;
/// How many days the small lines beside the figures show.
pub const TREND_DAYS: u64 = 28;

/// Everything that the first page of the dashboard shows.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Of these days.
    pub range: Range,
    /// Their sums.
    pub now: Summary,
    /// The sums of what they are compared with.
    pub before: Summary,
    /// What they are made of.
    pub parts: Breakdown,
    /// The days up to the last of them.
    pub trend: Vec<TrendDay>,
}

/// The zone of a shop's days; UTC, with a line in the log, if its name is not known.
///
/// # Errors
/// What Postgres says.
pub async fn zone(pool: &PgPool, tenant: TenantId) -> Result<Tz, sqlx::Error> {
    let name: String = sqlx::query_scalar("select timezone from tenants where id = $1")
        .bind(tenant.0)
        .fetch_one(pool)
        .await?;
    Ok(name.parse().unwrap_or_else(|_| {
        tracing::error!(tenant = %tenant.0, zone = name, "the shop's time zone is unknown");
        Tz::UTC
    }))
}

/// Counts everything that the first page shows.
///
/// # Errors
/// What Postgres says.
pub async fn load(pool: &PgPool, tenant: TenantId, range: Range) -> Result<Figures, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            patience(conn).await?;
            Ok(Figures {
                range,
                now: summary::load(conn, &range).await?,
                before: summary::load(conn, &range.before()).await?,
                parts: breakdown::load(conn, &range).await?,
                trend: trend::load(conn, &range.stretched(TREND_DAYS)).await?,
            })
        })
    })
    .await
}

/// Counts what the page of latencies shows.
///
/// # Errors
/// What Postgres says.
pub async fn load_latency(
    pool: &PgPool,
    tenant: TenantId,
    range: Range,
) -> Result<Latency, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            patience(conn).await?;
            latency::load(conn, &range).await
        })
    })
    .await
}

/// A page of figures may take longer than what a caller on the phone waits for. It is read as who
/// can write nothing of the log, and planned for these days alone, so that only their months are
/// opened.
async fn patience(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "select set_config('statement_timeout', '20s', true), \
                set_config('plan_cache_mode', 'force_custom_plan', true), \
                set_config('role', 'dashboard_reader', true)",
    )
    .execute(conn)
    .await?;
    Ok(())
}
