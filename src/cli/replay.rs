//! `treadline replay`: runs the journal of a call through the core again.

use super::out;
use crate::config::{Config, Secrets};
use crate::db;
use crate::ids::{CallId, TenantId};
use crate::spool::{self, LogEntry, Record};
use crate::turn::{CORE, Fixture, Tape, TapeEnd};
use anyhow::{Context as _, bail};
use std::path::PathBuf;
use uuid::Uuid;

/// `treadline replay CALL [--to FILE]`
#[derive(Debug, Clone, clap::Args)]
pub struct ReplayArgs {
    /// The call, as in `calls.id`.
    #[arg(value_name = "CALL", value_parser = super::args::id)]
    call: Uuid,
    /// Save it as a test fixture, its personal data masked.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Replays a call, says what came of it, and saves it if that is wanted.
///
/// # Errors
/// An unknown call, a journal that cannot be read, or the first difference.
pub async fn run(config: &Config, secrets: &Secrets, args: ReplayArgs) -> anyhow::Result<()> {
    let entries = records(config, secrets, CallId(args.call)).await?;
    let tape = spool::tape_of(&entries)?;
    out::line(heading(&entries, &tape));
    match tape.check() {
        Ok(counts) => {
            let (events, effects) = (counts.events, counts.effects);
            out::line(format!("{events} events, {effects} effects: same effects, byte for byte"));
        }
        Err(difference) if tape.setup.core != CORE => bail!(
            "the journal was made by core {} and this program has core {CORE}: they differ from \
             here on. Use the program that took the call to replay it as it was.\n{difference}",
            tape.setup.core
        ),
        Err(difference) => bail!("the replay differs from the journal\n{difference}"),
    }
    match &tape.end {
        TapeEnd::Complete => {}
        TapeEnd::Open => {
            out::line("the journal ends before the call does: it goes on, or its process died");
        }
        TapeEnd::Closed { seq, why } => {
            out::line(format!("from seq {seq} on nothing can be replayed: {why}"));
        }
    }
    let Some(file) = &args.to else { return Ok(()) };
    let fixture = Fixture::of(&tape).context("this call does not become a fixture")?;
    std::fs::write(file, fixture.to_text()?).with_context(|| file.display().to_string())?;
    out::line(format!("saved with personal data masked: {}", file.display()));
    Ok(())
}

/// All records of the call, wherever they are by now: Postgres, or this machine's spool.
async fn records(
    config: &Config,
    secrets: &Secrets,
    call: CallId,
) -> anyhow::Result<Vec<LogEntry>> {
    let dir = db::embedded::spool_dir(config)?;
    // First the spool: what leaves it meanwhile is in Postgres by then.
    let waiting = spool::records_of(&dir, call)
        .with_context(|| format!("the spool {} cannot be read", dir.display()))?;
    let stored = stored(config, secrets, call).await;
    let mut entries = match stored {
        Ok(entries) => entries,
        Err(error) if waiting.is_empty() => return Err(error),
        Err(error) => {
            tracing::warn!("only the spool is read: {error:#}");
            Vec::new()
        }
    };
    entries.extend(waiting);
    entries.sort_by_key(|entry| entry.seq);
    entries.dedup_by_key(|entry| entry.seq);
    if entries.is_empty() {
        bail!(
            "call {call} is not known: it is neither in the database nor in the spool {}",
            dir.display()
        );
    }
    Ok(entries)
}

async fn stored(config: &Config, secrets: &Secrets, call: CallId) -> anyhow::Result<Vec<LogEntry>> {
    let server = db::open_known(config, secrets).await?;
    let pool = db::connect(server.reveal_url(), 1).await.context("the database does not answer")?;
    let found = db::journal::load(&pool, TenantId::DEFAULT, call).await;
    pool.close().await;
    found.context("the journal cannot be read (is the database migrated? `treadline migrate`)")
}

fn heading(entries: &[LogEntry], tape: &Tape) -> String {
    let opened = entries.iter().find_map(|entry| match &entry.record {
        Record::Opened(opened) => Some((entry, opened)),
        _ => None,
    });
    let about = opened.map_or_else(String::new, |(entry, opened)| {
        let at = entry.call_started_at.format("%Y-%m-%d %H:%M:%S");
        format!("{} {}, {}, {at} UTC, ", opened.origin, opened.channel, entry.call)
    });
    format!("{about}{} records of core {}", entries.len(), tape.setup.core)
}
