//! Choosing one of several places: stations or pickup points.

use crate::llm::local::reply::Place;
use crate::shop::{place_matches, place_named_in};
use std::collections::BTreeSet;

/// Up to so many places are named one by one; with more the caller is asked for a city or a
/// district first.
const PLACES_NAMED_MAX: usize = 3;

/// Places to choose from, and what the caller has said of them.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Places {
    pub(super) known: Vec<Place>,
    /// Codes of those that are still in question; empty means all.
    pub(super) narrowed: Vec<String>,
    pub(super) chosen: Option<Place>,
    /// What the caller said while no place was known to match it with.
    pub(in crate::llm::local) said: String,
    /// A place that only the tool can find.
    pub(super) query: Option<String>,
}

impl Places {
    /// Those still in question.
    pub(super) fn candidates(&self) -> Vec<Place> {
        let open = |place: &&Place| self.narrowed.is_empty() || self.narrowed.contains(&place.code);
        self.known.iter().filter(open).cloned().collect()
    }

    /// Adds places that an answer names; one that has its address now is known better.
    pub(super) fn learn(&mut self, named: Vec<Place>) {
        for place in named {
            match self.known.iter_mut().find(|known| known.code == place.code) {
                Some(known) if known.address.is_empty() => *known = place,
                Some(_) => {}
                None => self.known.push(place),
            }
        }
    }

    /// Keeps the places that a line names, if it names some.
    pub(super) fn narrow(&mut self, said: &str) -> bool {
        let candidates = self.candidates();
        let named =
            |place: &&Place, fields: fn(&Place) -> Vec<&str>| place_named_in(said, &fields(place));
        // A place's own name and street say more than its city, which several share.
        let exact: Vec<&Place> = candidates
            .iter()
            .filter(|place| named(place, |p| vec![&p.name, &p.district, &p.address]))
            .collect();
        let in_city: Vec<&Place> =
            candidates.iter().filter(|place| named(place, |p| vec![&p.city])).collect();
        let both: Vec<&Place> =
            exact.iter().filter(|place| in_city.contains(place)).copied().collect();
        let chosen = [both, exact, in_city].into_iter().find(|some| !some.is_empty());
        let Some(chosen) = chosen else { return false };
        let codes = chosen.iter().map(|place| place.code.clone()).collect();
        self.narrowed = codes;
        self.settle();
        true
    }

    /// The option at this place of the list.
    pub(super) fn pick(&mut self, nth: Option<usize>) -> bool {
        let options = self.options();
        let Some((_, codes)) = nth.and_then(|nth| options.get(nth)) else { return false };
        self.narrowed.clone_from(codes);
        self.settle();
        true
    }

    /// One place left is the place; true if it is the only one that there ever was.
    pub(super) fn settle(&mut self) -> bool {
        if self.chosen.is_none()
            && let [only] = self.candidates().as_slice()
        {
            self.chosen = Some(only.clone());
            return self.known.len() == 1;
        }
        false
    }

    /// The choice is open again, among all.
    pub(super) fn reopen(&mut self) {
        self.chosen = None;
        self.narrowed.clear();
    }

    /// What the caller chooses from, as (what is said, the codes it stands for): places if they
    /// are few, otherwise cities, otherwise districts.
    pub(super) fn options(&self) -> Vec<(String, Vec<String>)> {
        let candidates = self.candidates();
        let group = |key: fn(&Place) -> &str| -> Vec<(String, Vec<String>)> {
            let keys: BTreeSet<&str> = candidates.iter().map(key).collect();
            let codes = |wanted: &str| {
                let members = candidates.iter().filter(|place| key(place) == wanted);
                members.map(|place| place.code.clone()).collect()
            };
            keys.into_iter().map(|name| (name.to_owned(), codes(name))).collect()
        };
        let cities: BTreeSet<&str> = candidates.iter().map(|place| place.city.as_str()).collect();
        if candidates.len() > PLACES_NAMED_MAX {
            let groups = if cities.len() > 1 {
                group(|place| place.city.as_str())
            } else {
                group(|place| place.district.as_str())
            };
            if groups.len() > 1 {
                return groups;
            }
        }
        let label = |place: &Place| label(place, cities.len() > 1);
        candidates.iter().map(|place| (label(place), vec![place.code.clone()])).collect()
    }
}

/// What a place is called among others.
fn label(place: &Place, several_cities: bool) -> String {
    let mut parts = vec![place.name.as_str()];
    // "Obolon, Obolonskyi" says one thing twice.
    let says_more = !place.district.is_empty() && !place_matches(&place.district, &[&place.name]);
    // One more word is enough to tell places apart; the rest comes with the read-back.
    if several_cities && !place_matches(&place.city, &[&place.name]) {
        parts.push(&place.city);
    } else if says_more {
        parts.push(&place.district);
    }
    parts.join(", ")
}
