//! From where a conversation stands to what is done next.

use super::reply::{Ask, Move, Reply, Tell};
use super::scenarios::{knowledge, scenario};
use super::talk::{Act, Talk};
use serde_json::json;

/// Lines in a row that may go by ununderstood before a person is offered.
const MISSES_MAX: u32 = 2;
/// Lines in a row after which a person is called without asking.
const MISSES_BEFORE_HANDOVER: u32 = 5;
/// A question is asked this often in a row; then a person is offered.
const TIMES_ASKED_MAX: u32 = 2;

/// Decides. Pure: the same state gives the same move, which is what lets a replay know what we
/// asked.
pub(super) fn decide(talk: &Talk) -> Move {
    match act(talk) {
        Move::Call { tool, args } if talk.calls.iter().any(|(t, a)| t == tool && *a == args) => {
            // Asked already in this turn, and the answer did not help.
            Move::both(Tell::Away, Ask::Operator)
        }
        Move::Say(mut reply) => {
            let mut tell = talk.notes.clone();
            tell.append(&mut reply.tell);
            let reply = Reply { tell, ask: reply.ask };
            Move::Say(if is_worn_out(talk, &reply) { worn_out(reply) } else { reply })
        }
        call @ Move::Call { .. } => call,
    }
}

/// A question that was asked twice in a row and still has no answer will not have one.
fn is_worn_out(talk: &Talk, reply: &Reply) -> bool {
    let exempt = matches!(&reply.ask, None | Some(Ask::Operator | Ask::MoreHelp));
    !exempt
        && reply.ask == talk.pending
        && talk.times_asked >= TIMES_ASKED_MAX
        && !talk.is_getting_on(reply)
}

fn worn_out(reply: Reply) -> Reply {
    Reply { tell: reply.tell, ask: Some(Ask::Operator) }
}

fn act(talk: &Talk) -> Move {
    if let Some(news) = &talk.news {
        return Move::Say(news.clone());
    }
    if let Some(question) = &talk.question {
        return Move::call(knowledge::TOOL, json!({ "query": question.text }));
    }
    let again = || talk.pending.clone().unwrap_or(Ask::Need);
    Move::Say(match &talk.act {
        Act::Hello => Reply::both(Tell::Hello, Ask::Need),
        Act::Thanks => Reply::both(Tell::Welcome, Ask::MoreHelp),
        Act::Farewell => Reply::tell(Tell::Farewell),
        Act::MoreHelp => Reply::both(Tell::AllRight, Ask::MoreHelp),
        Act::Wait => Reply::tell(Tell::TakeYourTime),
        Act::Again => return again_from(talk),
        Act::Trouble => Reply::both(Tell::Away, Ask::Operator),
        Act::StoreAway => Reply::both(Tell::CannotLookUp, Ask::Operator),
        Act::Miss if talk.misses >= MISSES_BEFORE_HANDOVER => return operator(talk),
        Act::Miss if talk.misses >= MISSES_MAX => Reply::both(Tell::NotUnderstood, Ask::Operator),
        Act::Miss => Reply::both(Tell::NotUnderstood, again()),
        Act::Operator => return operator(talk),
        Act::Go => {
            return scenario(talk.topic).map_or(Move::ask(Ask::Need), |one| (one.next)(talk));
        }
    })
}

fn go_on(talk: &Talk) -> Move {
    scenario(talk.topic).map_or(Move::ask(Ask::Need), |one| (one.next)(talk))
}

/// What was said last, once more.
fn again_from(talk: &Talk) -> Move {
    let Some(mut last) = talk.last.clone() else { return go_on(talk) };
    // What was told twice is told; the question alone is asked again.
    if talk.times_asked >= TIMES_ASKED_MAX {
        last.tell.clear();
    }
    Move::Say(last)
}

fn operator(talk: &Talk) -> Move {
    let reason = if talk.misses >= MISSES_MAX { "cannot_help" } else { "customer_request" };
    let about = scenario(talk.topic).map_or("nothing settled yet", |one| one.about);
    let size = talk.tires.size.map(|size| format!(" Size {size}.")).unwrap_or_default();
    let summary = format!("The caller needs an operator; so far: {about}.{size}");
    Move::call("transfer_to_operator", json!({ "reason": reason, "summary": summary }))
}
