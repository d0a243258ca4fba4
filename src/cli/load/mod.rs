//! `treadline load`: many virtual callers, one JSON report; or a curve over more and more of them
//! against a server that is started for it.

mod curve;
mod measured;
mod page;
pub mod providers;
mod watch;

use super::out;
use crate::caller::load::{LoadReport, Plan, Progress, run as run_load};
use crate::caller::register::Dialplan;
use crate::caller::{signal, wav};
use anyhow::ensure;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Places many calls at once and measures what the callers hear.
#[derive(Debug, Clone, clap::Args)]
pub struct LoadArgs {
    /// The server's AudioSocket address.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9092")]
    pub to: String,
    /// Callers in all.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub calls: usize,
    /// Callers that arrive in a second.
    #[arg(long, value_name = "N", default_value_t = 10.0)]
    pub per_second: f64,
    /// How long each stays, seconds.
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub seconds: u64,
    /// A WAV file to say; several are said in turn; a built-in signal if none is given.
    #[arg(long, value_name = "FILE")]
    pub say: Vec<PathBuf>,
    /// Samples a second.
    #[arg(long, value_name = "HZ", default_value_t = 8_000)]
    pub rate: u32,
    /// Announce each call over HTTP first; the secret is taken from `TREADLINE_CALL_SECRET`.
    #[arg(long, value_name = "URL")]
    pub register: Option<String>,
    /// Callers of all kinds: of ten, one never speaks, one presses keys, one hangs up in the
    /// middle of an answer.
    #[arg(long)]
    pub mixed: bool,
    /// Print the report even if the callers were late themselves.
    #[arg(long)]
    pub even_so: bool,
    /// Start the server with a database and providers of its own, and measure it under so many
    /// calls at once, one number after the other.
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', conflicts_with_all = ["to", "register", "calls"])]
    pub curve: Vec<usize>,
    /// How fast the providers of `--curve` answer.
    #[arg(long, value_enum, default_value_t = providers::Pace::Zero)]
    pub providers: providers::Pace,
    /// Where the page and the picture of `--curve` go.
    #[arg(long, value_name = "FOLDER", default_value = "target/load")]
    pub out: PathBuf,
}

/// The callers' own lateness, in half of the calls, from which on the figures are theirs and not
/// the server's: one frame.
const OWN_LATE_MS_MAX: u64 = 20;

/// Runs the command: progress on standard error, the report on standard output.
///
/// # Errors
/// A file cannot be said, or a call failed.
pub async fn run(args: LoadArgs) -> anyhow::Result<()> {
    ensure!(args.calls > 0 && args.per_second > 0.0, "--calls and --per-second must be above 0");
    if !args.curve.is_empty() {
        return curve::run(&args).await;
    }
    let mut says: Vec<Arc<[i16]>> = Vec::new();
    for path in &args.say {
        says.push(wav::read(path, args.rate)?.into());
    }
    if says.is_empty() {
        says.push(signal::speech_like(args.rate, 1_500).into());
    }
    let secret = std::env::var("TREADLINE_CALL_SECRET").ok().filter(|secret| !secret.is_empty());
    let plan = Plan {
        to: super::call::resolve(&args.to).await?,
        calls: args.calls,
        per_second: args.per_second,
        stays: Duration::from_secs(args.seconds),
        rate: args.rate,
        says,
        waits: None,
        dialplan: args.register.as_deref().map(|url| Dialplan::new(url, secret)).transpose()?,
        mixed: args.mixed,
    };
    let report = play(plan).await;
    let late = report.own_late_ms;
    ensure!(
        args.even_so || late.p50 <= OWN_LATE_MS_MAX,
        "no report: the callers' own frames left {} ms late (p50 of each call's worst), so it would \
         say more about this machine than about the server; use fewer calls or a quieter machine, \
         or --even-so",
        late.p50
    );
    out::line(serde_json::to_string_pretty(&report)?);
    ensure!(report.calls_failed == 0, "{} of {} calls failed", report.calls_failed, args.calls);
    Ok(())
}

/// Runs a plan with a bar.
async fn play(plan: Plan) -> LoadReport {
    let (told, progress) = mpsc::unbounded_channel();
    let shown = tokio::spawn(show(plan.calls, progress));
    let report = run_load(plan, told).await;
    // A bar that broke is no reason to lose a measurement.
    let _ = shown.await;
    report
}

async fn show(calls: usize, mut progress: mpsc::UnboundedReceiver<Progress>) {
    let bar = ProgressBar::new(calls as u64);
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {wide_bar} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let (mut arrived, mut failed) = (0u64, 0u64);
    while let Some(told) = progress.recv().await {
        match told {
            Progress::Arrived => arrived += 1,
            Progress::Done(served) => {
                bar.inc(1);
                failed += u64::from(!served);
            }
        }
        bar.set_message(format!("{arrived} arrived, {failed} failed"));
    }
    bar.finish_and_clear();
}
