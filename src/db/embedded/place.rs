//! Where things lie, and which user runs the server.

use super::{EmbeddedError, Options, io_error};
use crate::config::Config;
use crate::ids::sha256_hex;
use crate::parts;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// A Unix user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    pub uid: u32,
    pub gid: u32,
}

/// The server's files, all checked and made.
#[derive(Debug, Clone)]
pub struct Place {
    /// `bin`, `lib`, `share`.
    pub(super) postgres_dir: PathBuf,
    /// Ours: locks, the server's log, who may connect.
    pub(super) root: PathBuf,
    /// The server's folder of sockets.
    pub(super) sockets: PathBuf,
    /// Who this process is.
    pub(super) us: User,
    /// Who runs the server: us, or an unprivileged user if we are root.
    pub(super) server: User,
}

impl Place {
    pub(super) fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }

    pub(super) fn users_lock(&self) -> PathBuf {
        self.root.join("users.lock")
    }

    pub(super) fn supervisor_lock(&self) -> PathBuf {
        self.root.join("supervisor.lock")
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// A URL that libpq and sqlx both read: the host is the socket's folder, percent-encoded.
    pub(super) fn url(&self, role: &str, database: &str) -> String {
        let host = self.sockets.to_string_lossy().replace('%', "%25").replace('/', "%2F");
        format!("postgresql://{role}@{host}/{database}")
    }

    /// Finds the programs, makes the folders and gives them to the right users.
    pub(super) fn prepare(options: &Options) -> Result<Self, EmbeddedError> {
        let postgres_dir = options.postgres_dir.clone();
        if !postgres_dir.join("bin/postgres").exists() {
            return Err(EmbeddedError::NotInstalled(postgres_dir));
        }
        let root = make_dir(&options.data_dir)?;
        let us = ourselves()?;
        let cluster = root.join("cluster");
        let server = if us.uid == 0 { unprivileged(&cluster)? } else { us };
        if us.uid == 0 {
            for path in [&root, &postgres_dir] {
                if let Some(closed) = closed_to_others(path) {
                    return Err(EmbeddedError::Place(format!(
                        "Postgres refuses to run as root, and the unprivileged user that runs it \
                         instead cannot enter {}: run `chmod a+x {0}`, or set database.data_dir \
                         and TREADLINE_PARTS to folders that everyone may enter",
                        closed.display()
                    )));
                }
            }
        }
        let sockets = sockets_dir(&root, server)?;
        Ok(Self { postgres_dir, root, sockets, us, server })
    }
}

/// Where the program keeps its data.
///
/// # Errors
/// There is no home folder.
pub fn state_dir() -> Result<PathBuf, EmbeddedError> {
    if parts::is_root() {
        return Ok("/var/lib/treadline".into());
    }
    Ok(parts::of_user("XDG_STATE_HOME", ".local/state")?.join("treadline"))
}

/// Where the call log waits for the database: beside the program's own data, also when the
/// database is another one.
///
/// # Errors
/// The current folder or the home folder cannot be found.
pub fn spool_dir(config: &Config) -> Result<PathBuf, EmbeddedError> {
    let given = &config.database.data_dir;
    let data_dir = if given.as_os_str().is_empty() { default_data_dir()? } else { given.clone() };
    Ok(data_dir.join("spool"))
}

/// One database a project folder, so that two copies of the shop do not mix.
pub(super) fn default_data_dir() -> Result<PathBuf, EmbeddedError> {
    let here = Path::new(".");
    let here = here.canonicalize().map_err(io_error(here, "cannot find the current folder"))?;
    Ok(state_dir()?.join(format!("db-{}", eight_hex(&here))))
}

fn eight_hex(path: &Path) -> String {
    sha256_hex(&path.to_string_lossy())[..8].to_owned()
}

