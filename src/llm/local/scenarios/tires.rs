//! Tyres: size and season, then the offers, then the stock of one.

use super::tires_found::tell_found;
use super::{Scenario, Topic, nothing};
use crate::language::heard::Heard;
use crate::llm::local::keywords::{About, words_of};
use crate::llm::local::learn::Finished;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Offer, Reply, Tell};
use crate::llm::local::results::{flag, offer, rows, text};
use crate::llm::local::talk::Talk;
use crate::shop::{Season, TireSize};
use serde_json::{Value, json};

/// Nobody counts more tyres of one kind on the phone; larger figures are something else.
const TIRES_MAX: u32 = 20;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Tires,
    about: "tyre search",
    tools: &["search_tires", "check_availability", super::car::TOOL],
    hear: Talk::hear_tires,
    answer: Talk::answer_tires,
    learn: Talk::learn_tires,
    refused: Talk::refused_tires,
    declined: nothing,
    drop: nothing,
    next: next_about_tires,
};

/// Which offers are told next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::llm::local) enum View {
    /// Cheap, middle, dear.
    #[default]
    Spread,
    More,
    Cheapest,
    Dearest,
    /// One offer: its stock is asked for.
    One,
    /// Stock was asked for, but not of which.
    Which,
}

/// What a search was asked.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::llm::local) struct Criteria {
    pub(in crate::llm::local) size: TireSize,
    pub(in crate::llm::local) season: Season,
    pub(in crate::llm::local) brand: Option<String>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::llm::local) struct Found {
    pub(in crate::llm::local) asked: Criteria,
    pub(in crate::llm::local) items: Vec<Offer>,
    pub(in crate::llm::local) no_brand: Option<String>,
    pub(in crate::llm::local) other_seasons: Vec<Season>,
    pub(in crate::llm::local) nearby: Vec<TireSize>,
}

/// The tyre side of a conversation.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Tires {
    pub(in crate::llm::local) size: Option<TireSize>,
    pub(in crate::llm::local) season: Option<Season>,
    pub(in crate::llm::local) brand: Option<String>,
    pub(in crate::llm::local) quantity: Option<u32>,
    pub(in crate::llm::local) found: Option<Found>,
    /// Indices of the offers that were told.
    pub(in crate::llm::local) told: Vec<usize>,
    pub(in crate::llm::local) view: View,
    /// The one offer that was spoken of last.
    pub(in crate::llm::local) focus: Option<Offer>,
}

fn next_about_tires(talk: &Talk) -> Move {
    let state = &talk.tires;
    match (state.view, &state.focus) {
        (View::Which, _) => return Move::ask(Ask::WhichTire(talk.told())),
        (View::One, Some(offer)) => {
            return Move::call("check_availability", json!({ "product_id": offer.id }));
        }
        _ => {}
    }
    let Some(size) = state.size else {
        return talk.next_about_car().unwrap_or(Move::ask(Ask::Size(state.season)));
    };
    let Some(criteria) = talk.criteria() else {
        return Move::ask(Ask::Season(size));
    };
    match &state.found {
        Some(found) if found.asked == criteria => Move::Say(tell_found(talk, found)),
        _ => Move::call("search_tires", search_args(&criteria)),
    }
}

fn search_args(criteria: &Criteria) -> Value {
    let size = criteria.size;
    let mut args = json!({
        "width": size.width,
        "profile": size.profile,
        "diameter": size.rim_tenths / 10,
        "season": criteria.season,
    });
    if let Some(brand) = &criteria.brand {
        args["brand"] = json!(brand);
    }
    if size.commercial {
        args["commercial"] = json!(true);
    }
    args
}

impl Talk {
    fn hear_tires(&mut self, line: &Line) -> bool {
        if self.hear_goes_on(line) {
            return true;
        }
        let understood = self.hear_tire_values(line);
        if self.tires.size.is_none() && self.hear_car(line) {
            return true;
        }
        self.hear_about_offers(line) || understood
    }

    /// "Four" or "I will pick them up" instead of a yes to the order is a yes to it.
    fn hear_goes_on(&mut self, line: &Line) -> bool {
        let goes_on = line.count().is_some() || line.is_any(&[About::Pickup, About::Delivery]);
        if self.pending != Some(Ask::OrderThem) || line.asks() || !goes_on {
            return false;
        }
        self.tires.quantity = line.count().or(self.tires.quantity);
        self.begin_order();
        self.hear_way(line);
        true
    }

