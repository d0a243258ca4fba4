//! The chat completions interface, from the provider's side.

use chrono::NaiveDateTime;
use chrono_tz::Europe::Kyiv;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use treadline::language::Language;
use treadline::llm::{ModelChunk, ModelRequest};
use treadline::tools;
use treadline::turn::Message;

/// Characters of one streamed piece of text, and bytes of one piece of arguments: small and odd,
/// so that words, numbers and JSON are torn.
const TEXT_PIECE_CHARS: usize = 7;
const ARGS_PIECE_CHARS: usize = 5;
/// What each answer is said to have used.
pub const TOKENS_READ: u32 = 1_200;
pub const TOKENS_KNOWN: u32 = 1_000;
pub const TOKENS_WRITTEN: u32 = 40;

/// The path and the JSON of a request; `None` when the other side has closed.
pub async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<(String, Value)>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |text| text.trim().parse().expect("a length"));
    let mut body = bytes.split_off(end);
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some((path, serde_json::from_slice(&body).unwrap_or(Value::Null))))
}

/// What a request asks, as strictly as a provider reads it: every tool call has its result, every
/// result its call.
pub fn model_request(body: &Value) -> Result<ModelRequest, String> {
    if body["stream"] != true {
        return Err("only streams are served".into());
    }
    if body["stream_options"]["include_usage"] != true {
        return Err("nobody asks what it costs".into());
    }
    let messages = body["messages"].as_array().ok_or("no messages")?;
    let [first, between @ .., last] = messages.as_slice() else {
        return Err("too few messages".into());
    };
    if first["role"] != "system" || last["role"] != "system" {
        return Err("the instructions are not first, or the state is not last".into());
    }
    let state = text_of(last)?;
    let visible: Vec<String> = body["tools"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|tool| tool["function"]["name"].as_str().map(str::to_owned))
        .collect();
    let named = state.lines().next().unwrap_or_default();
    let now = NaiveDateTime::parse_from_str(named, "Now it is %A, %Y-%m-%d, %H:%M at the shop.")
        .map_err(|error| format!("{named:?} tells no time: {error}"))?;
    let languages =
        [("English", Language::En), ("Ukrainian", Language::Uk), ("Russian", Language::Ru)];
    let language = languages.iter().find(|(name, _)| state.contains(&format!("Answer in {name}.")));
    Ok(ModelRequest {
        system: text_of(first)?,
        state: Some(state.clone()),
        language: language.ok_or("no language is asked for")?.1,
        history: history(between)?,
        tools: tools::specs_of(&visible),
        now: now.and_local_timezone(Kyiv).earliest().ok_or("an hour that the clocks skip")?,
    })
}

fn text_of(message: &Value) -> Result<String, String> {
    message["content"].as_str().map(str::to_owned).ok_or_else(|| format!("no text in {message}"))
}

fn history(messages: &[Value]) -> Result<Vec<Message>, String> {
    let mut history = Vec::new();
    let mut open: Option<(String, String, Value)> = None;
    for message in messages {
        let role = message["role"].as_str().unwrap_or_default();
        if open.is_some() && role != "tool" {
            return Err(format!("a tool call without its result before {message}"));
        }
        match role {
            "user" => history.push(Message::Caller { text: text_of(message)? }),
            "assistant" => match message["tool_calls"].as_array().map(Vec::as_slice) {
                None => history.push(Message::Agent { text: text_of(message)? }),
                Some([call]) => {
                    let field = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    let args = field(&call["function"]["arguments"]);
                    let args = serde_json::from_str(&args).map_err(|error| error.to_string())?;
                    open = Some((field(&call["id"]), field(&call["function"]["name"]), args));
                }
                Some(calls) => return Err(format!("{} calls in one message", calls.len())),
            },
            "tool" => {
                let (id, name, args) = open.take().ok_or("a result without a call")?;
                if message["tool_call_id"] != id.as_str() {
                    return Err(format!("a result for another call than {id}"));
                }
                let result = serde_json::from_str(&text_of(message)?);
                let result = result.map_err(|error| error.to_string())?;
                history.push(Message::Tool { name, args, result });
            }
            other => return Err(format!("the role {other:?} in the middle")),
        }
    }
    if open.is_some() { Err("a tool call without its result".into()) } else { Ok(history) }
}

/// The answer as server-sent events: text in torn pieces, a tool call's id and name only in its
/// first piece, its arguments spread over many, the usage at the end without choices.
pub fn chunks(answer: &[ModelChunk]) -> Vec<String> {
    let delta = |delta: Value| json!({ "id": "c1", "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }], "usage": null });
    let mut events = vec![delta(json!({ "role": "assistant", "content": "" }))];
    let mut calls = 0;
    for piece in answer {
        match piece {
            ModelChunk::Text(text) => {
                let pieces = torn(text, TEXT_PIECE_CHARS);
                events.extend(pieces.map(|piece| delta(json!({ "content": piece }))));
            }
            ModelChunk::ToolCall { name, args } => {
                events.push(delta(json!({ "content": null, "tool_calls": [{
                    "index": calls, "id": format!("call_{calls}"), "type": "function",
                    "function": { "name": name, "arguments": "" },
                }] })));
                let args = args.to_string();
                events.extend(torn(&args, ARGS_PIECE_CHARS).map(|piece| {
                    delta(json!({ "tool_calls": [
                        { "index": calls, "function": { "arguments": piece } }
                    ] }))
                }));
                calls += 1;
            }
        }
    }
    let reason = if calls > 0 { "tool_calls" } else { "stop" };
    events.push(
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }], "usage": null }),
    );
    events.push(json!({ "choices": null, "usage": {
        "prompt_tokens": TOKENS_READ, "prompt_tokens_details": { "cached_tokens": TOKENS_KNOWN },
        "completion_tokens": TOKENS_WRITTEN, "total_tokens": TOKENS_READ + TOKENS_WRITTEN } }));
    let data = events.iter().map(|event| format!("data: {event}\n\n"));
    data.chain(["data: [DONE]\n\n".to_owned()]).collect()
}

fn torn(text: &str, chars: usize) -> impl Iterator<Item = String> {
    let letters: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = letters.chunks(chars).map(|piece| piece.iter().collect()).collect();
    pieces.into_iter()
}
