//! What reaches the task of a call, and what it means.

use super::event::Event;
use super::plan::{Plan, Progress};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// What reaches the task of a call.
#[derive(Debug)]
pub(super) enum Note {
    /// Something happened to one of its channels.
    Event(Box<Event>),
    /// The session wants a person.
    Transfer(Box<Plan>, mpsc::Sender<Progress>),
    /// All channels that there are, as asked for at that moment.
    Present(Arc<HashSet<String>>, Instant),
}

/// What it means.
#[derive(Debug)]
pub(super) enum What {
    CallerGone,
    MediaUp,
    MediaGone,
    OperatorUp,
    /// With the cause after Q.850; 0 if nobody told.
    OperatorGone(i32),
    OperatorKey(char),
    Wish(Box<Plan>, mpsc::Sender<Progress>),
}

/// A channel of the call, since when it has been asked for.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) since: Instant,
}

impl Line {
    pub(super) fn new(id: String) -> Self {
        Self { id, since: Instant::now() }
    }
}

/// Where a call goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// With the agent.
    Agent,
    /// With a person, in our bridge.
    Person,
    /// Without us.
    Left,
}
