//! The journal of one process: a folder of locked files, appended to by calls, read from the
//! front by the log writer.
//!
//! A file belongs to the process that holds its lock, so a file that can be locked belongs to a
//! dead one: the next start replays it and knows whose calls were cut off.

use super::LogEntry;
use super::segment::{Framed, HEADER_LEN, RECORD_LEN_MAX, Segment, Survey, frame, unframe};
use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use uuid::Uuid;

/// A file is closed and the next begun at this size, bytes, so that applied ones can go.
const SEGMENT_LEN_MAX: u64 = 8 * 1024 * 1024;

/// Frames kept in memory while the disk refuses them, bytes.
const OVERFLOW_LEN_MAX: usize = 8 * 1024 * 1024;

/// First read of a batch, bytes; a longer record is read again whole.
const READ_LEN: u64 = 256 * 1024;

/// Ending of the journal's files.
const EXTENSION: &str = "spool";

/// Where a record is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the file.
    File,
    /// In memory, because the disk refuses it; written when it takes it again.
    Memory,
    /// Nowhere: disk and memory are full. Counted and logged.
    Nowhere,
}

/// Some records from the front of the journal.
#[derive(Debug)]
pub struct Batch {
    /// In the order of writing.
    pub entries: Vec<LogEntry>,
    mark: Mark,
}

#[derive(Debug)]
enum Mark {
    File { bytes: u64, records: u64 },
    Memory { frames: usize },
}

/// The journal of this process.
#[derive(Debug)]
pub struct Spool {
    dir: PathBuf,
    instance: String,
    state: Mutex<State>,
    written: Notify,
}

#[derive(Debug)]
struct State {
    /// Oldest first; never empty; the last one is written to.
    segments: VecDeque<Segment>,
    overflow: VecDeque<Vec<u8>>,
    overflow_len: usize,
    appended: u64,
    applied: u64,
    made: u32,
    /// False while the disk refuses.
    healthy: bool,
}

impl Spool {
    /// Opens the folder: makes a file of our own and takes over those of dead processes.
    ///
    /// # Errors
    /// The folder cannot be made, read or written.
    pub fn open(dir: &Path) -> io::Result<(Self, Leftovers)> {
        std::fs::create_dir_all(dir)?;
        let leftovers = Leftovers::adopt_all(dir)?;
        let mut made = 0;
        // Another start may take a new file before it is locked, and then believes its name dead:
        // each try has a name of its own.
        let (instance, segment) = loop {
            let instance = Uuid::now_v7().simple().to_string();
            match next_segment(dir, &instance, &mut made) {
                Ok(Some(segment)) => break (instance, segment),
                Ok(None) if made < 8 => {}
                Ok(None) => {
                    return Err(io::Error::other("every new journal file is taken at once"));
                }
                Err(error) => return Err(error),
            }
        };
        let state = State {
            segments: VecDeque::from([segment]),
            overflow: VecDeque::new(),
            overflow_len: 0,
            appended: 0,
            applied: 0,
            made,
            healthy: true,
        };
        let spool = Self {
            dir: dir.to_owned(),
            instance,
            state: Mutex::new(state),
            written: Notify::new(),
        };
        Ok((spool, leftovers))
    }

    /// The name of this process among those that ever wrote here.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Writes one record; it outlives the process from here on ([`Kept::File`]), and the machine
    /// after the next [`Spool::sync_now`].
    pub fn append(&self, entry: &LogEntry) -> Kept {
        let frame = match frame(entry) {
            Ok(frame) => frame,
            Err(error) => {
                lost(entry, &error);
                return Kept::Nowhere;
            }
        };
        let mut state = self.lock();
        let kept = match self.write(&mut state, &frame) {
            Ok(()) => Kept::File,
            Err(error) => {
                if std::mem::replace(&mut state.healthy, false) {
                    tracing::error!(dir = %self.dir.display(), %error, "the journal cannot be written; records wait in memory");
                }
                if state.overflow_len + frame.len() > OVERFLOW_LEN_MAX {
                    lost(entry, &error);
                    return Kept::Nowhere;
                }
                state.overflow_len += frame.len();
                state.overflow.push_back(frame);
                Kept::Memory
            }
        };
        state.appended += 1;
        state.report();
        drop(state);
        self.written.notify_one();
        kept
    }

    /// Writes what waits in memory, then `frame`, so that the order stays.
    fn write(&self, state: &mut State, frame: &[u8]) -> io::Result<()> {
        if state.last().len >= SEGMENT_LEN_MAX {
            match next_segment(&self.dir, &self.instance, &mut state.made) {
                Ok(Some(segment)) => state.segments.push_back(segment),
                Ok(None) => {} // Taken by a start just now; the next record tries again.
                Err(error) => {
                    tracing::warn!(%error, "the journal's next file cannot be made; the old one grows")
                }
            }
        }
        while let Some(waiting) = state.overflow.pop_front() {
            if let Err(error) = state.last().append(&waiting) {
                state.overflow.push_front(waiting);
                return Err(error);
            }
            state.overflow_len -= waiting.len();
        }
        state.last().append(frame)?;
        if !std::mem::replace(&mut state.healthy, true) {
            tracing::info!("the journal can be written again");
        }
        Ok(())
    }

