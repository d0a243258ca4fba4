//! From where a conversation stands to what is done next.

use super::reply::{Ask, Move, Offer, Place, Reply, Tell};
use super::talk::{Act, Found, Talk, Topic, View};
use crate::shop::{Season, place_matches};
use chrono::NaiveTime;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Up to so many stations are named one by one; with more the caller is asked for a city or a
/// district first.
const STATIONS_NAMED_MAX: usize = 3;
/// Times that are named; the others can still be asked for.
const TIMES_NAMED_MAX: usize = 3;
/// Offers that are told at once.
const OFFERS_TOLD: usize = 3;
/// Lines in a row that may go by ununderstood before a person is offered.
const MISSES_MAX: u32 = 2;

/// Decides. Pure: the same state gives the same move, which is what lets a replay know what we
/// asked.
pub(super) fn decide(talk: &Talk) -> Move {
    let made = act(talk);
    match made {
        Move::Call { tool, args } if talk.calls.iter().any(|(t, a)| t == tool && *a == args) => {
            // Asked already in this turn, and the answer did not help.
            Move::Say(Reply::both(Tell::Away, Ask::Operator))
        }
        Move::Say(mut reply) => {
            let mut tell = talk.notes.clone();
            tell.append(&mut reply.tell);
            Move::Say(Reply { tell, ask: reply.ask })
        }
        call @ Move::Call { .. } => call,
    }
}

fn act(talk: &Talk) -> Move {
    if let Some(news) = &talk.news {
        return Move::Say(news.clone());
    }
    let again = || talk.pending.clone().unwrap_or(Ask::Need);
    Move::Say(match &talk.act {
        Act::Hello => Reply::both(Tell::Hello, Ask::Need),
        Act::Thanks => Reply::both(Tell::Welcome, Ask::MoreHelp),
        Act::Farewell => Reply::tell(Tell::Farewell),
        Act::MoreHelp => Reply::both(Tell::AllRight, Ask::MoreHelp),
        Act::Wait => Reply::tell(Tell::TakeYourTime),
        Act::Again => talk.last.clone().unwrap_or_else(|| Reply::ask(Ask::Need)),
        Act::Trouble => Reply::both(Tell::Away, Ask::Operator),
        Act::StoreAway => Reply::both(Tell::CannotLookUp, Ask::Operator),
        Act::Miss if talk.misses >= MISSES_MAX => Reply::both(Tell::NotUnderstood, Ask::Operator),
        Act::Miss => Reply::both(Tell::NotUnderstood, again()),
        Act::WhichTire => Reply::ask(Ask::WhichTire(told(talk))),
        Act::Operator => return operator(talk),
        Act::Stock(offer) => {
            return call("check_availability", json!({ "product_id": offer.id }));
        }
        Act::Go => match talk.topic {
            Topic::None => Reply::ask(Ask::Need),
            Topic::Tires => return tires(talk),
            Topic::Fitting => return fitting(talk),
        },
    })
}

fn call(tool: &'static str, args: Value) -> Move {
    Move::Call { tool, args }
}

fn operator(talk: &Talk) -> Move {
    let reason = if talk.misses >= MISSES_MAX { "cannot_help" } else { "customer_request" };
    let about = match talk.topic {
        Topic::None => "nothing settled yet",
        Topic::Tires => "tyre search",
        Topic::Fitting => "fitting booking",
    };
    let size = talk.tires.size.map(|size| format!(" Size {size}.")).unwrap_or_default();
    let summary = format!("The caller needs an operator; so far: {about}.{size}");
    call("transfer_to_operator", json!({ "reason": reason, "summary": summary }))
}

/// The offers that the caller has heard.
pub(super) fn told(talk: &Talk) -> Vec<Offer> {
    let items = talk.tires.found.as_ref().map(|found| found.items.as_slice()).unwrap_or_default();
    talk.tires.told.iter().filter_map(|index| items.get(*index).cloned()).collect()
}

fn tires(talk: &Talk) -> Move {
    let Some(size) = talk.tires.size else {
        return Move::Say(Reply::ask(Ask::Size(talk.tires.season)));
    };
    let Some(criteria) = talk.criteria() else {
        return Move::Say(Reply::ask(Ask::Season(size)));
    };
    match &talk.tires.found {
        Some(found) if found.asked == criteria => Move::Say(tell_found(talk, found)),
        _ => {
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
            call("search_tires", args)
        }
    }
}

fn tell_found(talk: &Talk, found: &Found) -> Reply {
    let (size, season) = (found.asked.size, found.asked.season);
    let (Some(first), Some(last)) = (found.items.first(), found.items.last()) else {
        return nothing_found(found);
    };
    let mut tell: Vec<Tell> = found.no_brand.iter().cloned().map(Tell::NoBrand).collect();
    match talk.tires.view {
        View::Cheapest => tell.push(Tell::Cheapest(first.clone())),
        View::Dearest => tell.push(Tell::Dearest(last.clone())),
        View::Spread => {
            tell.push(Tell::Offers { size, season, items: spread(&found.items, OFFERS_TOLD) });
        }
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
    }
    Reply { tell, ask: Some(Ask::FitThem) }
}

fn nothing_found(found: &Found) -> Reply {
    let (size, season) = (found.asked.size, found.asked.season);
    if let Some(other) = preferred(&found.other_seasons) {
        return Reply::both(Tell::NoSuchSeason { size, season }, Ask::TakeSeason(other));
    }
    if found.nearby.is_empty() {
        return Reply::both(Tell::NoSuchSize(size), Ask::Size(None));
    }
    Reply::both(Tell::NoSuchSize(size), Ask::TakeSize(found.nearby.clone()))
}

