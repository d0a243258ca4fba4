//! `treadline call`: one virtual caller.

use super::out;
use crate::caller::register::Dialplan;
use crate::caller::report::{CallEnd, Report, Turn};
use crate::caller::script::{Line, Script, play};
use crate::caller::{Login, Options, Over, wav};
use anyhow::{Context as _, bail};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;

/// Places a call as Asterisk would and tells what the caller heard.
#[derive(Debug, Clone, clap::Args)]
pub struct CallArgs {
    /// The server's AudioSocket address; `ws://HOST:PORT` to phone as `chan_websocket` does.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9092")]
    pub to: String,
    /// A WAV file to say; several are said one after the other, each after the answer.
    #[arg(long, value_name = "FILE")]
    pub say: Vec<PathBuf>,
    /// Write what was heard to this WAV file.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Say the next file so many milliseconds after the other side began to speak.
    #[arg(long, value_name = "N")]
    pub barge_in_ms: Option<u64>,
    /// Announce the call over HTTP first; the secret is taken from `TREADLINE_CALL_SECRET`.
    #[arg(long, value_name = "URL")]
    pub register: Option<String>,
    /// The caller's number, for --register.
    #[arg(long, value_name = "NUMBER", requires = "register")]
    pub from: Option<String>,
    /// The number that is called, for --register.
    #[arg(long, value_name = "NUMBER", requires = "register")]
    pub called: Option<String>,
    /// Samples a second: 8000 as Asterisk's `AudioSocket()` application, 16000 as c(slin16).
    #[arg(long, value_name = "HZ", default_value_t = 8_000)]
    pub rate: u32,
    /// Silence after which the other side counts as finished, milliseconds.
    #[arg(long, value_name = "N", default_value_t = 700)]
    pub quiet_ms: u64,
    /// The call's UUID; a new one if not given.
    #[arg(long, value_name = "UUID", value_parser = super::args::id)]
    pub uuid: Option<Uuid>,
    /// Print the report as one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// A file cannot be said, the call cannot be placed, or it was not served.
pub async fn run(args: CallArgs) -> anyhow::Result<()> {
    let script = script(&args).await?;
    let json = args.json;
    let outcome = play(&script, |turn, report| {
        if let Some(turn) = report.turns.get(turn).filter(|_| !json) {
            out::line(describe(turn));
        }
    })
    .await?;
    if let Some(path) = &args.record {
        wav::write(path, args.rate, &outcome.heard)?;
    }
    let report = &outcome.report;
    if json {
        let mut value = serde_json::to_value(report)?;
        value["next"] = serde_json::json!(outcome.next);
        out::line(value);
    } else {
        out::line(ending(report, outcome.next.as_deref()));
    }
    if !report.was_served() {
        bail!("the call was not served");
    }
    Ok(())
}

async fn script(args: &CallArgs) -> anyhow::Result<Script> {
    let (to, over) = match args.to.strip_prefix("ws://") {
        Some(media) => {
            (media.split('/').next().unwrap_or(media), Over::WebSocket(Login::default()))
        }
        None => (args.to.as_str(), Over::AudioSocket),
    };
    let to = resolve(to).await?;
    let lines = args.say.iter().map(|path| {
        let samples = wav::read(path, args.rate)?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Line { name, samples })
    });
    let secret = std::env::var("TREADLINE_CALL_SECRET").ok().filter(|secret| !secret.is_empty());
    let dialplan = args.register.as_deref().map(|url| Dialplan::new(url, secret)).transpose()?;
    Ok(Script {
        options: Options {
            to,
            over,
            id: args.uuid.unwrap_or_else(Uuid::new_v4),
            rate: args.rate,
            quiet_ms: args.quiet_ms,
            record: args.record.is_some(),
            trace: false,
        },
        lines: lines.collect::<anyhow::Result<_>>()?,
        barge_in: args.barge_in_ms.map(Duration::from_millis),
        dialplan,
        from: args.from.clone(),
        data: serde_json::Value::Null,
        called: args.called.clone(),
    })
}

/// The first address of `HOST:PORT`.
pub(super) async fn resolve(to: &str) -> anyhow::Result<SocketAddr> {
    let mut found = tokio::net::lookup_host(to)
        .await
        .with_context(|| format!("{to} is no HOST:PORT that can be found"))?;
    found.next().with_context(|| format!("{to} has no address"))
}

fn describe(turn: &Turn) -> String {
    use std::fmt::Write as _;
    let said = turn.said.as_deref().unwrap_or("(greeting)");
    let Some(first) = turn.first_audio_ms else { return format!("{said}: no answer heard") };
    let mut text = format!(
        "{said}: first audio {first} ms, speech {} ms, largest gap {} ms, late frames {}",
        turn.agent_ms, turn.gap_ms_max, turn.late_frames
    );
    if let Some(stop) = turn.barge_in_stop_ms {
        let _ = write!(text, ", silent {stop} ms after the interruption");
    }
    text
}

fn ending(report: &Report, next: Option<&str>) -> String {
    let end = match (&report.end, next) {
        (Some(CallEnd::HandedBack), Some(next)) => format!("handed back; next: {next}"),
        (Some(CallEnd::HandedBack), None) => "handed back".to_owned(),
        (Some(CallEnd::Closed), _) => "closed by the server".to_owned(),
        (Some(CallEnd::Reset), _) => "the connection broke".to_owned(),
        (Some(CallEnd::HungUp), _) => "the caller hung up".to_owned(),
        (Some(CallEnd::Fault(what)), _) => format!("Asterisk would have dropped it: {what}"),
        (None, _) => "not ended".to_owned(),
    };
    let first = report.first_frame_ms.map_or("never".to_owned(), |ms| format!("{ms} ms"));
    format!(
        "call {}: {end}; first frame after the UUID {first}, {} frames, {} late, own clock late by \
         {} ms at most",
        report.id, report.frames, report.late_frames, report.own_late_ms_max
    )
}
