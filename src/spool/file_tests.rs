use super::*;
use crate::ids::{CallId, TenantId};
use crate::spool::Record;
use crate::spool::leftovers::READ_LEN;
use crate::spool::memory::MEMORY_LEN_MAX;
use crate::turn::Note;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("treadline-spool-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            std::fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn entry(seq: u64) -> LogEntry {
    LogEntry {
        tenant: TenantId::DEFAULT,
        call: CallId(Uuid::from_u128(7)),
        call_started_at: DateTime::<Utc>::UNIX_EPOCH,
        seq,
        at: DateTime::<Utc>::UNIX_EPOCH,
        record: Record::Note(Box::new(Note::Stale { what: "w".repeat(seq as usize % 5) })),
    }
}

fn last(state: &mut State) -> &mut Segment {
    state.segments.back_mut().unwrap()
}

fn numbers(batch: Option<Batch>) -> Vec<u64> {
    batch.map_or_else(Vec::new, |batch| batch.entries.iter().map(|entry| entry.seq).collect())
}

#[test]
fn records_come_back_in_order_until_they_are_committed() {
    let folder = Folder::new();
    let (spool, leftovers) = Spool::open(&folder.0).unwrap();
    assert_eq!(leftovers.records(), 0);
    for seq in 1..=5 {
        assert_eq!(spool.append(&entry(seq)), Kept::File);
    }
    assert_eq!(numbers(spool.peek(3).unwrap()), [1, 2, 3]);
    let first = spool.peek(3).unwrap().unwrap();
    assert_eq!(first.entries[2], entry(3));
    spool.commit(&first);
    assert_eq!(spool.waiting(), 2);
    let rest = spool.peek(100).unwrap().unwrap();
    assert_eq!(rest.entries.len(), 2);
    spool.commit(&rest);
    assert!(spool.peek(1).unwrap().is_none());
    assert_eq!(spool.unsettled(), 5);
    spool.settle().unwrap();
    assert_eq!(std::fs::metadata(&folder.files()[0]).unwrap().len(), 0, "applied data is gone");
    spool.close();
    assert!(folder.files().is_empty());
}

#[test]
fn a_dead_process_leaves_what_it_did_not_apply_and_its_name() {
    let folder = Folder::new();
    let (spool, _) = Spool::open(&folder.0).unwrap();
    let dead = spool.instance().to_owned();
    (1..=4).for_each(|seq| assert_eq!(spool.append(&entry(seq)), Kept::File));
    drop(spool); // The kernel closes the files of a killed process in the same way.

    let (_, mut leftovers) = Spool::open(&folder.0).unwrap();
    assert_eq!(leftovers.records(), 4);
    assert!(leftovers.over().is_empty(), "its records wait");
    let batch = leftovers.peek(3).unwrap().unwrap();
    leftovers.commit(&batch);
    assert_eq!(numbers(leftovers.peek(3).unwrap()), [4]);
    let batch = leftovers.peek(3).unwrap().unwrap();
    leftovers.commit(&batch);
    assert!(leftovers.peek(3).unwrap().is_none());
    assert_eq!(leftovers.over(), BTreeSet::from([dead]));
    leftovers.let_go();
    let (_, again) = Spool::open(&folder.0).unwrap();
    assert_eq!(again.records(), 0);
}

