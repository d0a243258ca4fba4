//! Keeps the server up while it has users and stops it a while after the last. This same program,
//! run again, detached.

use super::place::Place;
use super::{EmbeddedError, Options, cluster, io_error, open_lock};
use std::fs::TryLockError;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a start that failed: the log should not fill with the same reason.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Starts the supervisor unless one is there already. Called under the start lock.
pub(super) fn ensure(place: &Place, options: &Options) -> Result<(), EmbeddedError> {
    let lock = open_lock(&place.supervisor_lock())?;
    match lock.try_lock() {
        // Free: nobody watches. The new one takes it.
        Ok(()) => drop(lock),
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => {
            return Err(io_error(&place.supervisor_lock(), "cannot lock it")(error));
        }
    }
    let child = Command::new(&options.program)
        .arg0("treadline")
        .args(["db", "supervise", "--data-dir"])
        .arg(&place.root)
        .arg("--postgres-dir")
        .arg(&place.postgres_dir)
        .arg("--idle-s")
        .arg(options.idle_max.as_secs().to_string())
        .args((!options.durable).then_some("--not-durable"))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    match child {
        Ok(mut child) => {
            std::thread::spawn(move || child.wait());
        }
        // The server works; it will only not stop by itself.
        Err(error) => tracing::warn!(%error, "cannot start the supervisor of our postgres"),
    }
    Ok(())
}

/// Watches a server until it has had no user for `idle_max`, then stops it. Starts it again if it
/// falls (a kill -9, the kernel short of memory) while somebody uses it. Returns at once if
/// another supervisor watches, and when the server is gone and nobody uses it.
///
/// # Errors
/// The folder cannot be used, or the server cannot be stopped.
pub async fn supervise(options: &Options) -> Result<(), EmbeddedError> {
    let place = Place::prepare(options)?;
    let watching = open_lock(&place.supervisor_lock())?;
    if watching.try_lock().is_err() {
        return Ok(());
    }
    let mut used_last = Instant::now();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match look(&place).await? {
            Seen::Used => used_last = Instant::now(),
            Seen::Gone => return Ok(()),
            Seen::Fallen => {
                used_last = Instant::now();
                let starting = open_lock(&place.start_lock())?;
                if starting.try_lock().is_ok() && cluster::bring_up(&place, options).await.is_err()
                {
                    drop(starting);
                    tokio::time::sleep(TRY_AGAIN_AFTER).await;
                }
            }
            Seen::Idle if used_last.elapsed() < options.idle_max => {}
            Seen::Idle => {
                // Whoever starts holds this lock until it is a user. Held until we are done, so
                // that the next one finds a server that has stopped, not one that is stopping.
                let starting = open_lock(&place.start_lock())?;
                if starting.try_lock().is_ok() && look(&place).await? == Seen::Idle {
                    return cluster::stop(&place).await;
                }
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// A program or a client is there.
    Used,
    /// A program is there, but the server is not.
    Fallen,
    /// The server runs for nobody.
    Idle,
    /// There is no server, and nobody misses it.
    Gone,
}

async fn look(place: &Place) -> Result<Seen, EmbeddedError> {
    let users = open_lock(&place.users_lock())?;
    match users.try_lock() {
        Err(_) if cluster::processes_of(&place.cluster()).is_empty() => return Ok(Seen::Fallen),
        Err(_) => return Ok(Seen::Used),
        // Held for no longer than it takes to see that it is free.
        Ok(()) => drop(users),
    }
    let Some(mut connection) = cluster::try_connect(place).await else {
        return Ok(Seen::Gone);
    };
    let clients: i64 = sqlx::query_scalar(
        "select count(*) from pg_stat_activity \
         where backend_type = 'client backend' and pid <> pg_backend_pid()",
    )
    .fetch_one(&mut connection)
    .await?;
    Ok(if clients > 0 { Seen::Used } else { Seen::Idle })
}
