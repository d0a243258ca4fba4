//! The journal of one process: a folder of locked files, appended to by calls, read from the
//! front by the log writer.
//!
//! A file belongs to the process that holds its lock, so a file that can be locked belongs to a
//! dead one: the next start replays it and knows whose calls were cut off.

use super::LogEntry;
use super::leftovers::{Leftovers, read_batch};
use super::segment::{Framed, Segment, frame, unframe};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use uuid::Uuid;

/// A file is closed and the next begun at this size, bytes, so that applied ones can go.
const SEGMENT_LEN_MAX: u64 = 8 * 1024 * 1024;

/// Frames kept in memory while the disk refuses them, bytes.
const OVERFLOW_LEN_MAX: usize = 8 * 1024 * 1024;

/// Ending of the journal's files.
pub(super) const EXTENSION: &str = "spool";

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
    pub(super) mark: Mark,
}

#[derive(Debug)]
pub(super) enum Mark {
    File {
        bytes: u64,
        records: u64,
    },
    /// Up to the frame of this number.
    Memory {
        last: u64,
    },
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
    /// Frames that the disk refused, each with its number among all that were appended.
    overflow: VecDeque<(u64, Vec<u8>)>,
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
                let number = state.appended;
                state.overflow.push_back((number, frame));
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
                    tracing::warn!(%error, "the journal's next file cannot be made; the old one grows");
                }
            }
        }
        while let Some(waiting) = state.overflow.pop_front() {
            if let Err(error) = state.last().append(&waiting.1) {
                state.overflow.push_front(waiting);
                return Err(error);
            }
            state.overflow_len -= waiting.1.len();
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
    pub fn commit(&self, batch: &Batch) -> io::Result<()> {
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
            Mark::Memory { last } => {
                // What the disk has taken meanwhile is read from the file again.
                while state.overflow.front().is_some_and(|(number, _)| *number <= last) {
                    if let Some((_, frame)) = state.overflow.pop_front() {
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
        let last = self.overflow.iter().take(records_max).next_back()?.0;
        let decode = |(_, frame): &(u64, Vec<u8>)| match unframe(frame) {
            Framed::Record(entry, _) => Some(*entry),
            _ => None,
        };
        let entries = self.overflow.iter().take(records_max).filter_map(decode).collect();
        Some(Batch { entries, mark: Mark::Memory { last } })
    }

    fn report(&self) {
        metrics::gauge!("treadline_spool_records").set((self.appended - self.applied) as f64);
    }
}

fn next_segment(dir: &Path, instance: &str, made: &mut u32) -> io::Result<Option<Segment>> {
    let path = dir.join(format!("{instance}-{:06}.{EXTENSION}", *made));
    *made += 1;
    Segment::create(&path)
}

fn lost(entry: &LogEntry, error: &io::Error) {
    metrics::counter!("treadline_spool_lost_total").increment(1);
    tracing::error!(call = %entry.call, seq = entry.seq, %error, "a log record is lost");
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
