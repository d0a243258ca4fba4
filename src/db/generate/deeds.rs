//! What comes of a call: an order, a booking, a person on the line.

use super::rows::{ApprovalRow, BookingRow, OrderRow, TransferRow};
use super::talk::{Setting, Talk};
use chrono::{Days, NaiveTime, TimeDelta};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What an order of the agent may cost with its delivery, UAH: the tables refuse more.
const ORDER_UAH_MAX: i64 = 50_000;
/// More than any delivery costs, UAH.
const DELIVERY_UAH_MAX: i64 = 1_000;

impl Talk<'_> {
    /// The caller's yes to `tool`.
    fn approval(&mut self, tool: &'static str) -> Uuid {
        let id = self.dice.uuid();
        let (call, call_started_at, at) = (self.id, self.started_at, self.now);
        self.rows.approvals.push(ApprovalRow { id, call, call_started_at, tool, at });
        id
    }

    pub(super) fn order(&mut self, asked: i32, setting: &Setting<'_>) -> Uuid {
        let approval = self.approval("confirm_order");
        self.tool(asked, "confirm_order", Some(approval));
        let product = self.dice.pick(&setting.shop.products);
        let wanted = self.dice.weighted(&[(4, 78), (2, 16), (1, 6)]);
        let dear =
            product.price * Decimal::from(wanted) > Decimal::from(ORDER_UAH_MAX - DELIVERY_UAH_MAX);
        let id = self.dice.uuid();
        self.rows.orders.push(OrderRow {
            id,
            call: self.id,
            approval,
            customer: setting.person.id,
            phone: setting.person.phone.clone(),
            sku: product.sku.clone(),
            product: product.name.clone(),
            quantity: if dear { 1 } else { wanted },
            price: product.price,
            at: self.now,
        });
        id
    }

    pub(super) fn booking(&mut self, asked: i32, setting: &Setting<'_>) -> Uuid {
        let approval = self.approval("book_fitting");
        self.tool(asked, "book_fitting", Some(approval));
        // Every generated booking is over by the plan's last day, so none of them takes a slot that
        // a real caller could want.
        let days_left = (setting.plan.until - setting.date).num_days().unsigned_abs();
        let ahead = self.dice.within(1, 12).min(days_left);
        let (diameter, half_hours) = (self.dice.within(13, 20), self.dice.within(0, 17));
        let time = NaiveTime::MIN + TimeDelta::minutes(9 * 60 + 30 * half_hours.cast_signed());
        let id = self.dice.uuid();
        self.rows.bookings.push(BookingRow {
            id,
            call: self.id,
            approval,
            customer: setting.person.id,
            phone: setting.person.phone.clone(),
            station: *self.dice.pick(&setting.shop.stations),
            day: setting.date + Days::new(ahead),
            time,
            service: self.dice.weighted(&[
                ("tire_change", 62),
                ("full_service", 30),
                ("balancing", 8),
            ]),
            diameter: diameter as i16,
            price: Decimal::from(400 + 100 * (diameter - 12)),
            status: self.dice.weighted(&[("completed", 91), ("no_show", 4), ("cancelled", 5)]),
            at: self.now,
        });
        id
    }

    pub(super) fn transfer(&mut self, reason: &'static str) {
        let (requested_at, rings) = (self.now, self.dice.within(2_000, 15_000));
        self.wait(rings);
        let (answered_at, talked) = (self.now, self.dice.within(20_000, 240_000));
        self.wait(talked);
        let id = self.dice.uuid();
        let (call, call_started_at, ended_at) = (self.id, self.started_at, self.now);
        self.rows.transfers.push(TransferRow {
            id,
            call,
            call_started_at,
            reason,
            requested_at,
            answered_at,
            ended_at,
        });
    }
}
