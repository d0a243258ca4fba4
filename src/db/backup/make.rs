//! Making a backup.

use super::archive::Writer;
use super::manifest::{DUMP, FORMAT, JOURNALS, Journal, Manifest, Member};
use super::programs::{Tool, choose};
use super::tables::{names, prepare, sees_all_rows, server_major, sums};
use super::{BackupError, EXTENSION, Stage, Told, Watch, blocking, io_error};
use crate::db::pool::connect_owner;
use crate::spool;
use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

/// What is to be saved, and where to.
#[derive(Debug, Clone)]
pub struct Order {
    /// The database, as the owner of its tables.
    pub url: String,
    /// Where Postgres' programs may be (see [`super::folders`]).
    pub programs: Vec<PathBuf>,
    /// The folder of the journals.
    pub spool: PathBuf,
    /// A new file, or a folder in which one is made.
    pub to: PathBuf,
    /// Now, for the name of the file.
    pub now: DateTime<Utc>,
}

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// What is in it.
    pub manifest: Manifest,
}

/// Saves the database and what is on its way to it. The program may go on taking calls.
///
/// # Errors
/// Why there is no backup; no file is left behind then.
pub async fn backup(order: &Order, watch: &Watch) -> Result<Made, BackupError> {
    let path = target(order);
    let mut owner = connect_owner(&order.url).await?;
    sees_all_rows(&mut owner).await?;
    let server = server_major(&mut owner).await?;
    let known = names(&mut owner).await?;
    if !known.iter().any(|name| name == "public._sqlx_migrations") {
        return Err(BackupError::NothingThere);
    }
    let tool = choose("pg_dump", server, &order.programs)?;
    let (file, spool, told) = (path.clone(), order.spool.clone(), Arc::clone(watch));
    // Journals first: what leaves them from now on is in the snapshot.
    let began_at = Utc::now();
    let (writer, journals) = blocking(move || {
        let mut writer = Writer::create(&file)?;
        let journals = copy_journals(&mut writer, &spool, &told)?;
        Ok((writer, journals))
    })
    .await?;
    let saved = save(&mut owner, writer, &tool, order, watch).await?;
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        began_at,
        ended_at: Utc::now(),
        server,
        pg_dump: tool.major,
        migrations: saved.migrations,
        tables: saved.tables,
        dump: saved.dump,
        journals,
    };
    owner.close().await?;
    let mut writer = saved.writer;
    let (bytes, manifest) = blocking(move || {
        manifest.write(&mut writer)?;
        Ok((writer.finish()?, manifest))
    })
    .await?;
    Ok(Made { path, bytes, manifest })
}

fn target(order: &Order) -> PathBuf {
    if order.to.is_dir() {
        let name = order.now.format("treadline-%Y%m%dT%H%M%SZ");
        return order.to.join(format!("{name}.{EXTENSION}"));
    }
    order.to.clone()
}

/// Copies every journal, also those without records: a process that lives has one, and its calls
/// are closed by the name of it.
fn copy_journals(
    writer: &mut Writer,
    folder: &Path,
    watch: &Watch,
) -> Result<Vec<Journal>, BackupError> {
    let mut files = Vec::new();
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let path = entry.map_err(io_error(folder, "cannot be read"))?.path();
                files.extend(Some(path).filter(|path| is_kept(path)));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(io_error(folder, "cannot be read")(error)),
    }
    files.sort();
    watch(Told::Begun(Stage::Journals, files.len() as u64));
    let mut journals = Vec::with_capacity(files.len());
    for path in files {
        watch(Told::Done(1));
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            // Applied and removed meanwhile: the snapshot has it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(io_error(&path, "cannot be read")(error)),
        };
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let file = writer.add(&format!("{JOURNALS}{name}"), &mut bytes.as_slice(), &|_| ())?;
        let records = if is_journal(&path) { spool::whole_records(&bytes) } else { 0 };
        journals.push(Journal { file, records });
    }
    Ok(journals)
}

fn ends_with(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

/// Records on their way to the database.
pub(super) fn is_journal(path: &Path) -> bool {
    ends_with(path, "spool")
}

/// Those, and the records that Postgres refused.
fn is_kept(path: &Path) -> bool {
    path.is_file() && (is_journal(path) || ends_with(path, "jsonl"))
}

/// What came out of the database.
struct Saved {
    writer: Writer,
    dump: Member,
    tables: Vec<super::TableSum>,
    migrations: Vec<i64>,
}

/// Dump and checksums from one snapshot, so that they agree while calls go on.
async fn save(
    owner: &mut PgConnection,
    mut writer: Writer,
    tool: &Tool,
    order: &Order,
    watch: &Watch,
) -> Result<Saved, BackupError> {
    let mut snapshot = owner.begin_with("begin isolation level repeatable read, read only").await?;
    prepare(&mut snapshot).await?;
    let id: String =
        sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut *snapshot).await?;
    let (tool, url, told) = (tool.clone(), order.url.clone(), Arc::clone(watch));
    let (writer, dump) = blocking(move || {
        let dump = dump(&mut writer, &tool, &url, &id, &told)?;
        Ok((writer, dump))
    })
    .await?;
    let tables = sums(&mut snapshot, watch).await?;
    let migrations =
        sqlx::query_scalar("select version from _sqlx_migrations where success order by version")
            .fetch_all(&mut *snapshot)
            .await?;
    snapshot.rollback().await?;
    Ok(Saved { writer, dump, tables, migrations })
}

fn dump(
    writer: &mut Writer,
    tool: &Tool,
    url: &str,
    snapshot: &str,
    watch: &Watch,
) -> Result<Member, BackupError> {
    watch(Told::Begun(Stage::Dump, 0));
    let arguments = [
        "--format=custom",
        // Comments are those of extensions, which belong to somebody else on the next server.
        "--no-comments",
        // A month that is being made or dropped holds a table for moments.
        "--lock-wait-timeout=30s",
        &format!("--snapshot={snapshot}"),
    ];
    let mut running = tool.start(url, &arguments, Stdio::null())?;
    let Some(mut output) = running.child.stdout.take() else { return Err(BackupError::Stopping) };
    let dump = writer.add(DUMP, &mut output, &|bytes| watch(Told::Done(bytes)))?;
    running.finish()?;
    Ok(dump)
}
