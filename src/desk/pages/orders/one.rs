//! `/orders/{id}`: one order, what it rests on, and how it goes on.

use super::proof::{self, Deed, Proof};
use crate::db::desk::orders::{self, Item, Order};
use crate::desk::names::{self, Choice};
use crate::desk::pages::work::{self, Difference};
use crate::desk::{Desk, Fields, Frame, Refusal, Visitor, format, html};
use crate::shop::OrderStatus;
use crate::store::{Settled, StoreError};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

/// The longest number of a carrier, characters.
const TRACKING_CHARS_MAX: usize = 60;

struct Row {
    article: String,
    name: String,
    pieces: i32,
    price: String,
    total: String,
    stock: String,
}

struct Fitting {
    href: String,
    when: String,
    state_code: String,
    state: String,
}

#[derive(Template)]
#[template(path = "order.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    href: String,
    seen: String,
    state: String,
    facts: Vec<(&'static str, String)>,
    call: Option<String>,
    customer: Option<(String, String)>,
    items: Vec<Row>,
    sums: [(&'static str, String); 3],
    fittings: Vec<Fitting>,
    proof: Option<Proof>,
    past: Vec<Deed>,
    next: Vec<Choice>,
    can_cancel: bool,
    gives_back: bool,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let found = orders::order(desk.pool(), visitor.tenant()?, id).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    visitor.note(&desk, "order.read", ("order", id.to_string()), None).await?;
    let words = visitor.words;
    let order = &found.order;
    let status = OrderStatus::from_word(&order.status).unwrap_or(OrderStatus::Cancelled);
    let mut next = names::choices(words, names::ORDER_STATES, "");
    next.retain(|choice| {
        let to = OrderStatus::from_word(&choice.code);
        to.is_some_and(|to| to != OrderStatus::Cancelled && status.next().contains(&to))
    });
    let state = |code: &str| names::name(words, names::ORDER_STATES, code);
    let number = order.order_number.as_deref().unwrap_or("—");
    let fitting = |(id, day, time, state): &(uuid::Uuid, _, _, String)| Fitting {
        href: format!("/bookings/{id}"),
        when: format!("{} {}", format::day(words, *day), format::time(*time)),
        state: names::name(words, names::BOOKING_STATES, state),
        state_code: state.clone(),
    };
    Ok(html(&Page {
        frame: Frame::new(&visitor, format!("{} {number}", words.order())),
        href: format!("/orders/{id}"),
        seen: order.status.clone(),
        state: state(&order.status),
        facts: facts(&visitor, order),
        call: order.source_call_id.map(|call| format!("/calls/{call}")),
        customer: order.customer_id.map(|customer| {
            let name = order.customer.clone().unwrap_or_else(|| words.without_name().to_owned());
            (format!("/customers/{customer}"), name)
        }),
        items: found.items.iter().map(|item| row(&visitor, item)).collect(),
        sums: [
            (words.subtotal(), format::hryvnias(words, order.subtotal)),
            (words.delivery(), format::hryvnias(words, order.delivery_cost)),
            (words.total(), format::hryvnias(words, order.total)),
        ],
        fittings: found.bookings.iter().map(fitting).collect(),
        proof: found.consent.as_ref().map(|consent| proof::proof(&visitor, consent)),
        past: proof::deeds(&visitor, &found.past, state),
        next,
        can_cancel: status.next().contains(&OrderStatus::Cancelled),
        gives_back: status.holds_stock(),
    }))
}

fn row(visitor: &Visitor, item: &Item) -> Row {
    let words = visitor.words;
    let since = item.stock_at.map(|at| format::moment(words, at, visitor.zone()));
    Row {
        article: item.product_id.clone(),
        name: item.product_name.clone(),
        pieces: item.quantity,
        price: format::hryvnias(words, item.price_per_unit),
        total: format::hryvnias(words, item.total),
        stock: match (item.in_stock, since) {
            (Some(left), Some(since)) => format!("{left} ({since})"),
            _ => "—".to_owned(),
        },
    }
}

fn facts(visitor: &Visitor, order: &Order) -> Vec<(&'static str, String)> {
    let (words, zone) = (visitor.words, visitor.zone());
    let number = format::phone(&order.phone, visitor.sees_no_numbers());
    let number =
        if order.phone_verified { number } else { format!("{number} ({})", words.not_verified()) };
    let mut facts = vec![
        (words.phone_word(), number),
        (words.created(), format::moment(words, order.created_at, zone)),
        (words.source(), names::name(words, names::SOURCES, &order.source)),
    ];
    let mut also = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    also(words.recipient(), Some(order.recipient.clone()).filter(|name| !name.is_empty()));
    let way = order.delivery_type.as_ref();
    also(words.delivery(), way.map(|way| names::name(words, names::DELIVERIES, way)));
    also(words.address(), order.destination.clone());
    let payment = order.payment_method.as_ref();
    also(words.payment(), payment.map(|way| names::name(words, names::PAYMENTS, way)));
    also(words.expected(), order.estimated_delivery.map(|day| format::day(words, day)));
    also(words.tracking(), order.tracking_number.clone());
    facts
}

pub(super) async fn act(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let found = orders::order(desk.pool(), visitor.tenant()?, id).await?;
    found.ok_or(Refusal::NotFound)?;
    let status = |name: &str| OrderStatus::from_word(fields.raw(name)).ok_or(Refusal::Bad);
    let (seen, to) = (status("seen")?, status("status")?);
    let tracking = fields.text("tracking");
    if tracking.chars().count() > TRACKING_CHARS_MAX {
        return Err(Refusal::Bad);
    }
    let tracking = (!tracking.is_empty()).then(|| tracking.to_owned());
    let staff = visitor.staff(&desk)?;
    let settled = desk.store().advance_order(&staff, id, (seen, to), tracking).await;
    let back = format!("/orders/{id}");
    let words = visitor.words;
    let name = |code: &str| names::name(words, names::ORDER_STATES, code);
    let difference =
        |now: &str| Difference { name: words.state(), seen: name(seen.as_str()), now: name(now) };
    settled_page(&visitor, settled, &back, |now| vec![difference(now)])
}

/// What a wish came to, as an answer.
pub(in crate::desk::pages) fn settled_page(
    visitor: &Visitor,
    settled: Result<Settled, StoreError>,
    back: &str,
    differences: impl Fn(&str) -> Vec<Difference>,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let said =
        |status, title| Ok(work::said(visitor, status, (title, words.slot_taken_why()), back));
    match settled {
        Ok(Settled::Done) => Ok(Redirect::to(back).into_response()),
        Ok(Settled::Unknown) => Err(Refusal::NotFound),
        Ok(Settled::NotAllowed) => Ok(work::not_allowed(visitor, back)),
        Ok(Settled::Stale(now)) => Ok(work::conflict(visitor, differences(&now), back)),
        Err(StoreError::SlotTaken) => said(StatusCode::CONFLICT, words.slot_taken()),
        Err(StoreError::Rule {
            code: "no_such_slot" | "same_time" | "storage_too_early", ..
        }) => said(StatusCode::UNPROCESSABLE_ENTITY, words.no_such_slot()),
        Err(StoreError::Rule { .. } | StoreError::EffectMismatch | StoreError::NotOffered) => {
            Ok(work::not_allowed(visitor, back))
        }
        Err(error @ (StoreError::Away(_) | StoreError::Unknown(_))) => {
            tracing::warn!(%error, "the desk cannot change what it should");
            Err(Refusal::Busy)
        }
    }
}
