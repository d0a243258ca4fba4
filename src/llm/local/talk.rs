//! Where a conversation stands, derived anew from its history each time: the brain itself keeps
//! nothing, so it can take over from a model in the middle of a call.

use super::Lexicon;
use super::decide::decide;
use super::line::Line;
use super::reply::{Ask, Move, Person, Reply, Tell};
use super::scenarios::callback::Callback;
use super::scenarios::car::Car;
use super::scenarios::change::Change;
use super::scenarios::fitting::Fitting;
use super::scenarios::knowledge::Question;
use super::scenarios::order::Order;
use super::scenarios::price::Price;
use super::scenarios::profile::Remembered;
use super::scenarios::status::Status;
use super::scenarios::storage::Storage;
use super::scenarios::tires::{Tires, View};
use super::scenarios::when::Timing;
use super::scenarios::wish::Wish;
use super::scenarios::{CONSENT_TOOLS, Topic};
use crate::language::Language;
use crate::turn::Message;
use chrono::NaiveDate;
use serde_json::Value;

/// What the caller's last line wants, apart from going on with the topic.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Act {
    /// To go on with the topic.
    #[default]
    Go,
    Hello,
    Thanks,
    Farewell,
    Operator,
    Again,
    Wait,
    MoreHelp,
    /// Something that was not understood.
    Miss,
    /// Something failed on our side.
    Trouble,
    /// The shop's books cannot be read now.
    StoreAway,
}

/// What became of the last read-back, until the caller's next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ReadBack {
    /// There is none.
    #[default]
    None,
    /// The core reads it, and the line that comes answers it.
    Waits,
    /// The caller said no to it.
    Rejected,
    /// The caller said something else.
    Expired,
}

/// Where a conversation stands: what is common to all scenarios, then the slots of each.
#[derive(Debug, Clone, Default)]
pub(super) struct Talk {
    pub(super) language: Language,
    pub(super) today: NaiveDate,
    pub(super) topic: Topic,
    pub(super) act: Act,
    /// What is told before the next question, from this turn only.
    pub(super) notes: Vec<Tell>,
    /// The news that ends this turn, if a tool brought it.
    pub(super) news: Option<Reply>,
    /// Tool calls of this turn: none is made twice.
    pub(super) calls: Vec<(String, Value)>,
    /// What the shop's articles are asked before the talk goes on.
    pub(super) question: Option<Question>,
    /// There are articles to be asked.
    pub(super) knows: bool,
    /// Lines in a row that were not understood.
    pub(super) misses: u32,
    /// A person was offered in the middle of a matter, and the caller stayed with us.
    pub(super) stayed: bool,
    /// What we asked last.
    pub(super) pending: Option<Ask>,
    /// How often in a row we asked it, without news between.
    pub(super) times_asked: u32,
    pub(super) read_back: ReadBack,
    /// What we said last.
    pub(super) last: Option<Reply>,
    pub(super) person: Person,
    pub(super) timing: Timing,
    pub(super) tires: Tires,
    pub(super) car: Car,
    pub(super) order: Order,
    pub(super) status: Status,
    pub(super) fitting: Fitting,
    pub(super) change: Change,
    pub(super) price: Price,
    pub(super) storage: Storage,
    pub(super) callback: Callback,
    pub(super) wish: Wish,
    pub(super) remembered: Remembered,
}

impl Talk {
    /// Replays a history.
    pub(super) fn replay(
        history: &[Message],
        language: Language,
        today: NaiveDate,
        lexicon: &Lexicon,
        knows: bool,
    ) -> Self {
        let mut talk = Self { language, today, knows, ..Self::default() };
        let mut begun = false;
        for message in history {
            match message {
                Message::Caller { text } => {
                    if begun {
                        talk.close_turn();
                    }
                    begun = true;
                    talk.hear(&Line::read(text, language, today, lexicon));
                }
                Message::Tool { name, args, result } => talk.learn(name, args, result),
                // What we said follows from the state; a cut sentence would only mislead.
                Message::Agent { .. } => {}
            }
        }
        talk
    }

    /// The caller speaks again: what we answered is what we said last.
    fn close_turn(&mut self) {
        // A question that was never asked was answered as if there were no articles.
        self.question = None;
        if self.read_back == ReadBack::None || self.read_back == ReadBack::Waits {
            match decide(self) {
                Move::Call { tool, args }
                    if CONSENT_TOOLS.contains(&tool) || self.person.hears_back(&args) =>
                {
                    self.read_back = ReadBack::Waits;
                    self.times_asked = 0;
                }
                Move::Say(reply) => self.said(reply),
                Move::Call { .. } => self.read_back = ReadBack::None,
            }
        }
        if self.read_back != ReadBack::None {
            // What the core asked is not a question of ours.
            (self.pending, self.last) = (None, None);
        }
        self.act = Act::Go;
        self.notes.clear();
        self.news = None;
        self.calls.clear();
        self.tires.view = View::Spread;
    }

    fn said(&mut self, reply: Reply) {
        self.read_back = ReadBack::None;
        self.remember_told(&reply);
        // "Take your time" leaves the question before it open.
        if self.act == Act::Wait {
            return;
        }
        let again = reply.ask.is_some() && reply.ask == self.pending && !self.is_getting_on(&reply);
        self.times_asked = if again { self.times_asked + 1 } else { 1 };
        self.pending.clone_from(&reply.ask);
        self.last = Some(reply);
    }

    /// True if a reply takes the talk a step on, rather than saying once more what was said.
    pub(super) fn is_getting_on(&self, reply: &Reply) -> bool {
        self.act != Act::Again && reply.tell.iter().any(Tell::is_news)
    }

    /// Goes over to a topic; what the new one needs to begin with is made ready.
    pub(super) fn turn_to(&mut self, topic: Topic) {
        if topic == self.topic {
            return;
        }
        match topic {
            // Times belong to one purpose: those of a new booking say nothing of an old one.
            Topic::Fitting if self.timing.of != Topic::Fitting => {
                self.timing = Timing::of(Topic::Fitting);
                self.fitting.places.said.clear();
            }
            Topic::Change => {
                self.timing = Timing::of(Topic::Change);
                self.change = Change::default();
            }
            Topic::Callback => self.callback = Callback::default(),
            Topic::Status => self.status = Status::default(),
            _ => {}
        }
        self.topic = topic;
    }

    /// A topic is done with: what comes next is the caller's choice.
    pub(super) fn done(&mut self, tell: Tell, ask: Ask) {
        self.topic = Topic::None;
        self.news = Some(Reply::both(tell, ask));
        (self.act, self.misses) = (Act::Go, 0);
    }
}
