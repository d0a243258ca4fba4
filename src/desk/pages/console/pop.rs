//! A caller who waits for a person, as that person sees them: what to do next stands first.

use crate::db::desk::customers::{self, Page as Person};
use crate::db::desk::pops::{self, Agreed, Facts, Found, Pop};
use crate::db::desk::takeovers;
use crate::desk::live::short_node;
use crate::desk::names::Choice;
use crate::desk::{Desk, Refusal, Visitor, format, names};
use serde_json::Value;

/// Of what a tool answered this much is shown, characters.
const ANSWER_CHARS: usize = 240;
/// Fields of a draft that are shown.
const FIELDS_MAX: usize = 12;
/// Things of the past that are shown, of each kind.
const PAST_MAX: usize = 3;

/// A caller who waits.
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a card")]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) call: String,
    /// Does it ring, and may it be mine?
    pub(super) rings: bool,
    pub(super) mine: bool,
    pub(super) refused: bool,
    /// The talk is over, or was none.
    pub(super) over: bool,
    pub(super) fate_code: String,
    pub(super) fate: String,
    pub(super) waits: String,
    pub(super) caller: String,
    pub(super) name: String,
    /// Language, mood, target, process.
    pub(super) about: Vec<String>,
    pub(super) next: &'static str,
    pub(super) reason: String,
    pub(super) summary: String,
    pub(super) draft: Vec<(String, String)>,
    pub(super) agreed: Vec<(String, String, String)>,
    pub(super) found: Vec<(String, String, bool)>,
    pub(super) turns: Vec<(&'static str, &'static str, String, String)>,
    /// Address, if there is one, and words.
    pub(super) past: Vec<(String, String)>,
    pub(super) note: String,
    pub(super) outcomes: Vec<Choice>,
    pub(super) refusals: Vec<Choice>,
    /// May the outcome be left out?
    pub(super) may_skip: bool,
}

/// A pop with all that stands on it.
pub(super) async fn card(desk: &Desk, visitor: &Visitor, pop: &Pop) -> Result<Card, Refusal> {
    let (tenant, words) = (visitor.tenant()?, visitor.words);
    let facts = pops::facts(desk.pool(), tenant, pop).await?;
    let person = match pop.customer_id {
        Some(id) => customers::page(desk.pool(), tenant, (id, false)).await?,
        None => None,
    };
    let mine = pop.taken_by.is_some();
    let waits = (desk.clock().now() - pop.asked_at).num_seconds().max(0);
    let fate = pop.fate.clone().unwrap_or_default();
    Ok(Card {
        id: pop.id.to_string(),
        call: pop.call_id.to_string(),
        rings: pop.fate.is_none(),
        mine,
        refused: pop.refused,
        over: mine && (pop.over_at.is_some() || pop.fate.is_some()),
        fate: names::name(words, names::FATES, &fate),
        fate_code: fate,
        waits: format::length(waits),
        caller: pop.caller.as_ref().map_or_else(
            || words.withheld().to_owned(),
            |number| format::phone(number, visitor.sees_no_numbers()),
        ),
        name: pop.customer_name.clone().unwrap_or_default(),
        about: about(visitor, pop),
        next: next(visitor, pop, &facts),
        reason: names::name(words, names::REASONS, &pop.reason),
        summary: pop.summary.clone(),
        draft: draft(&pop.cart),
        agreed: facts.agreed.iter().map(|one| agreed(visitor, one)).collect(),
        found: facts.found.iter().map(found).collect(),
        turns: facts
            .turns
            .into_iter()
            .map(|turn| {
                let customer = turn.speaker == "customer";
                let class = if customer { "customer" } else { "bot" };
                let who = if customer { words.customer() } else { words.bot() };
                (class, who, turn.language.unwrap_or_default(), turn.content)
            })
            .collect(),
        past: person.map(|person| past(visitor, &person)).unwrap_or_default(),
        note: pop.note.clone(),
        // Whoever was not reached by the caller is proposed that.
        outcomes: names::choices(
            words,
            names::POP_OUTCOMES,
            if pop.was_talk() { "answered" } else { "lost_line" },
        ),
        refusals: names::choices(words, names::POP_REFUSALS, "busy"),
        may_skip: !desk.config().wrap_up_required || !pop.was_talk(),
    })
}

