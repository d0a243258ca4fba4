//! `treadline stats`: counts a day and prints it.

use crate::chart::Cell;
use crate::db::figures::pictures::{self, Manner, Reader};
use crate::db::figures::{self, Range, Span};
use crate::db::stats::{DailyStats, compute_day};
use crate::ids::TenantId;
use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgPool;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// `treadline stats [--day D] [--json] [--span day|week|month [--csv]] [--pictures DIR]`
#[derive(Debug, Clone, clap::Args)]
pub struct StatsArgs {
    /// The day, in the shop's time zone; today if not given.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::args::day)]
    pub day: Option<NaiveDate>,
    /// One JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
    /// Draw the figures into this folder: each picture as SVG, its numbers as CSV.
    #[arg(long, value_name = "DIR", conflicts_with = "json")]
    pub pictures: Option<PathBuf>,
    /// The figures of the day, its week or its month, each as the dashboard defines it.
    #[arg(long, value_parser = span, value_name = "day|week|month", conflicts_with = "json")]
    pub span: Option<Span>,
    /// These figures as comma-separated values.
    #[arg(long, requires = "span", conflicts_with = "pictures")]
    pub csv: bool,
}

fn span(word: &str) -> Result<Span, String> {
    Span::from_word(word).ok_or_else(|| "must be day, week or month".into())
}

/// Counts the day and prints it to `out`; `today` is the date in the shop's zone.
///
/// # Errors
/// The database or `out` failed.
pub async fn run(
    args: &StatsArgs,
    pool: &PgPool,
    tenant: TenantId,
    today: NaiveDate,
    out: &mut impl io::Write,
) -> anyhow::Result<()> {
    let stats = compute_day(pool, tenant, args.day.unwrap_or(today)).await?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&stats)?)?;
    } else {
        out.write_all(table(&stats).as_bytes())?;
    }
    Ok(())
}

/// Prints the figures of a span of days, as the dashboard's table has them.
///
/// # Errors
/// The database or `out` failed.
pub async fn figures(
    args: &StatsArgs,
    span: Span,
    reader: Reader,
    (pool, tenant, now): (&PgPool, TenantId, DateTime<Utc>),
    out: &mut impl io::Write,
) -> anyhow::Result<()> {
    let zone = figures::zone(pool, tenant).await?;
    let day = args.day.unwrap_or_else(|| now.with_timezone(&zone).date_naive());
    let range = Range::of(span, day, zone, now);
    let found = pictures::findings(reader, &figures::load(pool, tenant, range).await?);
    if args.csv {
        out.write_all(found.to_csv().as_bytes())?;
        return Ok(());
    }
    writeln!(out, "{} to {} ({zone})", range.from, range.to)?;
    for row in &found.rows {
        let words: Vec<&str> = row.iter().map(Cell::shown).collect();
        let [name, calls, of, said, before, before_of, said_before] = words[..] else { continue };
        // A share says both of its numbers itself.
        let value = if of.is_empty() && said.is_empty() { calls } else { said };
        let was = if before_of.is_empty() && said_before.is_empty() { before } else { said_before };
        writeln!(out, "  {name:<36}{value:<32}{was}")?;
    }
    Ok(())
}

/// Counts the days and writes their pictures; says what each shows.
///
/// # Errors
/// The database, the folder or `out` failed.
pub async fn draw(
    args: &StatsArgs,
    folder: &Path,
    reader: Reader,
    (pool, tenant, now): (&PgPool, TenantId, DateTime<Utc>),
    out: &mut impl io::Write,
) -> anyhow::Result<()> {
    let zone = figures::zone(pool, tenant).await?;
    let today = now.with_timezone(&zone).date_naive();
    let span = args.span.unwrap_or_default();
    let range = Range::of(span, args.day.unwrap_or(today), zone, now);
    // The times of a day are kept when it is counted; the job may not have come to it yet.
    for day in range.from.iter_days().take_while(|day| *day <= range.to.min(today)) {
        compute_day(pool, tenant, day).await?;
    }
    let all = figures::load(pool, tenant, range).await?;
    let latency = figures::load_latency(pool, tenant, range).await?;
    let manner = Manner { reader, standalone: true };
    let mut drawn = pictures::day(manner, &all);
    drawn.extend(pictures::latency(manner, &latency));
    drawn.extend(latency.slowest.first().map(|turn| pictures::turn(manner, turn)));
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let begin = format!("{}-{}", range.span.word(), range.from);
    let mut bytes = 0;
    let mut write = |name: &str, text: &str| {
        let file = folder.join(format!("{begin}-{name}"));
        bytes += text.len();
        std::fs::write(&file, text).with_context(|| format!("{} was not written", file.display()))
    };
    writeln!(
        out,
        "{} to {} ({zone}), {}",
        range.from,
        range.to,
        reader.calls(all.now.volume.calls)
    )?;
    write("figures.csv", &pictures::findings(reader, &all).to_csv())?;
    writeln!(out, "  {begin}-figures.csv")?;
    for named in &drawn {
        write(&format!("{}.svg", named.name), &named.picture.svg)?;
        write(&format!("{}.csv", named.name), &named.picture.table.to_csv())?;
        let file = format!("{begin}-{}.svg, .csv", named.name);
        let finding = format!("{}. {}", named.title, named.finding);
        writeln!(out, "  {file:<44}{}", finding.trim_end())?;
    }
    let files = drawn.len() * 2 + 1;
    writeln!(out, "{files} files, {} kB, in {}", bytes.div_ceil(1000), folder.display())?;
    Ok(())
}

