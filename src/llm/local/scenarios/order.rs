//! Buying: which tyre, how many, a draft, the way to the buyer, the payment, the recipient; then
//! the core reads all of it back.

use super::basket::{Piece, items, pieces};
use super::cities::names_street;
use super::order_way::{Way, priced_from};
use super::{Scenario, Topic, nothing_learnt};
use crate::llm::local::keywords::About;
use crate::llm::local::learn::Finished;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Offer, Reply, Tell};
use crate::llm::local::results::{date, rows, text};
use crate::llm::local::talk::{ReadBack, Talk};
use crate::shop::PaymentMethod;
use chrono::NaiveDate;
use serde_json::{Value, json};

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Order,
    about: "order of tyres",
    tools: &["create_order_draft", "update_order_delivery", "confirm_order", "get_pickup_points"],
    hear: Talk::hear_order,
    answer: Talk::answer_order,
    learn: Talk::learn_order,
    refused: Talk::refused_order,
    declined: |talk| talk.order.declined = true,
    drop: |talk| talk.order = Order { bought: talk.order.bought.take(), ..Order::default() },
    next: next_about_order,
};

/// A draft as its tool answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// The alias; never spoken.
    pub(super) id: String,
    pieces: Vec<Piece>,
}

/// What was bought in this call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::llm::local) struct Bought {
    /// The alias that a fitting is linked by.
    pub(in crate::llm::local) id: String,
    /// When the shop has the tyres, if it said so.
    pub(super) expected: Option<NaiveDate>,
}

/// The order side of a conversation.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Order {
    pub(super) item: Option<Offer>,
    pub(super) quantity: Option<u32>,
    /// Other articles of the same order.
    pub(super) more: Vec<(Offer, u32)>,
    pub(super) draft: Option<Draft>,
    pub(super) way: Way,
    payment: Option<PaymentMethod>,
    recipient: Option<String>,
    /// The caller said no to the read-back.
    declined: bool,
    pub(in crate::llm::local) bought: Option<Bought>,
}

fn next_about_order(talk: &Talk) -> Move {
    let state = &talk.order;
    if state.declined {
        return Move::ask(Ask::ChangeOrder);
    }
    let Some(item) = &state.item else {
        return match talk.told() {
            told if told.is_empty() => Move::ask(Ask::Size(talk.tires.season)),
            told => Move::ask(Ask::WhichTire(told)),
        };
    };
    let Some(quantity) = state.quantity else {
        return Move::ask(Ask::Quantity(format!("{} {}", item.brand, item.model)));
    };
    if let Some(ask) = talk.person.phone_owed() {
        return Move::ask(ask);
    }
    let wanted = talk.wanted_pieces(item, quantity);
    let Some(draft) = state.draft.as_ref().filter(|draft| draft.pieces == wanted) else {
        let mut args = json!({ "items": items(&wanted) });
        talk.person.write_phone(&mut args, "customer_phone");
        return Move::call("create_order_draft", args);
    };
    if let Some(next) = talk.next_about_way(draft) {
        return next;
    }
    let Some(payment) = state.payment else {
        return Move::ask(Ask::Payment);
    };
    let Some(recipient) = state.recipient.as_ref().or(talk.person.name.as_ref()) else {
        return Move::ask(Ask::Recipient);
    };
    Move::call(
        "confirm_order",
        json!({ "order_id": draft.id, "payment_method": payment, "customer_name": recipient }),
    )
}

impl Talk {
    fn hear_order(&mut self, line: &Line) -> bool {
        if self.hear_order_correction(line) {
            return true;
        }
        if self.hear_basket(line) {
            self.hear_way(line);
            self.order.declined = false;
            return true;
        }
        if self.hear_other_maker(line) {
            return true;
        }
        let chosen = self.hear_chosen(line);
        let counted = self.hear_quantity(line);
        let way = self.hear_way(line);
        let payment = self.hear_payment(line);
        let changed = self.hear_order_change(line);
        let understood = chosen || counted || way || payment || changed;
        // Something is wrong with what was read; reading it once more would not help.
        let open = self.read_back == ReadBack::Expired || self.order.declined;
        if open && !understood && line.name().is_none() && line.corrects() {
            self.order.declined = true;
            return true;
        }
        if understood && !changed {
            self.order.declined = false;
        }
        understood
    }

    /// A maker that is not among the offers, before anything is drafted: a search answers it.
    fn hear_other_maker(&mut self, line: &Line) -> bool {
        let Some(brand) = line.brand().filter(|_| self.order.draft.is_none()) else { return false };
        let offered = self.current_items();
        if offered.is_empty() || offered.iter().any(|one| one.brand.eq_ignore_ascii_case(&brand)) {
            return false;
        }
        self.hear_quantity(line);
        self.order.item = None;
        self.tires.brand = Some(brand);
        self.turn_to(Topic::Tires);
        true
    }

