//! Calls that were taken by the whole program, kept in `tests/replay`: the core leads them the same
//! way to the last byte.
//!
//! After a change of the core that is meant: `TREADLINE_RENEW_FIXTURES=1 cargo test --features
//! local-stt --test pure replayed`, and read the difference before it is committed. A new
//! one comes from `treadline replay CALL --to tests/replay/NAME.json`.

use std::path::PathBuf;
use treadline::turn::{CORE, Effect, Event, Fixture, JournalEntry, Note};

fn fixtures() -> Vec<(PathBuf, Fixture)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/replay");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let fixture = Fixture::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        (file, fixture)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn every_kept_call_replays_to_the_same_effects_byte_for_byte() {
    let renew = std::env::var("TREADLINE_RENEW_FIXTURES").is_ok();
    let mut wrong = Vec::new();
    for (file, fixture) in fixtures() {
        if renew {
            std::fs::write(&file, fixture.renewed().to_text().unwrap()).unwrap();
        } else if let Err(difference) = fixture.tape().check() {
            let core = &fixture.setup.core;
            wrong.push(format!("{}, taken by core {core}: {difference}", file.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "this core ({CORE}) leads a kept call another way. If that is meant: \
         TREADLINE_RENEW_FIXTURES=1 cargo test --features local-stt --test pure replayed\n{}",
        wrong.join("\n")
    );
}

fn has(fixture: &Fixture, wanted: impl Fn(&Effect) -> bool) -> bool {
    fixture.journal.iter().any(|line| matches!(&line.entry, JournalEntry::Wanted(e) if wanted(e)))
}

fn runs(effect: &Effect, tool: &str) -> bool {
    matches!(effect, Effect::RunTool { name, approval: Some(_), .. } if name == tool)
}

#[test]
fn the_kept_calls_hold_a_booking_an_order_a_transfer_and_a_barge_in() {
    let all = fixtures();
    assert!(all.len() >= 4);
    let some = |wanted: &dyn Fn(&Effect) -> bool| all.iter().any(|(_, one)| has(one, wanted));
    assert!(some(&|effect| runs(effect, "book_fitting")));
    assert!(some(&|effect| runs(effect, "confirm_order")));
    assert!(some(&|effect| matches!(effect, Effect::Transfer { .. })));
    assert!(some(&|effect| matches!(effect, Effect::Note(Note::BargeIn))));
    for (file, fixture) in &all {
        assert!(
            has(fixture, |e| matches!(e, Effect::Note(Note::Ended { .. }))),
            "{}",
            file.display()
        );
    }
}

#[test]
fn a_kept_call_whose_effect_or_event_is_changed_no_longer_replays() {
    for (file, fixture) in fixtures() {
        let mut other = fixture.clone();
        let said = other.journal.iter_mut().find_map(|line| match &mut line.entry {
            JournalEntry::Wanted(Effect::Say { text, .. }) => Some(text),
            _ => None,
        });
        said.unwrap().push('!');
        assert!(other.tape().check().is_err(), "{}", file.display());
        let mut other = fixture.clone();
        let greeted = other.journal.iter_mut().find_map(|line| match &mut line.entry {
            JournalEntry::Happened(Event::Begin { facts }) => Some(facts),
            _ => None,
        });
        greeted.unwrap().shop_name.push('!');
        assert!(other.tape().check().is_err(), "{}", file.display());
    }
}

#[test]
fn nobody_can_be_recognised_in_a_kept_call() {
    for (file, fixture) in fixtures() {
        let text = fixture.to_text().unwrap();
        // Every telephone number is one of the strangers' own.
        for (at, _) in text.match_indices("+380") {
            let number = &text[at..at + 13];
            assert!(number.starts_with("+38050000"), "{number} in {}", file.display());
        }
        // Nor does any number of nine digits and more stand there that is none of theirs.
        let numbers = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| {
            (9..=15).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
        });
        for number in numbers {
            let strangers = number.contains("50000000") || number.starts_with("000");
            assert!(strangers || number.len() > 12, "{number} in {}", file.display());
        }
    }
}
