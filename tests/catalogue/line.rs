//! A typed call: what the caller says, what they hear, what the model was asked and what it did.

use crate::catalogue::shop::Shop;
use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use treadline::ids::CallId;
use treadline::language::Language;
use treadline::llm::{Answer, LanguageModel, LlmError, ModelChunk, ModelRequest};
use treadline::session::{
    Ending, EventSender, Listening, Opening, Services, Session, TextLine, TextMedium, Watcher,
    type_line,
};
use treadline::turn::{Effect, Event, Note};
use uuid::Uuid;

/// The agent is given so long for a turn.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a scripted model does in one answer.
#[derive(Debug, Clone)]
pub enum Move {
    Says(&'static str),
    Calls(&'static str, Value),
    /// No answer, ever.
    Hangs,
    /// The provider cannot be reached.
    Fails,
}

use Move::{Calls, Fails, Hangs, Says};

/// A model that makes the mistake of the item.
#[derive(Default)]
pub struct Scripted {
    moves: Mutex<VecDeque<Vec<Move>>>,
    asked: Mutex<Vec<ModelRequest>>,
}

impl Scripted {
    /// One entry an answer; after the last it says "All right.".
    pub fn new(moves: Vec<Vec<Move>>) -> Arc<Self> {
        Arc::new(Self { moves: Mutex::new(moves.into()), asked: Mutex::default() })
    }

    /// The progress blocks that it was shown, the first first.
    pub fn states(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("no panic under the lock");
        asked.iter().map(|one| one.state.clone().unwrap_or_default()).collect()
    }

    /// The conversation as it was told it last.
    pub fn history(&self) -> String {
        let asked = self.asked.lock().expect("no panic under the lock");
        asked.last().map(|one| format!("{:?}", one.history)).unwrap_or_default()
    }

    /// The tools that it was offered last.
    pub fn tools_offered(&self) -> Vec<&'static str> {
        let asked = self.asked.lock().expect("no panic under the lock");
        asked.last().map(|one| one.tools.iter().map(|tool| tool.name).collect()).unwrap_or_default()
    }
}

#[async_trait]
impl LanguageModel for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError> {
        self.asked.lock().expect("no panic under the lock").push(request);
        let next = self.moves.lock().expect("no panic under the lock").pop_front();
        let moves = next.unwrap_or_else(|| vec![Says("All right.")]);
        if moves.iter().any(|one| matches!(one, Hangs)) {
            return Ok(Box::pin(stream::pending()));
        }
        let chunks = moves.into_iter().map(|one| match one {
            Says(text) => Ok(ModelChunk::Text(text.into())),
            Calls(name, args) => Ok(ModelChunk::ToolCall { name: name.into(), args }),
            Hangs | Fails => {
                Err(LlmError::Unreachable { provider: "scripted", detail: "as scripted".into() })
            }
        });
        Ok(stream::iter(chunks.collect::<Vec<_>>()).boxed())
    }
}

/// A tool call that has its answer.
#[derive(Debug, Clone)]
pub struct Used {
    pub name: String,
    pub args: Value,
    pub result: Value,
    pub success: bool,
}

struct Watch {
    listening: Listening,
    turn: UnboundedSender<()>,
    told: bool,
    used: Arc<Mutex<Vec<Used>>>,
}

