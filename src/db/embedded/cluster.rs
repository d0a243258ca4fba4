//! The server itself: made once, started, adopted, recovered.

use super::place::{give, user_name};
use super::{DATABASE, EmbeddedError, OWNER, Options, Place, io_error};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starting includes the recovery after a crash.
const READY_MAX: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOG_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// What we write must match what the binaries read.
const MAJOR: &str = "18";
/// Made by initdb; only this module logs in as it.
pub(super) const SUPERUSER: &str = "postgres";

/// The server runs, answers, and has our database.
pub(super) async fn bring_up(place: &Place, options: &Options) -> Result<(), EmbeddedError> {
    if try_connect(place).await.is_none() && !wait_for_others(place).await? {
        make_cluster(place).await?;
        start(place, options).await?;
    }
    make_database(place).await
}

/// A connection of the superuser, if the server answers at once.
pub(super) async fn try_connect(place: &Place) -> Option<PgConnection> {
    let attempt = PgConnection::connect(&place.url(SUPERUSER, "postgres")).await;
    attempt.inspect_err(|error| tracing::trace!(%error, "our postgres does not answer yet")).ok()
}

/// A server may be coming up, going down, or leaving its children behind after a kill -9. True as
/// soon as one answers, false as soon as none is left.
async fn wait_for_others(place: &Place) -> Result<bool, EmbeddedError> {
    let deadline = Instant::now() + READY_MAX;
    while !processes_of(&place.cluster()).is_empty() {
        if Instant::now() > deadline {
            return Err(EmbeddedError::Place(format!(
                "a Postgres that does not answer holds {}; see {}",
                place.cluster().display(),
                place.log().display()
            )));
        }
        tokio::time::sleep(LOOK_EVERY).await;
        if try_connect(place).await.is_some() {
            return Ok(true);
        }
    }
    // Nobody is there, so these say nothing true. Their process number may belong to a stranger
    // by now, and Postgres would then refuse to start.
    for stale in [
        place.cluster().join("postmaster.pid"),
        place.sockets.join(".s.PGSQL.5432"),
        place.sockets.join(".s.PGSQL.5432.lock"),
    ] {
        let _ = fs::remove_file(stale);
    }
    Ok(false)
}

/// Every process of a server works in its data folder; a program that has died and waits for its
/// parent has no folder any more.
pub(super) fn processes_of(cluster: &Path) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let pid = entry.file_name().to_str()?.parse().ok()?;
            (fs::read_link(entry.path().join("cwd")).ok()? == cluster).then_some(pid)
        })
        .collect()
}

/// One of Postgres' programs, run by the right user.
pub(super) fn program(place: &Place, name: &str) -> Command {
    let mut command = Command::new(place.postgres_dir.join("bin").join(name));
    command
        .env_clear()
        .env("LD_LIBRARY_PATH", place.postgres_dir.join("lib"))
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/bin:/bin")
        .current_dir("/")
        .stdin(Stdio::null())
        // A Ctrl-C in the terminal is for the program, not for the server.
        .process_group(0);
    if place.us != place.server {
        command.uid(place.server.uid).gid(place.server.gid);
    }
    command
}

/// Makes the data folder, once. The locale is what makes Cyrillic search work: with plain `C`,
/// `pg_trgm` and `lower()` know no Cyrillic letter.
async fn make_cluster(place: &Place) -> Result<(), EmbeddedError> {
    let cluster = place.cluster();
    let version_file = cluster.join("PG_VERSION");
    if let Ok(version) = fs::read_to_string(&version_file) {
        let version = version.trim();
        return if version == MAJOR {
            Ok(())
        } else {
            Err(EmbeddedError::Place(format!(
                "{} was made by Postgres {version}, and this is {MAJOR}: dump it with that \
                 version's pg_dump and move the folder away",
                cluster.display()
            )))
        };
    }
    // Made beside and then renamed: a start that was killed halfway leaves nothing half made.
    let fresh = place.root.join("cluster.new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(io_error(&fresh, "cannot remove it"))?;
    }
    fs::create_dir(&fresh).map_err(io_error(&fresh, "cannot make it"))?;
    if place.us != place.server {
        give(&fresh, place.server)?;
    }
    let mut initdb = program(place, "initdb");
    initdb
        .arg("-D")
        .arg(&fresh)
        .args(["-U", SUPERUSER, "-A", "peer", "-E", "UTF8", "--locale=C.UTF-8"])
        .args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
    run("initdb", initdb).await?;
    fs::rename(&fresh, &cluster).map_err(io_error(&cluster, "cannot move it into place"))
}

