//! The least that a core does: applies tool calls, keeps the history, reads a booking back and
//! takes the caller's yes. It knows no dialogue; what is said comes from the brain under test.
#![allow(dead_code, reason = "each test binary uses its part")]

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::sync::Arc;
use treadline::ids::effect_key;
use treadline::language::Language;
use treadline::language::answer::{Answer, classify};
use treadline::language::phrases::{Phrase, phrase};
use treadline::language::readback::read_back;
use treadline::llm::local::{Lexicon, LocalBrain};
use treadline::llm::{LanguageModel as _, ModelChunk, ModelRequest};
use treadline::store::Store as _;
use treadline::tools::{ToolDesk, rules, specs};
use treadline::turn::{Approval, Message, Proposal};
use uuid::Uuid;

use super::fake_store::{FakeStore, scope, wall};

/// Tools in one turn; a brain that goes in circles fails the test.
const TOOLS_PER_TURN_MAX: usize = 8;

/// A read-back that waits: the tool, the arguments as the brain gave them, what it amounts to.
type Waiting = (String, Value, Proposal);

/// A call with the local brain.
pub struct MiniCore {
    pub store: Arc<FakeStore>,
    pub desk: ToolDesk,
    pub history: Vec<Message>,
    pub language: Language,
    brain: LocalBrain,
    waiting: Option<Waiting>,
    /// A call that waits until the caller's number was heard back; the number that was.
    number: Option<(String, Value)>,
    confirmed: Option<String>,
}

impl MiniCore {
    pub async fn new(store: FakeStore, language: Language) -> Self {
        let store = Arc::new(store);
        let mut desk = store.desk();
        desk.set_language(language);
        let whose = scope(None);
        let sizes = store.known_sizes(&whose).await.expect("there");
        let brands = store.known_brands(&whose).await.expect("there");
        let brain = LocalBrain::new(Lexicon { sizes, brands });
        Self {
            store,
            desk,
            history: Vec::new(),
            language,
            brain,
            waiting: None,
            number: None,
            confirmed: None,
        }
    }

    /// The caller says something; what they hear then.
    pub async fn say(&mut self, text: &str) -> String {
        if let Some((tool, args)) = self.number.take() {
            self.hear(text);
            assert_eq!(classify(text, self.language), Some(Answer::Yes), "of a number");
            self.confirmed = args["customer_phone"].as_str().map(str::to_owned);
            if let Some(text) = self.apply(&tool, args).await {
                return text;
            }
            return self.ask().await;
        }
        if let Some((tool, args, proposal)) = self.waiting.take() {
            match classify(text, self.language) {
                Some(Answer::Yes) => {
                    self.hear(text);
                    self.run_agreed(&tool, args, &proposal).await;
                    return self.ask().await;
                }
                Some(Answer::NotHeard | Answer::Repeat) => {
                    self.hear(text);
                    let text = read_back(&proposal.agreement, self.language);
                    self.history.push(Message::Agent { text: text.clone() });
                    self.waiting = Some((tool, args, proposal));
                    return text;
                }
                Some(Answer::No | Answer::Cancel) => self.learn(&tool, args, refusal("rejected")),
                _ => self.learn(&tool, args, refusal("not_confirmed")),
            }
        }
        self.hear(text);
        self.ask().await
    }

    fn hear(&mut self, text: &str) {
        self.desk.caller_words.push(text.into());
        if let Some(Message::Caller { text: before }) = self.history.last_mut() {
            before.push(' ');
            before.push_str(text);
        } else {
            self.history.push(Message::Caller { text: text.into() });
        }
    }

    fn learn(&mut self, name: &str, args: Value, result: Value) {
        self.history.push(Message::Tool { name: name.into(), args, result });
    }

    async fn run_agreed(&mut self, tool: &str, args: Value, proposal: &Proposal) {
        let approval = Approval {
            id: Uuid::from_u128(1),
            tool: tool.into(),
            args: proposal.args.clone(),
            effect_key: effect_key(self.desk.scope.call, tool, &proposal.args),
            readback_hash: String::new(),
        };
        let ran = self.desk.run(tool, &proposal.args, Some(&approval)).await;
        self.learn(tool, args, ran.unwrap_or_else(|refusal| refusal.to_value()));
    }

    /// Asks the brain until it speaks or a read-back waits.
    async fn ask(&mut self) -> String {
        let mut calls: Vec<(String, Value)> = Vec::new();
        for _ in 0..=TOOLS_PER_TURN_MAX {
            let request = ModelRequest {
                system: String::new(),
                state: None,
                language: self.language,
                history: self.history.clone(),
                tools: specs(),
                now: wall(),
            };
            let answer = self.brain.answer(request).await.expect("the local brain answers");
            let chunks: Vec<_> = answer.collect().await;
            assert_eq!(chunks.len(), 1, "{chunks:?}");
            match chunks.into_iter().next().expect("a chunk").expect("no error") {
                ModelChunk::Text(text) => {
                    assert!(!text.trim().is_empty());
                    self.history.push(Message::Agent { text: text.clone() });
                    return text;
                }
                ModelChunk::ToolCall { name, args } => {
                    let call = (name.clone(), args.clone());
                    assert!(!calls.contains(&call), "the same call twice in a turn: {call:?}");
                    calls.push(call);
                    if let Some(text) = self.reads_number_back(&name, &args) {
                        return text;
                    }
                    if let Some(text) = self.apply(&name, args).await {
                        return text;
                    }
                }
            }
        }
        panic!("the brain goes in circles: {calls:?}");
    }

    /// A number that the network did not give is read back before a tool gets it.
    fn reads_number_back(&mut self, tool: &str, args: &Value) -> Option<String> {
        let number = args["customer_phone"].as_str()?;
        if self.desk.scope.caller.is_some() || self.confirmed.as_deref() == Some(number) {
            return None;
        }
        let text = phrase(Phrase::ContactRight(number), self.language);
        self.history.push(Message::Agent { text: text.clone() });
        self.number = Some((tool.to_owned(), args.clone()));
        Some(text)
    }

    async fn apply(&mut self, name: &str, args: Value) -> Option<String> {
        if rules().iter().any(|rule| rule.name == name && rule.needs_consent) {
            match self.desk.prepare(name, &args).await {
                Ok(proposal) => {
                    let text = read_back(&proposal.agreement, self.language);
                    self.history.push(Message::Agent { text: text.clone() });
                    self.waiting = Some((name.to_owned(), args, proposal));
                    return Some(text);
                }
                Err(refusal) => self.learn(name, args, refusal.to_value()),
            }
        } else {
            let ran = self.desk.run(name, &args, None).await;
            self.learn(name, args, ran.unwrap_or_else(|refusal| refusal.to_value()));
        }
        None
    }

    /// The tool calls so far, by name.
    pub fn tools(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for message in &self.history {
            if let Message::Tool { name, .. } = message {
                names.push(name.as_str());
            }
        }
        names
    }

    /// The arguments of the last call of a tool.
    pub fn last_args(&self, tool: &str) -> &Value {
        self.history
            .iter()
            .rev()
            .find_map(|message| match message {
                Message::Tool { name, args, .. } if name == tool => Some(args),
                _ => None,
            })
            .unwrap_or_else(|| panic!("{tool} was not called: {:?}", self.tools()))
    }
}

fn refusal(code: &str) -> Value {
    json!({ "error": code, "message": "The caller did not agree." })
}
