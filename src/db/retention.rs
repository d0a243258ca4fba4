//! Old rows go. How long each table keeps its rows stands in `housekeeping.retention`; the
//! configuration's `[retention]` is written there, and the functions of migration 0111 act on it.

use super::partitions::in_the_way;
use super::{all_tenants, with_tenant};
use crate::config::Retention;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, PgPool};
use std::fmt;
use std::time::Duration;

/// How often a month is tried again while a call stands in the way; each try waits at most 0.4 s.
const ATTEMPTS_MAX: u32 = 40;

/// Months of one table that one run drops or anonymises: more than the log can ever hold. Only a
/// guard against going round in circles.
const STEPS_MAX: u32 = 1_200;

/// What was done to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A month, or what lay in the default partition, is gone.
    Dropped,
    /// A month of calls lost its people.
    Anonymised,
    /// Rows were deleted one by one.
    Deleted,
    /// Rows that were hidden too long ago are gone.
    Purged,
}

/// Something that retention did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    /// The table.
    pub table: String,
    /// What was done.
    pub deed: Deed,
    /// When the month began, in UTC; none for rows one by one and of the default partition.
    pub month: Option<DateTime<Utc>>,
    /// How many rows.
    pub rows: i64,
}

impl fmt::Display for Expired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deed = match self.deed {
            Deed::Dropped => "dropped",
            Deed::Anonymised => "anonymised",
            Deed::Deleted => "deleted",
            Deed::Purged => "purged",
        };
        write!(f, "{deed} {}", self.table)?;
        if let Some(month) = self.month {
            write!(f, " {}", month.format("%Y-%m"))?;
        }
        write!(f, " ({} rows)", self.rows)
    }
}

/// Why retention could not be done.
#[derive(Debug, thiserror::Error)]
#[error("old rows of {table}: {source}")]
pub struct RetentionError {
    /// The table.
    pub table: String,
    /// What Postgres said.
    pub source: sqlx::Error,
}

/// Writes the configuration's days into the database, where every process finds them.
///
/// # Errors
/// What Postgres says.
pub async fn set(pool: &PgPool, days: &Retention) -> Result<(), sqlx::Error> {
    let days = serde_json::json!({
        "turns_days": days.turns_days,
        "calls_days": days.calls_days,
        "orders_days": days.orders_days,
        "soft_delete_days": days.soft_delete_days,
    });
    sqlx::query("select housekeeping.set_retention($1)").bind(days).execute(pool).await?;
    Ok(())
}

/// Does what every line of `housekeeping.retention` says, as of `now` (never later than the
/// server's own clock). Idempotent; two processes may do it at once. A table that fails does not
/// keep the others from being done.
///
/// # Errors
/// The first table that could not be done; the others were.
pub async fn run(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<Expired>, RetentionError> {
    let pool = pool.clone();
    // On a task of its own: a caller who stops waiting must not leave a transaction half begun.
    match tokio::spawn(async move { run_all(&pool, now).await }).await {
        Ok(result) => result,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(failed("the log", sqlx::Error::PoolClosed)),
        },
    }
}

fn failed(table: &str, source: sqlx::Error) -> RetentionError {
    RetentionError { table: table.to_owned(), source }
}

