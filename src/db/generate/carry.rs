//! A day's way into the database: computed and encoded beside the writing of the day before, written
//! in one transaction, written again if the connection broke.

use super::rows::DayRows;
use super::write::Statement;
use super::{Plan, Shop, day, write};
use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// How often a day is tried, and the pause after the first try, doubled each time: a server that
/// restarts is there again in less than a minute.
const TRIES_MAX: u32 = 7;
const PAUSE: Duration = Duration::from_secs(1);

/// A day that can be written.
pub(super) struct Ready {
    pub(super) rows: Arc<DayRows>,
    statements: Vec<Statement>,
}

/// Computes and writes days.
pub(super) struct Carrier<'a> {
    pool: &'a PgPool,
    tenant: TenantId,
    plan: Plan,
    shop: Arc<Shop>,
}

impl<'a> Carrier<'a> {
    pub(super) fn new(pool: &'a PgPool, tenant: TenantId, plan: Plan, shop: Shop) -> Self {
        Self { pool, tenant, plan, shop: Arc::new(shop) }
    }

    /// Computes a day where it stands in nobody's way.
    pub(super) fn compute(&self, date: NaiveDate) -> JoinHandle<Ready> {
        let (plan, tenant, shop) = (self.plan, self.tenant, Arc::clone(&self.shop));
        tokio::task::spawn_blocking(move || {
            let rows = Arc::new(day::day(&plan, &shop, date));
            let statements = write::day(tenant, &plan.node(), &rows);
            Ready { rows, statements }
        })
    }

    /// Writes a day, unless it is there.
    pub(super) async fn carry(&self, day: Ready) -> Result<(), sqlx::Error> {
        let Ready { rows, mut statements } = day;
        let (mut tried, mut pause) = (1, PAUSE);
        loop {
            let Err(error) = self.write(&rows, statements).await else { return Ok(()) };
            if tried == TRIES_MAX || !may_pass(&error) {
                return Err(error);
            }
            tracing::warn!(%error, tried, "a day could not be written; it is tried again");
            tokio::time::sleep(pause).await;
            (tried, pause) = (tried + 1, pause * 2);
            statements = write::day(self.tenant, &self.plan.node(), &rows);
        }
    }

    async fn write(&self, rows: &DayRows, statements: Vec<Statement>) -> Result<(), sqlx::Error> {
        // A day is written whole or not at all.
        let Some(first) = rows.calls.first().map(|call| (call.id, call.started_at)) else {
            return Ok(());
        };
        with_tenant(self.pool, self.tenant, move |conn| {
            Box::pin(async move {
                let there: bool = sqlx::query_scalar(IS_THERE)
                    .bind::<Uuid>(first.0)
                    .bind::<DateTime<Utc>>(first.1)
                    .fetch_one(&mut *conn)
                    .await?;
                if !there {
                    for statement in statements {
                        statement.execute(&mut *conn).await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }
}

const IS_THERE: &str = "select exists(select from calls where id = $1 and started_at = $2)";

/// The connection broke or was taken away, the server starts or has no room: not what was written.
fn may_pass(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        // Classes 08 (connection), 57P (the server goes or comes), 40 (a lock lost), 25P03 (idle in
        // a transaction), 53300 (too many connections), 55P03 (a lock not free in time).
        _ => code.is_some_and(|code| {
            ["08", "57P", "40", "25P03", "53300", "55P03"]
                .iter()
                .any(|begins| code.starts_with(begins))
        }),
    }
}
