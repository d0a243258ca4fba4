//! `treadline serve`: answer calls until told to stop.

use super::out;
use crate::app::{self, Voices};
use crate::config::{Config, Secrets};
use crate::desk;
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
    offer_first_account(&parts, &format!("http://{}", line.http)).await;
    stop.asked().await;
    tracing::info!(calls = line.live(), "stopping: no new calls");
    line.stop_unless(drain, stop.asked()).await;
    parts.close().await;
    Ok(())
}

/// Nobody can come in at the desk before somebody has: a link for that, as long as it is so.
async fn offer_first_account(parts: &app::Parts, here: &str) {
    let configured = &parts.services.config.desk.public_url;
    let base = if configured.is_empty() { here } else { configured };
    match desk::first_link(&parts.pool, &parts.services.clock).await {
        Ok(None) => {}
        Ok(Some(path)) => tracing::warn!(
            "nobody has an account at the desk: make the first one at {base}{path} (works once, \
             for 24 hours; `treadline user add` makes others)"
        ),
        Err(error) => tracing::warn!(%error, "whether the desk has any accounts is not known"),
    }
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
