//! Every route, once: what is mounted and what the document says.

use super::problem::ErrorBody;
use super::query::Page;
use super::{Api, calls, customers, orders, refs, stats, sync, tickets};
use crate::db::api::customers::Customer;
use crate::db::api::orders::{Booking, Order};
use crate::db::api::refs::{NewRef, Ref};
use crate::db::api::sync::{NewRun, Run};
use crate::db::api::tickets::{NewState, NewTicket, Ticket};
use crate::db::tokens::May;
use axum::routing::{MethodRouter, get, post, put};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// The form of something, told to a generator.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

/// A route.
#[derive(Clone)]
pub struct Route {
    /// `GET`, `POST`, `PUT`.
    pub method: &'static str,
    /// As it is mounted.
    pub path: &'static str,
    /// What a token must be allowed.
    pub may: May,
    /// What it is for, in a sentence.
    pub says: &'static str,
    /// The query's form.
    pub query: Option<Shape>,
    /// The body's form.
    pub body: Option<Shape>,
    /// The status of what went well.
    pub status: u16,
    /// The answer's form.
    pub answer: Shape,
    pub(super) mount: fn() -> MethodRouter<Api>,
}

/// The form of every answer that is not 2xx.
pub(super) const ERROR: Shape = named::<ErrorBody>;

fn named<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The form itself, not a reference to it: a query's fields become parameters.
fn fields<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    T::json_schema(generator)
}

/// A route by which something is read.
fn read<A: JsonSchema>(
    path: &'static str,
    may: May,
    says: &'static str,
    mount: fn() -> MethodRouter<Api>,
) -> Route {
    let answer = named::<A>;
    Route { method: "GET", path, may, says, query: None, body: None, status: 200, answer, mount }
}

/// A route by which something is made or changed.
fn write<B: JsonSchema, A: JsonSchema>(
    (method, status): (&'static str, u16),
    path: &'static str,
    may: May,
    says: &'static str,
    mount: fn() -> MethodRouter<Api>,
) -> Route {
    let (body, answer): (Option<Shape>, Shape) = (Some(named::<B>), named::<A>);
    Route { method, path, may, says, query: None, body, status, answer, mount }
}

impl Route {
    fn asks<Q: JsonSchema>(self) -> Self {
        Self { query: Some(fields::<Q>), ..self }
    }
}

/// The table. Of a path with two methods each has a line.
#[must_use]
pub fn all() -> Vec<Route> {
    let mut all = what_was_said();
    all.extend(what_was_sold());
    all.extend(what_is_to_do());
    all.extend(other_systems());
    all
}

fn what_was_said() -> Vec<Route> {
    vec![
        read::<Page<calls::Call>>(
            "/api/v1/calls",
            May::ReadCalls,
            "Calls, newest first, by the filter of the desk's list.",
            || get(calls::list),
        )
        .asks::<calls::Query>(),
        read::<calls::CallPage>(
            "/api/v1/calls/{id}",
            May::ReadCalls,
            "A call with its lines and tool calls.",
            || get(calls::one),
        ),
        read::<stats::Days>(
            "/api/v1/daily_stats",
            May::ReadStats,
            "The figures of days as they were counted, newest first.",
            || get(stats::list),
        )
        .asks::<stats::Query>(),
    ]
}

fn what_was_sold() -> Vec<Route> {
    vec![
        read::<Page<Order>>(
            "/api/v1/orders",
            May::ReadOrders,
            "Orders, newest first; drafts only if their status is asked for.",
            || get(orders::list_orders),
        )
        .asks::<orders::Query>(),
        read::<Order>("/api/v1/orders/{id}", May::ReadOrders, "An order.", || {
            get(orders::one_order)
        }),
        read::<Page<Booking>>(
            "/api/v1/bookings",
            May::ReadBookings,
            "Bookings, newest first; held times only if their status is asked for.",
            || get(orders::list_bookings),
        )
        .asks::<orders::Query>(),
        read::<Booking>("/api/v1/bookings/{id}", May::ReadBookings, "A booking.", || {
            get(orders::one_booking)
        }),
        read::<Page<Customer>>(
            "/api/v1/customers",
            May::ReadCustomers,
            "Customers, newest first; masked unless the token may people:read.",
            || get(customers::list),
        )
        .asks::<customers::Query>(),
        read::<Customer>("/api/v1/customers/{id}", May::ReadCustomers, "A customer.", || {
            get(customers::one)
        }),
    ]
}

fn what_is_to_do() -> Vec<Route> {
    vec![
        read::<Page<Ticket>>("/api/v1/tickets", May::ReadTickets, "Tickets, newest first.", || {
            get(tickets::list)
        })
        .asks::<tickets::Query>(),
        write::<NewTicket, Ticket>(
            ("POST", 201),
            "/api/v1/tickets",
            May::WriteTickets,
            "Make a ticket.",
            || post(tickets::add),
        ),
        read::<tickets::TicketPage>(
            "/api/v1/tickets/{id}",
            May::ReadTickets,
            "A ticket and what was written on it.",
            || get(tickets::one),
        ),
        write::<NewState, Ticket>(
            ("POST", 200),
            "/api/v1/tickets/{id}/state",
            May::WriteTickets,
            "Change a ticket's state.",
            || post(tickets::set_state),
        ),
    ]
}

fn other_systems() -> Vec<Route> {
    vec![
        read::<Page<Ref>>(
            "/api/v1/external_refs",
            May::ReadRefs,
            "What our things are called in other systems, newest first.",
            || get(refs::list),
        )
        .asks::<refs::Query>(),
        write::<NewRef, Ref>(
            ("PUT", 200),
            "/api/v1/external_refs",
            May::WriteRefs,
            "Say what one of our things is called elsewhere; the same again is the same line.",
            || put(refs::put),
        ),
        read::<Page<Run>>(
            "/api/v1/sync_logs",
            May::ReadSync,
            "How other systems were kept in step, newest first.",
            || get(sync::list),
        )
        .asks::<sync::Query>(),
        write::<NewRun, Run>(
            ("POST", 201),
            "/api/v1/sync_logs",
            May::WriteSync,
            "Write down how a system was kept in step.",
            || post(sync::add),
        ),
    ]
}