impl Watcher for Watch {
    fn effect(&mut self, effect: &Effect) {
        self.told = false;
        self.listening.effect(effect);
        if let Effect::Note(Note::ToolCall { name, args, result, success, .. }) = effect {
            let (name, args, result) = (name.clone(), args.clone(), result.clone());
            let used = Used { name, args, result, success: *success };
            self.used.lock().expect("no panic under the lock").push(used);
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

/// A call under way.
pub struct Line {
    pub call: Uuid,
    pub greeting: String,
    /// Both sides so far.
    pub lines: Vec<String>,
    events: EventSender,
    typed: Arc<Mutex<String>>,
    shown: UnboundedReceiver<TextLine>,
    turns: UnboundedReceiver<()>,
    used: Arc<Mutex<Vec<Used>>>,
    running: JoinHandle<Ending>,
}

impl Shop {
    /// A call with the local brain.
    pub async fn rings(&self, caller: Option<&str>, language: Language) -> Line {
        Line::open(self.parts.services.as_ref().clone(), caller, language).await
    }

    /// A call with a model that makes these moves, in English.
    pub async fn rings_with(
        &self,
        caller: Option<&str>,
        moves: Vec<Vec<Move>>,
    ) -> (Line, Arc<Scripted>) {
        let model = Scripted::new(moves);
        let mut services = self.parts.services.as_ref().clone();
        services.llm = Arc::clone(&model) as Arc<dyn LanguageModel>;
        (Line::open(services, caller, Language::En).await, model)
    }
}

impl Line {
    /// Dials and listens to the greeting.
    pub async fn open(services: Services, caller: Option<&str>, language: Language) -> Self {
        let call = CallId(Uuid::new_v4());
        let opening = Opening {
            call,
            channel: "chat",
            origin: "test".into(),
            caller: caller.map(str::to_owned),
            called: None,
            asterisk_channel: None,
            language: Some(language),
            data: Value::Null,
            line: None,
        };
        let typed = Arc::new(Mutex::new(String::new()));
        let (said, shown) = mpsc::unbounded_channel();
        let (turn, turns) = mpsc::unbounded_channel();
        let place = Arc::clone(&typed);
        let medium = |events, _| TextMedium::new(events, said, place);
        let session = Session::open(Arc::new(services), &opening, medium).await;
        let events = session.sender();
        let used = Arc::<Mutex<Vec<Used>>>::default();
        let mut watch =
            Watch { listening: Listening::default(), turn, told: false, used: Arc::clone(&used) };
        let running = tokio::spawn(async move { session.run(&mut watch, |_| {}).await.0 });
        let (greeting, lines) = (String::new(), Vec::new());
        let call = call.0;
        let mut line = Self { call, greeting, lines, events, typed, shown, turns, used, running };
        line.greeting = line.listens().await;
        line
    }

    /// Says something; what is answered until the agent listens again.
    pub async fn says(&mut self, words: &str) -> String {
        self.lines.push(format!("caller: {words}"));
        while self.turns.try_recv().is_ok() {}
        let sent = type_line(&self.events, &self.typed, words.to_owned()).await;
        assert!(sent.is_ok(), "the call is over:\n{}", self.lines.join("\n"));
        self.listens().await
    }

    /// Says one line after the other; the last answer.
    pub async fn talk(&mut self, lines: &[&str]) -> String {
        let mut answer = String::new();
        for line in lines {
            answer = self.says(line).await;
        }
        answer
    }

    /// Waits until the agent has said something more; what it was.
    pub async fn listens(&mut self) -> String {
        let waited = timeout(PATIENCE, self.turns.recv()).await;
        assert!(waited.is_ok(), "the agent never listens:\n{}", self.lines.join("\n"));
        let mut heard = Vec::new();
        while let Ok(TextLine::Agent(text)) = self.shown.try_recv() {
            heard.push(text);
        }
        let heard = heard.join(" ");
        self.lines.push(format!("agent: {heard}"));
        heard
    }

    /// All that was heard.
    pub fn heard(&self) -> String {
        let agent = self.lines.iter().filter_map(|line| line.strip_prefix("agent: "));
        agent.collect::<Vec<_>>().join(" ")
    }

    /// The tools that were used, refused ones among them.
    pub fn used(&self) -> Vec<Used> {
        self.used.lock().expect("no panic under the lock").clone()
    }

    /// The uses of one tool.
    pub fn uses_of(&self, tool: &str) -> Vec<Used> {
        self.used().into_iter().filter(|used| used.name == tool).collect()
    }

    /// The word with which the last use of a tool was refused, and the advice.
    #[track_caller]
    pub fn refusal(&self, tool: &str) -> (String, String) {
        let uses = self.uses_of(tool);
        let last = uses.last().unwrap_or_else(|| panic!("no {tool}:\n{}", self.lines.join("\n")));
        assert!(!last.success, "{tool} was not refused: {}", last.result);
        let word = |key: &str| last.result[key].as_str().unwrap_or_default().to_owned();
        (word("error"), word("message"))
    }

    /// The caller hangs up.
    pub async fn ends(self) -> Ending {
        let _ = self.events.send(Event::LegLost { orderly: true }).await;
        timeout(PATIENCE, self.running).await.expect("the call ends").expect("no panic")
    }
}

/// `text` holds all of these.
#[track_caller]
pub fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.to_lowercase().contains(&part.to_lowercase()), "no {part:?} in {text:?}");
    }
}

/// `text` holds none of these.
#[track_caller]
pub fn lacks(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(!text.to_lowercase().contains(&part.to_lowercase()), "{part:?} in {text:?}");
    }
}
