//! `/bookings/{id}`: one fitting: who comes when, moved, given up, ticked off.

use super::orders::proof::{self, Deed, Proof};
use super::orders::settled_page;
use super::work::{self, Difference};
use crate::db::desk::orders::{self, BookingPage, Moved};
use crate::desk::words::Words;
use crate::desk::{Desk, Fields, Frame, Refusal, Site, Visitor, format, html, names};
use crate::store::{Slot, StoreError, Tick, seen_booking};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;

pub(super) fn mount(site: Site) -> Site {
    site.get("/bookings/{id}", show).post("/bookings/{id}", act)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    day: String,
}

struct Change {
    at: String,
    what: String,
    from: String,
    to: String,
    by: &'static str,
}

#[expect(clippy::struct_excessive_bools, reason = "a template asks one question at a time")]
#[derive(Template)]
#[template(path = "booking.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    href: String,
    seen: String,
    state_code: String,
    state: String,
    arrived: bool,
    facts: Vec<(&'static str, String)>,
    links: Vec<(&'static str, String, String)>,
    proof: Option<Proof>,
    changes: Vec<Change>,
    past: Vec<Deed>,
    open: bool,
    /// The day on which it could be, and its free times.
    day: String,
    times: Option<Vec<String>>,
    can_move: bool,
    can_tick_back: bool,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let id = work::id(&id)?;
    let found = orders::booking(desk.pool(), visitor.tenant()?, id).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    visitor.note(&desk, "booking.read", ("booking", id.to_string()), None).await?;
    let words = visitor.words;
    let day = work::value(&asked.day)?;
    let day: Option<NaiveDate> =
        day.map(|day| day.parse()).transpose().map_err(|_| Refusal::Bad)?;
    let times = match day {
        None => None,
        Some(day) => {
            let staff = visitor.staff(&desk)?;
            let times = desk.store().times_for_booking(&staff, id, day).await;
            Some(times.map_err(|error| busy(&error))?)
        }
    };
    let slot = Slot { date: found.booking_date, time: found.booking_time };
    let wall = desk.clock().now().with_timezone(&visitor.zone()).naive_local();
    let ahead = slot.date.and_time(slot.time) > wall;
    let open = found.status == "confirmed";
    let title = format!("{} · {}", words.booking(), when(words, slot));
    let named = |text: &str| seen_words(words, text);
    Ok(html(&Page {
        frame: Frame::new(&visitor, title),
        href: format!("/bookings/{id}"),
        seen: seen_booking(&found.status, slot, found.attended),
        state: names::name(words, names::BOOKING_STATES, &found.status),
        state_code: found.status.clone(),
        arrived: found.attended == Some(true),
        facts: facts(&visitor, &found),
        links: links(words, &found),
        proof: found.consent.as_ref().map(|consent| proof::proof(&visitor, consent)),
        changes: found.moved.iter().map(|one| change(&visitor, one)).collect(),
        past: proof::deeds(&visitor, &found.past, named),
        open,
        day: day.unwrap_or(slot.date).to_string(),
        times: times.map(|times| times.iter().map(|slot| format::time(slot.time)).collect()),
        can_move: open && ahead && found.attended.is_none(),
        can_tick_back: matches!(found.status.as_str(), "completed" | "no_show")
            || open && found.attended.is_some(),
    }))
}

fn busy(error: &StoreError) -> Refusal {
    tracing::warn!(%error, "the desk cannot ask for free times");
    Refusal::Busy
}

fn when(words: Words, slot: Slot) -> String {
    format!("{} {}", format::day(words, slot.date), format::time(slot.time))
}

/// What was seen of a booking, in words.
fn seen_words(words: Words, seen: &str) -> String {
    let parts: Vec<&str> = seen.split(' ').collect();
    let [status, date, time, came] = parts[..] else { return "—".to_owned() };
    let (Ok(date), Ok(time)) = (date.parse(), format!("{time}:00").parse()) else {
        return "—".to_owned();
    };
    let state = names::name(words, names::BOOKING_STATES, status);
    let mut text = format!("{state}, {}", when(words, Slot { date, time }));
    if came == "arrived" {
        text.push_str(", ");
        text.push_str(words.tick_arrived());
    }
    text
}

fn facts(visitor: &Visitor, booking: &BookingPage) -> Vec<(&'static str, String)> {
    let words = visitor.words;
    let mut facts = vec![
        (words.station(), booking.station.clone()),
        (words.post(), booking.post.to_string()),
        (words.service(), names::name(words, names::SERVICES, &booking.service_type)),
        (words.car(), booking.vehicle_info.clone()),
        (words.name(), booking.customer_name.clone()),
    ];
    let mut also = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    also(words.rim(), booking.tire_diameter.map(|inches| format!("R{inches}")));
    also(
        words.phone_word(),
        booking.phone.as_ref().map(|number| {
            let number = format::phone(number, visitor.sees_no_numbers());
            if booking.phone_verified {
                number
            } else {
                format!("{number} ({})", words.not_verified())
            }
        }),
    );
    also(words.price(), booking.price.map(|price| format::hryvnias(words, price)));
    also(words.storage(), booking.storage.clone());
    also(words.note(), Some(booking.notes.clone()).filter(|note| !note.is_empty()));
    also(words.created(), Some(format::moment(words, booking.created_at, visitor.zone())));
    facts
}

fn links(words: Words, booking: &BookingPage) -> Vec<(&'static str, String, String)> {
    let mut links = vec![(
        words.day_sheet(),
        format!("/day?date={}&station={}", booking.booking_date, booking.station_code),
        booking.station.clone(),
    )];
    if let Some(order) = booking.linked_order_id {
        let number = booking.order_number.clone().unwrap_or_else(|| "—".to_owned());
        links.push((words.linked_order(), format!("/orders/{order}"), number));
    }
    if let Some(customer) = booking.customer_id {
        let name = booking.customer_name.clone();
        links.push((words.customer_word(), format!("/customers/{customer}"), name));
    }
    if let Some(call) = booking.source_call_id {
        links.push((words.source_call(), format!("/calls/{call}"), words.open_it().to_owned()));
    }
    links
}

fn change(visitor: &Visitor, moved: &Moved) -> Change {
    let words = visitor.words;
    let from = Slot { date: moved.from_date, time: moved.from_time };
    let to = moved.to_date.zip(moved.to_time).map(|(date, time)| Slot { date, time });
    Change {
        at: format::moment(words, moved.created_at, visitor.zone()),
        what: if to.is_some() { words.move_booking() } else { words.cancel_booking() }.to_owned(),
        from: when(words, from),
        to: to.map_or_else(|| "—".to_owned(), |to| when(words, to)),
        by: if moved.call_id.is_some() { words.by_customer() } else { words.by_desk() },
    }
}

async fn act(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let found = orders::booking(desk.pool(), visitor.tenant()?, id).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    let (staff, store) = (visitor.staff(&desk)?, desk.store());
    let seen = (id, fields.raw("seen").to_owned());
    let tick = match fields.raw("do") {
        "arrived" => Some(Tick::Arrived),
        "done" => Some(Tick::Done),
        "missed" => Some(Tick::Missed),
        "back" => Some(Tick::Back),
        _ => None,
    };
    let settled = match (tick, fields.raw("do")) {
        (Some(tick), _) => store.tick_booking(&staff, seen, tick).await,
        (None, "cancel") => store.cancel_booking_at_desk(&staff, seen).await,
        (None, "move") => {
            let date = fields.raw("day").parse().map_err(|_| Refusal::Bad)?;
            let time = format!("{}:00", fields.raw("time")).parse().map_err(|_| Refusal::Bad)?;
            store.move_booking_at_desk(&staff, seen, Slot { date, time }).await
        }
        _ => return Err(Refusal::Bad),
    };
    let words = visitor.words;
    // Whoever ticks on the day's sheet goes on there.
    let back = if fields.raw("from") == "day" {
        format!("/day?date={}&station={}", found.booking_date, found.station_code)
    } else {
        format!("/bookings/{id}")
    };
    settled_page(&visitor, settled, &back, |now| {
        vec![Difference {
            name: words.state(),
            seen: seen_words(words, fields.raw("seen")),
            now: seen_words(words, now),
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::words::Tongue;

    #[test]
    fn what_was_seen_of_a_booking_is_told_in_words_and_nonsense_is_not() {
        let words = Words(Tongue::En);
        let slot = Slot { date: "2026-11-24".parse().unwrap(), time: "10:30:00".parse().unwrap() };
        let seen = seen_booking("confirmed", slot, Some(true));
        assert_eq!(seen, "confirmed 2026-11-24 10:30 arrived");
        assert_eq!(seen_words(words, &seen), "confirmed, Tue 24 Nov 2026 10:30, arrived");
        for bad in ["", "a b c d", "confirmed 2026-11-24 10:30", "x 2026-02-30 10:30 y"] {
            assert_eq!(seen_words(words, bad), "—", "{bad}");
        }
    }
}