    /// Size, season and count, of several the last.
    pub(super) fn hear_tire_values(&mut self, line: &Line) -> bool {
        let before = (self.tires.size, self.tires.season);
        let mut heard = false;
        for value in &line.values {
            match value {
                Heard::TireSize(size) => self.tires.size = Some(*size),
                Heard::Season(season) => self.tires.season = Some(*season),
                Heard::Quantity(count) => self.tires.quantity = Some(*count),
                // "No, seventeen inch": the rim alone is corrected.
                Heard::Diameter(inches) if self.pending != Some(Ask::Rim) => {
                    let Some(size) = self.tires.size else { continue };
                    let rim = TireSize::new(size.width, size.profile, *inches);
                    self.tires.size = rim.or(self.tires.size);
                }
                _ => continue,
            }
            heard = true;
        }
        if let Some(Ask::TakeSize(sizes)) = &self.pending
            && line.size().is_none()
        {
            let nth = line.place_in_list().and_then(|nth| sizes.get(nth)).copied();
            let by_rim = line.rim().and_then(|rim| only_with_rim(sizes, rim));
            let chosen = by_rim.or(nth);
            self.tires.size = chosen.or(self.tires.size);
            heard |= chosen.is_some();
        }
        if (self.tires.size, self.tires.season) != before {
            // A new size is a new search, for which the old wish for a maker is forgotten only
            // when there was no such maker anyway.
            let missing = self.tires.found.as_ref().is_some_and(|found| found.no_brand.is_some());
            if missing {
                self.tires.brand = None;
            }
            self.tires.focus = None;
        }
        let half_size = |value: &Heard| matches!(value, Heard::Diameter(_) | Heard::Number(_));
        heard || (matches!(self.pending, Some(Ask::Size(_))) && line.values.iter().any(half_size))
    }

    fn hear_about_offers(&mut self, line: &Line) -> bool {
        let items = self.current_items();
        if let Some(brand) = line.brand() {
            let offered = items.iter().find(|item| item.brand.eq_ignore_ascii_case(&brand));
            match offered {
                Some(offer) => self.look_at(offer.clone()),
                None => self.tires.brand = Some(brand),
            }
            self.hear_count(line);
            return true;
        }
        if items.is_empty() {
            return line.is(About::Tires) || line.is(About::Stock);
        }
        let told = self.told();
        let nth = line.last(|value| match value {
            Heard::Ordinal(nth) => told.get((*nth as usize).checked_sub(1)?).cloned(),
            _ => None,
        });
        let named = items.iter().find(|item| {
            words_of(&item.model).iter().any(|word| word.len() > 3 && line.words.contains(word))
        });
        if let Some(offer) = nth.or(named.cloned()) {
            self.look_at(offer);
        } else if line.is(About::Cheaper) {
            self.tires.view = View::Cheapest;
        } else if line.is(About::Dearer) || line.is(About::Advice) {
            self.tires.view = View::Dearest;
        } else if line.is(About::Other) {
            self.tires.view = View::More;
            if self.tires.brand.take().is_some() {
                self.tires.view = View::Spread;
            }
        } else if self.hear_count(line) || line.is(About::Stock) {
            match (self.tires.focus.clone(), told.as_slice()) {
                (Some(one), _) => self.look_at(one),
                (None, [one]) => self.look_at(one.clone()),
                _ => self.tires.view = View::Which,
            }
        } else {
            return line.is(About::Tires) || line.is(About::Anything);
        }
        true
    }

    /// "Four please": a count is a question about stock once there are offers.
    pub(super) fn hear_count(&mut self, line: &Line) -> bool {
        let count = line.last(|value| match value {
            Heard::Quantity(count) => Some(*count),
            Heard::Number(digits) => digits.parse().ok(),
            _ => None,
        });
        let count = count.filter(|count| (1..=TIRES_MAX).contains(count));
        self.tires.quantity = count.or(self.tires.quantity);
        count.is_some()
    }

    fn look_at(&mut self, offer: Offer) {
        self.tires.focus = Some(offer);
        self.tires.view = View::One;
    }

    fn answer_tires(&mut self, ask: &Ask, yes: bool) -> Option<bool> {
        match (ask, yes) {
            (Ask::TakeSeason(season), true) => self.tires.season = Some(*season),
            (Ask::TakeSize(sizes), true) => match sizes.as_slice() {
                [only] => self.tires.size = Some(*only),
                _ => return Some(false),
            },
            (Ask::TakeSize(_), false) if self.wants_wish() => self.offer_size_wish(),
            (Ask::TakeSize(_), false) => {
                self.tires.size = None;
                self.tires.found = None;
            }
            (Ask::TakeSeason(_), false) => self.offer_size_wish(),
            (Ask::WhichOne, true) => {
                self.tires.view = View::Which;
                if let [only] = self.told().as_slice() {
                    self.tires.focus = Some(only.clone());
                    self.turn_to(Topic::Order);
                }
            }
            (Ask::WhichOne | Ask::WhichTire(_), false) => self.leave_it(),
            (Ask::Car, _) => return Some(false),
            _ => return None,
        }
        Some(true)
    }

    /// The offers that the caller has heard.
    pub(super) fn told(&self) -> Vec<Offer> {
        let found = self.tires.found.as_ref();
        let items = found.map(|found| found.items.as_slice()).unwrap_or_default();
        self.tires.told.iter().filter_map(|index| items.get(*index).cloned()).collect()
    }

