//! The drill: a shop is saved, lost, and comes back with what was on its way to the database.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

use crate::support::database;
use crate::support::program;

mod busy;
mod drill;
mod refused;

use database::TestDb;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use treadline::db::backup::{Order, Target, Watch, folders};
use uuid::Uuid;

/// A folder for backups and journals that goes with the test.
struct Shelf(PathBuf);

impl Drop for Shelf {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Shelf {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("treadline-restore-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn files(&self, folder: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

/// A database without anything, on the tests' server; dropped with the test.
struct Empty {
    url: String,
    server: String,
    name: String,
}

impl Empty {
    async fn beside(db: &TestDb) -> Self {
        let (server, _) = db.url.rsplit_once('/').unwrap();
        let name = format!("test_{}_{}", std::process::id(), Uuid::new_v4().simple());
        execute(&db.url, &format!("create database {name}")).await;
        Self { url: format!("{server}/{name}"), server: db.url.clone(), name }
    }
}

impl Empty {
    /// As far as it goes: a vacuum that is at work there may not be stopped by us, and the next
    /// run of the tests drops what is left.
    async fn gone(self) {
        let mut owner = PgConnection::connect(&self.server).await.unwrap();
        let gone = format!("drop database {} with (force)", self.name);
        if let Err(error) = sqlx::raw_sql(AssertSqlSafe(gone)).execute(&mut owner).await {
            eprintln!("{} stays for the next run: {error}", self.name);
        }
    }
}

async fn execute(url: &str, sql: &str) {
    let mut owner = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut owner).await.unwrap();
    owner.close().await.unwrap();
}

/// Asked as the owner, who sees every row.
async fn text(url: &str, sql: &str) -> String {
    let mut owner = PgConnection::connect(url).await.unwrap();
    let asked = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut owner);
    let text: Option<String> = asked.await.unwrap();
    owner.close().await.unwrap();
    text.unwrap_or_default()
}

async fn number(url: &str, sql: &str) -> i64 {
    text(url, &format!("select ({sql})::text")).await.parse().unwrap()
}

/// All rows of a table as one text, hashed: another way than the program's own.
async fn content(url: &str, table: &str) -> String {
    let sql = format!(
        "select md5(string_agg(row_text, chr(10) order by row_text collate \"C\")) \
                       from (select t::text as row_text from {table} t) all_rows"
    );
    text(url, &sql).await
}

/// Things in a database that are no extension's.
async fn things(url: &str) -> i64 {
    let sql = "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
               where n.nspname in ('public', 'housekeeping') and not exists (select from pg_depend d \
               where d.objid = c.oid and d.deptype = 'e')";
    number(url, sql).await
}

fn programs() -> Vec<PathBuf> {
    folders(&treadline::config::Config::default())
}

fn unwatched() -> Watch {
    Arc::new(|_| ())
}

fn order(db: &TestDb, spool: &Path, to: &Path) -> Order {
    Order {
        url: db.url.clone(),
        programs: programs(),
        spool: spool.to_owned(),
        to: to.to_owned(),
        now: chrono::Utc::now(),
    }
}

fn target(from: &Path, url: &str, spool: &Path) -> Target {
    Target {
        from: from.to_owned(),
        url: url.to_owned(),
        programs: programs(),
        spool: spool.to_owned(),
    }
}
