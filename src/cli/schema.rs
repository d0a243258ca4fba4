//! `treadline schema`: the tables, as a picture and as text, from the database's own catalogue.

use super::out;
use crate::config;
use crate::db::schema_picture::{self, Schema};
use crate::db::{self, migrate, pool};
use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::path::PathBuf;

/// `treadline schema [--svg FILE] [--markdown] [--fresh]`
#[derive(Debug, Clone, clap::Args)]
pub struct SchemaArgs {
    /// Write the picture into this file.
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Print the tables as text; so it is without --svg, too.
    #[arg(long)]
    pub markdown: bool,
    /// Of a database that is made for this and dropped again: what the migrations alone give,
    /// whatever is in yours.
    #[arg(long)]
    pub fresh: bool,
}

/// Draws or prints.
///
/// # Errors
/// The database is away or not migrated, a database cannot be made, or the file not written.
pub async fn run(args: SchemaArgs) -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    let server = db::open(&config, &secrets).await?;
    let schema = if args.fresh {
        of_fresh_database(server.reveal_url()).await?
    } else {
        let mut owner = pool::connect_owner(server.reveal_url()).await?;
        schema_picture::read(&mut owner).await?
    };
    if let Some(file) = &args.svg {
        std::fs::write(file, schema_picture::svg(&schema))
            .with_context(|| format!("{} cannot be written", file.display()))?;
        let (tables, relations) = (schema.tables.len(), schema.relations.len());
        out::line(format!("{}: {tables} tables, {relations} relations", file.display()));
    }
    if args.markdown || args.svg.is_none() {
        out::line(schema_picture::markdown(&schema).trim_end());
    }
    Ok(())
}

async fn of_fresh_database(url: &str) -> anyhow::Result<Schema> {
    let name = format!("treadline_schema_{}", std::process::id());
    let fresh = with_database(url, &name).context("the database's URL names no database")?;
    let mut owner = pool::connect_owner(url).await?;
    let cannot = || format!("cannot make the database {name}; the URL's role needs createdb");
    execute(&mut owner, format!("create database {name}")).await.with_context(cannot)?;
    let schema = read_migrated(&fresh).await;
    execute(&mut owner, format!("drop database {name} with (force)")).await?;
    owner.close().await?;
    schema
}

async fn read_migrated(url: &str) -> anyhow::Result<Schema> {
    migrate::run(url).await?;
    let mut fresh = pool::connect_owner(url).await?;
    let schema = schema_picture::read(&mut fresh).await?;
    fresh.close().await?;
    Ok(schema)
}

/// The names in it are our own.
async fn execute(owner: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(owner).await.map(drop)
}

/// The same server, another database.
fn with_database(url: &str, database: &str) -> Option<String> {
    let (place, options) = url.split_once('?').map_or((url, None), |(a, b)| (a, Some(b)));
    let (scheme, rest) = place.split_once("://")?;
    let (server, _) = rest.rsplit_once('/')?;
    let options = options.map_or_else(String::new, |options| format!("?{options}"));
    Some(format!("{scheme}://{server}/{database}{options}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_is_on_the_same_server() {
        let other = |url: &str| with_database(url, "other");
        assert_eq!(
            other("postgresql://o@%2Ftmp%2Fx/treadline").as_deref(),
            Some("postgresql://o@%2Ftmp%2Fx/other")
        );
        assert_eq!(
            other("postgres://u:p@host:5432/a?sslmode=require").as_deref(),
            Some("postgres://u:p@host:5432/other?sslmode=require")
        );
        assert_eq!(other("postgres://host"), None);
    }
}
