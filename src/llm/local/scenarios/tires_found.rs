//! What is told of a search.

use super::spread;
use super::tires::{Found, View};
use crate::llm::local::reply::{Ask, Offer, Reply, Tell};
use crate::llm::local::talk::Talk;
use crate::shop::Season;

/// Offers that are told at once.
const OFFERS_TOLD: usize = 3;

/// The offers as they are wanted now, or what there is instead.
pub(super) fn tell_found(talk: &Talk, found: &Found) -> Reply {
    let (size, season) = (found.asked.size, found.asked.season);
    let (Some(first), Some(last)) = (found.items.first(), found.items.last()) else {
        return nothing_found(found);
    };
    let mut tell: Vec<Tell> = found.no_brand.iter().cloned().map(Tell::NoBrand).collect();
    match talk.tires.view {
        View::Cheapest => tell.push(Tell::Cheapest(first.clone())),
        View::Dearest => tell.push(Tell::Dearest(last.clone())),
        View::More => {
            let rest: Vec<Offer> = (0..found.items.len())
                .filter(|index| !talk.tires.told.contains(index))
                .map(|index| found.items[index].clone())
                .collect();
            tell = vec![if rest.is_empty() {
                Tell::NoMoreOffers
            } else {
                Tell::Offers { size, season, items: spread(&rest, OFFERS_TOLD) }
            }];
        }
        _ => tell.push(Tell::Offers { size, season, items: spread(&found.items, OFFERS_TOLD) }),
    }
    let one = matches!(talk.tires.view, View::Cheapest | View::Dearest) || found.items.len() == 1;
    Reply { tell, ask: Some(if one { Ask::OrderThem } else { Ask::WhichOne }) }
}

fn nothing_found(found: &Found) -> Reply {
    let (size, season) = (found.asked.size, found.asked.season);
    if let Some(other) = preferred(&found.other_seasons) {
        return Reply::both(Tell::NoSuchSeason { size, season }, Ask::TakeSeason(other));
    }
    if found.nearby.is_empty() {
        return Reply::both(Tell::NoSuchSize(size), Ask::WishSize(size));
    }
    Reply::both(Tell::NoSuchSize(size), Ask::TakeSize(found.nearby.clone()))
}

/// The season to offer instead: what fits most of the year first.
fn preferred(seasons: &[Season]) -> Option<Season> {
    let all = seasons.iter().find(|season| **season == Season::AllSeason);
    all.or(seasons.first()).copied()
}
