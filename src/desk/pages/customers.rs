//! `/customers`: people, and one person on one page.

mod forget;

use super::work;
use crate::db::desk::customers::{self, After, Customer, Filter, PAGE_CUSTOMERS};
use crate::db::desk::users::Role;
use crate::db::soft_delete::{self, Change, NotDone, Who};
use crate::desk::words::Words;
use crate::desk::{Desk, Fields, Frame, Refusal, Site, Visitor, format, html, names, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn mount(site: Site) -> Site {
    site.get("/customers", list)
        .get("/customers/{id}", show)
        .post("/customers/{id}", act)
        .get("/customers/{id}/forget", forget::ask)
        .post("/customers/{id}/forget", forget::forget)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    find: String,
    hidden: String,
    after: String,
}

struct Row {
    href: String,
    name: String,
    phone: String,
    calls: i32,
    seen: String,
    hidden: String,
}

#[derive(Template)]
#[template(path = "customers.html", config = "src/desk/askama.toml")]
struct List {
    frame: Frame,
    find: String,
    hidden: bool,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

async fn list(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (digits, name) = work::digits_or_name(&asked.find)?;
    let after = work::read_place(&asked.after)?.map(|(seen_at, id)| After { seen_at, id });
    let what = json!({ "find": asked.find });
    visitor.note(&desk, "customers.searched", ("customers", String::new()), Some(what)).await?;
    let hidden = asked.hidden == "1";
    let filter = Filter { digits, name, hidden };
    let mut lines = customers::list(desk.pool(), visitor.tenant()?, filter, after).await?;
    let more = lines.len() > PAGE_CUSTOMERS;
    lines.truncate(PAGE_CUSTOMERS);
    let (words, zone) = (visitor.words, visitor.zone());
    let href = |after: &str| {
        let pairs = [("find", asked.find.as_str()), ("hidden", &asked.hidden), ("after", after)];
        url::with_query("/customers", &pairs)
    };
    let last = lines.last().filter(|_| more);
    let row = |line: &customers::Line| Row {
        href: format!("/customers/{}", line.id),
        name: line.name.clone().unwrap_or_else(|| words.without_name().to_owned()),
        phone: line.phone.as_ref().map_or_else(
            || "—".to_owned(),
            |number| format::phone(number, visitor.sees_no_numbers()),
        ),
        calls: line.total_calls,
        seen: format::moment(words, line.seen_at, zone),
        hidden: line.deleted_at.map_or_else(String::new, |at| format::moment(words, at, zone)),
    };
    Ok(html(&List {
        frame: Frame::new(&visitor, words.customers()),
        rows: lines.iter().map(row).collect(),
        next: last.map(|line| href(&work::place(line.seen_at, line.id))),
        first: after.map(|_| href("")),
        hidden,
        find: asked.find.clone(),
    }))
}

struct Car {
    plate: String,
    brand: String,
    size: String,
}

struct Thing {
    href: String,
    name: String,
    state_code: String,
    state: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "customer.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    href: String,
    hidden: Option<String>,
    admin: bool,
    facts: Vec<(&'static str, String)>,
    memory: Vec<(&'static str, String)>,
    remembered: Option<String>,
    cars: Vec<Car>,
    tickets: Vec<Thing>,
    calls: Vec<Thing>,
    orders: Vec<Thing>,
    bookings: Vec<Thing>,
}

fn answers_for_the_shop(visitor: &Visitor) -> bool {
    matches!(visitor.role(), Some(Role::SuperAdmin | Role::Admin))
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let found = customers::page(desk.pool(), visitor.tenant()?, (id, true)).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    visitor.note(&desk, "customer.read", ("customer", id.to_string()), None).await?;
    let (words, zone) = (visitor.words, visitor.zone());
    let customer = &found.customer;
    let name = customer.name.clone().unwrap_or_else(|| words.without_name().to_owned());
    let mut facts = facts(&visitor, customer);
    facts.extend(
        found.identities.iter().map(|one| (words.name(), format!("{}: {}", one.kind, one.value))),
    );
    let things = Things { visitor: &visitor };
    Ok(html(&Page {
        frame: Frame::new(&visitor, name),
        href: format!("/customers/{id}"),
        hidden: customer.deleted_at.map(|at| format::moment(words, at, zone)),
        admin: answers_for_the_shop(&visitor),
        facts,
        memory: memory(words, customer),
        remembered: customer.remembered_at.map(|at| format::moment(words, at, zone)),
        cars: cars(customer.memory.as_ref()),
        tickets: found.tickets.iter().map(|one| things.ticket(one)).collect(),
        calls: found.calls.iter().map(|one| things.call(one)).collect(),
        orders: found.orders.iter().map(|one| things.order(one)).collect(),
        bookings: found.bookings.iter().map(|one| things.booking(one)).collect(),
    }))
}

/// What belongs to a person, as it is shown.
struct Things<'a> {
    visitor: &'a Visitor,
}

impl Things<'_> {
    fn ticket(&self, one: &customers::Ticket) -> Thing {
        let words = self.visitor.words;
        Thing {
            href: format!("/tickets/{}", one.id),
            name: names::name(words, names::TICKET_KINDS, &one.ticket_type),
            state: names::name(words, names::TICKET_STATES, &one.status),
            state_code: one.status.clone(),
            detail: format::moment(words, one.created_at, self.visitor.zone()),
        }
    }

    fn call(&self, one: &customers::Call) -> Thing {
        let words = self.visitor.words;
        let outcome = one.outcome.clone().unwrap_or_else(|| "open".to_owned());
        Thing {
            href: format!("/calls/{}", one.id),
            name: format::moment(words, one.started_at, self.visitor.zone()),
            state: names::name(words, names::OUTCOMES, &outcome),
            state_code: outcome,
            detail: one.scenario.as_ref().map_or_else(String::new, |code| code.replace('_', " ")),
        }
    }

    fn order(&self, one: &customers::Order) -> Thing {
        let words = self.visitor.words;
        let number = one.order_number.as_deref().unwrap_or("—");
        let made = format::moment(words, one.created_at, self.visitor.zone());
        Thing {
            href: format!("/orders/{}", one.id),
            name: number.to_owned(),
            state: names::name(words, names::ORDER_STATES, &one.status),
            state_code: one.status.clone(),
            detail: format!("{} · {made}", format::hryvnias(words, one.total)),
        }
    }

    fn booking(&self, one: &customers::Booking) -> Thing {
        let words = self.visitor.words;
        let (day, time) = (format::day(words, one.booking_date), format::time(one.booking_time));
        Thing {
            href: format!("/bookings/{}", one.id),
            name: format!("{day} {time}"),
            state: names::name(words, names::BOOKING_STATES, &one.status),
            state_code: one.status.clone(),
            detail: format!("{} {}", one.station, one.vehicle_info),
        }
    }
}

fn facts(visitor: &Visitor, customer: &Customer) -> Vec<(&'static str, String)> {
    let (words, zone) = (visitor.words, visitor.zone());
    let dash = || "—".to_owned();
    let moment = |at: Option<_>| at.map_or_else(dash, |at| format::moment(words, at, zone));
    let number = customer.phone.as_ref();
    let language = customer.language.as_ref();
    vec![
        (
            words.phone_word(),
            number.map_or_else(dash, |n| format::phone(n, visitor.sees_no_numbers())),
        ),
        (
            words.language(),
            language.map_or_else(dash, |code| names::name(words, names::LANGUAGES, code)),
        ),
        (words.calls_count(), customer.total_calls.to_string()),
        (words.first_heard(), moment(customer.first_call_at)),
        (words.last_heard(), moment(customer.last_call_at)),
    ]
}

fn memory(words: Words, customer: &Customer) -> Vec<(&'static str, String)> {
    let text = |key: &str| {
        let value = customer.memory.as_ref().and_then(|data| data.get(key));
        value.and_then(Value::as_str).map(str::to_owned)
    };
    [
        (words.city(), text("city")),
        (words.address(), text("address")),
        (words.station(), customer.station.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.map(|value| (name, value)))
    .collect()
}

fn cars(memory: Option<&Value>) -> Vec<Car> {
    let list = memory.and_then(|data| data.get("vehicles")).and_then(Value::as_array);
    let text = |car: &Value, key: &str| {
        car.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    list.into_iter()
        .flatten()
        .map(|car| Car {
            plate: text(car, "plate"),
            brand: text(car, "brand"),
            size: text(car, "tire_size"),
        })
        .collect()
}

async fn act(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let tenant = visitor.tenant()?;
    customers::page(desk.pool(), tenant, (id, true)).await?.ok_or(Refusal::NotFound)?;
    let (change, action) = match fields.raw("do") {
        "hide" => (Change::Hide, "customer.hidden"),
        "restore" => (Change::Restore, "customer.restored"),
        _ => return Err(Refusal::Bad),
    };
    if !answers_for_the_shop(&visitor) {
        return Err(Refusal::Denied);
    }
    visitor.note(&desk, action, ("customer", id.to_string()), None).await?;
    let done = soft_delete::customer(desk.pool(), tenant, Who::Id(id), change).await?;
    let (words, back) = (visitor.words, format!("/customers/{id}"));
    Ok(match done {
        Err(NotDone::Unknown) => return Err(Refusal::NotFound),
        Err(NotDone::TooLate(_)) => {
            let text = (words.too_late(), words.too_late_why());
            work::said(&visitor, StatusCode::CONFLICT, text, &back)
        }
        // Done, or somebody did the same a moment ago.
        Ok(_) | Err(NotDone::Hidden(_) | NotDone::Shown) => Redirect::to(&back).into_response(),
    })
}
