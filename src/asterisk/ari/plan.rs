//! What a session may want of its call, a person, and what it is told of it beside the sound.

use super::note::Note;
use crate::pii::Phone;
use crate::turn::TransferOutcome;
use std::sync::{Arc, Mutex};
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

/// What Asterisk tells of a call beside its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Caller and sound are in one bridge: what is said from now on is heard.
    Joined,
    /// The caller pressed a key that the sound's own way does not carry.
    Key(char),
    /// The caller hung up. The sound's channel is still there, and would be for ever.
    CallerGone,
}

/// Happenings that wait for the session; only keys come in numbers.
pub(super) const HAPPENINGS_MAX: usize = 64;

/// A call that came over ARI, as its session holds it.
#[derive(Debug, Clone)]
pub struct LiveCall {
    mailbox: mpsc::Sender<Note>,
    happenings: Arc<Mutex<Option<mpsc::Receiver<Happening>>>>,
}

impl LiveCall {
    pub(super) fn new(mailbox: mpsc::Sender<Note>, happenings: mpsc::Receiver<Happening>) -> Self {
        Self { mailbox, happenings: Arc::new(Mutex::new(Some(happenings))) }
    }

    pub(super) fn mailbox(&self) -> &mpsc::Sender<Note> {
        &self.mailbox
    }

    /// What happens to the call, from its beginning. For one listener: the second gets `None`.
    #[must_use]
    pub fn happenings(&self) -> Option<mpsc::Receiver<Happening>> {
        self.happenings.lock().ok()?.take()
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
