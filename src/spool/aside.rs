//! Records that Postgres will never take, kept in a file of their own for a person to look at.

use super::LogEntry;
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
