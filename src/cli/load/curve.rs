//! `treadline load --curve`: the real server under one, ten, a hundred calls at once.

use super::measured::{BARGE_IN_MS, ENDPOINTING_MS, Measured};
use super::watch::{Look, Machine, Share, load_average, processor};
use super::{LoadArgs, OWN_LATE_MS_MAX, page, play};
use crate::caller::decisions::Waits;
use crate::caller::load::{LoadReport, Plan};
use crate::caller::signal;
use crate::cli::out;
use anyhow::{Context as _, ensure};
use serde::Serialize;
use std::fs;
use std::time::Duration;
use tokio::time::sleep;

/// Calls that a server may be given in one step.
const CALLS_MAX: usize = 2_000;
/// Before the processor is looked at, everybody is there and talking.
const SETTLED: Duration = Duration::from_secs(2);
/// When it is looked at for the last time, nobody has left.
const LEAVING: Duration = Duration::from_secs(2);
/// After a step: the log is written, connections are closed, the next step meets a quiet server.
const BETWEEN: Duration = Duration::from_secs(5);
/// A machine busier than this at the start is told to be a bad place for measuring, percent.
const BUSY_PERCENT_MAX: f64 = 10.0;

/// One point of the curve.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Step {
    /// Calls at once.
    pub calls: usize,
    /// What the callers heard.
    pub report: LoadReport,
    /// The server's processor time while all talked, percent of a core.
    pub server: Share,
    /// The providers'.
    pub providers: Share,
    /// The callers'.
    pub generator: Share,
    /// Everything on the machine, Postgres included, percent of it.
    pub busy_percent: f64,
    /// What the host gave to others, percent.
    pub stolen_percent: f64,
    /// The server's memory before the step, under it and after it, MB.
    pub memory_mb: [f64; 3],
    /// Its open files before and after.
    pub files: [usize; 2],
}

impl Step {
    /// Percent of a core that the server takes for one call.
    pub(super) fn processor_a_call(&self) -> f64 {
        self.server.whole() / self.calls as f64
    }

    /// MB that the server takes for one call.
    pub(super) fn memory_a_call(&self) -> f64 {
        (self.memory_mb[1] - self.memory_mb[0]) / self.calls as f64
    }

    /// Late frames, percent of all.
    pub(super) fn late_percent(&self) -> f64 {
        100.0 * self.report.late_frames as f64 / self.report.frames.max(1) as f64
    }

    /// Whether the callers themselves were on time, so that the figures are the server's.
    pub(super) fn is_fair(&self) -> bool {
        self.report.own_late_ms.p50 <= OWN_LATE_MS_MAX
    }
}

/// A whole curve and the place that it was measured in.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Curve {
    /// Cores, and their name.
    pub cores: usize,
    /// What the processor calls itself.
    pub processor: String,
    /// How busy the machine was before, percent, and its load average.
    pub before: (f64, f64),
    /// How fast the providers answered.
    pub pace: &'static str,
    /// How long each step's calls stayed after the last had come, seconds.
    pub seconds: u64,
    /// Callers that came in a second.
    pub per_second: f64,
    /// The steps.
    pub steps: Vec<Step>,
}

/// Measures all steps, prints a line for each and writes the page with its pictures.
pub(super) async fn run(args: &LoadArgs) -> anyhow::Result<()> {
    let largest = args.curve.iter().copied().max().unwrap_or(0);
    ensure!(
        args.curve.iter().all(|calls| *calls > 0) && largest <= CALLS_MAX,
        "--curve takes numbers of calls from 1 to {CALLS_MAX}"
    );
    ensure!(args.seconds >= 10, "--seconds must be at least 10 with --curve");
    fs::create_dir_all(&args.out)
        .with_context(|| format!("{} cannot be made", args.out.display()))?;
    let quiet = Machine::now();
    sleep(Duration::from_secs(2)).await;
    let busy = Machine::now().busy_since(&quiet);
    if busy > BUSY_PERCENT_MAX {
        out::warn(format!("the machine is {busy:.0} % busy with something else already"));
    }
    let mut curve = Curve {
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        processor: processor(),
        before: (busy, load_average()),
        pace: args.providers.name(),
        seconds: args.seconds,
        per_second: args.per_second,
        steps: Vec::new(),
    };
    let measured = Measured::start(args.providers, largest + 10).await?;
    // The first calls of a program pay for what all others share.
    play(plan(args, &measured, 2, 8)).await;
    sleep(BETWEEN).await;
    for calls in &args.curve {
        let step = step(args, &measured, *calls).await?;
        out::line(page::line(&step));
        curve.steps.push(step);
        sleep(BETWEEN).await;
    }
    measured.stop().await?;
    let page = args.out.join("load.md");
    fs::write(&page, page::markdown(&curve))?;
    fs::write(args.out.join("load.svg"), page::picture(&curve))?;
    fs::write(args.out.join("load.json"), serde_json::to_string_pretty(&curve)?)?;
    out::line(format!("see {}", page.display()));
    Ok(())
}

fn plan(args: &LoadArgs, measured: &Measured, calls: usize, stays_s: u64) -> Plan {
    Plan {
        to: measured.audiosocket,
        calls,
        per_second: args.per_second,
        stays: Duration::from_secs(stays_s),
        rate: args.rate,
        // Ends in full voice: a signal that fades would leave its end to taste.
        says: vec![signal::speech_like(args.rate, 1_375).into()],
        waits: Some(Waits {
            endpointing: Duration::from_millis(ENDPOINTING_MS),
            barge_in: Duration::from_millis(BARGE_IN_MS),
        }),
        dialplan: None,
        mixed: args.mixed,
    }
}

struct Looks {
    server: Look,
    providers: Look,
    generator: Look,
    machine: Machine,
}

impl Looks {
    fn now(measured: &Measured) -> anyhow::Result<Self> {
        Ok(Self {
            server: measured.server()?,
            providers: measured.providers()?,
            generator: Look::at(std::process::id())?,
            machine: Machine::now(),
        })
    }
}

async fn step(args: &LoadArgs, measured: &Measured, calls: usize) -> anyhow::Result<Step> {
    let coming = Duration::from_secs_f64(calls as f64 / args.per_second);
    let stays_s = coming.as_secs() + args.seconds;
    let before = measured.server()?;
    let (report, looks) = tokio::join!(play(plan(args, measured, calls, stays_s)), async {
        sleep(coming + SETTLED).await;
        let from = Looks::now(measured)?;
        sleep(Duration::from_secs(args.seconds).saturating_sub(SETTLED + LEAVING)).await;
        anyhow::Ok((from, Looks::now(measured)?))
    });
    let (from, to) = looks?;
    sleep(BETWEEN).await;
    let after = measured.server()?;
    Ok(Step {
        calls,
        server: to.server.share_since(&from.server),
        providers: to.providers.share_since(&from.providers),
        generator: to.generator.share_since(&from.generator),
        busy_percent: to.machine.busy_since(&from.machine),
        stolen_percent: to.machine.stolen_since(&from.machine),
        memory_mb: [before.rss_mb, to.server.rss_mb, after.rss_mb],
        files: [before.files, after.files],
        report,
    })
}
