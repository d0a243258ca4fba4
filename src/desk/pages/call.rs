//! `/calls/{id}`: one call: what came of it, what was said, what was done when, what it cost and
//! how good it was.

mod bill;
mod quality;
mod wait;

use super::time_line::{self, TimeLine};
use crate::db::desk::audit::masked_text;
use crate::db::desk::calls::{self, Booking, Order, Stage, Tool, Transfer, Turn};
use crate::desk::words::Words;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, names, policy};
use crate::ids::CallId;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

/// Below this the recogniser was not sure.
const UNSURE: f32 = 0.75;

pub(super) fn mount(site: Site) -> Site {
    site.get("/calls/{id}", show)
}

#[derive(Template)]
#[template(path = "call.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    id: Uuid,
    began: String,
    began_utc: String,
    outcome_code: String,
    outcome: String,
    facts: Vec<(&'static str, String)>,
    transcript_off: bool,
    /// The last line so far of a call that goes on in this process.
    live: Option<i32>,
    talk: Vec<Said>,
    led_to: Vec<Effect>,
    transfers: Vec<Attempt>,
    line: Option<TimeLine>,
    steps: Vec<Step>,
    bill: Vec<bill::Item>,
    judgement: Option<quality::Judgement>,
}

/// A line of the conversation, with the tools that it led to.
struct Said {
    turn: i32,
    class: &'static str,
    who: &'static str,
    tongue: String,
    at: String,
    at_utc: String,
    text: String,
    unsure: bool,
    interrupted: bool,
    latency: String,
    wait: Option<wait::Wait>,
    tools: Vec<Used>,
}

struct Used {
    name: String,
    took: String,
    success: bool,
    agreed: bool,
    args: String,
    answer: String,
}

struct Effect {
    what: &'static str,
    name: String,
    /// Its page, for those who may go there.
    href: Option<String>,
    detail: String,
    state_code: String,
    state: String,
}

struct Attempt {
    at: String,
    target: String,
    kind: String,
    reason: String,
    summary: String,
    outcome: String,
}

struct Step {
    turn: i32,
    name: String,
    by: String,
    at: String,
    took: String,
    cost: String,
    state: String,
    trouble: String,
}

/// Whom the page is for.
#[derive(Clone, Copy)]
struct Reader {
    words: Words,
    masked: bool,
    began: DateTime<Utc>,
}

impl Reader {
    /// Text that people said or wrote: numbers are masked for who may not see them.
    fn text(self, text: &str) -> String {
        if self.masked { masked_text(text) } else { text.to_owned() }
    }

    /// A moment as time since the call began.
    fn since(self, at: DateTime<Utc>) -> String {
        format::length((at - self.began).num_seconds())
    }

    fn latency(self, ms: Option<i32>) -> String {
        ms.map_or_else(String::new, |ms| format::latency(self.words, ms.into()))
    }
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id: Uuid = id.parse().map_err(|_| Refusal::NotFound)?;
    let page = calls::page(desk.pool(), visitor.tenant()?, CallId(id)).await?;
    let mut page = page.ok_or(Refusal::NotFound)?;
    visitor.note(&desk, "transcript.read", ("call", id.to_string()), None).await?;
    let (words, zone) = (visitor.words, visitor.zone());
    let masked = visitor.sees_no_numbers();
    for stage in page.stages.iter_mut().filter(|_| masked) {
        stage.agent_name = masked_text(&stage.agent_name);
        stage.error_message = stage.error_message.as_deref().map(masked_text);
    }
    let call = &page.call;
    let reader = Reader { words, masked, began: call.started_at };
    let outcome = call.outcome.clone().unwrap_or_else(|| "open".to_owned());
    let began = format::moment(words, call.started_at, zone);
    let live = desk.feed().calls(visitor.tenant()?).iter().any(|one| one.id == id);
    let length_s = call.duration_seconds.unwrap_or_default();
    Ok(html(&Page {
        frame: Frame::new(&visitor, format!("{} · {began}", words.call())),
        id,
        began_utc: format::utc(call.started_at),
        outcome: names::name(words, names::OUTCOMES, &outcome),
        outcome_code: outcome,
        facts: facts(reader, call),
        live: live.then(|| page.turns.last().map_or(0, |turn| turn.turn_number)),
        transcript_off: call.meta.get("transcript_off") == Some(&Value::Bool(true)),
        talk: talk(reader, &page.turns, &page.tools),
        led_to: led_to(&visitor, &page.orders, &page.bookings),
        transfers: page.transfers.iter().map(|one| attempt(reader, one)).collect(),
        line: time_line::draw(words, &page.stages, length_s.into()),
        steps: page.stages.iter().map(|stage| step(words, stage)).collect(),
        bill: bill::of(words, &page.stages, |name| reader.text(name)),
        judgement: quality::of(words, call, |name| reader.text(name)),
        began,
    }))
}

