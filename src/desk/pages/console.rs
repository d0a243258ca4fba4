//! `/console`: the calls in progress, as they go on.

use crate::desk::live::LiveCall;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

pub(super) fn mount(site: Site) -> Site {
    site.get("/console", show)
}

#[derive(Template)]
#[template(path = "console.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    cards: Vec<Card>,
}

struct Card {
    id: String,
    caller: String,
    began: String,
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
    let frame = Frame::new(&visitor, visitor.words.live_now());
    Ok(html(&Page { frame, cards: calls.iter().map(|call| card(call, &visitor)).collect() }))
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
