//! What a line says about tyres: size and season, then the offers.

use super::decide::told;
use super::hear::Line;
use super::keywords::{About, words_of};
use super::reply::{Ask, Offer};
use super::talk::{Act, Talk, View};
use crate::language::heard::Heard;

/// Nobody counts more tyres of one kind on the phone; larger figures are something else.
const TIRES_MAX: u32 = 20;

impl Talk {
    pub(super) fn hear_tire_values(&mut self, line: &Line) -> bool {
        let before = (self.tires.size, self.tires.season, self.tires.brand.clone());
        let mut heard = false;
        for value in &line.values {
            match value {
                Heard::TireSize(size) => self.tires.size = Some(*size),
                Heard::Season(season) => self.tires.season = Some(*season),
                Heard::Quantity(count) => self.tires.quantity = Some(*count),
                _ => continue,
            }
            heard = true;
        }
        if let Some(Ask::TakeSize(sizes)) = &self.pending {
            let nth = line.last(|value| match value {
                Heard::Ordinal(nth) => sizes.get((*nth as usize).saturating_sub(1)).copied(),
                _ => None,
            });
            self.tires.size = nth.or(self.tires.size);
            heard |= nth.is_some();
        }
        if (self.tires.size, self.tires.season) != (before.0, before.1) {
            // A new size is a new search, for which the old wish for a maker is forgotten only
            // when there was no such maker anyway.
            let missing = self.tires.found.as_ref().is_some_and(|found| found.no_brand.is_some());
            if missing {
                self.tires.brand = None;
            }
        }
        let half_size = |value: &Heard| matches!(value, Heard::Diameter(_) | Heard::Number(_));
        heard || (matches!(self.pending, Some(Ask::Size(_))) && line.values.iter().any(half_size))
    }

    pub(super) fn hear_about_offers(&mut self, line: &Line) -> bool {
        let brand = line.last(|value| match value {
            Heard::Brand(brand) => Some(brand.clone()),
            _ => None,
        });
        let current = self
            .tires
            .found
            .as_ref()
            .filter(|found| Some(&found.asked) == self.criteria().as_ref());
        let items: Vec<Offer> = current.map(|found| found.items.clone()).unwrap_or_default();
        if let Some(brand) = brand {
            let offered = items.iter().find(|item| item.brand.eq_ignore_ascii_case(&brand));
            match offered {
                Some(offer) => self.act = Act::Stock(offer.clone()),
                None => self.tires.brand = Some(brand),
            }
            return true;
        }
        if items.is_empty() {
            return line.is(About::Tires) || line.is(About::Stock);
        }
        let heard_offers = told(self);
        let nth = line.last(|value| match value {
            Heard::Ordinal(nth) => heard_offers.get((*nth as usize).saturating_sub(1)).cloned(),
            _ => None,
        });
        let named = items.iter().find(|item| {
            words_of(&item.model).iter().any(|word| word.len() > 3 && line.words.contains(word))
        });
        if let Some(offer) = nth.or(named.cloned()) {
            self.act = Act::Stock(offer);
        } else if line.is(About::Cheaper) {
            self.tires.view = View::Cheapest;
        } else if line.is(About::Dearer) {
            self.tires.view = View::Dearest;
        } else if line.is(About::Other) {
            self.tires.view = View::More;
            if self.tires.brand.take().is_some() {
                self.tires.view = View::Spread;
            }
        } else if self.hear_count(line) || line.is(About::Stock) {
            self.act = match (&self.tires.focus, heard_offers.as_slice()) {
                (Some(one), _) | (None, [one]) => Act::Stock(one.clone()),
                _ => Act::WhichTire,
            };
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
}