/// The day as a person reads it.
fn table(stats: &DailyStats) -> String {
    let mut text = format!("{}\n", stats.stat_date.format("%A, %-d %B %Y"));
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:<28}{value}");
    };
    let of_calls = |count: i32| share(count, stats.total_calls);
    line("calls", stats.total_calls.to_string());
    line("resolved by the agent", of_calls(stats.resolved_by_bot));
    line("handed to an operator", of_calls(stats.transferred));
    line("fittings booked", stats.bookings.to_string());
    line("orders", stats.orders.to_string());
    line("conversion", number(stats.conversion.map(|part| part * 100.0), " %"));
    line("average length", number(stats.avg_duration_seconds, " s"));
    line("average response", number(stats.avg_response_ms, " ms"));
    line("average quality", stats.avg_quality_score.map_or("-".into(), |q| format!("{q:.2}")));
    line("cost", format!("{} USD", stats.total_cost_usd.round_dp(4).normalize()));
    for (name, counts) in [
        ("cost by part, USD", &stats.cost_breakdown),
        ("by outcome", &stats.outcome_breakdown),
        ("left without a result at", &stats.drop_off_breakdown),
        ("callers sounded", &stats.sentiment_breakdown),
        ("by scenario", &stats.scenario_breakdown),
        ("by transfer reason", &stats.transfer_reasons),
        ("by channel", &stats.channel_breakdown),
        ("by hour", &stats.hourly_distribution),
    ] {
        line(name, breakdown(counts));
    }
    if let Some(at) = stats.sealed_at {
        line("sealed", format!("{} (not counted again)", at.format("%Y-%m-%d")));
    }
    text
}

fn share(count: i32, total: i32) -> String {
    if total == 0 {
        return count.to_string();
    }
    format!("{count} ({:.0} %)", f64::from(count) * 100.0 / f64::from(total))
}

fn number(value: Option<f64>, unit: &str) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:.0}{unit}"))
}

fn breakdown(counts: &Value) -> String {
    let parts: Vec<String> = (counts.as_object().into_iter().flatten())
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    if parts.is_empty() { "-".into() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;
    use serde_json::json;

    #[test]
    fn a_day_reads_as_a_table_and_an_empty_one_has_no_shares() {
        let mut stats = DailyStats {
            stat_date: "2026-11-23".parse().unwrap(),
            total_calls: 4,
            resolved_by_bot: 3,
            transferred: 1,
            avg_duration_seconds: Some(61.4),
            avg_quality_score: None,
            total_cost_usd: Decimal::new(12300, 6),
            scenario_breakdown: json!({"fitting_booking": 3, "none": 1}),
            transfer_reasons: json!({"customer_request": 1}),
            hourly_distribution: json!({"09": 4}),
            channel_breakdown: json!({"phone": 4}),
            bookings: 2,
            orders: 0,
            conversion: Some(0.5),
            avg_response_ms: Some(812.0),
            outcome_breakdown: json!({"resolved": 3, "abandoned": 1}),
            drop_off_breakdown: json!({"time_selection": 1}),
            sentiment_breakdown: json!({"neutral": 4}),
            cost_breakdown: json!({"llm": 0.0123, "stt": 0}),
            computed_at: DateTime::<Utc>::UNIX_EPOCH,
            sealed_at: None,
        };
        let text = table(&stats);
        assert!(text.starts_with("Monday, 23 November 2026\n"), "{text}");
        for part in [
            "3 (75 %)",
            "50 %",
            "61 s",
            "812 ms",
            "0.0123 USD",
            "fitting_booking 3, none 1",
            "time_selection 1",
            "llm 0.0123, stt 0",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        stats.total_calls = 0;
        stats.resolved_by_bot = 0;
        assert!(!table(&stats).contains("NaN"));
    }
}
