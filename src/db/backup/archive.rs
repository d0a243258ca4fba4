//! The file: a plain `tar` archive (POSIX ustar), so that it can be looked into without this
//! program.

use super::manifest::Member;
use super::{BackupError, io_error};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Everything in such an archive comes in blocks of so many bytes.
const BLOCK: usize = 512;
/// Bytes that are carried at once.
const CHUNK: usize = 64 * 1024;
/// A size beyond eleven octal digits (8 GiB) is written in binary, marked by this bit.
const BINARY: u8 = 0x80;
const SIZE_AT: usize = 124;
const SUM_AT: usize = 148;

/// An archive that is being written; gone again unless [`Writer::finish`] was reached.
pub(super) struct Writer {
    file: File,
    partial: PathBuf,
    path: PathBuf,
    finished: bool,
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_file(&self.partial);
        }
    }
}

impl Writer {
    /// Begins beside `path`, which must not exist. What is inside is personal: for the owner's
    /// eyes only.
    pub(super) fn create(path: &Path) -> Result<Self, BackupError> {
        if path.exists() {
            let exists = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(io_error(path, "is left alone")(exists));
        }
        let mut name = path.as_os_str().to_owned();
        name.push(".partial");
        let partial = PathBuf::from(name);
        let _ = std::fs::remove_file(&partial);
        let mut options = File::options();
        let file = options.write(true).create_new(true).mode(0o600).open(&partial);
        let file = file.map_err(io_error(&partial, "cannot be written"))?;
        Ok(Self { file, partial, path: path.to_owned(), finished: false })
    }

    /// Adds what `from` gives; how long that is shows only at its end.
    pub(super) fn add(
        &mut self,
        name: &str,
        from: &mut dyn Read,
        told: &dyn Fn(u64),
    ) -> Result<Member, BackupError> {
        self.write(name, from, told).map_err(io_error(&self.partial, "cannot be written"))
    }

    fn write(&mut self, name: &str, from: &mut dyn Read, told: &dyn Fn(u64)) -> io::Result<Member> {
        let begin = self.file.stream_position()?;
        self.file.write_all(&[0; BLOCK])?;
        let (mut hash, mut bytes, mut chunk) = (Sha256::new(), 0_u64, vec![0; CHUNK]);
        loop {
            let read = match from.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hash.update(&chunk[..read]);
            self.file.write_all(&chunk[..read])?;
            bytes += read as u64;
            told(read as u64);
        }
        self.file.write_all(&vec![0; padding(bytes)])?;
        let end = self.file.stream_position()?;
        self.file.seek(SeekFrom::Start(begin))?;
        self.file.write_all(&header(name, bytes)?)?;
        self.file.seek(SeekFrom::Start(end))?;
        Ok(Member { name: name.to_owned(), bytes, sha256: hex(&hash.finalize()) })
    }

    /// Ends the archive, waits for the disk and puts it in its place.
    pub(super) fn finish(mut self) -> Result<u64, BackupError> {
        let ended = self.end();
        let bytes = ended.map_err(io_error(&self.path, "cannot be written"))?;
        self.finished = true;
        Ok(bytes)
    }

    fn end(&mut self) -> io::Result<u64> {
        self.file.write_all(&[0; 2 * BLOCK])?;
        self.file.sync_all()?;
        // A file that came there meanwhile must not be replaced, as `rename` would; but not every
        // file system has links.
        match std::fs::hard_link(&self.partial, &self.path) {
            Ok(()) => std::fs::remove_file(&self.partial)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            Err(_) => std::fs::rename(&self.partial, &self.path)?,
        }
        if let Some(folder) = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        self.file.stream_position()
    }
}

fn padding(bytes: u64) -> usize {
    (BLOCK - (bytes % BLOCK as u64) as usize) % BLOCK
}

fn header(name: &str, bytes: u64) -> io::Result<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    if name.len() >= 100 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the name is too long"));
    }
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    if bytes < 1 << 33 {
        put(SIZE_AT, format!("{bytes:011o}\0").as_bytes());
    } else {
        put(SIZE_AT, &[BINARY]);
        put(SIZE_AT + 4, &bytes.to_be_bytes());
    }
    put(136, b"00000000000\0");
    // An ordinary file.
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(SUM_AT, b"        ");
    let sum = format!("{:06o}\0 ", sum(&block));
    block[SUM_AT..SUM_AT + 8].copy_from_slice(sum.as_bytes());
    Ok(block)
}

/// The header's own checksum counts its own place as blanks.
fn sum(block: &[u8; BLOCK]) -> u32 {
    let blanks = SUM_AT..SUM_AT + 8;
    let value =
        |(at, byte): (usize, &u8)| u32::from(if blanks.contains(&at) { b' ' } else { *byte });
    block.iter().enumerate().map(value).sum()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Where something lies in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub name: String,
    at: u64,
    pub bytes: u64,
}

/// An archive that is being read.
#[derive(Debug)]
pub(super) struct Archive {
    pub path: PathBuf,
    file: File,
    pub found: Vec<Found>,
}

