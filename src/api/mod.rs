//! The interface for programs: `/api/v1/`, JSON, by tokens of their own.
//!
//! A route is a line of [`routes::all`]: the same table mounts the router and writes the `OpenAPI`
//! document, so that neither can lack what the other has. A handler takes [`gate::Guest`] (whose
//! token it is), reads rows through [`crate::db::api`], masks what the token may not see, and
//! answers an error in one shape, [`Problem`].

mod calls;
mod customers;
mod document;
mod gate;
mod limiter;
mod orders;
mod problem;
mod query;
mod refs;
pub mod routes;
mod sent;
mod stats;
mod sync;
mod tickets;

pub use problem::Problem;

use crate::clock::WallClock;
use crate::config;
use crate::db::desk::audit::{self, Deed};
use crate::ids::TenantId;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};
use gate::{Gate, Guest};
use limiter::Limiter;
use sqlx::PgPool;
use std::sync::Arc;

/// The largest body, bytes: a ticket, a reference, a line of a log.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Requests without a good token from one address, a minute.
const STRANGERS_PER_MINUTE: u32 = 60;

/// What all handlers share.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

struct Shared {
    /// A pool of its own: a program that asks much takes no connection from a call.
    pool: PgPool,
    clock: WallClock,
    config: config::Api,
    tokens: Limiter,
    strangers: Limiter,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl Api {
    /// An interface to the database of `pool`, with connections of its own.
    #[must_use]
    pub fn new(pool: &PgPool, clock: WallClock, config: config::Api) -> Self {
        let pool = crate::db::pool::beside(pool, config.connections_max);
        let tokens = Limiter::new(config.requests_per_minute_max);
        let strangers = Limiter::new(STRANGERS_PER_MINUTE);
        Self(Arc::new(Shared { pool, clock, config, tokens, strangers }))
    }

    fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    fn clock(&self) -> &WallClock {
        &self.0.clock
    }

    fn tokens(&self) -> &Limiter {
        &self.0.tokens
    }

    fn strangers(&self) -> &Limiter {
        &self.0.strangers
    }

    /// Writes into the audit log that a program reads what people said or who they are. To be
    /// awaited before it is given out.
    async fn note(
        &self,
        guest: &Guest,
        action: &'static str,
        object: (&'static str, String),
    ) -> Result<(), Problem> {
        let deed = self.deed(guest, action, object);
        audit::note(self.pool(), deed).await.map_err(Problem::from)
    }

    /// What a program does, for the audit log.
    fn deed(&self, guest: &Guest, action: &'static str, object: (&'static str, String)) -> Deed {
        Deed {
            tenant: TenantId(guest.token.tenant_id),
            user: None,
            actor: guest.token.actor(),
            action,
            object_kind: object.0,
            object_id: object.1,
            before: None,
            after: None,
            address: Some(guest.address.to_string()),
            at: self.clock().now(),
        }
    }
}

/// Every route of the interface, guarded. To be merged into the program's.
pub fn router(api: Api) -> Router {
    let mut router = Router::new().route("/api/v1/openapi.json", get(document::serve));
    for route in routes::all() {
        let gate = Gate { api: api.clone(), may: route.may };
        let mounted = (route.mount)().route_layer(from_fn_with_state(gate, gate::guard));
        router = router.route(route.path, mounted);
    }
    router
        .route("/api/{*rest}", any(problem::not_found))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(api)
}
