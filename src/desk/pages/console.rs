//! `/console`: who is there, who waits for a person, and the calls in progress as they go on.

mod acts;
mod pop;

use crate::db::desk::{pops, presence};
use crate::desk::live::{LiveCall, short_node};
use crate::desk::names::Choice;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, names};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};

pub(super) fn mount(site: Site) -> Site {
    site.get("/console", show)
        .get("/console/now", show_now)
        .post("/console/presence", acts::presence)
        .post("/console/pops/{id}", acts::pop)
        .post("/calls/{id}/takeover", acts::take_over)
}

#[derive(Template)]
#[template(path = "console.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    now: Now,
    cards: Vec<Card>,
}

/// What changes when people come and go; fetched again by itself.
#[derive(Template)]
#[template(path = "console_now.html", config = "src/desk/askama.toml")]
struct Fragment {
    frame: Frame,
    now: Now,
}

struct Now {
    /// The state of whoever looks.
    mine: String,
    mine_code: String,
    since: String,
    states: Vec<Choice>,
    reasons: Vec<Choice>,
    phone_only: bool,
    colleagues: Vec<Colleague>,
    pops: Vec<pop::Card>,
}

struct Colleague {
    name: String,
    code: String,
    state: String,
    note: String,
    since: String,
}

struct Card {
    id: String,
    caller: String,
    began: String,
    node: String,
    last: Vec<Line>,
}

struct Line {
    class: &'static str,
    who: &'static str,
    tongue: &'static str,
    text: String,
}

/// Lines of a card; the call's own page has them all.
const LINES: usize = 3;

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Refusal> {
    visitor.note(&desk, "console.watched", ("console", String::new()), None).await?;
    let calls = desk.feed().calls(visitor.tenant()?);
    let now = now(&desk, &visitor).await?;
    let frame = Frame::new(&visitor, visitor.words.live_now());
    let cards = calls.iter().map(|call| card(call, &visitor)).collect();
    Ok(html(&Page { frame, now, cards }))
}

async fn show_now(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Refusal> {
    let now = now(&desk, &visitor).await?;
    let frame = Frame::new(&visitor, visitor.words.live_now());
    Ok(html(&Fragment { frame, now }))
}

async fn now(desk: &Desk, visitor: &Visitor) -> Result<Now, Refusal> {
    let (tenant, me) = (visitor.tenant()?, visitor.session()?.user_id);
    let at = desk.clock().now();
    presence::beat(desk.pool(), (tenant, me), at).await?;
    let roster = presence::roster(desk.pool(), tenant, at).await?;
    let waiting = pops::list(desk.pool(), tenant, me, at).await?;
    let mut cards = Vec::with_capacity(waiting.len());
    for one in &waiting {
        cards.push(pop::card(desk, visitor, one).await?);
    }
    let ids = waiting.iter().map(|one| one.id).collect();
    pops::was_read(desk.pool(), visitor.staff(desk)?, ids).await?;
    let words = visitor.words;
    let mine = roster.iter().find(|one| one.user_id == me);
    let code = mine.map_or("", |mine| mine.state.as_str());
    let since = |since: DateTime<Utc>| format::length((at - since).num_seconds().max(0));
    Ok(Now {
        mine: mine.map_or_else(
            || words.state_unknown().to_owned(),
            |mine| names::name(words, names::PRESENCE, &mine.state),
        ),
        mine_code: code.to_owned(),
        since: mine.map_or_else(String::new, |mine| since(mine.since)),
        states: names::choices(words, names::PRESENCE, code)
            .into_iter()
            .filter(|one| one.code != "wrap_up" || one.chosen)
            .collect(),
        reasons: names::choices(
            words,
            names::AWAY,
            mine.and_then(|mine| mine.reason.as_deref()).unwrap_or_default(),
        ),
        phone_only: mine.is_some_and(|mine| mine.phone_only),
        colleagues: roster
            .iter()
            .map(|one| Colleague {
                name: one.name.clone().unwrap_or_else(|| words.unknown().to_owned()),
                code: one.state.clone(),
                state: names::name(words, names::PRESENCE, &one.state),
                note: match (&one.reason, one.there, one.phone_only) {
                    (Some(reason), ..) => names::name(words, names::AWAY, reason),
                    (None, _, true) => words.phone_only().to_owned(),
                    (None, false, _) if one.state != "off" => words.silent().to_owned(),
                    _ => String::new(),
                },
                since: since(one.since),
            })
            .collect(),
        pops: cards,
    })
}

fn card(call: &LiveCall, visitor: &Visitor) -> Card {
    let words = visitor.words;
    let from = call.lines.len().saturating_sub(LINES);
    Card {
        id: call.id.to_string(),
        caller: call.caller.as_ref().map_or_else(
            || words.withheld().to_owned(),
            |number| format::phone(number, visitor.sees_no_numbers()),
        ),
        began: call.began_at.with_timezone(&visitor.zone()).format("%H:%M:%S").to_string(),
        node: short_node(&call.node),
        last: call.lines[from..]
            .iter()
            .map(|said| Line {
                class: said.speaker,
                who: if said.speaker == "customer" { words.customer() } else { words.bot() },
                tongue: said.language,
                text: said.text.clone(),
            })
            .collect(),
    }
}
