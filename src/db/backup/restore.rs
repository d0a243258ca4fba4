//! Restoring a backup: everything that can be known to be wrong is found before anything is
//! changed, and the database gets all of it or nothing.

use super::archive::Archive;
use super::make::is_journal;
use super::manifest::{DUMP, JOURNALS, Manifest};
use super::programs::{Tool, choose};
use super::tables::{differences, prepare, sees_all_rows, server_major, sums};
use super::{BackupError, EXTENSION, Stage, Told, Watch, blocking, io_error};
use crate::db::migrate::{self, MIGRATOR};
use crate::db::pool::connect_owner;
use sqlx::{Connection as _, PgConnection};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

/// Differences that are named.
const SHOWN_MAX: usize = 5;

/// Bytes that are carried at once.
const CHUNK: usize = 64 * 1024;

/// Roles belong to the server and are in no dump; the rights in the dump name them. The program
/// becomes `treadline_app`, which whoever makes a role may not do by that alone.
const ROLES: &str = "do $$
    declare
        wanted text;
    begin
        foreach wanted in array array['treadline_app', 'dashboard_reader'] loop
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin', wanted);
            end if;
        end loop;
        if not pg_has_role(current_user, 'treadline_app',
            case when current_setting('server_version_num')::int >= 160000 then 'SET'
                 else 'MEMBER' end)
        then
            execute format('grant treadline_app to %I', current_user);
        end if;
    end
    $$";

/// What lies in a database that is not empty: tables, views, sequences and functions that neither
/// Postgres nor an extension brought.
const IN_THE_WAY: &str = "select format('%I.%I', n.nspname, c.relname) as thing \
     from pg_class c join pg_namespace n on n.oid = c.relnamespace \
     where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and not c.relispartition \
       and n.nspname <> 'information_schema' and n.nspname !~ '^pg_' \
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass \
                       and d.objid = c.oid and d.deptype = 'e') \
     union all \
     select format('%I.%I()', n.nspname, p.proname) \
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace \
     where n.nspname <> 'information_schema' and n.nspname !~ '^pg_' \
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass \
                       and d.objid = p.oid and d.deptype = 'e') \
     order by thing limit 4";

/// Where a backup is to go.
#[derive(Debug, Clone)]
pub struct Target {
    /// The archive, or a folder of archives: the newest is taken.
    pub from: PathBuf,
    /// The empty database, as the role that is to own the tables.
    pub url: String,
    /// Where Postgres' programs may be (see [`super::folders`]).
    pub programs: Vec<PathBuf>,
    /// Where the next start of the program looks for journals.
    pub spool: PathBuf,
}

/// What was restored.
#[derive(Debug, Clone)]
pub struct Restored {
    /// The archive.
    pub path: PathBuf,
    /// What was in it; every table has these rows.
    pub manifest: Manifest,
    /// Migrations that the program brought beyond those of the backup.
    pub migrated: Vec<i64>,
    /// Journals that wait for the next start.
    pub journals: Vec<PathBuf>,
}

/// Restores into an empty database, brings it up to date and puts the journals where the next
/// start of the program delivers them.
///
/// # Errors
/// Why nothing was restored; or, should what came back differ from what was saved, what differs.
pub async fn restore(target: &Target, watch: &Watch) -> Result<Restored, BackupError> {
    let (from, told) = (target.from.clone(), Arc::clone(watch));
    let (archive, manifest) = blocking(move || checked(&from, &told)).await?;
    let mut owner = connect_owner(&target.url).await?;
    let server = server_major(&mut owner).await?;
    if server < manifest.server {
        return Err(BackupError::ServerTooOld { made: manifest.server, server });
    }
    sees_all_rows(&mut owner).await?;
    let in_the_way: Vec<String> = sqlx::query_scalar(IN_THE_WAY).fetch_all(&mut owner).await?;
    if !in_the_way.is_empty() {
        return Err(BackupError::NotEmpty(in_the_way.join(", ")));
    }
    let tool = choose("pg_restore", manifest.pg_dump, &target.programs)?;
    let (spool, of) = (target.spool.clone(), manifest.clone());
    let (archive, staged) = blocking(move || {
        let staged = Staged::all(&archive, &of, &spool)?;
        Ok((archive, staged))
    })
    .await?;
    sqlx::raw_sql(ROLES).execute(&mut owner).await?;
    let (url, told) = (target.url.clone(), Arc::clone(watch));
    let archive = blocking(move || {
        load(&archive, &tool, &url, &told)?;
        Ok(archive)
    })
    .await?;
    verify(&mut owner, &manifest, watch).await?;
    owner.close().await?;
    let migrated = migrate::run(&target.url).await?.applied;
    let journals = blocking(move || staged.put()).await?;
    Ok(Restored { path: archive.path, manifest, migrated, journals })
}

/// The archive, whole and of this program.
fn checked(from: &Path, watch: &Watch) -> Result<(Archive, Manifest), BackupError> {
    let archive = Archive::open(&newest(from)?)?;
    let manifest = Manifest::read(&archive)?;
    watch(Told::Begun(Stage::Archive, manifest.bytes()));
    for member in manifest.members() {
        archive.check(member, &|bytes| watch(Told::Done(bytes)))?;
    }
    let unknown = manifest
        .migrations
        .iter()
        .find(|version| !MIGRATOR.iter().any(|migration| migration.version == **version));
    if let Some(version) = unknown {
        return Err(BackupError::Foreign {
            path: archive.path,
            what: format!(
                "the backup has migration {version}, which this program does not know: it was \
                 made by a newer one ({}); use that one",
                manifest.version
            ),
        });
    }
    Ok((archive, manifest))
}

