//! How an order reaches its buyer: delivery to an address or a carrier's branch, or a pickup
//! point of the shop.

use super::cities::{after_city, city_in, names_street};
use super::order::Draft;
use super::places::Places;
use crate::llm::local::keywords::About;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Tell};
use crate::llm::local::results::{place, rows, text};
use crate::llm::local::talk::Talk;
use crate::pii::Personal;
use crate::shop::DeliveryType;
use serde_json::{Value, json};

/// Longest address, characters.
const ADDRESS_CHARS_MAX: usize = 110;
/// Longest name of a city, words.
const CITY_WORDS_MAX: usize = 4;

/// The way of an order.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    pub(super) kind: Option<DeliveryType>,
    pub(super) city: Option<String>,
    pub(super) points: Places,
    /// The points were asked for.
    asked: bool,
    /// The arguments that the delivery was priced with.
    pub(super) priced: Option<Value>,
}

/// What a delivery costs, as its tool answered.
pub(super) fn priced_from(result: &Value) -> Tell {
    let pickup = result["delivery_type"] == "pickup";
    Tell::Delivery {
        kind: if pickup { DeliveryType::Pickup } else { DeliveryType::Delivery },
        cost: text(result, "delivery_cost"),
        days: result["estimated_days"].as_u64().unwrap_or(0),
        total: text(result, "total"),
    }
}

impl Talk {
    /// What is still to be done about the way of a draft.
    pub(super) fn next_about_way(&self, draft: &Draft) -> Option<Move> {
        let way = &self.order.way;
        let args = match way.kind {
            None => return Some(Move::ask(Ask::Way)),
            Some(DeliveryType::Pickup) => {
                let Some(point) = &way.points.chosen else { return Some(self.next_about_point()) };
                json!({
                    "order_id": draft.id,
                    "delivery_type": "pickup",
                    "pickup_point_id": point.code,
                })
            }
            Some(DeliveryType::Delivery) => {
                let Some(city) = way.city.as_ref().or(self.person.city.as_ref()) else {
                    return Some(Move::ask(Ask::City));
                };
                let Some(address) = &self.person.address else {
                    return Some(Move::ask(Ask::Address));
                };
                json!({
                    "order_id": draft.id,
                    "delivery_type": "delivery",
                    "city": city,
                    "address": address.0,
                })
            }
        };
        (way.priced.as_ref() != Some(&args)).then_some(Move::call("update_order_delivery", args))
    }

    fn next_about_point(&self) -> Move {
        let way = &self.order.way;
        if !way.asked {
            let args = way.city.as_ref().map_or(json!({}), |city| json!({ "city": city }));
            return Move::call("get_pickup_points", args);
        }
        let labels = way.points.options().into_iter().map(|(label, _)| label).collect();
        Move::ask(Ask::Point(labels))
    }

    pub(super) fn learn_points(&mut self, args: &Value, result: &Value) {
        let points = rows(&result["points"]).iter().map(place).collect::<Vec<_>>();
        let way = &mut self.order.way;
        if points.is_empty() && args["city"].is_string() {
            // None in that city: the others may do.
            (way.city, way.asked) = (None, false);
            return;
        }
        if points.is_empty() {
            way.kind = None;
            self.notes.push(Tell::NoPoint);
            return;
        }
        way.asked = true;
        way.points.learn(points);
        way.points.settle();
    }