    /// Forces everything written so far to the disk. Blocks for as long as the disk takes: not
    /// on a thread that serves calls.
    ///
    /// # Errors
    /// The disk refused it, or some records are only in memory.
    pub fn sync_now(&self) -> io::Result<()> {
        let (dirty, in_memory) = {
            let mut state = self.lock();
            let mut dirty = Vec::new();
            for segment in &mut state.segments {
                if std::mem::take(&mut segment.dirty) {
                    dirty.push(Arc::clone(&segment.file));
                }
            }
            (dirty, state.overflow.len())
        };
        for (done, file) in dirty.iter().enumerate() {
            if let Err(error) = file.sync_data() {
                let mut state = self.lock();
                for segment in &mut state.segments {
                    segment.dirty |=
                        dirty[done..].iter().any(|file| Arc::ptr_eq(file, &segment.file));
                }
                return Err(error);
            }
        }
        if in_memory > 0 {
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                "the journal is in memory only",
            ));
        }
        Ok(())
    }

    /// True if something is not yet forced to the disk.
    pub fn is_dirty(&self) -> bool {
        self.lock().segments.iter().any(|segment| segment.dirty)
    }

    /// False while the disk refuses records: the program is then not ready for new calls.
    pub fn is_healthy(&self) -> bool {
        self.lock().healthy
    }

    /// Records taken since the start.
    pub fn appended(&self) -> u64 {
        self.lock().appended
    }

    /// Records that wait to be applied.
    pub fn waiting(&self) -> u64 {
        let state = self.lock();
        state.appended - state.applied
    }

    /// Completes when a record was appended since the last time.
    pub async fn written(&self) {
        self.written.notified().await;
    }

    /// The oldest records that are not applied, at most `records_max`; `None` if there are none.
    /// They stay until [`Spool::commit`]. For one reader.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn peek(&self, records_max: usize) -> io::Result<Option<Batch>> {
        let (file, read, len) = {
            let mut state = self.lock();
            while state.segments.len() > 1 && state.segments[0].read >= state.segments[0].len {
                if let Some(done) = state.segments.pop_front() {
                    done.remove();
                }
            }
            let front = &state.segments[0];
            if front.read >= front.len {
                return Ok(state.peek_overflow(records_max));
            }
            (Arc::clone(&front.file), front.read, front.len)
        };
        let (entries, bytes, records) = read_batch(&file, read, len, records_max)?;
        Ok(Some(Batch { entries, mark: Mark::File { bytes, records } }))
    }

    /// Forgets a batch that is applied.
    ///
    /// # Errors
    /// The file cannot be cut; its records will be applied again by the next start, which does
    /// no harm.
    pub fn commit(&self, batch: Batch) -> io::Result<()> {
        let mut state = self.lock();
        let result = match batch.mark {
            Mark::File { bytes, records } => {
                state.applied += records;
                let only = state.segments.len() == 1;
                let front = &mut state.segments[0];
                front.read += bytes;
                if only && front.read >= front.len {
                    let cleared = front.clear();
                    state.applied = state.appended - state.overflow.len() as u64;
                    cleared
                } else {
                    Ok(())
                }
            }
            Mark::Memory { frames } => {
                for _ in 0..frames {
                    if let Some(frame) = state.overflow.pop_front() {
                        state.overflow_len -= frame.len();
                        state.applied += 1;
                    }
                }
                Ok(())
            }
        };
        state.report();
        result
    }

    /// Removes our files if all is applied; they stay for the next start otherwise, as they do
    /// when the process dies without this. Nothing may be appended afterwards.
    pub fn close(&self) {
        let state = self.lock();
        if state.appended == state.applied {
            for segment in &state.segments {
                let _ = std::fs::remove_file(&segment.path);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the state whole: every change is made after what can fail.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn last(&mut self) -> &mut Segment {
        let last = self.segments.len() - 1;
        &mut self.segments[last]
    }

    fn peek_overflow(&self, records_max: usize) -> Option<Batch> {
        let frames = self.overflow.len().min(records_max);
        let decode = |frame: &Vec<u8>| match unframe(frame) {
            Framed::Record(entry, _) => Some(*entry),
            _ => None,
        };
        let entries = self.overflow.iter().take(frames).filter_map(decode).collect();
        (frames > 0).then_some(Batch { entries, mark: Mark::Memory { frames } })
    }

    fn report(&self) {
        metrics::gauge!("treadline_spool_records").set((self.appended - self.applied) as f64);
    }
}

/// What dead processes left.
#[derive(Debug, Default)]
pub struct Leftovers {
    segments: VecDeque<(Segment, u64)>,
    done: Vec<Segment>,
    /// Processes that hold the lock of another file: they are between two files, not dead.
    alive: BTreeSet<String>,
}

impl Leftovers {
    fn adopt_all(dir: &Path) -> io::Result<Self> {
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

    /// The processes that left files: whatever calls they had are over.
    pub fn instances(&self) -> BTreeSet<String> {
        (self.segments.iter().map(|(segment, _)| segment).chain(&self.done))
            .filter_map(|segment| instance_of(&segment.path))
            .filter(|instance| !self.alive.contains(instance))
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

    /// Goes on behind a batch that is applied. The files stay until [`Leftovers::finish`].
    pub fn commit(&mut self, batch: &Batch) {
        if let (Some((front, records)), Mark::File { bytes, records: done }) =
            (self.segments.front_mut(), &batch.mark)
        {
            front.read += bytes;
            *records = records.saturating_sub(*done);
        }
    }

    /// Removes the files: all is applied, and the calls of their processes are closed.
    pub fn finish(self) {
        self.done.into_iter().for_each(Segment::remove);
    }
}

/// Reads records from `read` on: the records, the bytes they took, and their number with the
/// damaged ones that were passed over.
fn read_batch(
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

fn next_segment(dir: &Path, instance: &str, made: &mut u32) -> io::Result<Option<Segment>> {
    let path = dir.join(format!("{instance}-{:06}.{EXTENSION}", *made));
    *made += 1;
    Segment::create(&path)
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

fn lost(entry: &LogEntry, error: &io::Error) {
    metrics::counter!("treadline_spool_lost_total").increment(1);
    tracing::error!(call = %entry.call, seq = entry.seq, %error, "a log record is lost");
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