/// Runs a program to its end.
async fn run(name: &'static str, mut command: Command) -> Result<(), EmbeddedError> {
    let done = tokio::task::spawn_blocking(move || command.output())
        .await
        .map_err(|_| EmbeddedError::Place("the program is stopping".into()))?
        .map_err(io_error(Path::new(name), "cannot run it"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(EmbeddedError::Failed { program: name, said: last_lines(&said) })
}

async fn start(place: &Place, options: &Options) -> Result<(), EmbeddedError> {
    let hba = write_access_rules(place)?;
    let log_path = place.log();
    if fs::metadata(&log_path).is_ok_and(|log| log.len() > LOG_BYTES_MAX) {
        let _ = fs::remove_file(&log_path);
    }
    let log_from = fs::metadata(&log_path).map_or(0, |log| log.len());
    let open_log = || {
        File::options()
            .create(true)
            .append(true)
            .open(&log_path)
            .map_err(io_error(&log_path, "cannot write the server's log"))
    };
    let mut server = program(place, "postgres");
    server.arg("-D").arg(place.cluster()).stdout(open_log()?).stderr(open_log()?);
    let mut set = |name: &str, value: &str| {
        server.arg("-c").arg(format!("{name}={value}"));
    };
    set("listen_addresses", "");
    set("port", "5432");
    set("unix_socket_directories", &place.sockets.to_string_lossy());
    set("unix_socket_permissions", "0700");
    set("hba_file", &hba.to_string_lossy());
    set("ident_file", &place.root.join("pg_ident.conf").to_string_lossy());
    set("max_connections", "100");
    set("timezone", "UTC");
    set("log_timezone", "UTC");
    set("cluster_name", "treadline");
    if !options.durable {
        for unsafe_but_quick in ["fsync", "synchronous_commit", "full_page_writes"] {
            set(unsafe_but_quick, "off");
        }
    }
    let child =
        server.spawn().map_err(io_error(&place.postgres_dir, "cannot run its bin/postgres"))?;
    wait_ready(place, child, log_from).await
}

/// The map of who is let in: by the kernel's word for who calls, and only who started the server.
/// A user without a name (some containers) cannot be mapped; the closed folder then stands alone.
fn write_access_rules(place: &Place) -> Result<PathBuf, EmbeddedError> {
    let (rule, map) = match user_name(place.us.uid) {
        Some(name) => (
            "local all all peer map=treadline\n",
            // Root may do anything on this machine anyway.
            [name.as_str(), "root"]
                .map(|who| format!("treadline {who} {SUPERUSER}\ntreadline {who} {OWNER}\n"))
                .concat(),
        ),
        None => ("local all all trust\n", String::new()),
    };
    let hba = place.root.join("pg_hba.conf");
    for (path, content) in [(&hba, rule), (&place.root.join("pg_ident.conf"), map.as_str())] {
        fs::write(path, content).map_err(io_error(path, "cannot write it"))?;
        let open = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o644);
        fs::set_permissions(path, open).map_err(io_error(path, "cannot set its permissions"))?;
    }
    Ok(hba)
}

async fn wait_ready(place: &Place, mut child: Child, log_from: u64) -> Result<(), EmbeddedError> {
    let deadline = Instant::now() + READY_MAX;
    let said = |place: &Place| {
        let log = fs::read(place.log()).unwrap_or_default();
        let new = log.get(usize::try_from(log_from).unwrap_or(0)..).unwrap_or(&log);
        last_lines(&String::from_utf8_lossy(new))
    };
    while Instant::now() < deadline {
        if try_connect(place).await.is_some() {
            // It outlives us; if it ends first, somebody has to collect it.
            std::thread::spawn(move || child.wait());
            return Ok(());
        }
        if let Ok(Some(_ended)) = child.try_wait() {
            return Err(EmbeddedError::Failed { program: "postgres", said: said(place) });
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let reason = match PgConnection::connect(&place.url(SUPERUSER, "postgres")).await {
        Ok(_) => String::new(),
        Err(error) => format!("{error}; "),
    };
    let _ = child.kill();
    Err(EmbeddedError::Failed {
        program: "postgres",
        said: format!("{reason}not ready in {} s: {}", READY_MAX.as_secs(), said(place)),
    })
}

fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(6)..].join(" | ")
}

/// The role, the database and the extension, which only a superuser may make. The owner bypasses
/// row security, so that a person with psql sees the rows; the program gives that up by becoming
/// `treadline_app`.
async fn make_database(place: &Place) -> Result<(), EmbeddedError> {
    let mut postgres = PgConnection::connect(&place.url(SUPERUSER, "postgres")).await?;
    let role: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
        .bind(OWNER)
        .fetch_one(&mut postgres)
        .await?;
    if !role {
        let make = format!("create role {OWNER} login createrole createdb bypassrls");
        sqlx::query(AssertSqlSafe(make)).execute(&mut postgres).await?;
    }
    let database: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(DATABASE)
            .fetch_one(&mut postgres)
            .await?;
    if !database {
        // In the template, so that every database made here later has it as well.
        let mut template = PgConnection::connect(&place.url(SUPERUSER, "template1")).await?;
        sqlx::query("create extension if not exists vector").execute(&mut template).await?;
        template.close().await?;
        let make = format!("create database {DATABASE} owner {OWNER}");
        sqlx::query(AssertSqlSafe(make)).execute(&mut postgres).await?;
    }
    postgres.close().await?;
    Ok(())
}

/// Stops the server as an operator would: open transactions are rolled back, data is flushed.
pub(super) async fn stop(place: &Place) -> Result<(), EmbeddedError> {
    let mut pg_ctl = program(place, "pg_ctl");
    pg_ctl.arg("-D").arg(place.cluster()).args(["stop", "-m", "fast", "-w", "-t", "60"]);
    run("pg_ctl", pg_ctl).await
}
