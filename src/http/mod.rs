//! HTTP: health, metrics, registration of calls, hand-back.

mod auth;
mod calls;
mod door;
mod error;
mod health;
pub mod metrics;
mod tls;
mod validity;
mod wire;

pub use error::ApiError;
pub use health::{Check, Probe};
pub use tls::{Tls, TlsError};

use crate::asterisk::registry::Registry;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::connect_info::Connected;
use axum::routing::{get, post};
use axum::serve::IncomingStream;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The largest body of a registration, bytes.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// How long requests in flight may take after `stop`.
const GRACE: Duration = Duration::from_secs(5);
/// How often metrics are tidied and old calls forgotten.
const UPKEEP: Duration = Duration::from_secs(5);

/// What the handlers share.
#[derive(Clone)]
pub struct HttpState(Arc<Shared>);

struct Shared {
    registry: Arc<Registry>,
    secret: Option<SecretString>,
    metrics: PrometheusHandle,
    probe: Probe,
}

impl HttpState {
    /// State of the routes. `secret` is `TREADLINE_CALL_SECRET`; `probe` says what is ready.
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        secret: Option<SecretString>,
        metrics: PrometheusHandle,
        probe: Probe,
    ) -> Self {
        Self(Arc::new(Shared { registry, secret, metrics, probe }))
    }
}

impl std::fmt::Debug for HttpState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpState").field("registry", &self.0.registry).finish_non_exhaustive()
    }
}

/// The address that a request came from: `ConnectInfo<Peer>`.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, door::Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, door::Door>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// All routes of this module. Later ones are merged into it.
pub fn router(state: HttpState) -> Router {
    Router::new()
        .route("/live", get(health::live))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::page))
        .route("/v1/calls", post(calls::register))
        .route("/v1/calls/{uuid}/next", get(calls::next))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(state)
}

/// Serves `router` until `stop`, then lets requests in flight finish for a moment. Keeps metrics
/// and the registry tidy meanwhile.
///
/// # Errors
/// The listener has no address.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    state: HttpState,
    stop: CancellationToken,
) -> std::io::Result<()> {
    serve_by(listener, None, router, state, stop).await
}

/// The same by TLS, if there is a certificate.
///
/// # Errors
/// The listener has no address.
pub async fn serve_by(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    router: Router,
    state: HttpState,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let door = door::Door::new(listener, tls.clone())?;
    let app = router.into_make_service_with_connect_info::<Peer>();
    let upkeep = tokio::spawn(upkeep(state, tls, stop.clone()));
    let served = axum::serve(door, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    let result = tokio::select! {
        result = std::future::IntoFuture::into_future(served) => result,
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => Ok(()),
    };
    upkeep.abort();
    result
}

async fn upkeep(state: HttpState, tls: Option<Arc<Tls>>, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
        state.0.metrics.run_upkeep();
        state.0.registry.sweep();
        if let Some(tls) = &tls {
            // By the machine's clock: browsers look at theirs, too.
            tls.renew(chrono::Utc::now());
        }
    }
}
