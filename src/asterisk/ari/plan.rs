//! What a session may want of its call: a person.

use super::call::Note;
use crate::pii::Phone;
use crate::turn::TransferOutcome;
use tokio::sync::mpsc;
use tokio::time::Duration;

/// News of one attempt: that somebody picked up, and how it went.
const NEWS_MAX: usize = 4;

/// How a person is brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The caller goes on in the dialplan.
    Blind,
    /// Who picks up is with the caller at once.
    Bridge,
    /// Who picks up hears us first, and presses 1 or 2.
    Warm,
}

impl Kind {
    /// The word in the log and the metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Blind => "blind",
            Self::Bridge => "bridge",
            Self::Warm => "warm",
        }
    }
}

/// One attempt. Everything in it but the caller's number comes from the configuration.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Which of the call, from 1.
    pub attempt: u32,
    /// A name of the allow-list; the extension of a blind one.
    pub target: String,
    /// How.
    pub kind: Kind,
    /// What Asterisk rings.
    pub endpoint: String,
    /// How long.
    pub ring: Duration,
    /// The caller hears music meanwhile.
    pub music: bool,
    /// What the phone shows.
    pub caller: Option<Phone>,
}

/// News of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A person picked up and hears us, not the caller.
    Answered,
    /// The last news.
    Ended(TransferOutcome),
}

/// A call that came over ARI, as its session holds it.
#[derive(Debug, Clone)]
pub struct LiveCall {
    mailbox: mpsc::Sender<Note>,
}

impl LiveCall {
    pub(super) const fn new(mailbox: mpsc::Sender<Note>) -> Self {
        Self { mailbox }
    }

    /// Begins an attempt; its news come on the receiver. Dropping that gives the attempt up. No
    /// news at all: the call is no more.
    #[must_use]
    pub fn transfer(&self, plan: Plan) -> mpsc::Receiver<Progress> {
        let (sender, news) = mpsc::channel(NEWS_MAX);
        let _ = self.mailbox.try_send(Note::Transfer(Box::new(plan), sender));
        news
    }
}
