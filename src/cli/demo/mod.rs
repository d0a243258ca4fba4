//! `treadline demo`: a recorded caller phones the agent; then the call is shown as both sides
//! heard it, and as it stands in the database.
//!
//! Nothing is injected: the caller is a stranger at the AudioSocket port, what the agent knows it
//! has recognised from sound.

mod desk;
mod rehearsal;
mod script;
mod show;

use super::out;
use crate::app::{self, Line, Parts, Voices};
use crate::caller::register::Dialplan;
use crate::caller::{Caller, Options, Report};
use crate::clock::WallClock;
use crate::config::{Config, Secrets};
use crate::db::{agreements, calls};
use crate::ids::{CallId, TenantId};
use anyhow::{Context as _, bail};
use chrono::{NaiveDateTime, TimeZone as _};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::IsTerminal as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How the caller speaks: as the `AudioSocket()` application does.
const RATE: u32 = 8_000;
/// Silence after which the caller takes it that the agent has finished.
const AGENT_FINISHED_MS: u64 = 1_800;
/// How long the caller waits for an answer before giving up.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long the agent may take to end the call after the goodbyes.
const ENDING: Duration = Duration::from_secs(15);

/// How long the end of the call may take to reach the database.
const CLOSING: Duration = Duration::from_secs(5);

/// Arguments of `treadline demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Set the shop's clock, for example 2026-12-31T23:50.
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    at: Option<String>,
    /// Let the caller order the tyres, and have them fitted: a longer call.
    #[arg(long)]
    order: bool,
    /// Place this many calls, each on another weekday and hour, and judge them by their rows.
    #[arg(long, value_name = "N")]
    runs: Option<u32>,
    /// Calls at the same time, with --runs.
    #[arg(long, default_value_t = 2)]
    at_once: usize,
    /// Write what the caller heard to this WAV file.
    #[arg(long, value_name = "FILE")]
    record: Option<std::path::PathBuf>,
}

/// What one demonstration call left.
struct Demonstration {
    steps: &'static [script::Step],
    report: Report,
    record: calls::CallRecord,
    agreements: agreements::Agreements,
    next: String,
    heard: Vec<i16>,
}

/// Runs the demonstration.
///
/// # Errors
/// When the parts cannot be started, or the caller was not served.
pub async fn run(mut config: Config, secrets: Secrets, args: DemoArgs) -> anyhow::Result<()> {
    // Free ports: the demonstration never collides with a line that is being served.
    let anywhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    config.audiosocket.listen = anywhere;
    config.websocket.listen = anywhere;
    config.server.listen = anywhere;
    if let Some(runs) = args.runs {
        let steps = script::steps(args.order);
        return rehearsal::run(config, secrets, steps, runs, args.at_once.max(1)).await;
    }
    let clock = match &args.at {
        None => WallClock::system(),
        Some(at) => rehearsal_clock(at, config.shop.timezone)?,
    };
    out::line("Starting the agent: Postgres, recogniser, voice …");
    let secret = secrets.call_secret.clone();
    let parts = Arc::new(app::assemble_at(config, secrets, Voices::Audible, clock).await?);
    let line = app::listen(&parts, secret.clone()).await?;
    let shown = demonstrate(&parts, &line, secret, &args).await;
    let watched = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if let (Ok((_, call)), true) = (&shown, watched) {
        let way_in = desk::open(&parts, line.http, *call).await;
        serve_until_enter(&line, way_in).await;
        desk::close(&parts).await;
    }
    line.stop(Duration::ZERO).await;
    parts.close().await;
    out::line(shown?.0);
    Ok(())
}

