//! A tape about strangers: every person in it has changed places with one of the fixtures' own,
//! and the core has played it again.

use super::people::People;
use super::tape::Tape;
use super::{FixtureError, label};
use crate::clock::CallTime;
use crate::language::Language;
use crate::pii::Phone;
use crate::turn::Event;
use serde_json::Value;

/// Fields that hold a name, whoever writes them.
const NAMES: [&str; 3] = ["customer_name", "recipient", "recipient_name"];
/// Fields of the model's arguments that hold a name or an address.
const NAMES_IN_ARGS: [&str; 2] = ["name", "address"];
/// Fields that hold a number plate.
const PLATES: [&str; 2] = ["auto_number", "plate"];
/// Keys that are typed with longer pauses are not one number, microseconds.
const KEYS_PAUSE_US: u64 = 2_000_000;

/// The tape about strangers.
///
/// # Errors
/// A person is left in it, or strangers lead the call another way.
pub(super) fn masked(tape: &Tape) -> Result<Tape, FixtureError> {
    let language = language_of(tape);
    let mut tape =
        Tape { steps: tape.steps.clone(), setup: tape.setup.clone(), end: tape.end.clone() };
    join_pieces(&mut tape);
    let before = tape.clone().played_again();
    let mut people = People::default();
    let typed = typed_numbers(&tape);
    for step in &tape.steps {
        meet(&mut people, &step.event, language);
    }
    for (_, digits) in &typed {
        if digits.len() >= 9 {
            people.meet_phone(digits);
        }
    }
    for (places, digits) in &typed {
        let strange = people.digits(digits);
        for (place, digit) in places.iter().zip(strange.chars()) {
            tape.steps[*place].event = Event::Digit { digit };
        }
    }
    for step in &mut tape.steps {
        let unreadable = |_| FixtureError::Unreadable(label(&step.event, "event"));
        let mut value = serde_json::to_value(&step.event).map_err(unreadable)?;
        change(&mut value, &mut people, language);
        step.event = serde_json::from_value(value).map_err(unreadable)?;
    }
    let after = tape.played_again();
    same_way(&before, &after)?;
    for line in after.lines() {
        let text = serde_json::to_string(&line).unwrap_or_default();
        if let Some(what) = people.left_in(&text) {
            return Err(FixtureError::PersonLeft { what, at_ms: line.at.as_ms() });
        }
    }
    Ok(after)
}

fn language_of(tape: &Tape) -> Language {
    let facts = tape.steps.iter().find_map(|step| match &step.event {
        Event::Begin { facts } => Some(facts.language),
        _ => None,
    });
    facts.unwrap_or_default()
}

/// A model's text comes in pieces that end anywhere, in the middle of a number too: those that
/// follow one another become one, at the time of the last.
fn join_pieces(tape: &mut Tape) {
    let mut joined: Vec<super::TapeStep> = Vec::with_capacity(tape.steps.len());
    for step in tape.steps.drain(..) {
        if let (
            Some(Event::ModelText { generation: before, text }),
            Event::ModelText { generation, text: more },
        ) = (joined.last_mut().map(|last| &mut last.event), &step.event)
            && before == generation
        {
            text.push_str(more);
            if let Some(last) = joined.last_mut() {
                last.at = step.at;
            }
            continue;
        }
        joined.push(step);
    }
    tape.steps = joined;
}

/// Numbers that were typed: where their keys stand, and their digits.
fn typed_numbers(tape: &Tape) -> Vec<(Vec<usize>, String)> {
    let mut found: Vec<(Vec<usize>, String)> = Vec::new();
    let (mut last, mut open) = (CallTime::default(), false);
    for (place, step) in tape.steps.iter().enumerate() {
        let Event::Digit { digit } = step.event else { continue };
        let late = step.at.0.saturating_sub(last.0) > KEYS_PAUSE_US;
        last = step.at;
        if !digit.is_ascii_digit() {
            open &= digit == '*';
            continue;
        }
        match found.last_mut().filter(|_| open && !late) {
            Some((places, digits)) => {
                places.push(place);
                digits.push(digit);
            }
            None => found.push((vec![place], digit.to_string())),
        }
        open = true;
    }
    found
}

fn meet(people: &mut People, event: &Event, language: Language) {
    match event {
        Event::Partial { text } | Event::Transcript { text, .. } => {
            people.meet_caller_text(text, language);
        }
        Event::ModelToolCall { args, .. } => meet_fields(people, args, true),
        _ => {}
    }
    meet_fields(people, &serde_json::to_value(event).unwrap_or_default(), false);
}

/// Everybody whom a field names.
fn meet_fields(people: &mut People, value: &Value, args: bool) {
    match value {
        Value::String(text) => {
            if let Some(phone) = Phone::parse(text) {
                people.meet_phone(phone.reveal());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| meet_fields(people, item, args)),
        Value::Object(fields) => {
            for (key, value) in fields {
                let is = |known: &[&str]| known.contains(&key.as_str());
                if let Value::String(text) = value {
                    if is(&NAMES) || args && is(&NAMES_IN_ARGS) {
                        people.meet_words(text);
                    } else if is(&PLATES) {
                        people.meet_plate(text);
                    }
                }
                meet_fields(people, value, args);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn change(value: &mut Value, people: &mut People, language: Language) {
    match value {
        Value::String(text) => *text = people.strange(text, language),
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, people, language)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| change(value, people, language));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Strangers must be led as the people were: the same kinds of effects after the same events.
fn same_way(before: &Tape, after: &Tape) -> Result<(), FixtureError> {
    for (one, other) in before.steps.iter().zip(&after.steps) {
        let kinds = |step: &super::TapeStep| -> Vec<String> {
            step.effects.iter().flatten().map(|effect| label(effect, "effect")).collect()
        };
        if kinds(one) != kinds(other) {
            return Err(FixtureError::OtherWay { at_ms: one.at.as_ms() });
        }
    }
    Ok(())
}
