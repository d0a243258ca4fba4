//! Yesterday, told in the morning.

use super::Ways;
use super::night::time_of_day;
use crate::config;
use crate::db::stats::DailyStats;
use crate::db::{active_tenants, alerts, figures, stats};
use crate::ids::TenantId;
use crate::jobs::{JobContext, JobResult};
use chrono::Days;
use std::fmt::Write as _;

pub(super) async fn run(context: &JobContext, config: &config::Alerts, ways: &Ways) -> JobResult {
    let Some(at) = time_of_day(&config.digest_at) else { return Ok("not wanted".into()) };
    let (mut sent, mut failed) = (0, None);
    for tenant in active_tenants(&context.pool).await? {
        let zone = figures::zone(&context.pool, tenant).await?;
        let wall = context.clock.now_in(zone);
        let Some(day) = wall.date_naive().checked_sub_days(Days::new(1)) else { continue };
        if wall.time() < at || ways.names().is_empty() {
            continue;
        }
        let told = alerts::digest_told(&context.pool, tenant, day).await?;
        for way in ways.names() {
            if told.iter().any(|known| known == way) {
                continue;
            }
            let counted = stats::compute_day(&context.pool, tenant, day).await?;
            let text = text(context, tenant, &counted).await?;
            match ways.send(way, &format!("Treadline: {day}"), &text).await {
                Ok(()) => {
                    alerts::digest_sent(&context.pool, tenant, day, way).await?;
                    sent += 1;
                }
                Err(error) => failed = Some(error.context(format!("no digest by {way}"))),
            }
        }
    }
    failed.map_or_else(|| Ok(format!("{sent} sent")), Err)
}

async fn text(
    context: &JobContext,
    tenant: TenantId,
    day: &DailyStats,
) -> Result<String, sqlx::Error> {
    let mut text = format!(
        "{} calls, {} resolved by the agent, {} handed to a person\n\
         {} orders, {} bookings\nproviders: {:.2} US dollars\n",
        day.total_calls,
        day.resolved_by_bot,
        day.transferred,
        day.orders,
        day.bookings,
        day.total_cost_usd
    );
    if let Some(share) = day.conversion {
        let _ = writeln!(text, "{:.0} % of the calls made an order or a booking", share * 100.0);
    }
    if let Some(ms) = day.avg_response_ms {
        let _ = writeln!(text, "answers came after {ms:.0} ms on average");
    }
    let open = alerts::list(&context.pool, tenant, None, true).await?;
    for one in open {
        let _ = writeln!(text, "open: [{}] {}", one.severity, one.description);
    }
    Ok(text)
}
