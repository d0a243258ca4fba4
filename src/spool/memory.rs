//! Records that the disk refuses, in memory until it takes them again: a full disk does not end a
//! call.

use super::LogEntry;
use super::file::{Batch, Mark};
use super::segment::{Framed, unframe};
use std::collections::VecDeque;
use std::io;

/// Frames kept in memory while the disk refuses them, bytes.
pub(super) const MEMORY_LEN_MAX: usize = 8 * 1024 * 1024;

#[derive(Debug)]
struct Waiting {
    /// Its number among all that were appended.
    number: u64,
    /// The journal alone has it: the first to go when memory is full.
    journal: bool,
    frame: Vec<u8>,
}

/// The records that wait, oldest first.
#[derive(Debug, Default)]
pub(super) struct Memory {
    waiting: VecDeque<Waiting>,
    len: usize,
}

impl Memory {
    pub(super) fn records(&self) -> usize {
        self.waiting.len()
    }

    /// Takes a frame. Steps of calls make room for it, the oldest first; how many. `None` if even
    /// that is not enough, then it is not taken.
    pub(super) fn push(&mut self, number: u64, entry: &LogEntry, frame: Vec<u8>) -> Option<u64> {
        let journal = entry.record.is_journal();
        let mut shed = 0;
        while self.len + frame.len() > MEMORY_LEN_MAX {
            let oldest = self.waiting.iter().position(|waiting| waiting.journal)?;
            let gone = self.waiting.remove(oldest)?;
            self.len -= gone.frame.len();
            shed += 1;
        }
        self.len += frame.len();
        self.waiting.push_back(Waiting { number, journal, frame });
        Some(shed)
    }

    /// Writes all of it with `write`, oldest first; what it refuses stays.
    pub(super) fn write_out(
        &mut self,
        mut write: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        while let Some(front) = self.waiting.front() {
            write(&front.frame)?;
            self.pop();
        }
        Ok(())
    }

    pub(super) fn peek(&self, records_max: usize) -> Option<Batch> {
        let last = self.waiting.iter().take(records_max).next_back()?.number;
        let decode = |waiting: &Waiting| match unframe(&waiting.frame) {
            Framed::Record(entry, _) => Some(*entry),
            _ => None,
        };
        let entries = self.waiting.iter().take(records_max).filter_map(decode).collect();
        Some(Batch { entries, mark: Mark::Memory { last } })
    }

    /// Forgets the frames up to a number; how many. What the disk has taken meanwhile is no longer
    /// here and is read from the file again.
    pub(super) fn commit(&mut self, last: u64) -> u64 {
        let mut gone = 0;
        while self.waiting.front().is_some_and(|front| front.number <= last) {
            self.pop();
            gone += 1;
        }
        gone
    }

    fn pop(&mut self) {
        if let Some(front) = self.waiting.pop_front() {
            self.len -= front.frame.len();
        }
    }
}
