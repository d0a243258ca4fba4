//! Months by `pg_partman`, where the server has it and the shop's owner gave it the tables. Everything
//! else about months (on demand, the default partition, letting go) stays in
//! [`partitions`](super::partitions), which knows them by their bounds, whoever made them.

use super::partitions::{MONTHS_AHEAD, TEMPLATES, in_the_way};
use chrono::NaiveDate;
use sqlx::{Connection as _, PgConnection};
use std::time::Duration;

/// How often a table is asked for while calls hold it, and the pause between.
const TRIES_MAX: u32 = 20;
const AGAIN: Duration = Duration::from_millis(250);

/// The schema that is made for it where it has none yet.
const SCHEMA: &str = "partman";

/// Why the tables were not given or taken back.
#[derive(Debug, thiserror::Error)]
pub enum PartmanError {
    /// The server does not have it.
    #[error(
        "this server has no pg_partman; on Debian it is the package postgresql-NN-partman of the \
         server's version"
    )]
    NotInstalled,
    /// The server has it, this database does not, and our role may not make it.
    #[error(
        "an administrator of the server has to make it in this database: create schema {SCHEMA} \
         authorization {owner}; create extension pg_partman schema {SCHEMA}; grant all on all \
         tables in schema {SCHEMA} to {owner}; ({source})"
    )]
    NotMade {
        /// Who owns our tables.
        owner: String,
        /// What Postgres said.
        source: sqlx::Error,
    },
    /// What Postgres says.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// What there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its version in this database; none if it was not made there.
    pub version: Option<String>,
    /// Could it be made?
    pub available: bool,
    /// Tables that are its own.
    pub tables: Vec<&'static str>,
}

/// What there is of it in this database.
///
/// # Errors
/// What Postgres says.
pub async fn state(connection: &mut PgConnection) -> Result<State, sqlx::Error> {
    let known: Option<Option<String>> = sqlx::query_scalar(
        "select installed_version from pg_available_extensions where name = 'pg_partman'",
    )
    .fetch_optional(&mut *connection)
    .await?;
    let made: Option<String> =
        sqlx::query_scalar("select extversion from pg_extension where extname = 'pg_partman'")
            .fetch_optional(&mut *connection)
            .await?;
    let mut tables = Vec::new();
    for (table, _) in TEMPLATES {
        let has: bool = sqlx::query_scalar("select housekeeping.partman_format($1) is not null")
            .bind(table)
            .fetch_one(&mut *connection)
            .await?;
        tables.extend(has.then_some(table));
    }
    Ok(State { version: made, available: known.is_some(), tables })
}

/// Gives it every table that is not its own yet; makes the extension where that is missing and
/// may be made. The tables that were given now.
///
/// # Errors
/// It is not there, may not be made, or what Postgres says; tables that were given stay so.
pub async fn adopt(owner: &mut PgConnection) -> Result<Vec<&'static str>, PartmanError> {
    let state = state(owner).await?;
    if state.version.is_none() {
        if !state.available {
            return Err(PartmanError::NotInstalled);
        }
        make(owner).await?;
    }
    each(owner, "select housekeeping.adopt_partman($1, $2)").await
}

/// Takes the tables back: months are native from now on, and those that are there stay. The tables
/// that were taken.
///
/// # Errors
/// What Postgres says.
pub async fn leave(owner: &mut PgConnection) -> Result<Vec<&'static str>, PartmanError> {
    each(owner, "select housekeeping.leave_partman($1) where $2 is not null").await
}

async fn make(owner: &mut PgConnection) -> Result<(), PartmanError> {
    let sql = "create schema if not exists partman; create extension pg_partman schema partman";
    if let Err(source) = sqlx::raw_sql(sql).execute(&mut *owner).await {
        let owner: String =
            sqlx::query_scalar("select current_user::text").fetch_one(owner).await?;
        return Err(PartmanError::NotMade { owner, source });
    }
    Ok(())
}

/// Each table in a transaction of its own, so that no call waits for more than one.
async fn each(
    owner: &mut PgConnection,
    sql: &'static str,
) -> Result<Vec<&'static str>, PartmanError> {
    let mut done = Vec::new();
    for (table, _) in TEMPLATES {
        let mut tried = 1;
        loop {
            let asked: Result<bool, sqlx::Error> = sqlx::query_scalar(sql)
                .bind(table)
                .bind(MONTHS_AHEAD as i32)
                .fetch_one(&mut *owner)
                .await;
            match asked {
                Ok(changed) => {
                    done.extend(changed.then_some(table));
                    break;
                }
                Err(error) if tried < TRIES_MAX && in_the_way(&error) => {
                    tried += 1;
                    tokio::time::sleep(AGAIN).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(done)
}

/// Lets it make the months ahead of a table; `None` if the table is not its own.
pub(super) async fn maintain(
    connection: &mut PgConnection,
    table: &str,
) -> Result<Option<Vec<NaiveDate>>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("set local statement_timeout = '60s'").execute(&mut *transaction).await?;
    let made = sqlx::query_scalar("select housekeeping.partman_maintain($1)")
        .bind(table)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(made)
}
