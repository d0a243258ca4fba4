//! Migrations: forward only, part of the program, run as the owner of the tables.

use super::partitions;
use chrono::Utc;
use sqlx::PgConnection;
use sqlx::migrate::Migrator;

/// The files of `migrations/`, embedded.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// Versions applied by this run, in order.
    pub applied: Vec<i64>,
    /// The version that the database has now.
    pub version: i64,
    /// Months made by this run, as `table 2026-11`.
    pub months: Vec<String>,
}

/// Why the database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The server could not be reached or refused a statement.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed, or the database is newer than this program.
    #[error("{}", explain(.0))]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The months could not be made.
    #[error(transparent)]
    Partitions(#[from] partitions::PartitionError),
}

/// Brings the database behind `url` up to date: migrations, month templates, this month and three
/// ahead. Safe for two at once (an advisory lock) and a second time (nothing happens).
///
/// # Errors
/// What failed and, where it can be told, what to do.
pub async fn run(url: &str) -> Result<Migrated, MigrateError> {
    let mut owner = super::pool::connect_owner(url).await?;
    let before = applied_versions(&mut owner).await?;
    MIGRATOR.run(&mut owner).await?;
    let after = applied_versions(&mut owner).await?;
    partitions::store_templates(&mut owner).await?;
    let months = partitions::ensure_ahead_on(&mut owner, Utc::now(), partitions::MONTHS_AHEAD)
        .await?
        .into_iter()
        .map(|made| made.to_string())
        .collect();
    Ok(Migrated {
        version: after.last().copied().unwrap_or(0),
        applied: after.into_iter().filter(|version| !before.contains(version)).collect(),
        months,
    })
}

async fn applied_versions(owner: &mut PgConnection) -> Result<Vec<i64>, sqlx::Error> {
    let known: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *owner)
        .await?;
    if !known {
        return Ok(Vec::new());
    }
    sqlx::query_scalar("select version from _sqlx_migrations where success order by version")
        .fetch_all(owner)
        .await
}

fn explain(error: &sqlx::migrate::MigrateError) -> String {
    use sqlx::migrate::MigrateError as E;
    match error {
        E::VersionMissing(version) => format!(
            "the database has migration {version}, which this program does not know: it is newer \
             than the program; install the newer program"
        ),
        E::VersionMismatch(version) => format!(
            "migration {version} was applied with other content; a landed migration never changes"
        ),
        E::ExecuteMigration(source, version) => {
            let hint = source
                .as_database_error()
                .and_then(|e| e.try_downcast_ref::<sqlx::postgres::PgDatabaseError>())
                .and_then(sqlx::postgres::PgDatabaseError::hint)
                .map(|hint| format!(" ({hint})"))
                .unwrap_or_default();
            format!("migration {version} failed: {source}{hint}")
        }
        other => other.to_string(),
    }
}
