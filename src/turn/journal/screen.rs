//! What of an event the core may see: what it may not, the journal must not have either, and a
//! journal replays only if both have seen the same.

use crate::turn::keys::HIDDEN_KEY;
use crate::turn::{Event, mask_cards};
use serde_json::Value;

/// The event without card numbers in the caller's words, without the character U+0000 (which
/// JSON in Postgres cannot hold) and without figures that are none.
#[must_use]
pub fn screened(mut event: Event) -> Event {
    match &mut event {
        Event::Partial { text } => screen_words(text),
        Event::Transcript { text, confidence, .. } => {
            screen_words(text);
            *confidence = confidence.filter(|figure| figure.is_finite());
        }
        // No key of a telephone; it would be taken for one of a card number.
        Event::Digit { digit } if *digit == HIDDEN_KEY => *digit = '?',
        Event::ModelText { text, .. } => without_nul(text),
        Event::ModelToolCall { name, args, .. } => {
            without_nul(name);
            value_without_nul(args);
        }
        Event::ToolPrepared { proposal, .. } => value_without_nul(&mut proposal.args),
        Event::ToolFinished { outcome, .. } => value_without_nul(&mut outcome.result),
        Event::SpeechCut { heard, .. } if !heard.is_finite() => *heard = 0.0,
        _ => {}
    }
    event
}

fn screen_words(text: &mut String) {
    without_nul(text);
    let masked = mask_cards(text);
    if masked != *text {
        *text = masked;
    }
}

fn without_nul(text: &mut String) {
    text.retain(|c| c != '\0');
}

fn value_without_nul(value: &mut Value) {
    match value {
        Value::String(text) => without_nul(text),
        Value::Array(items) => items.iter_mut().for_each(value_without_nul),
        Value::Object(fields) => {
            if fields.keys().any(|name| name.contains('\0')) {
                let old = std::mem::take(fields);
                fields.extend(old.into_iter().map(|(name, value)| (name.replace('\0', ""), value)));
            }
            fields.values_mut().for_each(value_without_nul);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::{Generation, TranscriptId};
    use serde_json::json;

    #[test]
    fn a_card_and_what_postgres_refuses_do_not_reach_the_core() {
        let said = Event::Transcript {
            transcript: TranscriptId(1),
            text: "my card\0 is 4111 1111 1111 1111".into(),
            confidence: Some(f32::NAN),
            latency_ms: 1,
        };
        let Event::Transcript { text, confidence, .. } = screened(said) else { panic!("changed") };
        assert_eq!((text.as_str(), confidence), ("my card is [card]", None));
        let call = Event::ModelToolCall {
            generation: Generation(1),
            name: "to\0ol".into(),
            args: json!({"a\0": ["\0b"]}),
        };
        let Event::ModelToolCall { name, args, .. } = screened(call) else { panic!("changed") };
        assert_eq!((name.as_str(), args), ("tool", json!({"a": ["b"]})));
    }
}
