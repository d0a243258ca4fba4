//! From a call's records to its tape.

use super::{LogEntry, Record};
use crate::turn::{Tape, TapeError, stands_alone};

/// The tape of a call, from all its records in order.
///
/// # Errors
/// A record is missing, or rests on one that is not there.
pub fn tape_of(entries: &[LogEntry]) -> Result<Tape, TapeError> {
    for (entry, seq) in entries.iter().zip(1..) {
        if entry.seq != seq {
            return Err(TapeError::Missing(seq));
        }
    }
    let setup = entries.iter().find_map(|entry| match &entry.record {
        Record::Core(setup) => Some(setup.as_ref().clone()),
        _ => None,
    });
    let steps = entries.iter().filter_map(|entry| match &entry.record {
        Record::Steps(lines) => Some((entry.seq, lines)),
        _ => None,
    });
    let notes = entries.iter().filter_map(|entry| match &entry.record {
        Record::Note(note) if stands_alone(note) => Some(note.as_ref().clone()),
        _ => None,
    });
    Tape::read(setup.ok_or(TapeError::NoSetup)?, steps, notes)
}
