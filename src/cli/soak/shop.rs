//! The database of one soak or one measurement: made for it, kept stocked, dropped after it.

use super::bounded::{DATABASE_MAX, within};
use crate::db::pool::connect_owner;
use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use std::time::Duration;

/// Thousands of callers buy the same tyre and want the earliest time: now and then the shelves
/// are filled, and cars whose owners came are done.
const RESTOCK: &str = "update products set quantity = 5000 where quantity < 2500; \
     update fitting_bookings set status = 'completed', updated_at = now() \
     where status = 'confirmed' and created_at < now() - interval '20 seconds'";

/// How often.
const RESTOCK_EVERY: Duration = Duration::from_secs(3);

/// Whoever stands in the way of the shelves does so for longer than this only if something hangs.
const RESTOCK_MAX: Duration = Duration::from_secs(20);

/// The pause between two tries to drop the database.
const DROP_AGAIN: Duration = Duration::from_secs(1);

/// A database of its own.
pub(in crate::cli) struct Shop {
    /// The owner's URL, past the proxy.
    pub url: String,
    server: String,
    name: String,
}

impl Shop {
    /// Makes one on the server of `url`, for `what` (letters only).
    pub(in crate::cli) async fn make(url: &str, what: &str) -> anyhow::Result<Self> {
        let name = format!("treadline_{what}_{}", std::process::id());
        let mut owner = connect_owner(url).await.context("the database does not answer")?;
        let create = format!("create database {name}");
        let done = owner.execute(AssertSqlSafe(create)).await;
        done.context("this needs a database of its own, and the role of the URL may make none")?;
        owner.close().await?;
        let (before, query) = url
            .split_once('?')
            .map_or((url, String::new()), |(before, query)| (before, format!("?{query}")));
        let (server, _) = before.rsplit_once('/').context("the URL names no database")?;
        let own = format!("{server}/{name}{query}");
        Ok(Self { url: own, server: url.to_owned(), name })
    }

    /// Keeps it stocked until dropped.
    pub(in crate::cli) fn keep_stocked(&self) -> tokio::task::JoinHandle<()> {
        let url = self.url.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(RESTOCK_EVERY).await;
                let filled = within(RESTOCK_MAX, "the shelves to be filled", restock(&url)).await;
                if let Err(error) = filled.and_then(|filled| Ok(filled?)) {
                    tracing::debug!(%error, "the shelves cannot be filled yet");
                }
            }
        })
    }

    /// Drops it.
    ///
    /// A vacuum that is at work there may not be stopped by us; it is asked again until that has
    /// ended.
    pub(in crate::cli) async fn drop_it(&self) -> anyhow::Result<()> {
        let mut reason = String::from("no answer");
        let gone = format!("drop database if exists {} with (force)", self.name);
        let dropping = async {
            let mut owner = connect_owner(&self.server).await?;
            while let Err(error) = owner.execute(AssertSqlSafe(gone.clone())).await {
                reason = error.to_string();
                tokio::time::sleep(DROP_AGAIN).await;
            }
            owner.close().await
        };
        let done = within(DATABASE_MAX, "the database to be dropped", dropping).await;
        Ok(done.with_context(|| format!("the server's last word: {reason}"))??)
    }
}

async fn restock(url: &str) -> Result<(), sqlx::Error> {
    let mut owner = connect_owner(url).await?;
    owner.execute(RESTOCK).await?;
    owner.close().await
}
