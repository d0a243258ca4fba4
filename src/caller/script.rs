//! A whole call by script: say this, listen, say that.

use super::register::Dialplan;
use super::{Call, CallEnd, Caller, Options, Report};
use std::time::Duration;

/// How long the other side may take to begin and finish one answer.
const ANSWER_MAX: Duration = Duration::from_mins(1);
/// How long after the last answer the other side may end the call itself.
const END_MAX: Duration = Duration::from_secs(2);

/// One utterance.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What the report calls it.
    pub name: String,
    /// Samples at the call's rate.
    pub samples: Vec<i16>,
}

/// A call to place.
#[derive(Debug, Clone)]
pub struct Script {
    /// How the caller behaves.
    pub options: Options,
    /// What it says, each after the other side has begun and finished to speak.
    pub lines: Vec<Line>,
    /// Say the next line so long after the other side began, instead of waiting for its end.
    pub barge_in: Option<Duration>,
    /// Announce the call there first, and ask for the next word at the end.
    pub dialplan: Option<Dialplan>,
    /// The caller's number.
    pub from: Option<String>,
    /// The number that is called.
    pub called: Option<String>,
    /// What else the dialplan says when it announces the call.
    pub data: serde_json::Value,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Measurements.
    pub report: Report,
    /// What was heard, if it was to be recorded.
    pub heard: Vec<i16>,
    /// Where the dialplan would go, after a hand-back.
    pub next: Option<String>,
}

/// Plays a script to its end. `told` hears the number of each turn when it is over.
///
/// # Errors
/// The call cannot be registered or placed; what happens later is in the report.
pub async fn play(
    script: &Script,
    mut told: impl FnMut(usize, &Report),
) -> anyhow::Result<Outcome> {
    if let Some(dialplan) = &script.dialplan {
        let (from, called) = (script.from.as_deref(), script.called.as_deref());
        dialplan.register(script.options.id, from, called, &script.data).await?;
    }
    let call = Caller::dial(script.options.clone()).await?;
    let mut turn = 0;
    listen(&call, script.barge_in.filter(|_| !script.lines.is_empty())).await;
    for (n, line) in script.lines.iter().enumerate() {
        let report = call.report();
        told(turn, &report);
        if report.end.is_some() {
            break;
        }
        turn = n + 1;
        call.say(&line.name, &line.samples);
        call.said(ANSWER_MAX).await;
        let is_last = turn == script.lines.len();
        listen(&call, script.barge_in.filter(|_| !is_last)).await;
    }
    let ended = call.wait_for_end(END_MAX).await;
    told(turn, &call.report());
    let heard = call.heard();
    let report = call.hang_up().await;
    let next = match (&script.dialplan, ended) {
        (Some(dialplan), Some(CallEnd::HandedBack)) => dialplan.next(report.id).await.ok(),
        _ => None,
    };
    Ok(Outcome { report, heard, next })
}

/// Waits for the end of the answer, or for the moment to interrupt it.
async fn listen(call: &Call, barge_in: Option<Duration>) {
    if let Some(after) = barge_in {
        call.wait_until_speaks(ANSWER_MAX).await;
        tokio::time::sleep(after).await;
    } else {
        call.wait_until_quiet(ANSWER_MAX).await;
    }
}
