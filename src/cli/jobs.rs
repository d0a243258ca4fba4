//! `treadline jobs`: what is done again and again, by whom, and how it went.

use super::out;
use crate::alerts;
use crate::clock::WallClock;
use crate::db::jobs::JobRow;
use crate::db::{self, jobs as registry};
use crate::jobs::{self, scheduler::Scheduler};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::fmt::Write as _;

/// `treadline jobs [--json]`, `treadline jobs run NAME`
#[derive(Debug, Clone, clap::Args)]
pub struct JobsArgs {
    /// One JSON array instead of a table.
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    command: Option<JobsCommand>,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum JobsCommand {
    /// Do a job now, whether it is due or not.
    Run {
        /// Its name, as `treadline jobs` shows it.
        name: String,
    },
}

/// Shows the registry, or does one job.
///
/// # Errors
/// The database is away, the job is unknown, is being done by another process, or failed.
pub async fn run(
    config: &crate::config::Config,
    secrets: &crate::config::Secrets,
    args: JobsArgs,
) -> anyhow::Result<()> {
    let server = db::open_made(config, secrets).await?;
    db::migrate::run(server.reveal_url()).await?;
    let pool = db::connect(server.reveal_url(), 4).await?;
    let ways = alerts::Ways::of(
        &config.alerts,
        secrets.smtp_password.clone(),
        secrets.telegram_token.clone(),
    )?;
    let mut known = jobs::all();
    known.extend(alerts::jobs(&config.alerts, &ways));
    let result = match args.command {
        Some(JobsCommand::Run { name }) => {
            let job = known.iter().find(|job| job.name == name).with_context(|| {
                let names: Vec<&str> = known.iter().map(|job| job.name).collect();
                format!("there is no job `{name}`; there are {}", names.join(", "))
            })?;
            let node = format!("command/{}", std::process::id());
            let jobs = vec![job.clone()];
            let scheduler = Scheduler::new(pool.clone(), WallClock::system(), node, jobs);
            scheduler
                .run_now(job)
                .await
                .map(|text| out::line(format!("{name}: {text}")))
                .map_err(anyhow::Error::from)
        }
        None => {
            for job in &known {
                registry::register(&pool, job.name, job.every).await?;
            }
            let rows = registry::list(&pool).await?;
            if args.json {
                out::line(serde_json::to_string(&rows)?);
            } else {
                out::line(table(&rows, config.shop.timezone, Utc::now()).trim_end());
            }
            Ok(())
        }
    };
    pool.close().await;
    result
}

/// The registry as a person reads it, times on the shop's wall.
fn table(rows: &[JobRow], zone: Tz, now: DateTime<Utc>) -> String {
    let mut text = format!(
        "{:<16} {:>6}  {:<19}  {:<19}  {:>6} {:>8}  {}\n",
        "job", "every", "last success", "next run", "runs", "failures", "who"
    );
    let time = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string();
    for row in rows {
        let alive = row.lease_until.is_some_and(|until| until >= now);
        let next = match &row.locked_by {
            Some(_) if alive => "runs now".to_owned(),
            _ if row.next_run_at <= now => "due".to_owned(),
            _ => time(row.next_run_at),
        };
        let who = if alive { &row.locked_by } else { &row.last_ok_by };
        let _ = writeln!(
            text,
            "{:<16} {:>6}  {:<19}  {:<19}  {:>6} {:>8}  {}",
            row.name,
            every(row.every_s),
            row.last_ok_at.map_or_else(|| "never".into(), time),
            next,
            row.runs,
            row.failures,
            who.as_deref().unwrap_or("-"),
        );
        if let Some(result) = &row.last_result {
            let _ = writeln!(text, "{:<16} {result}", "");
        }
        let failed_last = row.last_error_at > row.last_ok_at;
        if let (true, Some(error)) = (failed_last, &row.last_error) {
            let _ = writeln!(text, "{:<16} FAILED: {error}", "");
        }
        if row.missed_twice {
            let _ = writeln!(text, "{:<16} MISSED TWICE: is `treadline serve` running?", "");
        }
    }
    text
}

fn every(seconds: i32) -> String {
    match seconds {
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_runs_what_failed_and_what_nobody_does() {
        let now: DateTime<Utc> = "2026-11-23T10:00:00Z".parse().expect("a time");
        let minutes = |n| chrono::Duration::minutes(n);
        let row = JobRow {
            name: "daily_stats".into(),
            every_s: 600,
            next_run_at: now + minutes(3),
            locked_by: None,
            lease_until: None,
            last_ok_at: Some(now - minutes(7)),
            last_ok_by: Some("shop/a".into()),
            last_result: Some("2 days counted".into()),
            last_error: None,
            last_error_at: None,
            runs: 12,
            failures: 0,
            missed_twice: false,
        };
        let running = JobRow {
            name: "partitions".into(),
            locked_by: Some("shop/b".into()),
            lease_until: Some(now + minutes(1)),
            ..row.clone()
        };
        let failed = JobRow {
            name: "quality".into(),
            next_run_at: now - minutes(1),
            last_ok_at: None,
            last_ok_by: None,
            last_result: None,
            last_error: Some("no model".into()),
            last_error_at: Some(now),
            failures: 3,
            missed_twice: true,
            ..row.clone()
        };
        let text = table(&[row, running, failed], chrono_tz::Europe::Kyiv, now);
        for part in [
            "daily_stats      10 min  2026-11-23 11:53:00  2026-11-23 12:03:00      12        0  shop/a",
            "2 days counted",
            "runs now                 12        0  shop/b",
            "never                due",
            "FAILED: no model",
            "MISSED TWICE",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }
}