impl Archive {
    /// Reads the table of contents; the contents themselves are not looked at.
    pub(super) fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(io_error(path, "cannot be read"))?;
        let length = file.metadata().map_err(io_error(path, "cannot be read"))?.len();
        let mut archive = Self { path: path.to_owned(), file, found: Vec::new() };
        let mut at = 0;
        loop {
            let mut block = [0; BLOCK];
            if archive.file.read_exact_at(&mut block, at).is_err() {
                return Err(archive.damaged("it ends too soon"));
            }
            if block == [0; BLOCK] {
                return Ok(archive);
            }
            let Some((name, bytes)) = parse(&block) else {
                let what =
                    if at == 0 { "it is no backup of Treadline" } else { "a header is wrong" };
                return Err(archive.damaged(what));
            };
            at += BLOCK as u64;
            let end = at.checked_add(bytes).filter(|end| *end <= length);
            let Some(end) = end else { return Err(archive.damaged("it ends too soon")) };
            archive.found.push(Found { name, at, bytes });
            at = end + padding(bytes) as u64;
        }
    }

    pub(super) fn damaged(&self, what: impl Into<String>) -> BackupError {
        BackupError::Damaged { path: self.path.clone(), what: what.into() }
    }

    pub(super) fn get(&self, name: &str) -> Result<&Found, BackupError> {
        let found = self.found.iter().find(|found| found.name == name);
        found.ok_or_else(|| self.damaged(format!("{name} is not in it")))
    }

    /// Reads one of its parts from the front.
    pub(super) fn reader(&self, found: &Found) -> Result<Part, BackupError> {
        let file = self.file.try_clone().map_err(io_error(&self.path, "cannot be read"))?;
        Ok(Part { file, at: found.at, left: found.bytes })
    }

    /// A part that is small.
    pub(super) fn text(&self, name: &str, bytes_max: u64) -> Result<String, BackupError> {
        let found = self.get(name)?;
        if found.bytes > bytes_max {
            return Err(self.damaged(format!("{name} is too long")));
        }
        let mut text = String::new();
        let read = self.reader(found)?.read_to_string(&mut text);
        read.map_err(|error| self.damaged(format!("{name}: {error}")))?;
        Ok(text)
    }

    /// Is a part what the manifest says that it is?
    pub(super) fn check(&self, member: &Member, told: &dyn Fn(u64)) -> Result<(), BackupError> {
        let mut part = self.reader(self.get(&member.name)?)?;
        let (mut hash, mut chunk) = (Sha256::new(), vec![0; CHUNK]);
        loop {
            let read = part.read(&mut chunk).map_err(io_error(&self.path, "cannot be read"))?;
            if read == 0 {
                break;
            }
            hash.update(&chunk[..read]);
            told(read as u64);
        }
        if hex(&hash.finalize()) == member.sha256 {
            return Ok(());
        }
        Err(self.damaged(format!("{} does not have its checksum", member.name)))
    }
}

/// One part of an archive.
#[derive(Debug)]
pub(super) struct Part {
    file: File,
    at: u64,
    left: u64,
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let want = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read_at(&mut into[..want], self.at)?;
        if read == 0 && want > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Name and length of what follows a header; nothing if it is none.
fn parse(block: &[u8; BLOCK]) -> Option<(String, u64)> {
    let octal = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        u64::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok()
    };
    if octal(&block[SUM_AT..SUM_AT + 8])? != u64::from(sum(block)) {
        return None;
    }
    let name = block[..100].split(|byte| *byte == 0).next()?;
    let size = &block[SIZE_AT..SIZE_AT + 12];
    let bytes =
        if size[0] & BINARY == 0 { octal(size)? } else { u64::from_be_bytes(*size.last_chunk()?) };
    Some((std::str::from_utf8(name).ok()?.to_owned(), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somewhere() -> PathBuf {
        std::env::temp_dir().join(format!("treadline-archive-{}", uuid::Uuid::new_v4()))
    }

    fn written(path: &Path) -> Vec<Member> {
        let mut writer = Writer::create(path).unwrap();
        let long: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
        let members = vec![
            writer.add("empty", &mut io::empty(), &|_| ()).unwrap(),
            writer.add("folder/long", &mut long.as_slice(), &|_| ()).unwrap(),
            writer.add("block", &mut [7_u8; BLOCK].as_slice(), &|_| ()).unwrap(),
        ];
        let bytes = writer.finish().unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().len(), bytes);
        members
    }

    #[test]
    fn what_was_put_in_is_found_again_and_a_file_in_the_way_stays() {
        let path = somewhere();
        let members = written(&path);
        let archive = Archive::open(&path).unwrap();
        assert_eq!(archive.found.len(), 3);
        for member in &members {
            archive.check(member, &|_| ()).unwrap();
        }
        assert!(Writer::create(&path).is_err());
        assert!(Archive::open(&path).is_ok(), "it is as it was");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn an_archive_cut_anywhere_is_damaged() {
        let path = somewhere();
        written(&path);
        let whole = std::fs::read(&path).unwrap();
        for cut in [0, 1, 511, 512, 700, 100_000, whole.len() - 1024] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let error = Archive::open(&path).unwrap_err();
            assert!(matches!(error, BackupError::Damaged { .. }), "{cut}: {error}");
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_turned_byte_is_found_wherever_it_is() {
        let path = somewhere();
        let members = written(&path);
        let whole = std::fs::read(&path).unwrap();
        // In a header, in the long part, in the last one.
        for at in [512 + 3, 512 + 512 + 90_000, whole.len() - 1024 - 5] {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            std::fs::write(&path, bytes).unwrap();
            let checked = Archive::open(&path).and_then(|archive| {
                members.iter().try_for_each(|member| archive.check(member, &|_| ()))
            });
            assert!(matches!(checked, Err(BackupError::Damaged { .. })), "{at}: {checked:?}");
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn sizes_beyond_eight_gigabytes_fit() {
        for bytes in [0, 1, (1 << 33) - 1, 1 << 33, u64::MAX / 2] {
            let block = header("dump", bytes).unwrap();
            assert_eq!(parse(&block), Some(("dump".to_owned(), bytes)));
        }
    }
}
