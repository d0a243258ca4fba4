//! `treadline serve`: answer calls until told to stop.

use super::out;
use crate::app::{self, Voices};
use crate::config::{Config, Secrets};
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Duration;

/// Serves until SIGTERM or Ctrl-C; then lets live calls end.
///
/// # Errors
/// What cannot be started.
pub async fn run(config: Config, secrets: Secrets) -> anyhow::Result<()> {
    let mut stop =
        Stop { term: signal(SignalKind::terminate())?, int: signal(SignalKind::interrupt())? };
    let drain = Duration::from_secs(config.server.drain_s);
    let call_secret = secrets.call_secret.clone();
    let parts = Arc::new(app::assemble(config, secrets, Voices::Audible).await?);
    let line = app::listen(&parts, call_secret).await?;
    out::line(format!(
        "treadline: AudioSocket on {}, HTTP on http://{}",
        line.audiosocket, line.http
    ));
    tracing::info!(audiosocket = %line.audiosocket, http = %line.http, "calls are answered");
    stop.asked().await;
    tracing::info!(calls = line.live(), "stopping: no new calls");
    line.stop_unless(drain, stop.asked()).await;
    parts.close().await;
    Ok(())
}

struct Stop {
    term: Signal,
    int: Signal,
}

impl Stop {
    async fn asked(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }
}