/// Everyone may pass through (the server's user must), only we may look around or write.
fn make_dir(path: &Path) -> Result<PathBuf, EmbeddedError> {
    let new = !path.exists();
    fs::create_dir_all(path).map_err(io_error(path, "cannot make this folder"))?;
    if new {
        fs::set_permissions(path, Permissions::from_mode(0o711))
            .map_err(io_error(path, "cannot set its permissions"))?;
    }
    path.canonicalize().map_err(io_error(path, "cannot find this folder"))
}

/// A short path (a socket's may have 107 bytes), the same for the same data. `/tmp` is open to
/// everyone, so the folder must be ours and closed: whoever made it first could else listen in.
fn sockets_dir(root: &Path, server: User) -> Result<PathBuf, EmbeddedError> {
    let path = PathBuf::from(format!("/tmp/treadline-{}", eight_hex(root)));
    if let Err(error) = fs::create_dir(&path)
        && error.kind() != std::io::ErrorKind::AlreadyExists
    {
        return Err(io_error(&path, "cannot make the folder of the socket")(error));
    }
    let found = fs::symlink_metadata(&path).map_err(io_error(&path, "cannot look at it"))?;
    let owner = found.uid();
    if !found.is_dir() || (owner != server.uid && owner != ourselves()?.uid) {
        return Err(EmbeddedError::Place(format!(
            "{} should be the folder of our database's socket but belongs to somebody else; \
             remove it",
            path.display()
        )));
    }
    if owner != server.uid {
        give(&path, server)?;
    }
    fs::set_permissions(&path, Permissions::from_mode(0o700))
        .map_err(io_error(&path, "cannot close it to others"))?;
    Ok(path)
}

pub(super) fn give(path: &Path, to: User) -> Result<(), EmbeddedError> {
    std::os::unix::fs::chown(path, Some(to.uid), Some(to.gid))
        .map_err(io_error(path, "cannot give it to the user that runs Postgres"))
}

/// Who this process is: the owner of its own entry in `/proc`.
fn ourselves() -> Result<User, EmbeddedError> {
    let path = Path::new("/proc/self");
    let entry = fs::metadata(path).map_err(io_error(path, "cannot look at it"))?;
    Ok(User { uid: entry.uid(), gid: entry.gid() })
}

/// Who runs the server for root: whoever did before, else `postgres`, else `nobody`.
fn unprivileged(cluster: &Path) -> Result<User, EmbeddedError> {
    if let Ok(found) = fs::metadata(cluster)
        && found.uid() != 0
    {
        return Ok(User { uid: found.uid(), gid: found.gid() });
    }
    let users = users();
    ["postgres", "nobody"]
        .iter()
        .find_map(|wanted| users.iter().find(|(name, _)| name == wanted))
        .map(|(_, user)| *user)
        .ok_or_else(|| {
            EmbeddedError::Place(
                "Postgres refuses to run as root, and there is neither a user `postgres` nor \
                 `nobody`: make one, or run this as an ordinary user"
                    .into(),
            )
        })
}

/// The name of a user, if the machine has one for it.
pub(super) fn user_name(uid: u32) -> Option<String> {
    users().into_iter().find(|(_, user)| user.uid == uid).map(|(name, _)| name)
}

fn users() -> Vec<(String, User)> {
    let list = fs::read_to_string("/etc/passwd").unwrap_or_default();
    list.lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            Some((name.to_owned(), User { uid, gid }))
        })
        .collect()
}

/// Can an unprivileged user enter this folder (or the nearest one above it that exists)?
pub fn reachable_by_others(path: &Path) -> bool {
    closed_to_others(path).is_none()
}

/// The first folder on the way to `path` that an unprivileged user cannot enter.
fn closed_to_others(path: &Path) -> Option<PathBuf> {
    let on_the_way: Vec<_> = path.ancestors().collect();
    on_the_way
        .into_iter()
        .rev()
        .find(|dir| fs::metadata(dir).is_ok_and(|entry| entry.mode() & 0o001 == 0))
        .map(Path::to_owned)
}
