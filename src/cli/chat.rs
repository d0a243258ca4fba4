//! `treadline chat`: talk with the agent by typing. The same core, tools and log as a call.

use super::out;
use crate::app::{self, Parts};
use crate::config::{Config, Secrets};
use crate::ids::{CallId, row_id};
use crate::language::Language;
use crate::session::{EventSender, Listening, Opening, Session, TextMedium, Watcher, type_line};
use crate::shop::identity;
use crate::turn::{Effect, Event, Note};
use anyhow::{Context as _, ensure};
use clap::Args;
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

/// Arguments of `treadline chat`.
#[derive(Debug, Args)]
pub struct ChatArgs {
    /// The number that the caller phones from.
    #[arg(long = "as", value_name = "+380…")]
    caller: Option<String>,
    /// The language to begin in: uk, ru or en.
    #[arg(long, value_name = "uk|ru|en")]
    lang: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Runs the conversation until the agent or the person ends it.
///
/// # Errors
/// When the parts cannot be started.
pub async fn run(mut config: Config, secrets: Secrets, args: ChatArgs) -> anyhow::Result<()> {
    let language = match &args.lang {
        None => None,
        Some(code) => Some(
            Language::from_code(code)
                .with_context(|| format!("--lang {code}: the agent speaks uk, ru and en"))?,
        ),
    };
    if let Some(number) = &args.caller {
        ensure!(
            identity::is_known_writing(number, &config.shop.phone_prefix),
            "--as {number} is no number: write it with its country, for example +380671234567, \
             or leave it out for a caller who withholds it"
        );
    }
    // A typed line is a finished turn: there is no pause to wait for.
    config.limits.call.endpointing_ms = 1;
    config.limits.call.endpointing_slow_ms = 1;
    config.limits.call.transcribe_early_ms = 0;
    let parts = app::assemble(config, secrets, app::Voices::Silent).await?;
    let outcome = converse(&parts, &args, language).await;
    parts.close().await;
    let outcome = outcome?;
    if args.json {
        out::line(json!({ "type": "end", "outcome": outcome }));
    } else {
        out::line(format!("(the call is over: {outcome})"));
    }
    Ok(())
}

async fn converse(
    parts: &Parts,
    args: &ChatArgs,
    language: Option<Language>,
) -> anyhow::Result<String> {
    let (lines, mut shown) = mpsc::unbounded_channel();
    let typed = Arc::new(Mutex::new(String::new()));
    let opening = Opening {
        call: CallId(Uuid::new_v4()),
        channel: "chat",
        origin: std::env::var("TREADLINE_ORIGIN").unwrap_or_else(|_| "live".into()),
        caller: args.caller.clone(),
        called: None,
        asterisk_channel: None,
        language,
        data: Value::Null,
        line: None,
    };
    let place = Arc::clone(&typed);
    let session = Session::open(Arc::clone(&parts.services), &opening, |events, _| {
        TextMedium::new(events, lines, place)
    })
    .await;
    let listening = Arc::new(Notify::new());
    let keyboard = tokio::spawn(read_lines(session.sender(), typed, Arc::clone(&listening)));
    // What is said is printed by the watcher, in order with everything else.
    let printer = tokio::spawn(async move { while shown.recv().await.is_some() {} });
    let mut watcher = ChatWatcher {
        json: args.json,
        sentence: String::new(),
        call: opening.call,
        awake: listening,
        listening: Listening::default(),
        told: false,
    };
    let (ending, medium) = session.run(&mut watcher, |_| {}).await;
    watcher.end_sentence();
    drop(medium);
    keyboard.abort();
    let _ = printer.await;
    let outcome = serde_json::to_value(ending.outcome)?;
    Ok(outcome.as_str().unwrap_or("error").to_owned())
}

/// Types a line each time the agent listens; the end of the input hangs up.
async fn read_lines(events: EventSender, typed: Arc<Mutex<String>>, listening: Arc<Notify>) {
    let mut input = BufReader::new(tokio::io::stdin());
    let mut bytes = Vec::new();
    let prompt = std::io::stdin().is_terminal();
    loop {
        listening.notified().await;
        if prompt {
            let mut error = std::io::stderr();
            let _ = write!(error, "you: ").and_then(|()| error.flush());
        }
        let line = loop {
            bytes.clear();
            match input.read_until(b'\n', &mut bytes).await {
                Ok(0) | Err(_) => break None,
                Ok(_) => {}
            }
            // A terminal in another encoding: what can be read of the line is better than an end.
            let line = String::from_utf8_lossy(&bytes);
            if !line.trim().is_empty() {
                break Some(line.trim_end_matches(['\r', '\n']).to_owned());
            }
        };
        let sent = match line {
            Some(line) => type_line(&events, &typed, line).await,
            None => events.send(Event::LegLost { orderly: true }).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Prints what happens, and knows when the agent waits for the caller.
struct ChatWatcher {
    json: bool,
    /// The beginning of a sentence: a voice gets long ones in pieces, a reader wants them whole.
    sentence: String,
    call: CallId,
    awake: Arc<Notify>,
    listening: Listening,
    told: bool,
}

impl ChatWatcher {
    fn print(&self, value: &Value) {
        if self.json {
            out::line(value);
        }
    }

    fn agent_says(&mut self, piece: &str) {
        if !self.sentence.is_empty() {
            self.sentence.push(' ');
        }
        self.sentence.push_str(piece);
        if !piece.ends_with([',', ';', ':']) {
            self.end_sentence();
        }
    }

    fn end_sentence(&mut self) {
        let text = std::mem::take(&mut self.sentence);
        if text.is_empty() {
        } else if self.json {
            out::line(json!({ "type": "agent", "text": text }));
        } else {
            out::line(format!("agent: {text}"));
        }
    }

    fn tool_answered(&self, name: &str, result: &Value, success: bool, approval: Option<Uuid>) {
        self.print(&json!({
            "type": "tool_result", "name": name, "ok": success, "result": result
        }));
        if !success {
            let code = result.get("error").cloned().unwrap_or(Value::Null);
            self.print(&json!({ "type": "refusal", "tool": name, "code": code }));
        } else if let Some(kind) = effect_kind(name, result) {
            // Row ids never reach the model; what was agreed has an id that all rows name.
            let id = approval.unwrap_or_else(|| row_id(self.call, &format!("{name} {result}")));
            self.print(&json!({ "type": "effect", "kind": kind, "id": id }));
        }
    }
}

/// What a tool's success changed in the world, if anything.
fn effect_kind(tool: &str, result: &Value) -> Option<&'static str> {
    let status = result.get("status").and_then(Value::as_str).unwrap_or_default();
    Some(match (tool, status) {
        ("book_fitting", _) => "fitting_booking",
        ("cancel_fitting", "moved") => "fitting_move",
        ("cancel_fitting", _) => "fitting_cancel",
        ("confirm_order", _) => "order",
        ("reserve_fitting_slot", _) => "hold",
        ("create_callback_request", _) => "callback",
        ("add_to_wishlist", _) => "wish",
        ("update_customer_profile", _) => "profile",
        _ => return None,
    })
}

impl Watcher for ChatWatcher {
    fn effect(&mut self, effect: &Effect) {
        self.told = false;
        self.listening.effect(effect);
        if matches!(
            effect,
            Effect::PrepareTool { .. }
                | Effect::RunTool { .. }
                | Effect::Transfer { .. }
                | Effect::HangUp { .. }
                | Effect::Note(Note::ToolCall { .. })
        ) {
            self.end_sentence();
        }
        match effect {
            Effect::Say { text, .. } => self.agent_says(text),
            Effect::PrepareTool { name, args, .. }
            | Effect::RunTool { name, args, approval: None, .. } => {
                self.print(&json!({ "type": "tool_call", "name": name, "args": args }));
            }
            Effect::Note(Note::ToolCall { name, result, success, approval, .. }) => {
                self.tool_answered(name, result, *success, *approval);
            }
            Effect::Transfer { target, .. } => {
                self.print(&json!({ "type": "effect", "kind": "transfer", "id": target }));
            }
            _ => {}
        }
    }

    fn event(&mut self, event: &Event) {
        self.told = false;
        self.listening.event(event);
    }

    fn waiting(&mut self) {
        if self.listening.is_idle() && !self.told {
            self.told = true;
            self.end_sentence();
            self.print(&json!({ "type": "listening" }));
            self.awake.notify_one();
        }
    }
}
