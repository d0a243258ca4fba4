//! Many demonstration calls, each on another weekday and hour, judged by their rows.

use super::script::Step;
use super::{Demonstration, place_call, show};
use crate::app::{self, Parts, Voices};
use crate::cli::out::line;
use crate::clock::WallClock;
use crate::config::{Config, Secrets};
use anyhow::{Context as _, ensure};
use chrono::{DateTime, Duration as Span, TimeZone as _, Utc};
use futures_util::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::time::Duration;

/// From one rehearsal to the next on the shop's wall: after 20 of them every weekday and hours
/// of the day and night have had their turn, and a month and a year have ended.
const STEP_HOURS: i64 = 59;

/// Places `runs` calls of `steps`, `at_once` at the same time.
///
/// # Errors
/// When one of them does not end with its rows in place.
pub async fn run(
    config: Config,
    secrets: Secrets,
    steps: &'static [Step],
    runs: u32,
    at_once: usize,
) -> anyhow::Result<()> {
    let zone = config.shop.timezone;
    // From a Saturday evening in November to the days around New Year.
    let first = zone.with_ymd_and_hms(2026, 11, 28, 20, 50, 0).single().context("a clock")?;
    let times: Vec<DateTime<Utc>> = (0..i64::from(runs))
        .map(|run| (first + Span::hours(run * STEP_HOURS) + Span::minutes(run * 7)).to_utc())
        .collect();
    let progress = ProgressBar::new(u64::from(runs));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} calls, {elapsed} {msg}") {
        progress.set_style(style);
    }
    let results: Vec<(DateTime<Utc>, anyhow::Result<String>)> = stream::iter(times)
        .map(|at| {
            let (config, secrets, progress) = (config.clone(), secrets.clone(), progress.clone());
            async move {
                let result = rehearse(config, secrets, steps, at).await;
                progress.inc(1);
                (at, result)
            }
        })
        .buffered(at_once)
        .collect()
        .await;
    progress.finish_and_clear();
    let mut served = 0;
    for (at, result) in &results {
        let wall = at.with_timezone(&zone).format("%a %Y-%m-%d %H:%M");
        match result {
            Ok(words) => {
                served += 1;
                line(format!("  {wall}  {words}"));
            }
            Err(error) => line(format!("  {wall}  FAILED: {error:#}")),
        }
    }
    ensure!(served == runs, "{served} of {runs} calls were served");
    line(format!("demo: ok — {served} of {runs} calls served, whatever the weekday and the hour"));
    Ok(())
}

/// One call in an agent of its own, whose clock starts at `at`.
async fn rehearse(
    config: Config,
    secrets: Secrets,
    steps: &'static [Step],
    at: DateTime<Utc>,
) -> anyhow::Result<String> {
    let secret = secrets.call_secret.clone();
    let clock = WallClock::starting_at(at);
    let parts = Arc::new(app::assemble_at(config, secrets, Voices::Audible, clock).await?);
    let result = serve_one(&parts, secret, steps).await;
    parts.close().await;
    show::verdict(&result?)
}

async fn serve_one(
    parts: &Arc<Parts>,
    secret: Option<secrecy::SecretString>,
    steps: &'static [Step],
) -> anyhow::Result<Demonstration> {
    let line = app::listen(parts, secret.clone()).await?;
    let shown = place_call(parts, &line, secret, steps, |_| {}).await;
    line.stop(Duration::ZERO).await;
    shown
}
