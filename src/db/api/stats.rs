//! Days as they were counted, several at once.

use super::{Fault, on_rows};
use crate::db::stats::DailyStats;
use crate::ids::TenantId;
use chrono::NaiveDate;
use sqlx::PgPool;

/// The days from `from` to `to` that were counted, newest first, at most `limit`.
///
/// # Errors
/// What Postgres says.
pub async fn days(
    pool: &PgPool,
    tenant: TenantId,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    limit: i64,
) -> Result<Vec<DailyStats>, Fault> {
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let rows = sqlx::query_as(
                "select stat_date, total_calls, resolved_by_bot, transferred, \
                        avg_duration_seconds, avg_quality_score, total_cost_usd, \
                        scenario_breakdown, transfer_reasons, hourly_distribution, \
                        channel_breakdown, bookings, orders, conversion, avg_response_ms, \
                        outcome_breakdown, drop_off_breakdown, sentiment_breakdown, \
                        cost_breakdown, computed_at, sealed_at \
                 from daily_stats \
                 where ($1::date is null or stat_date >= $1) and ($2::date is null or stat_date <= $2) \
                 order by stat_date desc limit $3",
            )
            .bind(from)
            .bind(to)
            .bind(limit)
            .fetch_all(conn)
            .await?;
            Ok(rows)
        })
    })
    .await
}