    /// The offers for what is wanted now.
    pub(super) fn current_items(&self) -> Vec<Offer> {
        let wanted = self.criteria();
        let current =
            self.tires.found.as_ref().filter(|found| Some(&found.asked) == wanted.as_ref());
        current.map(|found| found.items.clone()).unwrap_or_default()
    }

    /// The search that the caller's words amount to, if they are enough.
    pub(super) fn criteria(&self) -> Option<Criteria> {
        let (size, season) = (self.tires.size?, self.tires.season?);
        Some(Criteria { size, season, brand: self.tires.brand.clone() })
    }

    fn learn_tires(&mut self, call: &Finished<'_>) {
        match call.tool {
            "search_tires" => self.learn_search(call.args, call.result),
            "check_availability" => self.learn_stock(call.result),
            _ => self.learn_car(call.args, call.result),
        }
    }

    fn learn_search(&mut self, args: &Value, result: &Value) {
        let (Some(size), Some(season)) = (size_of(args), season_of(&args["season"])) else {
            return;
        };
        let brand = args["brand"].as_str().map(str::to_owned);
        (self.tires.size, self.tires.season, self.tires.brand) =
            (Some(size), Some(season), brand.clone());
        self.turn_to(Topic::Tires);
        self.tires.told.clear();
        self.tires.found = Some(Found {
            asked: Criteria { size, season, brand },
            items: rows(&result["items"]).iter().map(offer).collect(),
            no_brand: flag(result, "no_brand_match").then(|| text(result, "requested_brand")),
            other_seasons: rows(&result["other_seasons"]).iter().filter_map(season_of).collect(),
            nearby: rows(&result["sizes_nearby"])
                .iter()
                .filter_map(|size| size.as_str()?.parse().ok())
                .collect(),
        });
    }

    fn learn_stock(&mut self, result: &Value) {
        let wanted = self.tires.quantity;
        let Some(offer) = rows(&result["items"]).first().map(offer) else {
            self.news = Some(Reply::both(Tell::NoMoreOffers, Ask::MoreHelp));
            return;
        };
        let ask = match (offer.quantity, wanted.map(i64::from), self.tires.size) {
            (..=0, _, Some(size)) => Ask::WishSize(size),
            (..=0, _, None) => Ask::MoreHelp,
            (left, Some(wanted), _) if left < wanted => Ask::TakeRest(left),
            _ => Ask::OrderThem,
        };
        self.news = Some(Reply::both(Tell::Stock { offer, wanted }, ask));
    }

    fn refused_tires(&mut self, call: &Finished<'_>, code: &str) -> bool {
        match (call.tool, code) {
            ("search_tires", "size_impossible" | "bad_arguments") => {
                self.tires.size = None;
                self.notes.push(Tell::NotUnderstood);
            }
            (super::car::TOOL, _) => self.car_is_unknown(),
            _ => return false,
        }
        true
    }

    /// What we said of offers is what can be chosen from.
    pub(in crate::llm::local) fn remember_told(&mut self, reply: &Reply) {
        for tell in &reply.tell {
            let items: &[Offer] = match tell {
                Tell::Offers { items, .. } => items,
                Tell::Cheapest(one) | Tell::Dearest(one) => std::slice::from_ref(one),
                Tell::Stock { offer, .. } => {
                    self.tires.focus = Some(offer.clone());
                    continue;
                }
                _ => continue,
            };
            self.tires.focus = if let [only] = items { Some(only.clone()) } else { None };
            let known = self.tires.found.as_ref().map(|found| found.items.as_slice());
            for item in items {
                let at = known.unwrap_or_default().iter().position(|known| known.id == item.id);
                if let Some(at) = at.filter(|at| !self.tires.told.contains(at)) {
                    self.tires.told.push(at);
                }
            }
        }
    }

    /// The caller wants none of what was offered.
    pub(super) fn leave_it(&mut self) {
        self.topic = Topic::None;
        self.act = crate::llm::local::talk::Act::MoreHelp;
    }
}

/// The size of the arguments of a search.
fn size_of(args: &Value) -> Option<TireSize> {
    let number = |field: &str| args[field].as_u64().and_then(|n| u16::try_from(n).ok());
    let mut size = TireSize::new(number("width")?, number("profile")?, number("diameter")?)?;
    size.commercial = flag(args, "commercial");
    Some(size)
}

fn season_of(value: &Value) -> Option<Season> {
    serde_json::from_value(value.clone()).ok()
}

/// The one size with this rim, inches.
fn only_with_rim(sizes: &[TireSize], rim: u64) -> Option<TireSize> {
    let mut fitting = sizes.iter().filter(|size| u64::from(size.rim_tenths / 10) == rim);
    let first = fitting.next()?;
    fitting.next().is_none().then_some(*first)
}
