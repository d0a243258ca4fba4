//! The shell of one call: leg, providers, core, tools and journal joined by one task.
//!
//! The task does nothing but this: an event comes, the core handles it, its effects are carried
//! out by the parts ([`mouth`], [`ear`], [`mind`], [`hands`], [`scribe`]), each of which works in
//! tasks of its own and reports back as events. Nothing here waits for a provider.

mod beside;
mod corrected;
mod ear;
mod guard;
mod hands;
mod listening;
mod medium;
mod mind;
mod money;
mod mouth;
mod operators;
mod own_voice;
mod phone;
mod prompt;
mod scribe;
mod services;
mod setup;
mod shop;
mod text;
mod till;
mod tracer;
mod transfers;

pub use listening::Listening;
pub use medium::{EVENTS_WAITING_MAX, EventSender, Medium};
pub use phone::answer_leg;
pub use prompt::{Choice, Prompt, PromptBook, Trial, builtin as builtin_prompt};
pub use services::{Frugal, Services};
pub use text::{TextLine, TextMedium, type_line};

use crate::asterisk::ari::LiveCall;
use crate::clock::CallTime;
use crate::ids::CallId;
use crate::language::Language;
use crate::pii::Phone;
use crate::shop::identity;
use crate::store::{FrontDesk, Profile, Scope};
use crate::tools::ToolDesk;
use crate::turn::{Call, CallFacts, Caller, Effect, Event, Note, Outcome, screened};
use chrono::{DateTime, Utc};
use corrected::Corrected;
use hands::Hands;
use mind::Mind;
use scribe::Scribe;
use setup::{facts, opened, setup};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, timeout};
use tracer::Tracer;
use transfers::Transfers;

/// A greeting waits this long for the caller's name.
const PROFILE_WAIT: Duration = Duration::from_millis(200);

/// What is known of a call when it arrives.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The call.
    pub call: CallId,
    /// `phone`, `chat`.
    pub channel: &'static str,
    /// `live`, `demo`, `test`.
    pub origin: String,
    /// The caller's number as the network gave it.
    pub caller: Option<String>,
    /// The number that was called.
    pub called: Option<String>,
    /// Asterisk's channel.
    pub asterisk_channel: Option<String>,
    /// The language to begin in; the shop's if none.
    pub language: Option<Language>,
    /// Anything else that the registration said.
    pub data: serde_json::Value,
    /// The call's hand in Asterisk, if it came over ARI: transfers come back to us then.
    pub line: Option<LiveCall>,
}

/// How a call was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The outcome in the log.
    pub outcome: Outcome,
    /// The word for the dialplan: `hangup` or a transfer target.
    pub next: String,
}

/// What the driver of a call sees besides the medium: for `chat --json` and for tests.
pub trait Watcher: Send {
    /// Each effect, before it is carried out.
    fn effect(&mut self, effect: &Effect);
    /// Each event, before the core handles it.
    fn event(&mut self, event: &Event);
    /// All that there was to do is done; the call waits for something to happen.
    fn waiting(&mut self) {}
}

/// Nobody watches.
pub struct Unwatched;

impl Watcher for Unwatched {
    fn effect(&mut self, _effect: &Effect) {}
    fn event(&mut self, _event: &Event) {}
}

/// Drives one call from its first word to its last note.
pub struct Session<M: Medium> {
    services: Arc<Services>,
    call: Call,
    begun: Instant,
    medium: M,
    mind: Mind,
    hands: Hands,
    scribe: Scribe,
    tracer: Tracer,
    events: mpsc::Receiver<Event>,
    sender: EventSender,
    facts: CallFacts,
    next: String,
    outcome: Option<Outcome>,
    transfers: Transfers,
    corrected: Corrected,
}

impl<M: Medium> Session<M> {
    /// Prepares a call; opens its journal. `medium` is made with the sender of its events. Waits
    /// a moment for what earlier calls left of the caller, and goes on without it.
    pub async fn open(
        services: Arc<Services>,
        opening: &Opening,
        medium: impl FnOnce(EventSender, Language) -> M,
    ) -> Self {
        let (sender, events) = mpsc::channel(EVENTS_WAITING_MAX);
        let (services, tenant, shop) = shop::of_line(services, opening.called.as_deref()).await;
        let started_at = as_stored(services.clock.now());
        let language = opening.language.unwrap_or(shop.language);
        let caller = identity::caller(opening.caller.as_deref(), &shop.phone_prefix);
        let number = number_of(&caller).cloned();
        let scope = Scope {
            tenant,
            call: opening.call,
            call_started_at: started_at,
            caller: known(&caller),
            now: started_at,
            language,
        };
        let transfers =
            Transfers::of(opening.line.clone(), number.clone(), shop.timezone, scope.clone());
        operators::watch(&services, &scope, shop.timezone, &sender);
        let profile = remembered(services.front.as_ref(), &scope).await;
        let mut scribe = Scribe::new(
            services.log.clone(),
            services.clock.clone(),
            tenant,
            opening.call,
            started_at,
        );
        let prompt = services.prompts.choose(opening.call);
        let setup = setup(&services, opening);
        let call = setup.call();
        scribe.open(opened(&services, opening, number, (language, &prompt.version)), setup);
        let facts = facts(&shop, &services.clock, opening, caller, language, profile.as_ref());
        let mut desk = ToolDesk::new(
            Arc::clone(&services.store),
            Arc::clone(&services.front),
            scope,
            shop.timezone,
            language,
        );
        desk.guards = services.guards;
        desk.profile = profile;
        let tracer = money::tracer(&services);
        let mut medium = medium(sender.clone(), language);
        medium.measure(tracer.meter());
        Self {
            call,
            begun: Instant::now(),
            medium,
            mind: Mind::new(
                Arc::clone(&services.llm),
                services.clock.clone(),
                shop,
                prompt,
                sender.clone(),
                tracer.meter(),
            ),
            hands: Hands::new(
                desk,
                services.clock.clone(),
                sender.clone(),
                services.config.limits.call.tool_ms_max,
            ),
            scribe,
            tracer,
            events,
            sender,
            facts,
            next: "hangup".into(),
            outcome: None,
            transfers,
            corrected: Corrected::of(tenant),
            services,
        }
    }

