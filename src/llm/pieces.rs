//! The pieces of one chat completion, put together.
//!
//! They are picked out of plain JSON, not read into exact types: compatible servers send nulls,
//! unknown values, numbers for strings and usage after the end, and none of that may cost a
//! caller the answer.

use super::ModelChunk;
use crate::provider::Trouble;
use crate::turn::Failure;
use serde_json::Value;
use std::collections::VecDeque;

/// Text of one answer; a caller would not listen to more.
const ANSWER_CHARS_MAX: usize = 4_000;
/// Bytes of one tool call's arguments.
const ARGS_BYTES_MAX: usize = 16_000;
/// Bytes of a tool's name.
const NAME_BYTES_MAX: usize = 64;
/// Tool calls of one answer; the core allows fewer.
const CALLS_MAX: usize = 16;

/// A tool call that is still coming: the id and the name come once, the arguments in pieces that
/// often carry only an index.
#[derive(Debug, Default)]
struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    args: String,
}

/// Puts the pieces of one answer together.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    calls: VecDeque<Call>,
    chars: usize,
    /// The server said that the answer is over.
    pub finished: bool,
    /// What the server said that it used: with the end, after it, or never.
    pub usage: Option<Usage>,
}

/// Tokens, as the server counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    pub input: u32,
    pub cached: Option<u32>,
    pub output: u32,
}

/// The tokens that a piece tells of.
fn usage_of(piece: &Value) -> Option<Usage> {
    let usage = piece.get("usage").filter(|usage| usage.is_object())?;
    let count = |value: &Value| value.as_u64().and_then(|n| u32::try_from(n).ok());
    Some(Usage {
        input: count(&usage["prompt_tokens"])?,
        cached: count(&usage["prompt_tokens_details"]["cached_tokens"]),
        output: count(&usage["completion_tokens"])?,
    })
}

fn nonsense(detail: &str) -> Trouble {
    Trouble::new(Failure::Nonsense, detail)
}

