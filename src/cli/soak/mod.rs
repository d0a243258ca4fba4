//! `treadline soak`: the real program lives through kills, drains, outages and clock steps while
//! callers phone it; at the end everything is counted and must agree.

mod bounded;
mod caller;
mod chance;
pub(super) mod child;
mod count;
pub(super) mod node;
mod picture;
mod plan;
mod proxy;
mod run;
pub(super) mod shop;
mod summary;

use super::out;
use crate::config;
use crate::db;
use anyhow::{Context as _, bail, ensure};
use bounded::{DATABASE_MAX, within};
use indicatif::{ProgressBar, ProgressStyle};
use plan::Plan;
use std::path::PathBuf;
use std::time::Duration;

/// `treadline soak`
#[derive(Debug, Clone, clap::Args)]
pub struct SoakArgs {
    /// How long, minutes.
    #[arg(long, value_name = "N", default_value_t = 20.0)]
    minutes: f64,
    /// Callers at the same time.
    #[arg(long, value_name = "N", default_value_t = 8)]
    callers: u64,
    /// About every so many seconds something goes wrong.
    #[arg(long, value_name = "SECONDS", default_value_t = 15.0)]
    every: f64,
    /// The same number makes the same faults and the same callers.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where the summary and the picture go.
    #[arg(long, value_name = "FOLDER", default_value = "target/soak")]
    out: PathBuf,
}

/// Runs it in a database of its own, which goes with it unless a count disagrees.
///
/// # Errors
/// It could not be run, or a count disagrees; the first disagreement is told.
pub async fn run(args: SoakArgs) -> anyhow::Result<()> {
    ensure!(args.minutes >= 0.3 && args.minutes <= 6_000.0, "--minutes must be from 0.3 to 6000");
    ensure!(args.callers >= 1 && args.callers <= 80, "--callers must be from 1 to 80");
    ensure!(args.every >= 1.0 && args.every <= 3_600.0, "--every must be from 1 to 3600");
    let (config, secrets) = config::load()?;
    let server = db::open(&config, &secrets).await?;
    let made = shop::Shop::make(server.reveal_url(), "soak");
    let shop = within(DATABASE_MAX, "a database for the soak", made).await??;
    let work = std::env::temp_dir().join(format!("treadline-soak-{}", std::process::id()));
    std::fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
    let whole = Duration::from_secs_f64(args.minutes * 60.0);
    let plan = Plan::new(args.seed, whole, Duration::from_secs_f64(args.every));
    let bar = ProgressBar::new(whole.as_secs());
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {wide_bar} {pos}/{len} s {msg}") {
        bar.set_style(style);
    }
    let ran = run::run(&args, &plan, &shop, &work, &bar).await;
    bar.finish_and_clear();
    let result = match ran {
        Ok(report) => tell(&args, &plan, &report),
        Err(error) => Err(error.context(format!("the soak broke off (seed {})", args.seed))),
    };
    match &result {
        Ok(()) => {
            say(&bar, "the soak's database is dropped");
            if let Err(error) = shop.drop_it().await {
                out::line(format!("the soak's database could not be dropped: {error:#}"));
            }
            let _ = std::fs::remove_dir_all(&work);
        }
        Err(_) => out::line(format!(
            "kept to be looked at: {} and the database {}",
            work.display(),
            shop.url.rsplit('/').next().unwrap_or_default()
        )),
    }
    result
}

/// A line above the bar; on standard error where there is no terminal, so that a run that nobody
/// watches tells what it does, too.
fn say(bar: &ProgressBar, text: &str) {
    if bar.is_hidden() {
        out::warn(text);
    } else {
        bar.println(text);
    }
}

/// Writes the summary and the picture, prints the counts.
fn tell(args: &SoakArgs, plan: &Plan, report: &run::Report) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", args.out.display());
    std::fs::create_dir_all(&args.out).with_context(cannot)?;
    let (text, picture) = (args.out.join("soak.md"), args.out.join("soak.svg"));
    std::fs::write(&text, summary::markdown(args, plan, report)).with_context(cannot)?;
    std::fs::write(&picture, picture::svg(report)).with_context(cannot)?;
    for count in &report.counts {
        let word = if count.wrong.is_none() { "ok " } else { "BAD" };
        out::line(format!("{word} {}: {}", count.name, count.found));
    }
    out::line(format!(
        "{} calls, {} faults, seed {}; see {} and {}",
        report.calls,
        report.faults.len(),
        args.seed,
        text.display(),
        picture.display()
    ));
    let bad = report.counts.iter().find_map(|count| Some((count.name, count.wrong.as_ref()?)));
    match bad {
        None => Ok(()),
        Some((name, wrong)) => bail!("{name}: {wrong} (seed {})", args.seed),
    }
}