    /// Which of the offers, if the line says so.
    fn hear_chosen(&mut self, line: &Line) -> bool {
        let (items, told) = (self.current_items(), self.told());
        let brand = line.brand().and_then(|brand| {
            items.iter().find(|item| item.brand.eq_ignore_ascii_case(&brand)).cloned()
        });
        let asked = matches!(self.pending, Some(Ask::WhichOne | Ask::WhichTire(_)));
        let nth = line.place_in_list().filter(|_| asked || self.order.item.is_none());
        let nth = nth.and_then(|nth| told.get(nth)).cloned();
        // "Four" after the choice of a tyre is a count.
        let nth = nth.filter(|_| line.number().is_none() || asked);
        let dear = line.is(About::Dearer).then(|| items.last().cloned()).flatten();
        let cheap = line.is(About::Cheaper).then(|| items.first().cloned()).flatten();
        let named = brand.or(cheap).or(dear).or(nth);
        let first = self.order.item.is_none();
        let only = match told.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        let unnamed = self.tires.focus.clone().or(only).filter(|_| first);
        let heard = named.is_some();
        if let Some(item) = named.or(unnamed) {
            let other = self.order.item.as_ref().is_some_and(|before| before.id != item.id);
            if other {
                self.order.draft = None;
            }
            self.order.item = Some(item);
        }
        heard || (first && line.is(About::Take))
    }

    fn hear_quantity(&mut self, line: &Line) -> bool {
        let asked = matches!(self.pending, Some(Ask::Quantity(_) | Ask::OrderThem));
        let said = if asked { line.count() } else { None };
        let noun = line.last(|value| match value {
            crate::language::heard::Heard::Quantity(count) => Some(*count),
            _ => None,
        });
        let count = said.or(noun).filter(|count| *count > 0);
        if let Some(count) = count {
            self.order.quantity = Some(count);
            self.tires.quantity = Some(count);
        } else if self.order.quantity.is_none() {
            self.order.quantity = self.tires.quantity;
        }
        count.is_some()
    }

    /// "No, I meant branch 21", "make it two": what a caller puts right instead of saying yes to
    /// the read-back.
    pub(in crate::llm::local) fn hear_order_correction(&mut self, line: &Line) -> bool {
        let reads_back = matches!(self.read_back, ReadBack::Expired | ReadBack::Rejected);
        if !reads_back || self.order.draft.is_none() {
            return false;
        }
        if names_street(&line.text) && self.hear_other_address(line) {
            self.order.declined = false;
            return true;
        }
        let count = line.count().filter(|count| *count > 0 && !names_street(&line.text));
        if let Some(count) = count.filter(|_| line.name().is_none() && self.order.more.is_empty()) {
            (self.order.quantity, self.tires.quantity) = (Some(count), Some(count));
            self.order.declined = false;
            return true;
        }
        false
    }

    fn hear_payment(&mut self, line: &Line) -> bool {
        let method = if line.is(About::Online) {
            PaymentMethod::Online
        } else if line.is(About::Card) {
            PaymentMethod::CardOnDelivery
        } else if line.is(About::Cash) {
            PaymentMethod::Cod
        } else {
            let Some(nth) = line.place_in_list().filter(|_| self.pending == Some(Ask::Payment))
            else {
                return false;
            };
            let order = [PaymentMethod::Cod, PaymentMethod::CardOnDelivery, PaymentMethod::Online];
            let Some(method) = order.get(nth) else { return false };
            *method
        };
        self.order.payment = Some(method);
        true
    }

    /// What to change after a no to the read-back.
    fn hear_order_change(&mut self, line: &Line) -> bool {
        if !self.order.declined {
            return false;
        }
        let state = &mut self.order;
        if line.is(About::Count) {
            (state.quantity, self.tires.quantity) = (None, None);
            state.more.clear();
        } else if line.is(About::Payment) {
            state.payment = None;
        } else if line.is(About::Recipient) && line.name().is_none() {
            state.recipient = None;
            self.person.name = None;
        } else if line.is(About::Place) || (line.is(About::Delivery) && !line.is(About::Pickup)) {
            state.way = Way::default();
            self.person.address = None;
        } else {
            return false;
        }
        state.declined = false;
        true
    }

    pub(super) fn take_recipient(&mut self, name: String) {
        self.order.recipient = Some(name);
        self.order.declined = false;
    }

