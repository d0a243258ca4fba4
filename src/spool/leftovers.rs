//! What dead processes left in the journal's folder.

use super::LogEntry;
use super::file::{Batch, EXTENSION, Mark};
use super::segment::{Framed, HEADER_LEN, RECORD_LEN_MAX, Segment, Survey, unframe};
use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// First read of a batch, bytes; a longer record is read again whole.
pub(super) const READ_LEN: u64 = 256 * 1024;

/// What dead processes left.
#[derive(Debug, Default)]
pub struct Leftovers {
    segments: VecDeque<(Segment, u64)>,
    done: Vec<Segment>,
    /// Processes that hold the lock of another file: they are between two files, not dead.
    alive: BTreeSet<String>,
}

impl Leftovers {
    pub(super) fn adopt_all(dir: &Path) -> io::Result<Self> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == EXTENSION) {
                paths.push(path);
            }
        }
        paths.sort(); // Names begin with a time-ordered id and end with a count.
        let mut leftovers = Self::default();
        for path in paths {
            let before = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
            match Segment::adopt(&path) {
                Ok(Some((segment, survey))) => {
                    report_survey(&path, before, survey);
                    leftovers.segments.push_back((segment, survey.records));
                }
                Ok(None) => leftovers.alive.extend(instance_of(&path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(leftovers)
    }

    /// Records that wait to be applied.
    pub fn records(&self) -> u64 {
        self.segments.iter().map(|(_, records)| records).sum()
    }

    /// The processes whose files are all applied: whatever calls they had are over.
    pub fn over(&self) -> BTreeSet<String> {
        let waiting: BTreeSet<String> =
            self.segments.iter().filter_map(|(segment, _)| instance_of(&segment.path)).collect();
        (self.done.iter().filter_map(|segment| instance_of(&segment.path)))
            .filter(|instance| !self.alive.contains(instance) && !waiting.contains(instance))
            .collect()
    }

    /// The oldest records, at most `records_max`; `None` when all were committed.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn peek(&mut self, records_max: usize) -> io::Result<Option<Batch>> {
        while let Some((front, _)) = self.segments.front() {
            if front.read < front.len {
                let (entries, bytes, records) =
                    read_batch(&front.file, front.read, front.len, records_max)?;
                return Ok(Some(Batch { entries, mark: Mark::File { bytes, records } }));
            }
            self.done.extend(self.segments.pop_front().map(|(segment, _)| segment));
        }
        Ok(None)
    }

    /// Goes on behind a batch that is applied. A file stays until [`Leftovers::let_go`].
    pub fn commit(&mut self, batch: &Batch) {
        if let (Some((front, records)), Mark::File { bytes, records: done }) =
            (self.segments.front_mut(), &batch.mark)
        {
            front.read += bytes;
            *records = records.saturating_sub(*done);
            if front.read >= front.len {
                self.done.extend(self.segments.pop_front().map(|(segment, _)| segment));
            }
        }
    }

    /// Removes the files that are applied, when Postgres has them on its disk and the calls of the
    /// processes that are [`Leftovers::over`] are closed: a start that is cut off is not the same
    /// start again.
    pub fn let_go(&mut self) {
        self.done.drain(..).for_each(Segment::remove);
    }
}

/// Reads records from `read` on: the records, the bytes they took, and their number with the
/// damaged ones that were passed over.
pub(super) fn read_batch(
    file: &std::fs::File,
    read: u64,
    len: u64,
    records_max: usize,
) -> io::Result<(Vec<LogEntry>, u64, u64)> {
    let available = len - read;
    let mut want = available.min(READ_LEN);
    loop {
        let mut bytes = vec![0; want as usize];
        file.read_exact_at(&mut bytes, read)?;
        let (mut entries, mut at, mut damaged) = (Vec::new(), 0, 0);
        let torn = loop {
            if entries.len() >= records_max {
                break false;
            }
            match unframe(&bytes[at..]) {
                Framed::Record(entry, taken) => {
                    entries.push(*entry);
                    at += taken;
                }
                Framed::Damaged(taken) => {
                    damaged += 1;
                    at += taken;
                }
                Framed::Torn => break true,
                Framed::End => break false,
            }
        };
        if torn && at == 0 {
            let longest = available.min((RECORD_LEN_MAX + HEADER_LEN) as u64);
            if want < longest {
                want = longest;
                continue;
            }
            tracing::error!(bytes = available, "the rest of a journal file is damaged");
            return Ok((entries, available, 0));
        }
        let records = entries.len() as u64 + damaged;
        return Ok((entries, at as u64, records));
    }
}

/// The process that a file belongs to.
fn instance_of(path: &Path) -> Option<String> {
    let name = path.file_stem()?.to_str()?;
    Some(name.split_once('-').map_or(name, |(instance, _)| instance).to_owned())
}

fn report_survey(path: &Path, before: u64, survey: Survey) {
    let cut = before.saturating_sub(survey.len);
    let path = path.display();
    if cut > 0 {
        tracing::warn!(%path, cut, "the last record of a journal was torn and is cut off");
    }
    if survey.damaged > 0 {
        tracing::error!(%path, damaged = survey.damaged, "records of a journal are damaged and passed over");
    }
}
