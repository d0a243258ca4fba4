//! How old the oldest rows are that retention is still to act on.

use super::{all_tenants, with_tenant};
use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// A line of `housekeeping.retention` by which rows go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oldest {
    /// The table, as the line names it.
    pub table: String,
    /// The age of its oldest row is counted from this; `None` if it has none. Of calls, which stay
    /// as numbers, only those that still name people.
    pub at: Option<DateTime<Utc>>,
}

/// Every table of which rows go by themselves, over all shops.
///
/// # Errors
/// What Postgres says.
pub async fn oldest(pool: &PgPool) -> Result<Vec<Oldest>, sqlx::Error> {
    let lines: Vec<(String, String)> = sqlx::query_as(
        "select table_name, action from housekeeping.retention \
         where action <> 'keep' and goes_with is null order by table_name",
    )
    .fetch_all(pool)
    .await?;
    let tenants = all_tenants(pool).await?;
    let mut found = Vec::with_capacity(lines.len());
    for (table, action) in lines {
        let mut at = None;
        if action == "drop_month" || action == "anonymise" {
            at = in_months(pool, &table).await?;
        } else {
            for tenant in &tenants {
                let wanted = table.clone();
                let theirs = with_tenant(pool, *tenant, move |conn| {
                    Box::pin(async move {
                        sqlx::query("set local statement_timeout = '5min'")
                            .execute(&mut *conn)
                            .await?;
                        sqlx::query_scalar("select housekeeping.oldest_row($1)")
                            .bind(wanted)
                            .fetch_one(conn)
                            .await
                    })
                })
                .await?;
                at = [at, theirs].into_iter().flatten().min();
            }
        }
        found.push(Oldest { table, at });
    }
    Ok(found)
}

async fn in_months(pool: &PgPool, table: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    // Months of numbers without people are read through to find the first that has any.
    sqlx::query("set local statement_timeout = '5min'").execute(&mut *transaction).await?;
    let at = sqlx::query_scalar("select housekeeping.oldest_in_months($1)")
        .bind(table)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(at)
}
