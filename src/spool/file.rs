//! The journal of one process: a folder of locked files, appended to by calls, read from the
//! front by the log writer.
//!
//! A file belongs to the process that holds its lock, so a file that can be locked belongs to a
//! dead one: the next start replays it and knows whose calls were cut off.

use super::LogEntry;
use super::leftovers::{Leftovers, read_batch};
use super::memory::Memory;
use super::segment::{Segment, frame};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use uuid::Uuid;

/// A file is closed and the next begun at this size, bytes, so that applied ones can go.
const SEGMENT_LEN_MAX: u64 = 2 * 1024 * 1024;

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
    /// Oldest first; the last one is written to. Empty while the folder cannot be used.
    segments: VecDeque<Segment>,
    memory: Memory,
    appended: u64,
    applied: u64,
    /// Records of the files that are applied, but that Postgres may not have on its disk yet.
    unsettled: u64,
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
        Ok((Self::with(dir, instance, VecDeque::from([segment]), made), leftovers))
    }

    /// The same in a folder that cannot be used now: records wait in memory until it can. What
    /// dead processes left there waits for the next start.
    #[must_use]
    pub fn in_memory(dir: &Path) -> Self {
        let spool = Self::with(dir, Uuid::now_v7().simple().to_string(), VecDeque::new(), 0);
        spool.lock().healthy = false;
        spool
    }

    fn with(dir: &Path, instance: String, segments: VecDeque<Segment>, made: u32) -> Self {
        let memory = Memory::default();
        let (appended, applied, unsettled, healthy) = (0, 0, 0, true);
        let state = State { segments, memory, appended, applied, unsettled, made, healthy };
        let (dir, written) = (dir.to_owned(), Notify::new());
        Self { dir, instance, state: Mutex::new(state), written }
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
                let number = state.appended;
                let (shed, taken) = state.memory.push(number, entry, frame);
                state.applied += shed;
                if shed > 0 {
                    metrics::counter!("treadline_spool_lost_total").increment(shed);
                }
                if !taken {
                    lost(entry, &error);
                    return Kept::Nowhere;
                }
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
        if state.segments.is_empty() {
            std::fs::create_dir_all(&self.dir)?;
        }
        if state.segments.back().is_none_or(|last| last.len >= SEGMENT_LEN_MAX) {
            match next_segment(&self.dir, &self.instance, &mut state.made) {
                Ok(Some(segment)) => state.segments.push_back(segment),
                Ok(None) => {} // Taken by a start just now; the next record tries again.
                Err(error) if state.segments.is_empty() => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "the journal's next file cannot be made; the old one grows");
                }
            }
        }
        let State { segments, memory, .. } = state;
        let Some(last) = segments.back_mut() else {
            return Err(io::Error::other("the journal's new file was taken at once"));
        };
        memory.write_out(|waiting| last.append(waiting))?;
        last.append(frame)?;
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
            (dirty, state.memory.records())
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
            let Some(front) = state.unread() else { return Ok(state.memory.peek(records_max)) };
            (Arc::clone(&front.file), front.read, front.len)
        };
        let (entries, bytes, records) = read_batch(&file, read, len, records_max)?;
        Ok(Some(Batch { entries, mark: Mark::File { bytes, records } }))
    }

    /// Goes on behind a batch that is applied. It stays in the file until [`Spool::settle`].
    pub fn commit(&self, batch: &Batch) {
        let mut state = self.lock();
        match batch.mark {
            Mark::File { bytes, records } => {
                state.applied += records;
                state.unsettled += records;
                if let Some(front) = state.unread() {
                    front.read += bytes;
                }
            }
            Mark::Memory { last } => {
                let gone = state.memory.commit(last);
                state.applied += gone;
            }
        }
        state.report();
    }

    /// Records that are applied and not settled.
    pub fn unsettled(&self) -> u64 {
        self.lock().unsettled
    }

    /// Forgets everything that is applied: Postgres has it on its disk.
    ///
    /// # Errors
    /// The file cannot be cut; its records will be applied again by the next start, which does
    /// no harm.
    pub fn settle(&self) -> io::Result<()> {
        let mut state = self.lock();
        state.unsettled = 0;
        while state.segments.len() > 1 && state.segments[0].read >= state.segments[0].len {
            if let Some(done) = state.segments.pop_front() {
                done.remove();
            }
        }
        for segment in &mut state.segments {
            segment.settled = segment.read;
        }
        let mut result = Ok(());
        let alone = state.segments.len() == 1;
        let memory = state.memory.records() as u64;
        if let Some(only) = state.segments.front_mut().filter(|one| alone && one.read >= one.len) {
            result = only.clear();
            // Also what was damaged and passed over.
            state.applied = state.appended - memory;
        }
        state.report();
        result
    }

    /// Postgres has lost what was applied last: it is applied again.
    pub fn rewind(&self) {
        let mut state = self.lock();
        state.applied -= std::mem::take(&mut state.unsettled);
        for segment in &mut state.segments {
            segment.read = segment.settled;
        }
        state.report();
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
    /// The oldest file with something in it that is not applied.
    fn unread(&mut self) -> Option<&mut Segment> {
        self.segments.iter_mut().find(|segment| segment.read < segment.len)
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
