//! One file of the journal: frames of `len | crc32 | json`, written at the end, read from the
//! front, locked by the process that owns it.

use super::LogEntry;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes before the JSON of a frame: length and checksum, both little-endian `u32`.
pub(super) const HEADER_LEN: usize = 8;

/// Longest JSON of one record, bytes. A length beyond it is damage, not data.
pub(super) const RECORD_LEN_MAX: usize = 4 * 1024 * 1024;

/// A record as it stands in the file.
///
/// # Errors
/// A record that is longer than [`RECORD_LEN_MAX`].
pub(super) fn frame(entry: &LogEntry) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; HEADER_LEN];
    serde_json::to_writer(&mut bytes, entry)?;
    let len = bytes.len() - HEADER_LEN;
    if len > RECORD_LEN_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the record is too long"));
    }
    let crc = crc32fast::hash(&bytes[HEADER_LEN..]);
    bytes[..4].copy_from_slice(&(len as u32).to_le_bytes());
    bytes[4..HEADER_LEN].copy_from_slice(&crc.to_le_bytes());
    Ok(bytes)
}

/// What stands at the front of some bytes of a file.
#[derive(Debug, PartialEq)]
pub(super) enum Framed {
    /// A whole record and the bytes that its frame takes.
    Record(Box<LogEntry>, usize),
    /// A whole frame whose content is not what was written: skip so many bytes.
    Damaged(usize),
    /// The bytes end inside a frame, or a length is impossible: nothing after this is a frame.
    Torn,
    /// Nothing left.
    End,
}

/// Reads the frame at the front of `bytes`.
pub(super) fn unframe(bytes: &[u8]) -> Framed {
    if bytes.is_empty() {
        return Framed::End;
    }
    let Some((header, rest)) = bytes.split_at_checked(HEADER_LEN) else { return Framed::Torn };
    let word = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let len = word(0) as usize;
    // A length of 0 is what a file system leaves where a write was promised and lost.
    if len == 0 || len > RECORD_LEN_MAX {
        return Framed::Torn;
    }
    let Some(json) = rest.get(..len) else { return Framed::Torn };
    if crc32fast::hash(json) != word(4) {
        return Framed::Damaged(HEADER_LEN + len);
    }
    serde_json::from_slice(json)
        .map_or(Framed::Damaged(HEADER_LEN + len), |entry| Framed::Record(entry, HEADER_LEN + len))
}

/// One locked file of the journal.
#[derive(Debug)]
pub(super) struct Segment {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Open for append and for reading; holds the lock. Shared with the task that syncs it.
    pub(super) file: Arc<File>,
    /// Bytes of whole frames in it.
    pub(super) len: u64,
    /// Bytes from the front that are applied.
    pub(super) read: u64,
    /// Bytes from the front that Postgres has on its disk.
    pub(super) settled: u64,
    /// True if something was written since the last sync.
    pub(super) dirty: bool,
    /// True if half a frame may stand behind `len`.
    torn: bool,
}

impl Segment {
    /// Makes a file of our own. `None` if another process took it between making and locking.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(super) fn create(path: &Path) -> io::Result<Option<Self>> {
        let file = open(path, true)?;
        Ok(locked(&file)?.then(|| Self {
            path: path.to_owned(),
            file: Arc::new(file),
            len: 0,
            read: 0,
            settled: 0,
            dirty: false,
            torn: false,
        }))
    }

    /// Takes over a file that no living process owns, and cuts a torn tail.
    /// `None` if its owner lives.
    ///
    /// # Errors
    /// The file cannot be read or cut.
    pub(super) fn adopt(path: &Path) -> io::Result<Option<(Self, Survey)>> {
        let file = open(path, false)?;
        if !locked(&file)? {
            return Ok(None);
        }
        let size = file.metadata()?.len();
        let survey = survey(&file, size)?;
        if survey.len < size {
            file.set_len(survey.len)?;
        }
        let segment = Self {
            path: path.to_owned(),
            file: Arc::new(file),
            len: survey.len,
            read: 0,
            settled: 0,
            dirty: false,
            torn: false,
        };
        Ok(Some((segment, survey)))
    }

    /// Writes one frame at the end, in one `write(2)` where the kernel takes it in one.
    ///
    /// # Errors
    /// The disk refused it; the file is then as it was before.
    pub(super) fn append(&mut self, frame: &[u8]) -> io::Result<()> {
        let mut file: &File = &self.file;
        // Half a frame would hide every later one.
        if self.torn {
            file.set_len(self.len)?;
            self.torn = false;
        }
        if let Err(error) = file.write_all(frame) {
            self.torn = file.set_len(self.len).is_err();
            return Err(error);
        }
        self.len += frame.len() as u64;
        self.dirty = true;
        Ok(())
    }

    /// Forgets its content; only when all of it is applied.
    ///
    /// # Errors
    /// The disk refused it.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        (self.len, self.read, self.settled, self.dirty) = (0, 0, 0, false);
        Ok(())
    }

    /// Removes the file; only when all of it is applied.
    pub(super) fn remove(self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a finished journal file stays");
        }
    }
}

/// What a look over a whole file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Survey {
    /// Bytes up to the end of the last whole frame.
    pub(super) len: u64,
    /// Whole records.
    pub(super) records: u64,
    /// Frames whose checksum or JSON is wrong; they are skipped when read.
    pub(super) damaged: u64,
}

fn survey(file: &File, size: u64) -> io::Result<Survey> {
    let mut found = Survey { len: 0, records: 0, damaged: 0 };
    let mut bytes = vec![0; size as usize];
    file.read_exact_at(&mut bytes, 0)?;
    // A damaged frame is only believed to be one if a whole record follows it: at the very end
    // it is the torn tail.
    let mut at = 0;
    let mut damaged_since = 0;
    loop {
        match unframe(&bytes[at..]) {
            Framed::Record(_, len) => {
                at += len;
                found.len = at as u64;
                found.records += 1;
                found.damaged += std::mem::take(&mut damaged_since);
            }
            Framed::Damaged(len) => {
                at += len;
                damaged_since += 1;
            }
            Framed::Torn | Framed::End => return Ok(found),
        }
    }
}

fn open(path: &Path, create: bool) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(create).mode(0o600).open(path)
}

/// Takes the lock; false if someone has it, or if the file was removed before we had it.
fn locked(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(file.metadata()?.nlink() > 0),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}