    pub(super) fn hear_way(&mut self, line: &Line) -> bool {
        let nth = line.place_in_list().filter(|_| self.pending == Some(Ask::Way));
        // "Cash on delivery" is a way to pay; a way already chosen changes only on a wish.
        let settled = self.pending == Some(Ask::Payment) || self.order.way.kind.is_some();
        let pays = line.is_any(&[About::Cash, About::Card, About::Online]);
        let names_way = !(settled && pays) || line.is(About::Instead);
        let pickup = (names_way && line.is(About::Pickup)) || nth == Some(1);
        let delivery = (names_way && line.is(About::Delivery)) || nth == Some(0);
        let kind = match (pickup, delivery) {
            (true, _) => Some(DeliveryType::Pickup),
            (false, true) => Some(DeliveryType::Delivery),
            (false, false) => None,
        };
        if let Some(kind) = kind
            && self.order.way.kind != Some(kind)
        {
            self.order.way.kind = Some(kind);
            self.order.way.priced = None;
        }
        let city = city_in(&line.text, self.language);
        let other = city.is_some() && self.order.way.city != city;
        if other {
            self.take_city(city.clone());
        }
        // "Delivery to Kyiv, 22 Khreshchatyk street": the street comes along unasked.
        if city.is_some() && self.order.way.kind == Some(DeliveryType::Delivery) {
            self.hear_street(line);
        }
        let point = self.hear_point(line);
        kind.is_some() || city.is_some() || point
    }

    fn take_city(&mut self, city: Option<String>) {
        let way = &mut self.order.way;
        if way.city.is_some() && way.city != city {
            // The old street is in the old city.
            self.person.address = None;
        }
        if way.kind == Some(DeliveryType::Pickup) {
            way.asked = false;
            way.points = Places::default();
        }
        way.city.clone_from(&city);
        self.person.city = city;
    }

    fn hear_point(&mut self, line: &Line) -> bool {
        let way = &mut self.order.way;
        if way.kind != Some(DeliveryType::Pickup) || way.points.chosen.is_some() {
            return false;
        }
        // "No, not four, but two" is no second point.
        let nth = line.place_in_list().filter(|_| !line.corrects());
        way.points.narrow(&line.text) || way.points.pick(nth)
    }

    /// The answer to "which city?".
    pub(super) fn hear_city(&mut self, line: &Line) -> bool {
        let known = city_in(&line.text, self.language);
        let free = || {
            let words: Vec<&str> = line
                .text
                .split_whitespace()
                .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()))
                .filter(|word| word.chars().count() > 2)
                .filter(|word| !CITY_LEADS.contains(&word.to_lowercase().as_str()))
                .collect();
            let legal = (1..=CITY_WORDS_MAX).contains(&words.len())
                && !line.asks()
                && words.iter().all(|word| word.chars().all(|c| c.is_alphabetic() || c == '-'));
            legal.then(|| words.join(" "))
        };
        let Some(city) = known.clone().or_else(free) else { return false };
        self.take_city(Some(city));
        // "Kyiv, 5 Khreshchatyk street": the rest is the address.
        if known.is_some() {
            self.hear_street(line);
        }
        true
    }

    /// A street or a carrier's branch that follows the name of a city.
    fn hear_street(&mut self, line: &Line) {
        let Some(rest) = after_city(&line.text) else { return };
        let rest = bare_address(rest);
        let numbered = rest.chars().any(|c| c.is_ascii_digit()) || line.number().is_some();
        if rest.split_whitespace().count() > 1 && (numbered || names_street(&rest)) {
            self.take_address(rest);
        }
    }

    fn take_address(&mut self, address: String) {
        self.person.address = Some(Personal(address));
        self.order.way.priced = None;
    }

    /// An address that takes the place of the one that was read back.
    pub(super) fn hear_other_address(&mut self, line: &Line) -> bool {
        if self.order.way.kind != Some(DeliveryType::Delivery) {
            return false;
        }
        let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let words = line.text.split_whitespace().skip_while(|word| {
            let word = plain(word);
            word.is_empty() || CORRECTION_LEADS.contains(&word.as_str())
        });
        let rest = words.collect::<Vec<_>>().join(" ");
        let address = bare_address(after_city(&rest).unwrap_or(&rest));
        let digits = address.chars().any(|c| c.is_ascii_digit());
        let numbered = digits || line.number().is_some() || !line.values.is_empty();
        let whole = address.split_whitespace().count() > 1 && numbered;
        if whole {
            self.take_address(address);
        }
        whole
    }

    /// The answer to "which address?".
    pub(super) fn hear_address(&mut self, line: &Line) -> bool {
        // The city is known by now; in the address it would be said twice.
        let text = bare_address(after_city(&line.text).unwrap_or(&line.text));
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let digits = text.chars().any(|c| c.is_ascii_digit())
            || line.number().is_some()
            || !line.values.is_empty();
        // "When I get it" answers a question that comes later.
        let pays = line.is_any(&[About::Cash, About::Card, About::Online, About::Payment]);
        let other = pays && !digits && !names_street(&text);
        let legal = !other && !line.asks() && text.chars().count() <= ADDRESS_CHARS_MAX;
        if !legal || (letters < 3 && !digits) || (line.words.len() < 2 && !digits) {
            return false;
        }
        self.take_address(text);
        true
    }
}