async fn run_all(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<Expired>, RetentionError> {
    let known = |source| failed("the log", source);
    // Agreements last: what rests on them goes first.
    let lines: Vec<(String, String)> = sqlx::query_as(
        "select table_name, action from housekeeping.retention \
         where action in ('drop_month', 'anonymise', 'delete') and goes_with is null \
         order by table_name = 'approvals', table_name",
    )
    .fetch_all(pool)
    .await
    .map_err(known)?;
    let tenants = all_tenants(pool).await.map_err(known)?;
    seal(pool, &tenants, now).await?;

    let (mut done, mut first_error) = (Vec::new(), None);
    for (table, action) in lines {
        let result = match action.as_str() {
            "delete" => Removal::of(&table).run(pool, &tenants, now, &mut done).await,
            _ => months(pool, &table, now, &mut done).await,
        };
        first_error = first_error.or(result.err().map(|source| failed(&table, source)));
    }
    if let Err(source) = Removal::of_hidden().run(pool, &tenants, now, &mut done).await {
        first_error = first_error.or(Some(failed("calls", source)));
    }
    first_error.map_or(Ok(done), Err)
}

/// The figures of days whose rows go now must never be counted again.
async fn seal(
    pool: &PgPool,
    tenants: &[TenantId],
    now: DateTime<Utc>,
) -> Result<(), RetentionError> {
    for tenant in tenants {
        with_tenant(pool, *tenant, move |conn| {
            Box::pin(async move {
                sqlx::query(
                    "update daily_stats set sealed_at = now() where sealed_at is null and \
                     stat_date <= (housekeeping.too_old_before('call_turns', $1) at time zone 'UTC')::date",
                )
                .bind(now)
                .execute(conn)
                .await
                .map(drop)
            })
        })
        .await
        .map_err(|source| failed("daily_stats", source))?;
    }
    Ok(())
}

/// Month after month, each in a transaction of its own, until none is left.
async fn months(
    pool: &PgPool,
    table: &str,
    now: DateTime<Utc>,
    done: &mut Vec<Expired>,
) -> Result<(), sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let (mut attempts, mut steps) = (0, 0);
    while steps < STEPS_MAX {
        match one_month(&mut connection, table, now).await {
            Ok(None) => break,
            Ok(Some((month, rows))) => {
                let deed = if table == "calls" { Deed::Anonymised } else { Deed::Dropped };
                done.push(Expired { table: table.to_owned(), deed, month, rows });
                steps += 1;
            }
            Err(error) if attempts < ATTEMPTS_MAX && in_the_way(&error) => {
                attempts += 1;
                let wait_ms = 20 + u64::from(attempts * 37 + std::process::id() % 50) % 120;
                tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn one_month(
    connection: &mut PgConnection,
    table: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Option<DateTime<Utc>>, i64)>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    // Counting or rewriting a month may take longer than what a call is given.
    sqlx::query("set local statement_timeout = '5min'").execute(&mut *transaction).await?;
    let query = if table == "calls" {
        sqlx::query_as("select from_at, rows_count from housekeeping.anonymise_calls($1)").bind(now)
    } else {
        sqlx::query_as("select from_at, rows_count from housekeeping.drop_expired($2, $1)")
            .bind(now)
            .bind(table)
    };
    let step = query.fetch_optional(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(step)
}

/// A statement that lets rows of one shop go.
struct Removal<'a> {
    /// Takes now as its first parameter and answers how many rows went.
    sql: &'static str,
    /// Its second parameter, if it has one.
    of_table: Option<&'a str>,
    /// What is told of it.
    told: &'a str,
    deed: Deed,
}

impl<'a> Removal<'a> {
    /// The rows of a table that are past their days.
    const fn of(table: &'a str) -> Self {
        let sql = "select housekeeping.delete_expired($2, $1)";
        Self { sql, of_table: Some(table), told: table, deed: Deed::Deleted }
    }

    /// What was hidden so long ago that nobody wants it back.
    const fn of_hidden() -> Self {
        let sql = "select housekeeping.purge_deleted($1)";
        Self { sql, of_table: None, told: "hidden calls and customers", deed: Deed::Purged }
    }

    /// Runs it in one shop after the other.
    async fn run(
        &self,
        pool: &PgPool,
        tenants: &[TenantId],
        now: DateTime<Utc>,
        done: &mut Vec<Expired>,
    ) -> Result<(), sqlx::Error> {
        for tenant in tenants {
            let (sql, of_table) = (self.sql, self.of_table.map(str::to_owned));
            let rows: i64 = with_tenant(pool, *tenant, move |conn| {
                Box::pin(async move {
                    sqlx::query("set local statement_timeout = '5min'").execute(&mut *conn).await?;
                    let query = sqlx::query_scalar(sql).bind(now);
                    let query = match of_table {
                        Some(table) => query.bind(table),
                        None => query,
                    };
                    query.fetch_one(conn).await
                })
            })
            .await?;
            if rows > 0 {
                let table = self.told.to_owned();
                done.push(Expired { table, deed: self.deed, month: None, rows });
            }
        }
        Ok(())
    }
}
