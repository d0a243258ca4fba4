//! A journal that tells the feed, too.

use super::feed::Feed;
use crate::db::live::is_news;
use crate::spool::{Journal, LogEntry};
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// A journal that tells the feed, too. What is written comes first: a feed that is slow or broken
/// loses nothing.
pub struct Tee {
    journal: Arc<dyn Journal>,
    feed: Feed,
}

impl Tee {
    /// A journal whose records the feed hears of.
    #[must_use]
    pub fn new(journal: Arc<dyn Journal>, feed: Feed) -> Self {
        Self { journal, feed }
    }
}

impl Journal for Tee {
    fn record(&self, entry: LogEntry) {
        // The core's own steps are most of a journal, and nobody watches them.
        let watched = is_news(&entry.record).then(|| entry.clone());
        self.journal.record(entry);
        if let Some(entry) = watched {
            self.feed.tell(&entry);
        }
    }

    fn stored(&self) -> BoxFuture<'static, bool> {
        self.journal.stored()
    }

    fn synced(&self) -> BoxFuture<'static, ()> {
        self.journal.synced()
    }
}