impl Assembly {
    /// Takes one event; gives the words in it, if any.
    pub fn take(&mut self, data: &str) -> Result<Option<String>, Trouble> {
        if data == "[DONE]" {
            self.finished = true;
            return Ok(None);
        }
        let piece: Value =
            serde_json::from_str(data).map_err(|_| nonsense("a piece that is not JSON"))?;
        if let Some(error) = piece.get("error").filter(|error| !error.is_null()) {
            let message = error.get("message").unwrap_or(error);
            return Err(nonsense(&message.to_string()));
        }
        self.usage = usage_of(&piece).or(self.usage);
        let choice = &piece["choices"][0];
        for call in choice["delta"]["tool_calls"].as_array().into_iter().flatten() {
            self.collect(call)?;
        }
        self.finished |= choice["finish_reason"].is_string();
        let text = choice["delta"]["content"].as_str().unwrap_or_default();
        self.chars += text.chars().count();
        if self.chars > ANSWER_CHARS_MAX {
            return Err(nonsense("the answer does not end"));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// Tool calls that have come.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// How much of the answer has come; grows with everything of use.
    pub fn size(&self) -> usize {
        self.chars + self.calls.iter().map(|call| call.name.len() + call.args.len()).sum::<usize>()
    }

    fn collect(&mut self, piece: &Value) -> Result<(), Trouble> {
        let index = piece["index"].as_u64();
        let id = piece["id"].as_str().unwrap_or_default();
        let call = self.call_for(index, id);
        if call.id.is_empty() {
            id.clone_into(&mut call.id);
        }
        // Some servers repeat the name with every piece.
        if call.name.is_empty() {
            piece["function"]["name"].as_str().unwrap_or_default().clone_into(&mut call.name);
        }
        match &piece["function"]["arguments"] {
            Value::String(text) => call.args.push_str(text),
            whole @ Value::Object(_) => call.args = whole.to_string(),
            _ => {}
        }
        if call.name.len() > NAME_BYTES_MAX || call.args.len() > ARGS_BYTES_MAX {
            return Err(nonsense("a tool call does not end"));
        }
        if self.calls.len() > CALLS_MAX {
            return Err(nonsense("too many tool calls"));
        }
        Ok(())
    }

    /// The call that a piece belongs to. A new id begins a new call, even where a server gives
    /// all its calls one index or none.
    fn call_for(&mut self, index: Option<u64>, id: &str) -> &mut Call {
        let same = |call: &Call| match index {
            Some(_) => call.index == index,
            None => true,
        };
        let known = self
            .calls
            .iter()
            .rposition(|call| same(call) && (id.is_empty() || call.id.is_empty() || call.id == id));
        let at = known.unwrap_or_else(|| {
            self.calls.push_back(Call { index, ..Call::default() });
            self.calls.len() - 1
        });
        &mut self.calls[at]
    }

    /// The next complete tool call, once the answer has finished.
    pub fn next_call(&mut self) -> Option<ModelChunk> {
        let Call { name, args, .. } = self.calls.pop_front()?;
        let args = if args.trim().is_empty() { "{}" } else { args.as_str() };
        let args = serde_json::from_str(args).unwrap_or(Value::Null);
        Some(ModelChunk::ToolCall { name, args })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn calls(pieces: &[Value]) -> Vec<(String, Value)> {
        let mut assembly = Assembly::default();
        for piece in pieces {
            let event = json!({ "choices": [{ "delta": { "tool_calls": [piece] } }] });
            assert_eq!(assembly.take(&event.to_string()), Ok(None));
        }
        let mut read = Vec::new();
        while let Some(ModelChunk::ToolCall { name, args }) = assembly.next_call() {
            read.push((name, args));
        }
        read
    }

    fn two() -> Vec<(String, Value)> {
        vec![("one".into(), json!({"a": 1})), ("two".into(), json!({}))]
    }

    #[test]
    fn calls_are_told_apart_by_index() {
        let pieces = [
            json!({"index": 0, "id": "x", "function": {"name": "one", "arguments": ""}}),
            json!({"index": 1, "id": "y", "function": {"name": "two", "arguments": null}}),
            json!({"index": 0, "id": null, "function": {"name": null, "arguments": "{\"a\""}}),
            json!({"index": 0, "function": {"arguments": ":1}"}}),
        ];
        assert_eq!(calls(&pieces), two());
    }

    #[test]
    fn calls_are_told_apart_by_id_where_the_index_is_missing_or_always_zero() {
        for index in [Value::Null, json!(0)] {
            let pieces = [
                json!({"index": index, "id": "x", "function": {"name": "one", "arguments": "{"}}),
                json!({"index": index, "id": "x", "function": {"name": "one", "arguments": "\"a\":1}"}}),
                json!({"index": index, "id": "y", "function": {"name": "two", "arguments": {}}}),
            ];
            assert_eq!(calls(&pieces), two(), "index {index}");
        }
    }

    #[test]
    fn arguments_that_are_not_json_become_null_for_the_core_to_refuse() {
        let pieces = [json!({"index": 0, "function": {"name": "one", "arguments": "{\"a\": "}})];
        assert_eq!(calls(&pieces), [("one".to_owned(), Value::Null)]);
    }

    #[test]
    fn what_was_used_is_read_wherever_it_stands_and_nulls_do_not_undo_it() {
        let told = json!({"choices": [], "usage": {"prompt_tokens": 900, "completion_tokens": 12,
            "prompt_tokens_details": {"cached_tokens": 800}}});
        let later = json!({"choices": [{"delta": {"content": "x"}}], "usage": null});
        let mut assembly = Assembly::default();
        for piece in [told, later] {
            assembly.take(&piece.to_string()).expect("a piece");
        }
        let usage = Usage { input: 900, cached: Some(800), output: 12 };
        assert_eq!(assembly.usage, Some(usage));
        let odd = json!({"usage": {"prompt_tokens": "many"}});
        assert_eq!(usage_of(&odd), None, "a server that counts in words has told nothing");
    }

    #[test]
    fn an_answer_that_does_not_end_is_refused() {
        let piece = json!({"choices": [{"delta": {"content": "x".repeat(1_000)}}]}).to_string();
        let mut assembly = Assembly::default();
        let taken = (0..=4).map(|_| assembly.take(&piece)).find(Result::is_err);
        assert_eq!(taken, Some(Err(nonsense("the answer does not end"))));
    }

    const KEYS: &[&str] = &[
        "choices",
        "delta",
        "content",
        "tool_calls",
        "index",
        "id",
        "function",
        "name",
        "arguments",
        "finish_reason",
        "usage",
        "prompt_tokens",
        "completion_tokens",
        "error",
        "message",
        "prompt_tokens_details",
        "cached_tokens",
        "stop",
    ];

    proptest! {
        #[test]
        fn no_answer_of_a_server_is_more_than_its_limits_or_a_panic(
            delta in crate::fuzz::json(KEYS),
            whole in crate::fuzz::json(KEYS),
            calls in prop::collection::vec(crate::fuzz::json(KEYS), 0..20),
        ) {
            let mut assembly = Assembly::default();
            for piece in [
                whole,
                json!({ "choices": [{ "delta": delta }] }),
                json!({ "choices": [{ "delta": { "tool_calls": calls } }] }),
            ] {
                if assembly.take(&piece.to_string()).is_err() {
                    return Ok(());
                }
            }
            prop_assert!(assembly.calls() <= CALLS_MAX);
            while let Some(ModelChunk::ToolCall { name, .. }) = assembly.next_call() {
                prop_assert!(name.len() <= NAME_BYTES_MAX);
            }
        }
    }
}
