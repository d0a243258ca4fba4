//! Records that Postgres will never take, kept in a file of their own for a person to look at.

use super::LogEntry;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The newest refused records, one JSON object a line.
const FILE: &str = "refused.jsonl";
/// Those before; older ones are gone.
const FILE_BEFORE: &str = "refused.1.jsonl";
/// Bytes of each of the two files: thousands of records, enough to see what is wrong. A fault that
/// refuses everything must fill neither the disk nor a drawer with callers' data.
pub const REFUSED_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Adds a record to the file in `dir`; when that is full it replaces the one before it. Returns
/// the file.
///
/// # Errors
/// The disk refuses it.
pub fn put_aside(dir: &Path, entry: &LogEntry) -> io::Result<PathBuf> {
    let path = dir.join(FILE);
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    let bytes = fs::metadata(&path).map_or(0, |file| file.len());
    if bytes > 0 && bytes + line.len() as u64 > REFUSED_BYTES_MAX {
        fs::rename(&path, dir.join(FILE_BEFORE))?;
    }
    // It holds what callers said: for our own eyes only.
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
    file.write_all(&line)?;
    Ok(path)
}

/// What is asked of a line; records of older programs have it too.
#[derive(Deserialize)]
struct Stamp {
    at: DateTime<Utc>,
}

/// Removes the records from before `before`, and lines that are none; how many. For the task that
/// puts aside, or beside it: a record that is put aside at this very moment may be lost with them.
///
/// # Errors
/// The disk refuses it; what is there stays.
pub fn forget_refused(dir: &Path, before: DateTime<Utc>) -> io::Result<usize> {
    let mut forgotten = 0;
    for name in [FILE, FILE_BEFORE] {
        let path = dir.join(name);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let young =
            |line: &str| serde_json::from_str::<Stamp>(line).is_ok_and(|stamp| stamp.at >= before);
        forgotten += keep_lines(&path, &text, young)?;
    }
    Ok(forgotten)
}

/// Writes the file, whose content is `text`, anew with the lines that `stays`; how many went. A
/// file without lines goes.
///
/// # Errors
/// The disk refuses it; what is there stays.
pub(super) fn keep_lines(
    path: &Path,
    text: &str,
    stays: impl Fn(&str) -> bool,
) -> io::Result<usize> {
    let kept: Vec<&str> = text.lines().filter(|line| stays(line)).collect();
    let gone = text.lines().count() - kept.len();
    if gone == 0 {
        return Ok(0);
    }
    if kept.is_empty() {
        fs::remove_file(path)?;
        return Ok(gone);
    }
    // Beside it and then in its place: a crash leaves one of the two, whole.
    let fresh = path.with_extension("new");
    let _ = fs::remove_file(&fresh);
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&fresh)?;
    file.write_all((kept.join("\n") + "\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(fresh, path)?;
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CallId, TenantId};
    use crate::spool::Record;
    use crate::turn::Note;
    use chrono::{DateTime, Utc};
    use std::os::unix::fs::PermissionsExt as _;
    use uuid::Uuid;

    fn entry(seq: u64, bytes: usize) -> LogEntry {
        LogEntry {
            tenant: TenantId::DEFAULT,
            call: CallId(Uuid::from_u128(7)),
            call_started_at: DateTime::<Utc>::UNIX_EPOCH,
            seq,
            at: DateTime::<Utc>::UNIX_EPOCH,
            record: Record::Note(Box::new(Note::Stale { what: "w".repeat(bytes) })),
        }
    }

    fn numbers(path: &Path) -> Vec<u64> {
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str::<LogEntry>(line).unwrap().seq).collect()
    }

    #[test]
    fn of_too_many_refused_records_the_newest_are_kept() {
        let dir = std::env::temp_dir().join(format!("treadline-aside-{}", Uuid::new_v4()));
        fs::create_dir_all(&dir).unwrap();
        for seq in 1..=30 {
            put_aside(&dir, &entry(seq, 1024 * 1024)).unwrap();
        }
        let (newest, before) = (dir.join(FILE), dir.join(FILE_BEFORE));
        assert_eq!(numbers(&before), [22, 23, 24, 25, 26, 27, 28]);
        assert_eq!(numbers(&newest), [29, 30]);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 2);
        for path in [newest, before] {
            let file = fs::metadata(path).unwrap();
            assert!(file.len() <= REFUSED_BYTES_MAX, "{} bytes", file.len());
            assert_eq!(file.permissions().mode() & 0o777, 0o600, "for our own eyes");
        }
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn refused_records_are_kept_for_their_time_and_no_longer() {
        let dir = std::env::temp_dir().join(format!("treadline-aside-{}", Uuid::new_v4()));
        fs::create_dir_all(&dir).unwrap();
        let day = |day: i64| DateTime::<Utc>::UNIX_EPOCH + chrono::TimeDelta::days(day);
        assert_eq!(forget_refused(&dir, day(0)).unwrap(), 0, "there is nothing yet");
        for seq in 1..=9_u64 {
            let at = day(seq.cast_signed());
            put_aside(&dir, &LogEntry { at, ..entry(seq, 1024 * 1024) }).unwrap();
        }
        assert_eq!(forget_refused(&dir, day(9)).unwrap(), 8, "of both files");
        assert_eq!(numbers(&dir.join(FILE)), [9]);
        assert!(!dir.join(FILE_BEFORE).exists());
        assert_eq!(fs::metadata(dir.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(forget_refused(&dir, day(9)).unwrap(), 0);
        assert_eq!(forget_refused(&dir, day(10)).unwrap(), 1);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_record_larger_than_a_file_is_kept_all_the_same() {
        let dir = std::env::temp_dir().join(format!("treadline-aside-{}", Uuid::new_v4()));
        fs::create_dir_all(&dir).unwrap();
        put_aside(&dir, &entry(1, REFUSED_BYTES_MAX as usize)).unwrap();
        assert_eq!(numbers(&dir.join(FILE)), [1]);
        put_aside(&dir, &entry(2, 1)).unwrap();
        assert_eq!(numbers(&dir.join(FILE)), [2]);
        assert_eq!(numbers(&dir.join(FILE_BEFORE)), [1]);
        fs::remove_dir_all(dir).unwrap();
    }
}