/// The file itself, or the newest backup of a folder: its name begins with its time.
fn newest(from: &Path) -> Result<PathBuf, BackupError> {
    if !from.is_dir() {
        return Ok(from.to_owned());
    }
    let entries = fs::read_dir(from).map_err(io_error(from, "cannot be read"))?;
    let files = entries.flatten().map(|entry| entry.path());
    let backups = files.filter(|path| path.extension().is_some_and(|found| found == EXTENSION));
    backups.max().ok_or_else(|| {
        io_error(from, "has no backup (*.backup) in it")(io::ErrorKind::NotFound.into())
    })
}

/// Feeds the dump to `pg_restore`, which does everything in one transaction.
fn load(archive: &Archive, tool: &Tool, url: &str, watch: &Watch) -> Result<(), BackupError> {
    let found = archive.get(DUMP)?;
    watch(Told::Begun(Stage::Dump, found.bytes));
    let arguments = ["--single-transaction", "--exit-on-error", "--no-owner"];
    let mut running = tool.start(url, &arguments, Stdio::piped())?;
    let (mut part, mut chunk) = (archive.reader(found)?, vec![0; CHUNK]);
    let Some(mut input) = running.child.stdin.take() else { return Err(BackupError::Stopping) };
    loop {
        let carried = part.read(&mut chunk).and_then(|read| {
            input.write_all(&chunk[..read])?;
            Ok(read)
        });
        match carried {
            Ok(0) => break,
            Ok(read) => watch(Told::Done(read as u64)),
            // It has all that it needs and reads no further.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                drop(input);
                return Err(running.instead_of(error, &archive.path));
            }
        }
    }
    drop(input);
    running.finish()
}

async fn verify(
    owner: &mut PgConnection,
    manifest: &Manifest,
    watch: &Watch,
) -> Result<(), BackupError> {
    let mut reading = owner.begin_with("begin isolation level repeatable read, read only").await?;
    prepare(&mut reading).await?;
    let found = sums(&mut reading, watch).await?;
    reading.rollback().await?;
    let lines = differences(&manifest.tables, &found);
    if lines.is_empty() {
        return Ok(());
    }
    let more = lines.len().saturating_sub(SHOWN_MAX);
    let mut lines = lines[..lines.len().min(SHOWN_MAX)].to_vec();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    let text = lines.join("; ");
    Err(BackupError::Differs(text))
}

/// Journals that lie beside their place until the database is there.
struct Staged {
    /// From, to.
    files: Vec<(PathBuf, PathBuf)>,
}

impl Drop for Staged {
    fn drop(&mut self) {
        for (from, _) in &self.files {
            let _ = fs::remove_file(from);
        }
    }
}

impl Staged {
    /// Writes all of them to the disk, under names that no start of the program looks for.
    fn all(archive: &Archive, manifest: &Manifest, folder: &Path) -> Result<Self, BackupError> {
        fs::create_dir_all(folder).map_err(io_error(folder, "cannot be made"))?;
        let mut staged = Self { files: Vec::new() };
        for journal in &manifest.journals {
            let member = &journal.file;
            let name = member.name.strip_prefix(JOURNALS).unwrap_or_default();
            // A name of ours; an archive must not write elsewhere.
            if name.is_empty() || name.starts_with('.') || name.contains('/') {
                return Err(archive.damaged(format!("{:?} is no journal's name", member.name)));
            }
            let from = folder.join(format!("{name}.restoring"));
            let to = place(folder, name);
            staged.files.push((from.clone(), to));
            let mut options = File::options();
            let opened = options.write(true).create(true).truncate(true).mode(0o600).open(&from);
            let mut file = opened.map_err(io_error(&from, "cannot be written"))?;
            let mut part = archive.reader(archive.get(&member.name)?)?;
            io::copy(&mut part, &mut file)
                .and_then(|_| file.sync_all())
                .map_err(io_error(&from, "cannot be written"))?;
        }
        Ok(staged)
    }

    /// Moves them into place.
    fn put(mut self) -> Result<Vec<PathBuf>, BackupError> {
        let mut placed = Vec::new();
        while let Some((from, to)) = self.files.pop() {
            let put = if is_journal(&to) { fs::rename(&from, &to) } else { append(&from, &to) };
            put.map_err(io_error(&to, "cannot be put into place"))?;
            placed.extend(Some(to).filter(|to| is_journal(to)));
        }
        placed.sort();
        Ok(placed)
    }
}

/// Refused records are lines of one file, which is looked through for those that are too old.
fn append(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = File::options().create(true).append(true).mode(0o600).open(to)?;
    io::copy(&mut File::open(from)?, &mut file)?;
    file.sync_all()?;
    fs::remove_file(from)
}

/// A name that is free: on the machine that made the backup the journal may still be there, and
/// further than its copy. Records that come twice are one row. What stands before the first `-`
/// names the process and stays.
fn place(folder: &Path, name: &str) -> PathBuf {
    if !is_journal(Path::new(name)) {
        return folder.join(name);
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let again = (1..).map(|n| folder.join(format!("{stem}-restored{n}.{ending}")));
    let mut names = std::iter::once(folder.join(name)).chain(again);
    names.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}
