//! What commands share: the error line, the log, printing.

use crate::config::{Log, log_filter};
use std::io::IsTerminal as _;
use std::process::ExitCode;

/// Prints an error for the person who can act on it.
#[expect(clippy::print_stderr, reason = "this is where a command's error is printed")]
pub fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("treadline: {error:#}");
    ExitCode::FAILURE
}

/// Prints a line of a command's result.
#[expect(clippy::print_stdout, reason = "this is where a command's result is printed")]
pub fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// Starts the program's own log, on standard error. Commands other than `serve` show warnings
/// only, so that their results can be read.
///
/// # Errors
/// When `log.filter` cannot be read.
pub fn start_logging(log: &Log, serving: bool) -> anyhow::Result<()> {
    let wanted = if serving { log.filter.as_str() } else { "warn" };
    let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| wanted.to_owned());
    let filter = log_filter(&filter)
        .map_err(|error| anyhow::anyhow!("log.filter = {filter:?} cannot be read: {error}"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = if log.json { builder.json().try_init() } else { builder.try_init() };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}
