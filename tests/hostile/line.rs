//! A typed call between a scripted caller and a scripted model, through the program's own loop.

use crate::hostile::script::{Move, Script};
use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::time::timeout;
use treadline::ids::CallId;
use treadline::language::Language;
use treadline::llm::{Answer, LanguageModel, LlmError, ModelChunk, ModelRequest};
use treadline::session::{
    Listening, Opening, Services, Session, TextLine, TextMedium, Watcher, type_line,
};
use treadline::turn::{Effect, Event, Note};
use uuid::Uuid;

/// The agent is given so long for a turn.
const PATIENCE: Duration = Duration::from_mins(1);

/// A model without a will of its own.
struct Obeying(Mutex<VecDeque<Vec<Move>>>);

#[async_trait]
impl LanguageModel for Obeying {
    fn name(&self) -> &'static str {
        "obeying"
    }

    async fn answer(&self, _request: ModelRequest) -> Result<Answer, LlmError> {
        let next = self.0.lock().expect("no panic under the lock").pop_front();
        let moves = next.unwrap_or_else(|| vec![Move::Says("All right.".into())]);
        let chunks = moves.into_iter().map(|one| {
            Ok(match one {
                Move::Says(text) => ModelChunk::Text(text),
                Move::Calls(name, args) => ModelChunk::ToolCall { name: name.into(), args },
            })
        });
        Ok(stream::iter(chunks.collect::<Vec<_>>()).boxed())
    }
}

/// What is known of a call afterwards.
#[derive(Debug)]
pub struct Told {
    pub call: Uuid,
    pub lines: Vec<String>,
    /// What the agent said.
    pub said: String,
    /// Where the dialplan goes.
    pub next: String,
    pub tools_run: usize,
}

struct Watch {
    listening: Listening,
    turn: UnboundedSender<()>,
    told: bool,
    notes: Arc<Mutex<(usize, Vec<String>)>>,
}

impl Watcher for Watch {
    fn effect(&mut self, effect: &Effect) {
        self.told = false;
        self.listening.effect(effect);
        let mut notes = self.notes.lock().expect("no panic under the lock");
        match effect {
            Effect::RunTool { .. } => notes.0 += 1,
            Effect::Note(Note::ToolCall { name, result, success, .. }) => {
                let result: String = result.to_string().chars().take(300).collect();
                notes.1.push(format!("{name} {success}: {result}"));
            }
            Effect::Say { text, .. } => notes.1.push(format!("agent: {text}")),
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
            let _ = self.turn.send(());
        }
    }
}

/// Plays a script with the program's parts.
pub async fn hold(services: &Services, phone: &str, script: &Script) -> Told {
    let mut services = services.clone();
    // A script without a model is for the program's own brain.
    if !script.model.is_empty() {
        services.llm = Arc::new(Obeying(Mutex::new(script.model.clone().into())));
    }
    let call = CallId(Uuid::new_v4());
    let opening = Opening {
        call,
        channel: "chat",
        origin: "test".into(),
        caller: (!script.withheld).then(|| phone.to_owned()),
        called: None,
        asterisk_channel: None,
        language: Some(Language::En),
        data: serde_json::Value::Null,
        line: None,
    };
    let typed = Arc::new(Mutex::new(String::new()));
    let (lines, mut shown) = mpsc::unbounded_channel();
    let (turn, mut turns) = mpsc::unbounded_channel();
    let place = Arc::clone(&typed);
    let medium = |events, _| TextMedium::new(events, lines, place);
    let session = Session::open(Arc::new(services), &opening, medium).await;
    let events = session.sender();
    let notes = Arc::<Mutex<(usize, Vec<String>)>>::default();
    let mut watch =
        Watch { listening: Listening::default(), turn, told: false, notes: Arc::clone(&notes) };
    let running = tokio::spawn(async move { session.run(&mut watch, |_| {}).await.0 });
    for line in &script.caller {
        if !matches!(timeout(PATIENCE, turns.recv()).await, Ok(Some(()))) {
            break;
        }
        while turns.try_recv().is_ok() {}
        let spoken: String = line.chars().take(200).collect();
        notes.lock().expect("no panic under the lock").1.push(format!("caller: {spoken}"));
        if type_line(&events, &typed, line.clone()).await.is_err() {
            break;
        }
    }
    let _ = timeout(PATIENCE, turns.recv()).await;
    let _ = events.send(Event::LegLost { orderly: true }).await;
    let ending = timeout(PATIENCE, running).await.expect("the call ends").expect("no panic");
    let mut said = Vec::new();
    while let Ok(TextLine::Agent(text)) = shown.try_recv() {
        said.push(text);
    }
    let (tools_run, lines) = std::mem::take(&mut *notes.lock().expect("no panic under the lock"));
    Told { call: call.0, lines, said: said.join(" "), next: ending.next, tools_run }
}