/// An address without what politeness and grammar put around it.
fn bare_address(said: &str) -> String {
    let mut words: Vec<&str> = said.split_whitespace().collect();
    let same = |word: &str, plain: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('’', "'") == plain
    };
    let fits = |words: &[&str], phrase: &str| {
        let length = phrase.split(' ').count();
        let all = words.iter().zip(phrase.split(' ')).all(|(word, plain)| same(word, plain));
        (words.len() > length && all).then_some(length)
    };
    while let Some(length) = ADDRESS_LEADS.iter().filter_map(|lead| fits(&words, lead)).max() {
        words.drain(..length);
    }
    let ends = |words: &[&str], phrase: &str| {
        let length = phrase.split(' ').count();
        let from = words.len().checked_sub(length).filter(|from| *from > 0)?;
        let all = words[from..].iter().zip(phrase.split(' ')).all(|(w, plain)| same(w, plain));
        all.then_some(from)
    };
    while let Some(from) = ADDRESS_TAILS.iter().filter_map(|tail| ends(&words, tail)).min() {
        words.truncate(from);
    }
    words
        .join(" ")
        .trim_matches(|c: char| matches!(c, '.' | '!' | ',' | ';') || c == ' ')
        .to_owned()
}

/// What people say before an address.
const ADDRESS_LEADS: [&str; 42] = [
    "to",
    "at",
    "it's",
    "it is",
    "that's",
    "the address is",
    "my address is",
    "address",
    "deliver to",
    "deliver it to",
    "send it to",
    "well",
    "so",
    "um",
    "er",
    "hmm",
    "you know",
    "let me see",
    "на",
    "за адресою",
    "на адресу",
    "адреса",
    "моя адреса",
    "це",
    "ну",
    "так",
    "ем",
    "е-е",
    "значить",
    "по адресу",
    "на адрес",
    "адрес",
    "мой адрес",
    "это",
    "эм",
    "э-э",
    "значит",
    "слушайте",
    "слухайте",
    "везіть на",
    "доставте на",
    "доставьте на",
];
/// What people say before they put an address right.
const CORRECTION_LEADS: [&str; 44] = [
    "no",
    "not",
    "nope",
    "actually",
    "wrong",
    "wait",
    "sorry",
    "i",
    "meant",
    "mean",
    "it's",
    "its",
    "it",
    "is",
    "should",
    "be",
    "to",
    "that's",
    "ой",
    "ні",
    "нє",
    "не",
    "нет",
    "я",
    "мав",
    "мала",
    "на",
    "увазі",
    "имел",
    "имела",
    "в",
    "виду",
    "точніше",
    "точнее",
    "вернее",
    "краще",
    "лучше",
    "це",
    "это",
    "стоп",
    "перепрошую",
    "извините",
    "вибачте",
    "так",
];
/// What people say after it.
const ADDRESS_TAILS: [&str; 9] = [
    "please",
    "thanks",
    "thank you",
    "будь ласка",
    "дякую",
    "прошу",
    "пожалуйста",
    "спасибо",
    "if possible",
];

/// Words before a city that are no part of it.
const CITY_LEADS: [&str; 18] = [
    "the",
    "city",
    "town",
    "into",
    "please",
    "місто",
    "місті",
    "міста",
    "город",
    "город",
    "городе",
    "доставка",
    "доставити",
    "доставить",
    "будь",
    "ласка",
    "пожалуйста",
    "ну",
];
