//! Forgetting a person in the journal's folder.

use super::aside::keep_lines;
use super::file::EXTENSION;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What was found in the folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct InFolder {
    /// Records that Postgres had refused and that were removed.
    pub removed: usize,
    /// Files of records on their way to Postgres that name the person. They are not touched: what
    /// is in them is confirmed to callers.
    pub on_their_way: Vec<PathBuf>,
}

/// Removes the refused records that `names_them`, and says which other files of `dir` hold such
/// text. A record that is refused at this very moment may be lost with them.
///
/// # Errors
/// The folder cannot be read, or a file not written anew; what is there stays.
pub fn forget(dir: &Path, names_them: impl Fn(&str) -> bool) -> io::Result<InFolder> {
    let mut found = InFolder::default();
    let files = match fs::read_dir(dir) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    };
    for file in files {
        let file = file?;
        if !file.file_type()?.is_file() {
            continue;
        }
        let path = file.path();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            // Applied and removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let text = String::from_utf8_lossy(&bytes);
        if !names_them(&text) {
            continue;
        }
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            found.removed += keep_lines(&path, &text, |line| !names_them(line))?;
        } else {
            found.on_their_way.push(path);
        }
    }
    Ok(found)
}

/// A file of records on their way to Postgres.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnItsWay {
    /// Where it lies.
    pub path: PathBuf,
    /// Its process lives and brings it itself; else the next start of the log does.
    pub alive: bool,
}

/// The files of `dir` on their way to Postgres that hold text which `names_them`.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn on_their_way(dir: &Path, names_them: impl Fn(&str) -> bool) -> io::Result<Vec<OnItsWay>> {
    let mut found = Vec::new();
    let files = match fs::read_dir(dir) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    };
    for file in files {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != EXTENSION) {
            continue;
        }
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            // Applied and removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if names_them(&String::from_utf8_lossy(&bytes)) {
            // Whoever writes a journal holds its lock.
            let alive = fs::File::open(&path).is_ok_and(|file| file.try_lock().is_err());
            found.push(OnItsWay { path, alive });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn refused_records_go_and_those_on_their_way_are_named() {
        let dir = std::env::temp_dir().join(format!("treadline-forget-{}", Uuid::new_v4()));
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("refused.jsonl"), "one\ntheirs\nthree\n").unwrap();
        fs::write(dir.join("refused.1.jsonl"), "theirs\n").unwrap();
        fs::write(dir.join("a.spool"), b"\x07\xfftheirs\x00").unwrap();
        fs::write(dir.join("b.spool"), b"others").unwrap();
        let found = forget(&dir, |text| text.contains("theirs")).unwrap();
        assert_eq!(found, InFolder { removed: 2, on_their_way: vec![dir.join("a.spool")] });
        assert_eq!(fs::read_to_string(dir.join("refused.jsonl")).unwrap(), "one\nthree\n");
        assert!(!dir.join("refused.1.jsonl").exists());
        assert_eq!(forget(&dir.join("none"), |_| true).unwrap(), InFolder::default());
        assert_eq!(on_their_way(&dir.join("none"), |_| true).unwrap(), []);
        let path = dir.join("a.spool");
        let waiting = |alive| vec![OnItsWay { path: path.clone(), alive }];
        let theirs = || on_their_way(&dir, |text| text.contains("theirs")).unwrap();
        assert_eq!(theirs(), waiting(false));
        let living = fs::File::open(&path).unwrap();
        living.lock().unwrap();
        assert_eq!(theirs(), waiting(true));
        fs::remove_dir_all(dir).unwrap();
    }
}