/// The last line, and the call.
async fn demonstrate(
    parts: &Parts,
    line: &Line,
    secret: Option<secrecy::SecretString>,
    args: &DemoArgs,
) -> anyhow::Result<(String, Uuid)> {
    let steps = script::steps(args.order);
    let progress = ProgressBar::new(steps.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{spinner} the call is on: {pos}/{len} {msg}") {
        progress.set_style(style);
    }
    progress.enable_steady_tick(Duration::from_millis(120));
    let shown = place_call(parts, line, secret, steps, |step| {
        progress.set_message(step.to_owned());
        progress.inc(1);
    })
    .await?;
    progress.finish_and_clear();
    if let Some(path) = &args.record {
        crate::caller::wav::write(path, RATE, &shown.heard)?;
        out::line(format!("What the caller heard is in {}.", path.display()));
    }
    show::conversation(&shown);
    show::latencies(&shown);
    show::rows(&shown);
    Ok((show::verdict(&shown)?, shown.record.call.id))
}

/// Phones the agent, says the script, and reads what the database knows of it.
async fn place_call(
    parts: &Parts,
    line: &Line,
    secret: Option<secrecy::SecretString>,
    steps: &'static [script::Step],
    mut said: impl FnMut(&str),
) -> anyhow::Result<Demonstration> {
    use secrecy::ExposeSecret as _;
    let id = Uuid::new_v4();
    let url = format!("http://{}", line.http);
    let secret = secret.map(|secret| secret.expose_secret().to_owned());
    let dialplan = Dialplan::new(&url, secret)?;
    let caller = format!("+38067{:07}", id.as_u128() % 10_000_000);
    let data = json!({ "origin": "demo", "language": "en" });
    dialplan.register(id, Some(&caller), Some("+380800300200"), &data).await?;
    let mut options = Options::new(line.audiosocket);
    options.id = id;
    options.rate = RATE;
    options.quiet_ms = AGENT_FINISHED_MS;
    options.record = true;
    let call = Caller::dial(options).await.context("the agent's line")?;
    // The greeting.
    call.wait_until_quiet(PATIENCE).await;
    for step in steps {
        said(step.text);
        call.say(step.text, &script::samples(step, RATE)?);
        if !call.wait_until_quiet(PATIENCE).await {
            break;
        }
    }
    call.wait_for_end(ENDING).await;
    let next = dialplan.next(id).await.unwrap_or_default();
    let heard = call.heard();
    let report = call.hang_up().await;
    let record = closed_record(parts, CallId(id)).await?;
    let agreements = agreements::of_call(&parts.pool, TenantId::DEFAULT, CallId(id)).await?;
    Ok(Demonstration { steps, report, record, agreements, next, heard })
}

/// The call as it stands in the database once it is closed there.
async fn closed_record(parts: &Parts, call: CallId) -> anyhow::Result<calls::CallRecord> {
    let deadline = tokio::time::Instant::now() + CLOSING;
    loop {
        if !parts.flush_log().await {
            bail!("the log did not reach the database in time");
        }
        let found = calls::load(&parts.pool, TenantId::DEFAULT, call).await?;
        let closed = found.as_ref().is_some_and(|found| found.call.ended_at.is_some());
        if closed || tokio::time::Instant::now() >= deadline {
            return found.context("the call is not in the database");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A clock that starts at a time on the shop's wall.
fn rehearsal_clock(at: &str, zone: chrono_tz::Tz) -> anyhow::Result<WallClock> {
    let local = NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M")
        .with_context(|| format!("--at {at}: a time looks like 2026-12-31T23:50"))?;
    let at = zone.from_local_datetime(&local).earliest();
    let at = at.with_context(|| format!("--at {local}: the clocks skip that hour"))?;
    Ok(WallClock::starting_at(at.to_utc()))
}

async fn serve_until_enter(line: &Line, way_in: anyhow::Result<String>) {
    match way_in {
        Ok(url) => out::line(format!("\nThe call at the desk (the link lets in once):\n  {url}")),
        Err(error) => out::line(format!("\nThe desk cannot be shown: {error:#}")),
    }
    out::line(format!(
        "\nThe agent still answers: AudioSocket on {}, health and metrics on http://{}/ready and \
         http://{}/metrics. Press Enter to end.",
        line.audiosocket, line.http, line.http
    ));
    let mut input = tokio::io::BufReader::new(tokio::io::stdin());
    let mut enter = String::new();
    let _ = tokio::io::AsyncBufReadExt::read_line(&mut input, &mut enter).await;
}