    /// Where events of the medium go; also for whoever wants to end the call
    /// ([`Event::Shutdown`]).
    pub fn sender(&self) -> EventSender {
        self.sender.clone()
    }

    /// Runs the call to its end; `before_hand_back` learns the ending before the other side can
    /// ask for it.
    pub async fn run(
        mut self,
        watcher: &mut dyn Watcher,
        before_hand_back: impl FnOnce(&Ending),
    ) -> (Ending, M) {
        let begin = Event::Begin { facts: Box::new(self.facts.clone()) };
        // Before the greeting: also that has its price.
        let news = self.look_at_costs(self.facts.language);
        self.step(begin, watcher);
        for event in news {
            self.step(event, watcher);
        }
        let mut idle = true;
        while self.outcome.is_none() {
            if idle {
                watcher.waiting();
            }
            let next = self.next_thing().await;
            idle = next.is_ok();
            match next {
                Ok(event) => self.step(event, watcher),
                Err(report) => self.take_report(report, watcher),
            }
        }
        let next = std::mem::take(&mut self.next);
        let ending = Ending { outcome: self.outcome.unwrap_or(Outcome::Error), next };
        self.before_hand_back().await;
        before_hand_back(&ending);
        self.medium.hand_back();
        self.hands.leave();
        self.close_books().await;
        (ending, self.medium)
    }

    /// One `handle`, then `poll` until there is nothing more: the core's law.
    fn step(&mut self, event: Event, watcher: &mut dyn Watcher) {
        let event = self.as_meant(screened(event));
        let event = self.completed(event);
        watcher.event(&event);
        self.watch_transfer(&event);
        self.tracer.happened(&event);
        let now = CallTime(self.begun.elapsed().as_micros() as u64);
        self.scribe.happened(now, &event);
        self.call.handle(now, event);
        let effects: Vec<Effect> = std::iter::from_fn(|| self.call.poll()).collect();
        self.scribe.wanted(&effects, &self.call);
        for effect in effects {
            watcher.effect(&effect);
            self.carry_out(effect);
        }
        self.write_steps();
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Transcribe { transcript } => self.medium.transcribe(transcript),
            Effect::ForgetUtterance => self.medium.forget_utterance(),
            Effect::AskModel(question) => {
                if !question.ahead {
                    self.hands.heard(&question.history);
                }
                self.mind.ask(question, &self.hands.progress());
            }
            Effect::KeepGeneration { generation } => {
                self.hands.heard(&self.mind.keep(generation));
            }
            Effect::DropGeneration { generation } => self.mind.drop_generation(generation),
            Effect::Say { speech, text, language } => self.medium.say(speech, text, language),
            Effect::Hush => self.medium.hush(),
            Effect::PrepareTool { call, name, args } => self.hands.prepare(call, name, args),
            Effect::RunTool { call, name, args, approval } => {
                let log = &self.services.log;
                let first = approval.is_some().then(|| log.synced());
                self.hands.run(call, name, args, approval, first);
            }
            Effect::Transfer { .. } => self.transfer(effect),
            Effect::HangUp { .. } => self.next = "hangup".into(),
            Effect::Note(note) => self.note(note),
        }
    }

    fn note(&mut self, note: Note) {
        self.tracer.noted(&note);
        self.corrected.noted(&note, &self.services.settings);
        match &note {
            Note::Ended { outcome, .. } => {
                self.outcome = Some(*outcome);
                self.transfer_given_up();
            }
            Note::TranscriptOff => self.transfers.transcript_off = true,
            Note::LanguageChanged { language } => {
                self.medium.expect_language(*language);
                self.hands.set_language(*language);
            }
            _ => {}
        }
        self.scribe.note(note);
    }
}

/// The number on which identity rests.
fn known(caller: &Caller) -> Option<Phone> {
    match caller {
        Caller::Known(phone) => Some(phone.clone()),
        Caller::Foreign(_) | Caller::Withheld => None,
    }
}

const fn number_of(caller: &Caller) -> Option<&Phone> {
    match caller {
        Caller::Known(phone) | Caller::Foreign(phone) => Some(phone),
        Caller::Withheld => None,
    }
}

/// What earlier calls left of the caller. A number that is no identity has no profile; a desk
/// that is away costs the caller a moment and their name, nothing else.
async fn remembered(front: &dyn FrontDesk, scope: &Scope) -> Option<Profile> {
    scope.caller.as_ref()?;
    match timeout(PROFILE_WAIT, front.profile(scope)).await {
        Ok(Ok(profile)) => profile,
        Ok(Err(error)) => {
            tracing::debug!(%error, "the caller's profile cannot be had");
            None
        }
        Err(_) => {
            tracing::warn!("the caller's profile did not come in time");
            None
        }
    }
}

/// Sleeps until `deadline`; for ever if there is none.
async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// The wall time of a call's start, exactly as Postgres keeps it (microseconds).
pub fn as_stored(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
