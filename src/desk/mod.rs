//! The desk: pages for operators and for those who look at the figures, server-rendered, from this
//! one binary.
//!
//! A page is a handler in `pages/`, a template in `templates/`, a call of [`Site::get`] or
//! [`Site::post`] in [`site`], and a line in [`policy`]: without the line everybody is refused.
//! A handler takes `Extension<Visitor>` (who asks, in which language, of which shop), reads through
//! [`crate::db::desk::reading`] with [`Visitor::tenant`], and gives its template to [`html`]. What
//! a form sent stands in `Extension<Fields>`; its origin and token were checked before.

mod assets;
mod cookies;
mod diff;
mod door;
pub(crate) mod format;
mod frame;
pub mod grafana;
mod guard;
mod headers;
mod links;
pub mod live;
pub mod machine;
mod names;
mod pages;
pub mod policy;
mod refusal;
pub mod secret;
mod sheet;
mod upkeep;
mod upload;
mod url;
mod visitor;
pub mod words;

pub use frame::{Frame, html};
pub use guard::Fields;
pub use headers::{secure, strict_transport};
pub use links::{first_link, link_for, looks_like_email};
pub use pages::{Trial, TrialLine};
pub use refusal::Refusal;
pub use upkeep::run as upkeep;
pub use upload::Upload;
pub use visitor::Visitor;

use crate::clock::WallClock;
use crate::config;
use crate::config::settings::Book;
use crate::store::PostgresStore;
use crate::store::knowledge::Meaning;
use crate::webhooks::Sender;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing;
use sqlx::PgPool;
use std::sync::{Arc, OnceLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// The largest form, bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;
/// Browsers that follow the line at the same time; each has a connection for itself.
const STREAMS_MAX: usize = 200;
/// Trial calls at the same time: they take places from callers.
const TRIALS_MAX: usize = 4;

/// What all pages share.
#[derive(Clone)]
pub struct Desk(Arc<Shared>);

struct Shared {
    /// A pool of the desk's own: a crowd at the desk takes no connection from a call.
    pool: PgPool,
    clock: WallClock,
    config: config::Desk,
    hasher: secret::Hasher,
    feed: live::Feed,
    streams: Arc<Semaphore>,
    stop: CancellationToken,
    books: Books,
    /// What the shops have chosen.
    settings: Arc<Book>,
    /// Who answers trial calls; nobody in a desk without a line.
    trial_line: OnceLock<TrialLine>,
    trials: Arc<Semaphore>,
    /// The program speaks TLS itself.
    tls: bool,
    /// Where people may be brought to.
    transfer: config::Transfer,
    /// Tells calls of this process what the desk wants of them.
    line: OnceLock<live::Hand>,
}

/// What of the shop's own configuration the desk needs.
#[derive(Debug, Clone)]
pub struct Books {
    /// The country prefix of numbers: in how many ways one may be written.
    pub phone_prefix: String,
    /// Where the calls' journal lies: somebody who is forgotten is looked for there as well.
    pub spool: Option<std::path::PathBuf>,
    /// Who tells other systems what happens; none without a secret to sign under.
    pub teller: Option<Arc<Sender>>,
    /// Search by meaning, as callers have it.
    pub meaning: Option<Meaning>,
    /// Tools by their names: what instructions may hide.
    pub tools: Vec<&'static str>,
}

impl Default for Books {
    fn default() -> Self {
        Self {
            phone_prefix: config::Shop::default().phone_prefix,
            spool: None,
            teller: None,
            meaning: None,
            tools: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk on the same server as `pool`, which shows live what `feed` tells. `stop` ends its
    /// streams.
    #[must_use]
    pub fn new(
        pool: &PgPool,
        clock: WallClock,
        config: config::Desk,
        feed: live::Feed,
        stop: CancellationToken,
    ) -> Self {
        let pool = crate::db::pool::beside(pool, config.connections_max);
        let hasher = secret::Hasher::default();
        let streams = Arc::new(Semaphore::new(STREAMS_MAX));
        let books = Books::default();
        let (trial_line, trials) = (OnceLock::new(), Arc::new(Semaphore::new(TRIALS_MAX)));
        Self(Arc::new(Shared {
            pool,
            clock,
            config,
            hasher,
            feed,
            streams,
            stop,
            books,
            settings: Arc::new(Book::new(Arc::default())),
            trial_line,
            trials,
            tls: false,
            transfer: config::Transfer::default(),
            line: OnceLock::new(),
        }))
    }

    /// The same of a program that speaks TLS itself. To be called before the desk is shared.
    #[must_use]
    pub fn with_tls(mut self, tls: bool) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.tls = tls;
        }
        self
    }

    /// The same with people to bring. To be called before the desk is shared.
    #[must_use]
    pub fn with_transfer(mut self, transfer: config::Transfer) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.transfer = transfer;
        }
        self
    }

    fn transfer(&self) -> &config::Transfer {
        &self.0.transfer
    }

    /// From now on calls of this process hear by `hand` what the desk wants. The first one stays.
    pub fn reach_calls(&self, hand: live::Hand) {
        let _ = self.0.line.set(hand);
    }

    fn line(&self) -> Option<&live::Hand> {
        self.0.line.get()
    }

    /// The same with the shop's own books. To be called before the desk is shared.
    #[must_use]
    pub fn with_books(mut self, books: Books) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.books = books;
        }
        self
    }

    /// The same with what the shops have chosen, which calls read. To be called before the desk is
    /// shared.
    #[must_use]
    pub fn with_settings(mut self, settings: Arc<Book>) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.settings = settings;
        }
        self
    }

    /// What the shops have chosen.
    fn settings(&self) -> &Arc<Book> {
        &self.0.settings
    }

    fn books(&self) -> &Books {
        &self.0.books
    }

    /// The shop's orders and bookings, with the agent's own rules.
    fn store(&self) -> PostgresStore {
        // The limits are those of callers; nothing here is asked for by one.
        PostgresStore::new(self.pool().clone(), 0).with_meaning(self.books().meaning.clone())
    }

    /// From now on trial calls are brought to `line`. The first one stays.
    pub fn answer_trials(&self, line: TrialLine) {
        let _ = self.0.trial_line.set(line);
    }

    /// Who answers trial calls.
    fn trial_line(&self) -> Option<TrialLine> {
        self.0.trial_line.get().cloned()
    }

    /// Room for one more trial call; none if there are too many.
    fn trial_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.trials).try_acquire_owned().ok()
    }

    /// What happens on the line.
    fn feed(&self) -> &live::Feed {
        &self.0.feed
    }

    /// Room for one more who follows the line; none if there are too many.
    fn stream_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.streams).try_acquire_owned().ok()
    }

    /// Cancelled when the program stops.
    fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// The desk's connections.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &WallClock {
        &self.0.clock
    }

    fn config(&self) -> &config::Desk {
        &self.0.config
    }

    /// True if all browsers reach the desk by TLS, so that cookies may say so.
    fn is_secure(&self) -> bool {
        self.0.tls || self.0.config.public_url.starts_with("https://")
    }

    fn hasher(&self) -> &secret::Hasher {
        &self.0.hasher
    }
}

