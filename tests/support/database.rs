//! One database a test, made from a template that is migrated once, on a Postgres of the tests'
//! own (never the developer's data). The server stops a minute after the last test.
//!
//! `TREADLINE_SKIP=postgres` skips such tests, loudly; with `CI=true` that is an error.

use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::OnceCell;
use treadline::db;
use treadline::db::embedded::{self, Handle, Options};
use treadline::ids::sha256_hex;

/// The server, for as long as this test program runs.
static SERVER: OnceCell<(Handle, String)> = OnceCell::const_new();

/// A database of one test; dropped at its end.
pub struct TestDb {
    /// The owner's URL.
    pub url: String,
    /// Connections as `treadline_app`.
    pub pool: PgPool,
    name: String,
}

impl TestDb {
    /// A connection as the owner, who sees every row.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.expect("the owner connects")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (url, name) = (maintenance_url(&self.url), self.name.clone());
        // A thread with a runtime of its own: the test's may be going down right now.
        let dropper = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut owner = PgConnection::connect(&url).await?;
                let drop_it = format!("drop database if exists {name} with (force)");
                sqlx::raw_sql(AssertSqlSafe(drop_it)).execute(&mut owner).await?;
                owner.close().await
            })?;
            Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
        });
        if let Ok(Err(error)) = dropper.join() {
            eprintln!("could not drop {}: {error}", self.name);
        }
    }
}

/// True if the tests that need Postgres are to be skipped; says so.
pub fn skipped() -> bool {
    let skip = std::env::var("TREADLINE_SKIP").unwrap_or_default();
    if !skip.split(',').any(|what| what.trim() == "postgres") {
        return false;
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "TREADLINE_SKIP=postgres is refused when CI=true"
    );
    eprintln!("SKIPPED: THIS TEST NEEDS POSTGRES AND TREADLINE_SKIP NAMES IT");
    true
}

/// An empty, migrated database; `None` only if such tests are skipped.
pub async fn fresh_database() -> Option<TestDb> {
    if skipped() {
        return None;
    }
    let (server, template) = SERVER.get_or_init(start).await;
    let name = format!("test_{}_{}", std::process::id(), uuid::Uuid::new_v4().simple());
    let mut owner = connect(&maintenance_url(&server.url)).await;
    execute(&mut owner, format!("create database {name} template {template}")).await;
    owner.close().await.expect("closes");
    let url = with_database(&server.url, &name);
    let pool = db::connect(&url, 8).await.expect("the pool connects");
    Some(TestDb { url, pool, name })
}

/// Where the tests' server keeps its data: under `target`, unless the unprivileged user that runs
/// Postgres for root cannot get there.
pub fn data_dir(name: &str) -> PathBuf {
    let under_target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if !running_as_root() || embedded::reachable_by_others(&under_target) {
        return under_target;
    }
    let short = &sha256_hex(&under_target.to_string_lossy())[..8];
    std::env::temp_dir().join(format!("treadline-tests-{short}")).join(name)
}

/// How the tests run a server: quick, without writing through.
pub fn options(name: &str, idle_max: Duration) -> Options {
    Options {
        postgres_dir: treadline::parts::dir().expect("a parts folder").join("postgres"),
        data_dir: data_dir(name),
        durable: false,
        idle_max,
        program: PathBuf::from(env!("CARGO_BIN_EXE_treadline")),
    }
}

pub fn running_as_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").expect("/proc is there").uid() == 0
}

async fn start() -> (Handle, String) {
    let server = embedded::ensure_running_with(&options("postgres", embedded::IDLE_MAX))
        .await
        .expect("the tests' Postgres starts");
    let template = make_template(&server.url).await;
    (server, template)
}

/// Made under a lock, beside and then renamed, so that a killed test run leaves nothing half made.
async fn make_template(server_url: &str) -> String {
    let mut shape = String::new();
    for migration in db::migrate::MIGRATOR.iter() {
        shape += migration.sql.as_str();
    }
    for (_, month) in db::partitions::TEMPLATES {
        shape += month;
    }
    let template = format!("template_{}", &sha256_hex(&shape)[..12]);
    let mut owner = connect(&maintenance_url(server_url)).await;
    execute(&mut owner, "select pg_advisory_lock(7402)".into()).await;
    let all: Vec<String> = sqlx::query_scalar(
        "select datname from pg_database where datname like 'test\\_%' or datname like 'template\\_%'",
    )
    .fetch_all(&mut owner)
    .await
    .expect("lists databases");
    for left_behind in all.iter().filter(|name| is_left_behind(name, &template)) {
        execute(&mut owner, format!("drop database if exists {left_behind} with (force)")).await;
    }
    if !all.contains(&template) {
        execute(&mut owner, "create database template_fresh".into()).await;
        let url = with_database(server_url, "template_fresh");
        db::migrate::run(&url).await.expect("the template migrates");
        execute(&mut owner, format!("alter database template_fresh rename to {template}")).await;
    }
    owner.close().await.expect("closes");
    template
}

/// A database of a test program that is gone, or a template of other migrations.
fn is_left_behind(name: &str, template: &str) -> bool {
    match name.strip_prefix("test_").and_then(|rest| rest.split('_').next()) {
        Some(pid) => !Path::new("/proc").join(pid).exists(),
        None => name != template,
    }
}

/// The same server, the database where databases are made.
fn maintenance_url(url: &str) -> String {
    with_database(url, "postgres")
}

fn with_database(url: &str, database: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{database}")
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("connects to the tests' Postgres")
}

async fn execute(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql.clone()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}