/// The season to offer instead: what fits most of the year first.
fn preferred(seasons: &[Season]) -> Option<Season> {
    let all = seasons.iter().find(|season| **season == Season::AllSeason);
    all.or(seasons.first()).copied()
}

/// Up to `count` of the rows, first and last included.
fn spread<T: Clone>(rows: &[T], count: usize) -> Vec<T> {
    if rows.len() <= count || count < 2 {
        return rows.iter().take(count).cloned().collect();
    }
    (0..count).map(|place| rows[place * (rows.len() - 1) / (count - 1)].clone()).collect()
}

fn fitting(talk: &Talk) -> Move {
    let state = &talk.fitting;
    if state.declined {
        return Move::Say(Reply::ask(Ask::Change));
    }
    let Some(place) = &state.place else {
        return station(talk);
    };
    let Some((date, time)) = state.slot else {
        return when(talk, place);
    };
    let Some(name) = &state.name else {
        return Move::Say(Reply::ask(Ask::Name));
    };
    let Some(vehicle) = &state.vehicle else {
        let ask = match &state.vehicle_part {
            None => Ask::Vehicle,
            Some(part) if super::keywords::is_colour(part) => Ask::Make,
            Some(_) => Ask::Colour,
        };
        return Move::Say(Reply::ask(ask));
    };
    let mut args = json!({
        "station_id": place.code,
        "date": date,
        "time": time.format("%H:%M").to_string(),
        "customer_name": name,
        "auto_number": vehicle,
    });
    if state.needs_phone {
        match &state.phone {
            None => return Move::Say(Reply::ask(Ask::Phone)),
            Some(phone) if !state.phone_right => {
                return Move::Say(Reply::ask(Ask::PhoneRight(phone.clone())));
            }
            Some(phone) => args["customer_phone"] = json!(phone),
        }
    }
    if let Some(size) = talk.tires.size {
        args["tire_diameter"] = json!(size.rim_tenths / 10);
    }
    call("book_fitting", args)
}

fn station(talk: &Talk) -> Move {
    if let Some(query) = &talk.fitting.query {
        return call("get_fitting_stations", json!({ "query": query }));
    }
    if talk.fitting.places.is_empty() {
        return call("get_fitting_stations", json!({}));
    }
    let options = station_options(&talk.candidates());
    let labels = options.into_iter().map(|(label, _)| label).collect();
    Move::Say(Reply::ask(Ask::Station(labels)))
}

/// What the caller chooses from, as (what is said, the codes it stands for): stations if they
/// are few, otherwise cities, otherwise districts.
pub(super) fn station_options(candidates: &[Place]) -> Vec<(String, Vec<String>)> {
    let group = |key: fn(&Place) -> &str| -> Vec<(String, Vec<String>)> {
        let keys: BTreeSet<&str> = candidates.iter().map(key).collect();
        let codes = |wanted: &str| {
            let members = candidates.iter().filter(|place| key(place) == wanted);
            members.map(|place| place.code.clone()).collect()
        };
        keys.into_iter().map(|name| (name.to_owned(), codes(name))).collect()
    };
    let cities: BTreeSet<&str> = candidates.iter().map(|place| place.city.as_str()).collect();
    if candidates.len() > STATIONS_NAMED_MAX {
        let groups = if cities.len() > 1 {
            group(|place| place.city.as_str())
        } else {
            group(|place| place.district.as_str())
        };
        if groups.len() > 1 {
            return groups;
        }
    }
    let label = |place: &Place| {
        let mut parts = vec![place.name.as_str()];
        // "Obolon, Obolonskyi" says one thing twice.
        let says_more =
            !place.district.is_empty() && !place_matches(&place.district, &[&place.name]);
        // One more word is enough to tell stations apart; the rest comes with the read-back.
        if cities.len() > 1 {
            parts.push(&place.city);
        } else if says_more {
            parts.push(&place.district);
        }
        parts.join(", ")
    };
    candidates.iter().map(|place| (label(place), vec![place.code.clone()])).collect()
}

fn when(talk: &Talk, place: &Place) -> Move {
    let wish = &talk.fitting.when;
    if let Some(times) = &talk.fitting.times {
        return Move::Say(match times.days.first() {
            Some((date, times)) => {
                Reply::ask(Ask::Time { date: *date, times: named_times(talk, times) })
            }
            None => Reply::both(Tell::NothingFree, Ask::Operator),
        });
    }
    if wish.is_empty() {
        return Move::Say(Reply::ask(Ask::When));
    }
    let mut args = json!({ "station_id": place.code });
    if let Some(date) = wish.date {
        args["date_from"] = json!(date);
        args["date_to"] = json!(date);
        if let Some(weekday) = wish.weekday {
            args["weekday"] = json!(weekday);
        }
    }
    if let Some(time) = wish.time.or(wish.near) {
        args["time"] = json!(time.format("%H:%M").to_string());
    }
    call("get_fitting_slots", args)
}

/// The times that are named: those nearest to a wish, otherwise spread over the day.
fn named_times(talk: &Talk, times: &[NaiveTime]) -> Vec<NaiveTime> {
    let wish = &talk.fitting.when;
    let Some(near) = wish.time.or(wish.near) else { return spread(times, TIMES_NAMED_MAX) };
    let mut nearest = times.to_vec();
    nearest.sort_by_key(|time| (*time - near).num_seconds().abs());
    nearest.truncate(TIMES_NAMED_MAX);
    nearest.sort_unstable();
    nearest
}
