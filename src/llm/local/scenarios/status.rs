//! Where an order stands: only those of the caller's own number.

use super::{Scenario, Topic, nothing};
use crate::llm::local::keywords::About;
use crate::llm::local::learn::Finished;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, OrderNews, Tell};
use crate::llm::local::results::{order, rows};
use crate::llm::local::talk::Talk;
use serde_json::json;

/// Orders that are told at once.
const ORDERS_TOLD: usize = 2;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Status,
    about: "an order that was placed",
    tools: &["get_order_status"],
    hear: Talk::hear_status,
    answer: super::no_answer,
    learn: Talk::learn_status,
    refused: super::no_refusal,
    declined: nothing,
    drop: nothing,
    next: |talk| {
        let number = talk.status.number.as_ref();
        let args = number.map_or(json!({}), |number| json!({ "order_number": number }));
        Move::call("get_order_status", args)
    },
};

/// Which order.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Status {
    number: Option<String>,
}

impl Talk {
    fn hear_status(&mut self, line: &Line) -> bool {
        let number = line.number().filter(|digits| digits.len() >= 3);
        let heard = number.is_some();
        self.status.number = number.or(self.status.number.take());
        heard || line.is(About::Order)
    }

    fn learn_status(&mut self, call: &Finished<'_>) {
        let orders: Vec<OrderNews> =
            rows(&call.result["orders"]).iter().map(order).take(ORDERS_TOLD).collect();
        self.status = Status::default();
        if orders.is_empty() {
            self.done(Tell::NoOrders, Ask::Operator);
        } else {
            self.done(Tell::Orders(orders), Ask::MoreHelp);
        }
    }
}
