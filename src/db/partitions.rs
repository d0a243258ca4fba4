//! Months of the log tables. What a month looks like stands in `partitions/*.sql`; the owner's
//! function `housekeeping.ensure_month` makes it. A row for a month that is missing lands in the
//! default partition and is moved when the month is made, so that no insert ever fails for it.

use super::partman;
use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use sqlx::postgres::PgPool;
use sqlx::{Connection as _, PgConnection};
use std::fmt;
use std::time::Duration;

/// How many months are kept ready after the present one.
pub const MONTHS_AHEAD: u32 = 3;

/// Every table that grows by months, with its template.
pub const TEMPLATES: [(&str, &str); 8] = [
    ("calls", include_str!("../../partitions/calls.sql")),
    ("call_turns", include_str!("../../partitions/call_turns.sql")),
    ("call_tool_calls", include_str!("../../partitions/call_tool_calls.sql")),
    ("call_journal", include_str!("../../partitions/call_journal.sql")),
    ("eval_results", include_str!("../../partitions/eval_results.sql")),
    ("call_transfers", include_str!("../../partitions/call_transfers.sql")),
    ("call_traces", include_str!("../../partitions/call_traces.sql")),
    ("call_scenario_switches", include_str!("../../partitions/call_scenario_switches.sql")),
];

/// The function gives up rather than stand in a call's way; this is how often it is asked again.
const ATTEMPTS_MAX: u32 = 40;

/// A month that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The table.
    pub table: &'static str,
    /// The first day of the month.
    pub month: NaiveDate,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.table, self.month.format("%Y-%m"))
    }
}

/// Why a month could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make {table} for {}: {source}", .month.format("%Y-%m"))]
pub struct PartitionError {
    /// The table.
    pub table: &'static str,
    /// The month.
    pub month: NaiveDate,
    /// What Postgres said.
    pub source: sqlx::Error,
}

/// Makes the month that holds the day `month` (UTC) for every table, where it is missing, and
/// moves what waited in the default partitions. Idempotent; two processes may do it at once.
///
/// # Errors
/// The first table that could not be done.
pub async fn ensure_month(pool: &PgPool, month: NaiveDate) -> Result<Vec<Made>, PartitionError> {
    on_own_task(pool, month, move |connection| {
        Box::pin(async move { ensure_month_on(connection, month).await })
    })
    .await
}

/// Makes this month and `months` more, and every month of which rows lie in a default partition.
///
/// # Errors
/// The first table that could not be done.
pub async fn ensure_ahead(
    pool: &PgPool,
    now: DateTime<Utc>,
    months: u32,
) -> Result<Vec<Made>, PartitionError> {
    on_own_task(pool, now.date_naive(), move |connection| {
        Box::pin(async move { ensure_ahead_on(connection, now, months).await })
    })
    .await
}

/// How many months after the present one every table has ready, without a gap. The metric
/// `treadline_partition_months_ahead`; `None` if not even the present month is there.
///
/// # Errors
/// The database's.
pub async fn months_ahead(pool: &PgPool, now: DateTime<Utc>) -> Result<Option<u32>, sqlx::Error> {
    let mut least: Option<u32> = Some(u32::MAX);
    for (table, _) in TEMPLATES {
        let bounds: Vec<(DateTime<Utc>, DateTime<Utc>)> =
            sqlx::query_as("select from_at, to_at from housekeeping.partition_bounds($1)")
                .bind(table)
                .fetch_all(pool)
                .await?;
        let ready = (0u32..240)
            .take_while(|&n| {
                let day = first_day(now.date_naive()) + Months::new(n);
                let at = day.and_time(chrono::NaiveTime::MIN).and_utc();
                bounds.iter().any(|(from, to)| *from <= at && at < *to)
            })
            .count() as u32;
        least = least.min(ready.checked_sub(1));
    }
    Ok(least)
}

/// The months of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableMonths {
    /// The table.
    pub table: &'static str,
    /// The beginnings of its months, in order, read from their bounds.
    pub months: Vec<DateTime<Utc>>,
    /// What they take on the disk with their indexes, bytes.
    pub bytes: i64,
}

/// Every table's months.
///
/// # Errors
/// The database's.
pub async fn months(pool: &PgPool) -> Result<Vec<TableMonths>, sqlx::Error> {
    let mut tables = Vec::new();
    for (table, _) in TEMPLATES {
        let found: Vec<(DateTime<Utc>, i64)> = sqlx::query_as(
            "select from_at, pg_total_relation_size(partition) \
             from housekeeping.partition_bounds($1) order by from_at",
        )
        .bind(table)
        .fetch_all(pool)
        .await?;
        let bytes = found.iter().map(|(_, bytes)| bytes).sum();
        tables.push(TableMonths {
            table,
            months: found.into_iter().map(|(from, _)| from).collect(),
            bytes,
        });
    }
    Ok(tables)
}

/// Rows that lie in default partitions: each one came while its month was missing. An alarm.
///
/// # Errors
/// The database's.
pub async fn rows_in_default(pool: &PgPool) -> Result<i64, sqlx::Error> {
    let mut rows = 0;
    for (table, _) in TEMPLATES {
        let waiting: Vec<i64> =
            sqlx::query_scalar("select rows_count from housekeeping.default_months($1)")
                .bind(table)
                .fetch_all(pool)
                .await?;
        rows += waiting.into_iter().sum::<i64>();
    }
    Ok(rows)
}

