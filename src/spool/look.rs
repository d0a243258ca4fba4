//! A look into the journal's files without taking them: the records of one call that have not
//! reached the database yet, whoever is writing them.

use super::LogEntry;
use super::file::EXTENSION;
use super::segment::{Framed, unframe};
use crate::ids::CallId;
use std::io;
use std::path::Path;

/// The records of a call in the files of `dir`, in no order; none if there is no such folder.
///
/// # Errors
/// A file cannot be read.
pub fn records_of(dir: &Path, call: CallId) -> io::Result<Vec<LogEntry>> {
    let mut found = Vec::new();
    let files = match std::fs::read_dir(dir) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    };
    for file in files {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != EXTENSION) {
            continue;
        }
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            // Applied and removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let mut at = 0;
        loop {
            match unframe(&bytes[at..]) {
                Framed::Record(entry, len) => {
                    at += len;
                    found.extend(Some(*entry).filter(|entry| entry.call == call));
                }
                Framed::Damaged(len) => at += len,
                // Also the record that is being written at this moment.
                Framed::Torn | Framed::End => break,
            }
        }
    }
    Ok(found)
}

/// How many whole records a journal file of this content has; a torn tail counts nothing.
#[must_use]
pub fn whole_records(bytes: &[u8]) -> u64 {
    let (mut at, mut records) = (0, 0);
    loop {
        match unframe(&bytes[at..]) {
            Framed::Record(_, len) => {
                at += len;
                records += 1;
            }
            Framed::Damaged(len) => at += len,
            Framed::Torn | Framed::End => return records,
        }
    }
}
