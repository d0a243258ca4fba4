//! Postgres' own programs that write and read dumps: where they are, and which may be used.

use super::BackupError;
use crate::config::Config;
use crate::parts;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// Lines of a failed program that are shown.
const LINES_SHOWN: usize = 6;

/// A program that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Where it is.
    pub path: PathBuf,
    /// Its major version.
    pub major: u32,
    name: &'static str,
}

/// Where to look, the best first: the programs of the own Postgres, the path, Debian's folders.
#[must_use]
pub fn folders(config: &Config) -> Vec<PathBuf> {
    let given = &config.database.postgres_dir;
    let own = if given.as_os_str().is_empty() {
        parts::dir().ok().map(|parts| parts.join("postgres"))
    } else {
        Some(given.clone())
    };
    let mut all: Vec<PathBuf> = own.into_iter().map(|own| own.join("bin")).collect();
    let path = std::env::var_os("PATH").unwrap_or_default();
    all.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    all.extend(debian.map(|version| version.path().join("bin")));
    all
}

/// The oldest of those that are not older than `wanted`: what a newer one writes an older server
/// may not read.
///
/// # Errors
/// There is none, or none that is new enough.
pub fn choose(name: &'static str, wanted: u32, folders: &[PathBuf]) -> Result<Tool, BackupError> {
    let mut found: Vec<Tool> = Vec::new();
    for folder in folders {
        let path = folder.join(name);
        if let Some(major) = path.is_file().then(|| version(&path)).flatten() {
            found.push(Tool { path, major, name });
        }
    }
    // Stable: among equals the first folder's.
    found.sort_by_key(|tool| tool.major);
    if found.is_empty() {
        return Err(BackupError::ProgramMissing(name));
    }
    let shown = |tool: &Tool| format!("{} ({})", tool.major, tool.path.display());
    let known = found.iter().map(shown).collect::<Vec<_>>().join(", ");
    let fit = found.into_iter().find(|tool| tool.major >= wanted);
    fit.ok_or(BackupError::ProgramTooOld { name, wanted, found: known })
}

/// The packaged programs bring their libraries along, beside their folder.
fn command(path: &Path) -> Command {
    let mut command = Command::new(path);
    let libraries = path.ancestors().nth(2).map(|root| root.join("lib"));
    if let Some(libraries) = libraries.filter(|folder| folder.join("libpq.so.5").exists()) {
        command.env("LD_LIBRARY_PATH", libraries);
    }
    command.env("LC_ALL", "C.UTF-8");
    command
}

fn version(path: &Path) -> Option<u32> {
    let said = command(path).arg("--version").stdin(Stdio::null()).output().ok()?;
    major_of(&String::from_utf8_lossy(&said.stdout))
}

/// `pg_dump (PostgreSQL) 18.1 (Debian …)`
fn major_of(said: &str) -> Option<u32> {
    let (_, version) = said.split_once(") ")?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

impl Tool {
    /// Starts it on the database of `url`. The password goes another way than the command line,
    /// which everyone on the machine can read.
    pub(super) fn start(
        &self,
        url: &str,
        arguments: &[&str],
        input: Stdio,
    ) -> Result<Running, BackupError> {
        let (url, password) = without_password(url);
        let mut command = command(&self.path);
        command
            .args(arguments)
            .arg("--no-password")
            .arg(format!("--dbname={url}"))
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        let spawned = command.spawn();
        let mut child = spawned.map_err(super::io_error(&self.path, "cannot be run"))?;
        let errors = child.stderr.take();
        // Read beside: a full pipe would stop the program.
        let said = std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(mut errors) = errors {
                let _ = errors.read_to_end(&mut text);
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Running { child, said: Some(said), name: self.name })
    }
}

/// A program at work; ended if it is let go.
pub(super) struct Running {
    pub child: Child,
    said: Option<JoinHandle<String>>,
    name: &'static str,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.said.is_some() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Running {
    /// Waits for its end.
    pub(super) fn finish(mut self) -> Result<(), BackupError> {
        drop(self.child.stdin.take());
        drop(self.child.stdout.take());
        let status = self.child.wait();
        let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(self.failed(&said, &status)),
            Err(error) => Err(self.failed(&said, &error)),
        }
    }

    fn failed(&self, said: &str, why: &dyn std::fmt::Display) -> BackupError {
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = lines[lines.len().saturating_sub(LINES_SHOWN)..].join(" | ");
        let said = if last.is_empty() { why.to_string() } else { last };
        BackupError::ProgramFailed { program: self.name, said }
    }

    /// Its end after our side failed: what it says explains more than a broken pipe.
    pub(super) fn instead_of(self, error: io::Error, path: &Path) -> BackupError {
        match self.finish() {
            Err(said) => said,
            Ok(()) => super::io_error(path, "cannot be carried over")(error),
        }
    }
}

/// A URL without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgresql", url));
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let Some((login, host)) = authority.rsplit_once('@') else { return (url.to_owned(), None) };
    let Some((user, password)) = login.split_once(':') else { return (url.to_owned(), None) };
    let after = &rest[authority.len()..];
    (format!("{scheme}://{user}@{host}{after}"), Some(decoded(password)))
}

/// `%40` is `@`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        if let Some(byte) = byte.filter(|_| *first == b'%') {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_password_is_taken_out_of_the_url_and_nothing_else() {
        let parts = |url| without_password(url);
        let (url, password) =
            parts("postgresql://shop:p%40ss%2f@db.example:5433/tyres?sslmode=require");
        assert_eq!(url, "postgresql://shop@db.example:5433/tyres?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@ss/"));
        for plain in ["postgresql://shop@%2Ftmp%2Fx/tyres", "postgres://db.example/tyres?a=b:c@d"] {
            assert_eq!(parts(plain), (plain.to_owned(), None));
        }
    }

    fn fake(version: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("treadline-tools-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("pg_dump");
        std::fs::write(&path, format!("#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n"))
            .unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    #[test]
    fn the_oldest_program_that_is_new_enough_is_taken_and_its_absence_is_explained() {
        let folders = [fake("15.9 (Debian 15.9-1)"), fake("19beta1"), fake("18.1")];
        let chosen = choose("pg_dump", 17, &folders).unwrap();
        assert_eq!((chosen.major, chosen.path.parent()), (18, Some(folders[2].as_path())));
        assert_eq!(choose("pg_dump", 15, &folders).unwrap().major, 15);
        let error = choose("pg_dump", 20, &folders).unwrap_err().to_string();
        assert!(error.contains("Postgres 20 or newer") && error.contains("15 (/"), "{error}");
        let error = choose("pg_restore", 15, &folders).unwrap_err().to_string();
        assert!(error.starts_with("there is no pg_restore"), "{error}");
        for folder in folders {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
}
