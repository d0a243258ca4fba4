//! From the configuration to the connection with Asterisk.

use crate::asterisk::ari::{Ari, Media, Options};
use crate::asterisk::registry::Registry;
use crate::config::{AriMedia, Config};
use crate::http;
use anyhow::Context as _;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Starts the connection if the configuration wants one. `audiosocket` is where our listener is.
///
/// # Errors
/// There is no password, or the address to listen on is taken.
pub(super) async fn start(
    config: &Config,
    password: Option<&SecretString>,
    audiosocket: SocketAddr,
    registry: &Arc<Registry>,
    stop: CancellationToken,
) -> anyhow::Result<Option<Ari>> {
    let ari = &config.ari;
    if !ari.enabled {
        return Ok(None);
    }
    let password = password.context(
        "ari.enabled needs the password of the ARI user: set TREADLINE_ARI_PASSWORD to that of \
         ari.conf",
    )?;
    let told = &ari.audiosocket;
    let options = Options {
        url: ari.url.clone(),
        user: ari.user.clone(),
        password: password.clone(),
        app: ari.app.clone(),
        media: match ari.media {
            AriMedia::Audiosocket => Media::Audiosocket,
            AriMedia::Websocket => Media::Websocket,
        },
        audiosocket_host: if told.is_empty() { audiosocket.to_string() } else { told.clone() },
        websocket_client: ari.websocket_client.clone(),
        listen: ari.listen_address(),
        fallback_context: ari.fallback_context.clone(),
        transfer_context: ari.transfer_context.clone(),
        targets: config.transfer.allowed.clone(),
    };
    let started = Ari::start(options, Arc::clone(registry), stop).await;
    started.map(Some).with_context(|| format!("ari.listen = {}", ari.listen))
}

/// Red when Asterisk has been away for more than moments: no call can come over ARI then.
pub(super) fn check(ari: &Ari) -> http::Check {
    let ok = ari.is_ready();
    let detail = match (ari.is_connected(), ok) {
        (true, _) => "connected",
        (false, true) => "connecting",
        (false, false) => "away; trying again and again",
    };
    http::Check { name: "ari", ok, detail: detail.into() }
}
