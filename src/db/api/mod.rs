//! What programs of the shop's other systems read and write. The rows are given out as they stand
//! here; who may not see people gets them masked by the caller of this module.

pub mod customers;
pub mod once;
pub mod orders;
pub mod refs;
pub mod stats;
pub mod sync;
pub mod tickets;

use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// The last row of a page: the next page begins after it. Lists are newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Which it is.
    pub id: Uuid,
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Where it begins; none: at the newest.
    pub after: Option<After>,
    /// How many rows at most.
    pub limit: i64,
}

/// Why something was not done.
#[derive(Debug)]
pub enum Fault {
    /// The database's own word.
    Database(sqlx::Error),
    /// This shop has no such thing.
    NoSuch,
    /// It is not as the program believed; nothing was changed.
    Conflict(String),
    /// A field cannot be taken.
    Invalid {
        /// Which.
        field: &'static str,
        /// What would be right.
        message: String,
    },
    /// The same key with another request.
    OtherRequest,
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Runs `work` on the rows of a shop; a program waits longer than a caller on the phone.
pub(super) async fn on_rows<T, F>(pool: &PgPool, tenant: TenantId, work: F) -> Result<T, Fault>
where
    F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Fault>> + Send + 'static,
    T: Send + 'static,
{
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query("set local statement_timeout = '5s'").execute(&mut *conn).await?;
            work(conn).await
        })
    })
    .await
}