/// Routes as they are mounted.
pub struct Site {
    router: Router<Desk>,
    /// Method and path of each.
    pub routes: Vec<(&'static str, &'static str)>,
}

impl Site {
    fn new() -> Self {
        Self { router: Router::new(), routes: Vec::new() }
    }

    /// Mounts a page.
    #[must_use]
    pub fn get<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        self.routes.push(("GET", path));
        self.router = self.router.route(path, routing::get(handler));
        self
    }

    /// Mounts what a form is sent to.
    #[must_use]
    pub fn post<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Desk>,
        T: 'static,
    {
        self.routes.push(("POST", path));
        self.router = self.router.route(path, routing::post(handler));
        self
    }
}

/// Every route of the desk.
#[must_use]
pub fn site() -> Site {
    let site = Site::new().get("/assets/{name}", assets::serve);
    let site = grafana::mount(site);
    live::mount(pages::mount(links::mount(door::mount(site))))
}

/// The desk's routes, guarded. To be merged into the program's.
pub fn router(desk: Desk) -> Router {
    guarded(site(), desk)
}

/// Puts the guard before every route of a site.
pub(crate) fn guarded(site: Site, desk: Desk) -> Router {
    site.router
        .route_layer(from_fn_with_state(desk.clone(), guard::guard))
        .route_layer(from_fn(headers::no_store))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(desk)
}