#[test]
fn the_files_of_a_living_process_are_never_touched() {
    let folder = Folder::new();
    let (living, _) = Spool::open(&folder.0).unwrap();
    living.append(&entry(1));
    let (_other, leftovers) = Spool::open(&folder.0).unwrap();
    assert_eq!(leftovers.records(), 0);
    assert!(leftovers.over().is_empty());
    assert_eq!(numbers(living.peek(9).unwrap()), [1]);
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_nothing_is_invented() {
    let folder = Folder::new();
    let (spool, _) = Spool::open(&folder.0).unwrap();
    (1..=3).for_each(|seq| assert_eq!(spool.append(&entry(seq)), Kept::File));
    let path = folder.files().remove(0);
    let whole = std::fs::read(&path).unwrap();
    let last = frame(&entry(3)).unwrap().len();
    drop(spool);
    for cut in 1..=last {
        let torn = Folder::new();
        std::fs::write(torn.0.join("dead-000000.spool"), &whole[..whole.len() - cut]).unwrap();
        let (_, mut leftovers) = Spool::open(&torn.0).unwrap();
        assert_eq!(numbers(leftovers.peek(9).unwrap()), [1, 2], "cut by {cut}");
        let len = std::fs::metadata(torn.0.join("dead-000000.spool")).unwrap().len();
        assert_eq!(len as usize, whole.len() - last, "cut by {cut}");
    }
}

#[test]
fn any_single_changed_byte_loses_only_records_and_never_changes_one() {
    let whole: Vec<u8> = (1..=3).flat_map(|seq| frame(&entry(seq)).unwrap()).collect();
    for at in 0..whole.len() {
        let folder = Folder::new();
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        std::fs::write(folder.0.join("dead-000000.spool"), &bytes).unwrap();
        let (_, mut leftovers) = Spool::open(&folder.0).unwrap();
        let mut got = Vec::new();
        while let Some(batch) = leftovers.peek(9).unwrap() {
            leftovers.commit(&batch);
            got.extend(batch.entries);
        }
        assert!(got.len() < 3, "byte {at}");
        assert!(got.iter().all(|found| *found == entry(found.seq)), "byte {at}");
    }
}

#[test]
fn a_full_disk_keeps_records_in_memory_and_writes_them_later_in_order() {
    let folder = Folder::new();
    let (spool, _) = Spool::open(&folder.0).unwrap();
    spool.append(&entry(1));
    let full = std::fs::OpenOptions::new().append(true).open("/dev/full").unwrap();
    let real = std::mem::replace(&mut last(&mut spool.lock()).file, Arc::new(full));
    assert_eq!(spool.append(&entry(2)), Kept::Memory);
    assert_eq!(spool.append(&entry(3)), Kept::Memory);
    assert!(!spool.is_healthy());
    assert!(spool.sync_now().is_err(), "nobody may believe that these are safe");
    last(&mut spool.lock()).file = real;
    assert_eq!(spool.append(&entry(4)), Kept::File);
    assert!(spool.is_healthy());
    assert_eq!(numbers(spool.peek(9).unwrap()), [1, 2, 3, 4]);
    spool.sync_now().unwrap();
    assert!(!spool.is_dirty());
}

#[test]
fn records_in_memory_can_be_applied_while_the_disk_is_full() {
    let folder = Folder::new();
    let (spool, _) = Spool::open(&folder.0).unwrap();
    let full = std::fs::OpenOptions::new().append(true).open("/dev/full").unwrap();
    last(&mut spool.lock()).file = Arc::new(full);
    let room = MEMORY_LEN_MAX / frame(&entry(1)).unwrap().len();
    let mut kept = Vec::new();
    for _ in 0..room + 2 {
        kept.push(spool.append(&entry(1)));
    }
    assert_eq!(kept[room - 1], Kept::Memory);
    assert_eq!(kept[room + 1], Kept::Nowhere, "memory is bounded");
    let batch = spool.peek(10).unwrap().unwrap();
    assert_eq!(batch.entries.len(), 10);
    let before = spool.waiting();
    spool.commit(&batch);
    assert_eq!(spool.waiting(), before - 10);
}

#[test]
fn a_batch_from_memory_that_the_disk_took_meanwhile_removes_nothing_else() {
    let folder = Folder::new();
    let (spool, _) = Spool::open(&folder.0).unwrap();
    let full = || Arc::new(std::fs::OpenOptions::new().append(true).open("/dev/full").unwrap());
    let real = std::mem::replace(&mut last(&mut spool.lock()).file, full());
    spool.append(&entry(1));
    let batch = spool.peek(9).unwrap().unwrap();
    last(&mut spool.lock()).file = Arc::clone(&real);
    spool.append(&entry(2));
    last(&mut spool.lock()).file = full();
    assert_eq!(spool.append(&entry(3)), Kept::Memory);
    spool.commit(&batch);
    last(&mut spool.lock()).file = real;
    let mut got = Vec::new();
    while let Some(batch) = spool.peek(9).unwrap() {
        got.extend(batch.entries.iter().map(|entry| entry.seq));
        spool.commit(&batch);
    }
    assert_eq!(got, [1, 2, 3], "the first comes twice at most, none is missing");
    assert_eq!(spool.waiting(), 0);
}

#[test]
fn a_record_longer_than_one_read_comes_whole() {
    let folder = Folder::new();
    let (spool, _) = Spool::open(&folder.0).unwrap();
    let mut long = entry(1);
    let what = "x".repeat(READ_LEN as usize * 2);
    long.record = Record::Note(Box::new(Note::Stale { what }));
    spool.append(&long);
    spool.append(&entry(2));
    let batch = spool.peek(9).unwrap().unwrap();
    assert_eq!(batch.entries[0], long);
    spool.commit(&batch);
    let mut rest = Vec::new();
    while let Some(batch) = spool.peek(9).unwrap() {
        rest.extend(batch.entries.iter().map(|entry| entry.seq));
        spool.commit(&batch);
    }
    assert!(rest.is_empty() || rest == [2]);
    assert_eq!(spool.waiting(), 0);
}

#[test]
fn files_that_are_applied_go_when_the_journal_has_moved_on() {
    let folder = Folder::new();
    let (spool, _) = Spool::open(&folder.0).unwrap();
    let mut long = entry(1);
    long.record = Record::Note(Box::new(Note::Stale { what: "x".repeat(1 << 20) }));
    for seq in 1..=20 {
        long.seq = seq;
        spool.append(&long);
    }
    assert!(folder.files().len() > 1);
    let mut got = Vec::new();
    while let Some(batch) = spool.peek(9).unwrap() {
        got.extend(batch.entries.iter().map(|entry| entry.seq));
        spool.commit(&batch);
    }
    assert_eq!(got, (1..=20).collect::<Vec<_>>());
    assert!(folder.files().len() > 1, "Postgres may not have them on its disk");
    spool.settle().unwrap();
    assert_eq!(folder.files().len(), 1);
}

#[test]
fn what_postgres_lost_after_it_said_yes_is_read_again() {
    let folder = Folder::new();
    let (spool, _) = Spool::open(&folder.0).unwrap();
    (1..=6).for_each(|seq| assert_eq!(spool.append(&entry(seq)), Kept::File));
    spool.commit(&spool.peek(2).unwrap().unwrap());
    spool.settle().unwrap();
    spool.commit(&spool.peek(3).unwrap().unwrap());
    assert_eq!((spool.waiting(), spool.unsettled()), (1, 3));
    spool.rewind();
    assert_eq!((spool.waiting(), spool.unsettled()), (4, 0));
    assert_eq!(numbers(spool.peek(9).unwrap()), [3, 4, 5, 6]);
}

#[test]
fn a_folder_that_cannot_be_used_keeps_records_in_memory_until_it_can() {
    let folder = Folder::new();
    let place = folder.0.join("spool");
    std::fs::write(&place, "a file stands in its place").unwrap();
    assert!(Spool::open(&place).is_err());
    let spool = Spool::in_memory(&place);
    assert!(!spool.is_healthy());
    assert_eq!(spool.append(&entry(1)), Kept::Memory);
    spool.commit(&spool.peek(9).unwrap().unwrap());
    assert_eq!(spool.append(&entry(2)), Kept::Memory);
    std::fs::remove_file(&place).unwrap();
    assert_eq!(spool.append(&entry(3)), Kept::File);
    assert!(spool.is_healthy());
    assert_eq!(numbers(spool.peek(9).unwrap()), [2, 3]);
}

#[test]
fn when_memory_is_full_too_the_oldest_steps_go_before_any_line_of_the_log() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("spool"), "no folder").unwrap();
    let spool = Spool::in_memory(&folder.0.join("spool"));
    let mut core = entry(1);
    let limits = crate::turn::Limits::default();
    core.record = Record::Core(Box::new(crate::turn::Setup::of_this_core(limits, Vec::new())));
    assert_eq!(spool.append(&core), Kept::Memory);
    let mut long = entry(2);
    long.record = Record::Note(Box::new(Note::Stale { what: "x".repeat(1 << 20) }));
    let mut kept = Vec::new();
    for seq in 2..=10 {
        long.seq = seq;
        kept.push(spool.append(&long));
    }
    assert_eq!(kept.iter().filter(|kept| **kept == Kept::Memory).count(), 7);
    assert_eq!(numbers(spool.peek(99).unwrap()), (2..=8).collect::<Vec<_>>());
    assert_eq!(spool.waiting(), 7);
}