fn about(visitor: &Visitor, pop: &Pop) -> Vec<String> {
    let words = visitor.words;
    let language = pop.language.as_ref().map(|code| names::name(words, names::LANGUAGES, code));
    let mood = pop.sentiment.as_ref().map(|code| names::name(words, names::MOODS, code));
    let node = pop.node.as_ref().map(|node| format!("{} {}", words.node(), short_node(node)));
    let target = format!("→ {}", pop.target);
    [language, mood, Some(target), node].into_iter().flatten().collect()
}

fn next(visitor: &Visitor, pop: &Pop, facts: &Facts) -> &'static str {
    let words = visitor.words;
    if facts.agreed.iter().any(|one| one.status == "pending") {
        words.next_confirm()
    } else if !draft(&pop.cart).is_empty() {
        words.next_draft()
    } else if pop.reason == takeovers::REASON {
        words.next_took_over()
    } else {
        words.next_listen()
    }
}

/// What of a draft says something: names and plain values, however deep.
fn draft(cart: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    gather("", cart, &mut fields);
    fields.truncate(FIELDS_MAX);
    fields
}

fn gather(name: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    let mut say = |text: String| {
        // Ids are for programs.
        if !text.is_empty() && !name.ends_with("_id") && name != "id" {
            fields.push((name.replace('_', " "), text));
        }
    };
    match value {
        Value::Null => {}
        Value::Bool(value) => say(value.to_string()),
        Value::Number(value) => say(value.to_string()),
        Value::String(text) => say(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| gather(name, item, fields)),
        Value::Object(inner) => inner.iter().for_each(|(name, value)| gather(name, value, fields)),
    }
}

fn agreed(visitor: &Visitor, one: &Agreed) -> (String, String, String) {
    let what: Vec<String> = draft(&one.args).into_iter().map(|(_, value)| value).collect();
    let state = names::name(visitor.words, names::APPROVALS, &one.status);
    (one.tool_name.replace('_', " "), what.join(" · "), state)
}

fn found(one: &Found) -> (String, String, bool) {
    let values = |value: &Value| -> Vec<String> {
        draft(value).into_iter().map(|(_, value)| value).collect()
    };
    let asked = values(&one.tool_args).join(" ");
    let answer = one.tool_result.as_ref().map(values).unwrap_or_default().join(" · ");
    let answer: String = answer.chars().take(ANSWER_CHARS).collect();
    (format!("{} {asked}", one.tool_name.replace('_', " ")), answer, one.success)
}

/// Open matters, bookings, orders and earlier calls.
fn past(visitor: &Visitor, person: &Person) -> Vec<(String, String)> {
    let words = visitor.words;
    let tickets = person.tickets.iter().take(PAST_MAX).map(|ticket| {
        let state = names::name(words, names::TICKET_STATES, &ticket.status);
        (format!("/tickets/{}", ticket.id), format!("{} · {state}", ticket.title))
    });
    let bookings = person.bookings.iter().take(PAST_MAX).map(|booking| {
        let state = names::name(words, names::BOOKING_STATES, &booking.status);
        let day = format::day(words, booking.booking_date);
        let time = format::time(booking.booking_time);
        let text = format!("{} {day} {time} · {} · {state}", words.made_booking(), booking.station);
        (format!("/bookings/{}", booking.id), text)
    });
    let orders = person.orders.iter().filter(|order| order.order_number.is_some());
    let orders = orders.take(PAST_MAX).map(|order| {
        let state = names::name(words, names::ORDER_STATES, &order.status);
        let number = order.order_number.clone().unwrap_or_default();
        let total = format::hryvnias(words, order.total);
        let text = format!("{} {number} · {total} · {state}", words.made_order());
        (format!("/orders/{}", order.id), text)
    });
    // The first one is this call.
    let calls = person.calls.iter().skip(1).take(PAST_MAX).map(|call| {
        let at = format::moment(words, call.started_at, visitor.zone());
        let outcome = call.outcome.as_deref().unwrap_or("open");
        let outcome = names::name(words, names::OUTCOMES, outcome);
        (format!("/calls/{}", call.id), format!("{} {at} · {outcome}", words.call()))
    });
    tickets.chain(bookings).chain(orders).chain(calls).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_draft_is_shown_in_names_and_values_without_ids() {
        let cart = json!({
            "order_id": "x", "items": [{ "name": "Michelin Alpin 6", "quantity": 4 }],
            "delivery": null, "paid": false,
        });
        let shown = draft(&cart);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert!(shown.contains(&pair("name", "Michelin Alpin 6")), "{shown:?}");
        assert!(shown.contains(&pair("quantity", "4")) && shown.contains(&pair("paid", "false")));
        assert_eq!(shown.len(), 3);
        assert_eq!(draft(&Value::Null), []);
    }
}
