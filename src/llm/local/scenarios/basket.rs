//! Several articles in one order: "four Michelin and two Nokian", "and two Rosava as well".

use crate::language::heard::Heard;
use crate::llm::local::line::Line;
use crate::llm::local::reply::Offer;
use crate::llm::local::results::{rows, text};
use crate::llm::local::talk::Talk;
use serde_json::{Value, json};

/// Nobody counts more tyres of one kind on the phone; larger figures are something else.
const PIECES_MAX: u32 = 99;
/// Words that add to what is chosen already.
const ADDING: [&str; 17] = [
    "also",
    "too",
    "plus",
    "add",
    "well",
    "another",
    "ще",
    "також",
    "плюс",
    "додайте",
    "додай",
    "еще",
    "также",
    "добавьте",
    "добавь",
    "вдобавок",
    "остальные",
];

/// An article and how many of it, as a draft names them.
pub(super) type Piece = (String, u32);

/// The arguments of a draft.
pub(super) fn items(pieces: &[Piece]) -> Value {
    let item = |(id, quantity): &Piece| json!({ "product_id": id, "quantity": quantity });
    Value::Array(pieces.iter().map(item).collect())
}

/// The articles of a draft's arguments.
pub(super) fn pieces(args: &Value) -> Vec<Piece> {
    let piece = |row: &Value| {
        let quantity = row["quantity"].as_u64().and_then(|count| u32::try_from(count).ok());
        (text(row, "product_id"), quantity.unwrap_or_default())
    };
    rows(&args["items"]).iter().map(piece).collect()
}

impl Talk {
    /// All that is to be drafted, once the first article and its count are known.
    pub(super) fn wanted_pieces(&self, item: &Offer, quantity: u32) -> Vec<Piece> {
        let more = self.order.more.iter().map(|(offer, count)| (offer.id.clone(), *count));
        std::iter::once((item.id.clone(), quantity)).chain(more).collect()
    }

    /// Takes in several articles at once, or one more; false if the line names at most one.
    pub(super) fn hear_basket(&mut self, line: &Line) -> bool {
        let named = self.named_offers(line);
        let adds = line.words.iter().any(|word| ADDING.contains(&word.as_str()));
        match (named.as_slice(), &self.order.item, self.order.quantity) {
            ([(offer, count)], Some(first), Some(quantity)) if adds && first.id != offer.id => {
                let (offer, count) = (offer.clone(), count.unwrap_or(quantity));
                self.order.more.retain(|(known, _)| known.id != offer.id);
                self.order.more.push((offer, count));
            }
            ([(first, count), rest @ ..], ..) if !rest.is_empty() => {
                let count = count.or(self.order.quantity).or(self.tires.quantity);
                let others = count.unwrap_or_default();
                self.order.item = Some(first.clone());
                self.order.quantity = count;
                self.order.more = rest
                    .iter()
                    .map(|(offer, count)| (offer.clone(), count.unwrap_or(others)))
                    .filter(|(_, count)| *count > 0)
                    .collect();
            }
            _ => return false,
        }
        true
    }

    /// The offers that a line names, each with the count that stands with it.
    fn named_offers(&self, line: &Line) -> Vec<(Offer, Option<u32>)> {
        let items = self.current_items();
        let mut named: Vec<(Offer, Option<u32>)> = Vec::new();
        let mut count = None;
        for value in &line.values {
            match value {
                Heard::Brand(brand) => {
                    let offer = items.iter().find(|item| item.brand.eq_ignore_ascii_case(brand));
                    let Some(offer) = offer else { continue };
                    match named.iter_mut().find(|(known, _)| known.id == offer.id) {
                        Some((_, known)) => *known = known.or(count.take()),
                        None => named.push((offer.clone(), count.take())),
                    }
                }
                Heard::Quantity(_) | Heard::Number(_) => {
                    let Some(pieces) = pieces_of(value) else { continue };
                    // "Michelin and Nokian, four each": those that have none yet.
                    let mut open = named.iter_mut().filter(|(_, count)| count.is_none()).peekable();
                    if open.peek().is_none() {
                        count = Some(pieces);
                    }
                    open.for_each(|(_, count)| *count = Some(pieces));
                }
                _ => {}
            }
        }
        named
    }
}

fn pieces_of(value: &Heard) -> Option<u32> {
    let count = match value {
        Heard::Quantity(count) => Some(*count),
        Heard::Number(digits) => digits.parse().ok(),
        _ => None,
    };
    count.filter(|count| (1..=PIECES_MAX).contains(count))
}