#[test]
fn what_the_dead_left_goes_file_by_file_so_that_a_start_that_is_cut_off_is_not_lost() {
    let folder = Folder::new();
    for _ in 0..2 {
        // A process that dies with two files.
        let (spool, _) = Spool::open(&folder.0).unwrap();
        spool.append(&entry(1));
        last(&mut spool.lock()).len = SEGMENT_LEN_MAX;
        spool.append(&entry(2));
    }
    let files = folder.files().len();
    let (_own, mut left) = Spool::open(&folder.0).unwrap();
    assert_eq!(left.records(), 4);
    let mut over = Vec::new();
    for step in 1..=4 {
        let batch = left.peek(1).unwrap().unwrap();
        left.commit(&batch);
        over.push(left.over().len());
        left.let_go();
        assert_eq!(folder.files().len(), files + 1 - step, "our own and those that wait");
    }
    assert_eq!(over, [0, 1, 0, 1], "a process is over with its last file");
    assert_eq!(numbers(left.peek(9).unwrap()), Vec::<u64>::new());
}

proptest::proptest! {
    #[test]
    fn a_spoilt_record_is_cut_off_or_told_and_never_another_record(
        at in 0usize..10_000, bit in 0u8..8, cut in 0usize..10_000, more: Vec<u8>,
    ) {
        use crate::spool::segment::{Framed, frame, unframe};
        let good = frame(&entry(3)).unwrap();
        let mut bytes = good.clone();
        bytes[at % good.len()] ^= 1 << bit;
        let whole = |bytes: &[u8]| matches!(unframe(bytes), Framed::Record(..));
        proptest::prop_assert!(!whole(&bytes), "one bit is wrong");
        proptest::prop_assert!(!whole(&good[..cut % good.len()]), "the end is missing");
        proptest::prop_assert!(whole(&[good, more.clone()].concat()), "what follows is its own");
        proptest::prop_assert!(!whole(&more) || more.len() > 8);
    }
}
