//! What the shops have chosen, out of the database into the calls: looked up again and again, so
//! that what is saved at a desk of another process holds here within seconds. The process at whose
//! desk it is saved does not wait for that.

use crate::asterisk::callers::{CallerLimits, LimitsNow, LineLimits};
use crate::clock::WallClock;
use crate::config::Config;
use crate::config::settings::Book;
use crate::db::settings;
use crate::session::Services;
use sqlx::PgPool;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often it is looked up.
const PERIOD: Duration = Duration::from_secs(2);

/// How long the first look may keep the start waiting; with a database that is away the file is in
/// force meanwhile.
const FIRST_MAX: Duration = Duration::from_secs(1);

/// What the shops have chosen, kept up to date as long as somebody holds it. `file` is the fence.
pub(super) async fn open(file: &Arc<Config>, pool: &PgPool, clock: &WallClock) -> Arc<Book> {
    let book = Arc::new(Book::new(Arc::clone(file)));
    prime(pool, &book).await;
    tokio::spawn(keep_current(pool.clone(), Arc::downgrade(&book), clock.clone()));
    book
}

/// What the line allows at the moment of each call.
pub(super) fn limits_now(book: &Arc<Book>) -> LimitsNow {
    let book = Arc::clone(book);
    Arc::new(move || {
        let config = book.line();
        let limits = &config.limits;
        LineLimits {
            calls_max: limits.calls_max,
            callers: CallerLimits {
                live_max: limits.calls_per_number_max,
                hour_max: limits.calls_per_number_hour_max,
            },
        }
    })
}

/// The first look, so that the first call has what was chosen.
async fn prime(pool: &PgPool, book: &Book) {
    match tokio::time::timeout(FIRST_MAX, settings::refresh(pool, book)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the shops' settings cannot be looked up yet"),
        Err(_) => tracing::warn!("the shops' settings did not come in time"),
    }
}

/// What was counted since the last look, when the program stops.
pub(super) async fn last_words(pool: &PgPool, services: &Services) {
    let written = settings::write_applied(pool, &services.settings, services.clock.now());
    if !matches!(tokio::time::timeout(FIRST_MAX, written).await, Ok(Ok(()))) {
        tracing::debug!("how often corrections applied since the last look is not written");
    }
}

/// Keeps `book` up to date, and writes down what it counts, as long as somebody else holds it.
async fn keep_current(pool: PgPool, book: Weak<Book>, clock: WallClock) {
    let mut known = None;
    loop {
        tokio::time::sleep(PERIOD).await;
        let Some(book) = book.upgrade() else { return };
        if let Err(error) = settings::write_applied(&pool, &book, clock.now()).await {
            tracing::debug!(%error, "how often corrections applied cannot be written now");
        }
        let mark = match settings::mark(&pool).await {
            Ok(mark) => mark,
            Err(error) => {
                tracing::debug!(%error, "the shops' settings cannot be looked up now");
                continue;
            }
        };
        if known != Some(mark) {
            match settings::refresh(&pool, &book).await {
                Ok(()) => known = Some(mark),
                Err(error) => tracing::debug!(%error, "the shops' settings cannot be read now"),
            }
        }
    }
}