fn facts(reader: Reader, call: &calls::Call) -> Vec<(&'static str, String)> {
    let words = reader.words;
    let dash = || "—".to_owned();
    let named = |table, code: &Option<String>| {
        code.as_ref().map_or_else(dash, |code| names::name(words, table, code))
    };
    let caller = call.caller_id.as_ref();
    let seconds = call.duration_seconds.map(|seconds| format::length(seconds.into()));
    let topics: Vec<String> = call
        .scenario
        .iter()
        .chain(call.intents.iter().filter(|intent| call.scenario.as_ref() != Some(*intent)))
        .map(|code| names::name(words, names::SCENARIOS, code))
        .collect();
    let mut facts = vec![
        (
            words.caller(),
            caller.map_or_else(
                || words.withheld().to_owned(),
                |number| format::phone(number, reader.masked),
            ),
        ),
        (words.length(), seconds.unwrap_or_else(|| words.open_call().to_owned())),
        (words.scenario(), if topics.is_empty() { dash() } else { topics.join(", ") }),
        (words.language(), named(names::LANGUAGES, &call.language)),
        (words.channel(), names::name(words, names::CHANNELS, &call.channel)),
        (words.origin(), names::name(words, names::ORIGINS, &call.origin)),
        (words.cost(), cost(words, call)),
    ];
    let mut also = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    also(
        words.stage_left(),
        call.drop_off_stage.as_ref().map(|s| names::name(words, names::STAGES, s)),
    );
    also(words.mood(), call.sentiment.as_ref().map(|mood| names::name(words, names::MOODS, mood)));
    also(words.rating(), call.csat_score.map(|score| format!("{score} / 5")));
    also(
        words.quality(),
        call.quality_score.and_then(|score| {
            Decimal::try_from(score).ok().map(|score| format::decimal(words, score, 2))
        }),
    );
    also(words.number_called(), call.called_number.clone());
    also(words.instructions(), call.prompt_version.clone());
    also(words.node(), call.node.clone());
    facts
}

/// What the providers cost, and which of them; not known is not nothing.
fn cost(words: Words, call: &calls::Call) -> String {
    let Some(total) = call.total_cost_usd else { return words.unknown().to_owned() };
    let parts = call.cost_breakdown.as_ref().and_then(Value::as_object);
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter_map(|(step, usd)| {
            let usd: Decimal = usd.to_string().trim_matches('"').parse().ok()?;
            let name = names::name(words, names::STEPS, step);
            (!usd.is_zero()).then(|| format!("{name} {}", format::dollars(words, usd)))
        })
        .collect();
    let total = format::dollars(words, total);
    if parts.is_empty() { total } else { format!("{total} ({})", parts.join(", ")) }
}

