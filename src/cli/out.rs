//! What commands share: the error line, the log, printing.

use crate::config::{Log, log_filter};
use std::io::{ErrorKind, IsTerminal as _, Write};
use std::process::ExitCode;

/// What a shell reports of a program whose reader went away: 128 and the number of SIGPIPE.
const NO_READER: i32 = 141;

/// Prints an error for the person who can act on it.
pub fn failed(error: &anyhow::Error) -> ExitCode {
    warn(format!("treadline: {error:#}"));
    ExitCode::FAILURE
}

/// Prints a line beside a command's result, on standard error.
pub fn warn(text: impl std::fmt::Display) {
    // If nobody reads the errors, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Asks a person at the terminal, on standard error; the answer is read by who asks.
pub fn prompt(question: &str) {
    let mut error = std::io::stderr();
    let _ = write!(error, "{question}").and_then(|()| error.flush());
}

/// Prints a line of a command's result. If the reader has gone (`| head -1`), the program ends
/// here, quietly: what is left to print is wanted by nobody.
pub fn line(text: impl std::fmt::Display) {
    print(format!("{text}\n").as_bytes());
}

/// Prints a command's result as it is; ends like [`line`] if the reader has gone.
pub fn print(text: &[u8]) {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(NO_READER),
        Err(error) => {
            warn(format!("treadline: the result cannot be written: {error}"));
            std::process::exit(1);
        }
    }
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