    fn answer_order(&mut self, ask: &Ask, yes: bool) -> Option<bool> {
        match (ask, yes) {
            (Ask::OrderThem, true) => self.begin_order(),
            (Ask::TakeRest(left), true) => {
                self.tires.quantity = u32::try_from(*left).ok();
                self.order.quantity = self.tires.quantity;
                self.begin_order();
            }
            (Ask::OrderThem | Ask::TakeRest(_), false) => self.leave_it(),
            (Ask::Way | Ask::Payment | Ask::Point(_) | Ask::Quantity(_), _) => return Some(false),
            // "Yes" to what to change: the order as it was.
            (Ask::ChangeOrder, yes) => self.order.declined = !yes,
            _ => return None,
        }
        Some(true)
    }

    pub(super) fn begin_order(&mut self) {
        self.turn_to(Topic::Order);
        let told = self.told();
        let only = if let [one] = told.as_slice() { Some(one.clone()) } else { None };
        let item = self.tires.focus.clone().or(only);
        self.order.item = item.or(self.order.item.take());
        self.order.quantity = self.tires.quantity.or(self.order.quantity);
    }

    fn learn_order(&mut self, call: &Finished<'_>) {
        match call.tool {
            "create_order_draft" => self.learn_draft(call.args, call.result),
            "update_order_delivery" => {
                self.notes.push(priced_from(call.result));
                self.order.way.priced = Some(call.args.clone());
            }
            "get_pickup_points" => self.learn_points(call.args, call.result),
            "confirm_order" => self.learn_confirmed(call.args, call.result),
            _ => nothing_learnt(self, call),
        }
    }

    fn learn_draft(&mut self, args: &Value, result: &Value) {
        self.turn_to(Topic::Order);
        let pieces = pieces(args);
        let line = |row: &Value| (row["quantity"].as_i64().unwrap_or_default(), text(row, "name"));
        let lines = rows(&result["items"]).iter().map(line).collect();
        self.notes.push(Tell::Draft { lines, total: text(result, "total") });
        if self.order.item.is_none() {
            // Another brain began it.
            let known = self.current_items();
            let offer = |id: &str| known.iter().find(|item| item.id == id).cloned();
            let mut offers = pieces.iter().filter_map(|(id, count)| Some((offer(id)?, *count)));
            if let Some((first, count)) = offers.next() {
                (self.order.item, self.order.quantity) = (Some(first), Some(count));
                self.order.more = offers.collect();
            }
        }
        self.order.draft = Some(Draft { id: text(result, "order_id"), pieces });
        self.order.way.priced = None;
    }

    fn learn_confirmed(&mut self, args: &Value, result: &Value) {
        let expected = date(&result["estimated_delivery"]);
        let (number, total) = (text(result, "order_number"), text(result, "total"));
        let tell = Tell::Ordered { number, total, expected };
        if self.person.name.is_none() {
            // The fitting that follows is in this name, unless the caller gives another one.
            self.person.name = Some(text(args, "customer_name")).filter(|name| !name.is_empty());
            self.person.name_is_own = false;
        }
        self.order = Order {
            bought: Some(Bought { id: text(args, "order_id"), expected }),
            ..Order::default()
        };
        self.done(tell, Ask::FitThem);
    }

    fn refused_order(&mut self, call: &Finished<'_>, code: &str) -> bool {
        let operator = |talk: &mut Self, tell: Tell| {
            talk.news = Some(Reply::both(tell, Ask::Operator));
        };
        match code {
            "quantity_bad" | "bad_arguments" if call.tool == "create_order_draft" => {
                (self.order.quantity, self.tires.quantity) = (None, None);
            }
            "too_many_pieces" => operator(self, Tell::TooMany),
            "amount_too_high" => operator(self, Tell::TooDear),
            "orders_per_day" => operator(self, Tell::OrdersADay),
            // Which of several there are too few of, and what then, is a colleague's talk.
            "out_of_stock" if !self.order.more.is_empty() => {
                self.order.more.clear();
                operator(self, Tell::OnlyLeft(call.result["available"].as_i64().unwrap_or(0)));
            }
            "out_of_stock" => {
                let left = call.result["available"].as_i64().unwrap_or(0);
                let wish = self.tires.size.map_or(Ask::MoreHelp, Ask::WishSize);
                let ask = if left > 0 { Ask::TakeRest(left) } else { wish };
                (self.order.quantity, self.tires.quantity) = (None, None);
                self.order.draft = None;
                self.news = Some(Reply::both(Tell::OnlyLeft(left), ask));
            }
            "product_unknown" => {
                self.order.item = None;
                self.tires.found = None;
                self.turn_to(Topic::Tires);
            }
            "name_missing" | "name_not_said" => {
                self.order.recipient = None;
                self.person.name = None;
            }
            "pickup_point_unknown" | "address_missing" => {
                self.order.way = Way::default();
                self.person.address = None;
            }
            "order_unknown" | "already_confirmed" | "agreement_changed" => self.order.draft = None,
            "delivery_missing" => self.order.way.priced = None,
            _ => return false,
        }
        true
    }
}