fn talk(reader: Reader, turns: &[Turn], tools: &[Tool]) -> Vec<Said> {
    let words = reader.words;
    let heard_ms = |turn: &Turn| {
        let before = turns.iter().rev().find(|one| one.turn_number < turn.turn_number);
        before.and_then(|one| one.stt_latency_ms)
    };
    let said = |turn: &Turn| {
        let (class, who) = match turn.speaker.as_str() {
            "customer" => ("customer", words.customer()),
            "operator" => ("operator", words.operator()),
            _ => ("bot", words.bot()),
        };
        let wait = wait::of(words, turn, heard_ms(turn));
        Said {
            turn: turn.turn_number,
            class,
            who,
            tongue: turn.language.clone().unwrap_or_else(|| "uk".to_owned()),
            at: reader.since(turn.created_at),
            at_utc: format::utc(turn.created_at),
            text: reader.text(&turn.content),
            unsure: turn.stt_confidence.is_some_and(|sure| sure < UNSURE),
            interrupted: turn.interrupted,
            latency: match wait {
                Some(_) => String::new(),
                None => reader.latency(turn.first_audio_ms),
            },
            wait,
            tools: Vec::new(),
        }
    };
    let mut talk: Vec<Said> = turns.iter().map(said).collect();
    for tool in tools {
        // A tool stands below the line of the caller that led to it; one without such a line
        // below the first.
        let wanted = tool.turn_number.unwrap_or_default();
        let at = turns.iter().rposition(|turn| turn.turn_number <= wanted).unwrap_or_default();
        if let Some(line) = talk.get_mut(at) {
            line.tools.push(used(reader, tool));
        }
    }
    talk
}

/// Arguments and answers are masked for everybody: whoever needs a number finds it in the facts.
fn used(reader: Reader, tool: &Tool) -> Used {
    let shown = |value: &Value| {
        masked_text(&serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string()))
    };
    Used {
        name: tool.tool_name.clone(),
        took: reader.latency(tool.duration_ms),
        success: tool.success,
        agreed: tool.approved,
        args: shown(&tool.tool_args),
        answer: tool.tool_result.as_ref().map(shown).unwrap_or_default(),
    }
}

fn led_to(visitor: &Visitor, orders: &[Order], bookings: &[Booking]) -> Vec<Effect> {
    let words = visitor.words;
    let page = |route: &str, folder: &str, id: Uuid| {
        let may = policy::allows("GET", route, visitor.role());
        may.then(|| format!("/{folder}/{id}"))
    };
    let orders = orders.iter().map(|order| Effect {
        what: words.made_order(),
        name: order.order_number.clone().unwrap_or_else(|| "—".to_owned()),
        href: page("/orders/{id}", "orders", order.id),
        detail: format!("{} · {}", order.items, format::hryvnias(words, order.total)),
        state: names::name(words, names::ORDER_STATES, &order.status),
        state_code: order.status.clone(),
    });
    let bookings = bookings.iter().map(|booking| Effect {
        what: words.made_booking(),
        name: format!(
            "{} {}",
            format::day(words, booking.booking_date),
            format::time(booking.booking_time)
        ),
        href: page("/bookings/{id}", "bookings", booking.id),
        detail: booking.station.clone(),
        state: names::name(words, names::BOOKING_STATES, &booking.status),
        state_code: booking.status.clone(),
    });
    orders.chain(bookings).collect()
}

fn attempt(reader: Reader, transfer: &Transfer) -> Attempt {
    let words = reader.words;
    let outcome = transfer.outcome.as_deref().map_or_else(
        || words.open_call().to_owned(),
        |code| names::name(words, names::TRANSFER_OUTCOMES, code),
    );
    Attempt {
        at: reader.since(transfer.requested_at),
        target: transfer.target.clone(),
        kind: names::name(words, names::TRANSFER_KINDS, &transfer.kind),
        reason: reader.text(&transfer.reason),
        summary: reader.text(&transfer.summary),
        outcome,
    }
}

fn step(words: Words, stage: &Stage) -> Step {
    Step {
        turn: stage.turn_number,
        name: names::name(words, names::STEPS, &stage.step),
        by: stage.agent_name.clone(),
        at: format::length(stage.begun_ms / 1000),
        took: format::latency(words, stage.duration_ms.into()),
        cost: stage.cost_usd.map_or_else(String::new, |usd| format::dollars(words, usd)),
        state: names::name(words, names::STEP_STATES, &stage.status),
        trouble: stage.error_message.clone().unwrap_or_default(),
    }
}