/// Copies the templates into the database, where the owner's function finds them.
pub(super) async fn store_templates(owner: &mut PgConnection) -> Result<(), sqlx::Error> {
    for (table, template) in TEMPLATES {
        sqlx::query(
            "insert into housekeeping.partition_templates as known (parent, template) \
             values ($1, $2) on conflict (parent) do update \
             set template = excluded.template, updated_at = now() \
             where known.template <> excluded.template",
        )
        .bind(table)
        .bind(template)
        .execute(&mut *owner)
        .await?;
    }
    Ok(())
}

pub(super) async fn ensure_ahead_on(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    months: u32,
) -> Result<Vec<Made>, PartitionError> {
    let present = first_day(now.date_naive());
    // What waits goes first: a month over rows of the default partition can be made by us only.
    let mut made = drain_defaults(connection, present).await?;
    for (table, _) in TEMPLATES {
        made.extend(by_partman(connection, table, present).await?);
    }
    for n in 0..=months {
        made.extend(ensure_month_on(connection, present + Months::new(n)).await?);
    }
    Ok(made)
}

/// Makes every month of which rows lie in a default partition.
async fn drain_defaults(
    connection: &mut PgConnection,
    present: NaiveDate,
) -> Result<Vec<Made>, PartitionError> {
    let mut made = Vec::new();
    for (table, _) in TEMPLATES {
        let waiting: Vec<NaiveDate> =
            sqlx::query_scalar("select month_day from housekeeping.default_months($1)")
                .bind(table)
                .fetch_all(&mut *connection)
                .await
                .map_err(|source| PartitionError { table, month: present, source })?;
        for month in waiting {
            made.extend(ensure_one(connection, table, month).await?);
        }
    }
    Ok(made)
}

/// The months ahead of a table that `pg_partman` has; none of another table.
async fn by_partman(
    connection: &mut PgConnection,
    table: &'static str,
    present: NaiveDate,
) -> Result<Vec<Made>, PartitionError> {
    let mut attempt = 1;
    loop {
        match partman::maintain(connection, table).await {
            Ok(made) => {
                let made = made.unwrap_or_default().into_iter();
                return Ok(made.map(|month| Made { table, month }).collect());
            }
            Err(error) if attempt < ATTEMPTS_MAX && in_the_way(&error) => {
                wait_a_little(attempt).await;
                attempt += 1;
            }
            Err(source) => return Err(PartitionError { table, month: present, source }),
        }
    }
}

async fn ensure_month_on(
    connection: &mut PgConnection,
    month: NaiveDate,
) -> Result<Vec<Made>, PartitionError> {
    let mut made = Vec::new();
    for (table, _) in TEMPLATES {
        made.extend(ensure_one(connection, table, month).await?);
    }
    Ok(made)
}

/// One table in one transaction, again and again while a lock is in the way.
async fn ensure_one(
    connection: &mut PgConnection,
    table: &'static str,
    month: NaiveDate,
) -> Result<Option<Made>, PartitionError> {
    let month = first_day(month);
    let mut attempt = 1;
    loop {
        match try_one(connection, table, month).await {
            Ok(made) => return Ok(made.then_some(Made { table, month })),
            Err(error) if attempt < ATTEMPTS_MAX && in_the_way(&error) => {
                wait_a_little(attempt).await;
                attempt += 1;
            }
            Err(source) => return Err(PartitionError { table, month, source }),
        }
    }
}

/// Uneven waits, so that two who met do not meet again.
async fn wait_a_little(attempt: u32) {
    let wait_ms = 20 + u64::from(attempt * 37 + std::process::id() % 50) % 120;
    tokio::time::sleep(Duration::from_millis(wait_ms)).await;
}

async fn try_one(
    connection: &mut PgConnection,
    table: &str,
    month: NaiveDate,
) -> Result<bool, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    // Moving a month of rows may take longer than what a call is given.
    sqlx::query("set local statement_timeout = '60s'").execute(&mut *transaction).await?;
    let made: bool = sqlx::query_scalar("select housekeeping.ensure_month($1, $2)")
        .bind(table)
        .bind(month)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(made)
}

/// A lock that was not free in time (55P03), or a deadlock that we lost (40P01).
pub(super) fn in_the_way(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == "55P03" || code == "40P01")
}

fn first_day(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

type Work<'t> = futures_util::future::BoxFuture<'t, Result<Vec<Made>, PartitionError>>;

/// Runs transactions where nobody can drop them halfway (see [`super::with_tenant`]).
async fn on_own_task(
    pool: &PgPool,
    month: NaiveDate,
    work: impl for<'t> FnOnce(&'t mut PgConnection) -> Work<'t> + Send + 'static,
) -> Result<Vec<Made>, PartitionError> {
    let pool = pool.clone();
    let failed = move |source| PartitionError { table: TEMPLATES[0].0, month, source };
    let task = tokio::spawn(async move {
        let mut connection = pool.acquire().await.map_err(failed)?;
        work(&mut connection).await
    });
    match task.await {
        Ok(result) => result,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(failed(sqlx::Error::PoolClosed)),
        },
    }
}
