//! The desk beside the line: what it knows of the shop, how browsers reach it, and how it reaches the
//! calls of this process.

use super::Parts;
use crate::config::Config;
use crate::desk::live::Hand;
use crate::desk::{self, Desk};
use crate::http;
use crate::session::EventSender;
use crate::turn::Event;
use axum::Router;
use axum::middleware::from_fn;
use dashmap::DashMap;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The calls of this process, and how each is told something.
pub(super) type Talks = Arc<DashMap<Uuid, EventSender>>;

/// The certificate that browsers are shown, if there is to be one.
///
/// # Errors
/// What is wrong with which file.
pub(super) fn certificate(config: &Config) -> Result<Option<Arc<http::Tls>>, http::TlsError> {
    let server = &config.server;
    if !server.speaks_tls() {
        return Ok(None);
    }
    // By the machine's clock, as browsers go by theirs.
    http::Tls::load(&server.tls_cert, &server.tls_key, chrono::Utc::now()).map(Arc::new).map(Some)
}

/// The desk of these parts.
pub(super) fn desk(parts: &Parts, talks: &Talks, stop: &CancellationToken) -> Desk {
    let config = &parts.services.config;
    let (clock, feed) = (parts.services.clock.clone(), parts.feed.clone());
    let desk = Desk::new(&parts.pool, clock, config.desk.clone(), feed, stop.clone())
        .with_books(desk::Books {
            phone_prefix: config.shop.phone_prefix.clone(),
            spool: crate::db::embedded::spool_dir(config).ok(),
            teller: parts.teller(config),
            meaning: parts.meaning.clone(),
            tools: crate::tools::specs().iter().map(|spec| spec.name).collect(),
        })
        .with_settings(Arc::clone(&parts.services.settings))
        .with_tls(config.server.speaks_tls())
        .with_transfer(config.transfer.clone());
    desk.reach_calls(hand(talks));
    desk
}

/// What every answer of the program tells browsers.
pub(super) fn secured(router: Router, config: &Config) -> Router {
    let router = router.layer(from_fn(desk::secure));
    if config.server.speaks_tls() { router.layer(from_fn(desk::strict_transport)) } else { router }
}

fn hand(talks: &Talks) -> Hand {
    let talks = Arc::downgrade(talks);
    Arc::new(move |call: Uuid, wanted: Event| {
        let talk = talks.upgrade()?.get(&call)?.value().clone();
        let told: BoxFuture<'static, bool> =
            Box::pin(async move { talk.send(wanted).await.is_ok() });
        Some(told)
    })
}
