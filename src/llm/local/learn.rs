//! What a tool's answer changes. Results are read leniently: a model that talked before us, or
//! another version of a tool, may have left something unexpected, which then counts as nothing.

use super::reply::{Ask, Offer, Place, Reply, Tell};
use super::talk::{Act, Criteria, Found, Talk, Times, Topic, When};
use crate::shop::{Season, TireSize, place_named_in};
use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

fn date(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

fn time(value: &Value) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(value.as_str()?, "%H:%M").ok()
}

fn rows(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn offer(row: &Value) -> Offer {
    Offer {
        id: text(row, "id"),
        brand: text(row, "brand"),
        model: text(row, "model"),
        price: text(row, "price"),
        quantity: row["quantity"].as_i64().unwrap_or(0),
    }
}

/// The size of the arguments of a search.
fn size_of(args: &Value) -> Option<TireSize> {
    let number = |field: &str| args[field].as_u64().and_then(|n| u16::try_from(n).ok());
    let mut size = TireSize::new(number("width")?, number("profile")?, number("diameter")?)?;
    size.commercial = args["commercial"].as_bool().unwrap_or(false);
    Some(size)
}

fn season_of(value: &Value) -> Option<Season> {
    serde_json::from_value(value.clone()).ok()
}

impl Talk {
    /// Takes in a finished tool call.
    pub(super) fn learn(&mut self, name: &str, args: &Value, result: &Value) {
        self.calls.push((name.to_owned(), args.clone()));
        if let Some(code) = result["error"].as_str() {
            return self.learn_refusal(name, args, code);
        }
        match name {
            "search_tires" => self.learn_search(args, result),
            "check_availability" => self.learn_stock(result),
            "get_fitting_stations" => self.learn_stations(result),
            "get_fitting_slots" => self.learn_slots(args, result),
            "book_fitting" => self.learn_booking(result),
            "transfer_to_operator" => self.news = Some(Reply::tell(Tell::Handover)),
            _ => {}
        }
    }

    fn learn_search(&mut self, args: &Value, result: &Value) {
        let (Some(size), Some(season)) = (size_of(args), season_of(&args["season"])) else {
            return;
        };
        let brand = args["brand"].as_str().map(str::to_owned);
        (self.tires.size, self.tires.season, self.tires.brand) =
            (Some(size), Some(season), brand.clone());
        self.topic = Topic::Tires;
        self.tires.told.clear();
        self.tires.found = Some(Found {
            asked: Criteria { size, season, brand },
            items: rows(&result["items"]).iter().map(offer).collect(),
            no_brand: result["no_brand_match"]
                .as_bool()
                .filter(|missing| *missing)
                .map(|_| text(result, "requested_brand")),
            other_seasons: rows(&result["other_seasons"]).iter().filter_map(season_of).collect(),
            nearby: rows(&result["sizes_nearby"])
                .iter()
                .filter_map(|size| size.as_str()?.parse().ok())
                .collect(),
        });
    }

    fn learn_stock(&mut self, result: &Value) {
        let wanted = self.tires.quantity;
        self.news = Some(match rows(&result["items"]).first() {
            Some(row) => Reply::both(Tell::Stock { offer: offer(row), wanted }, Ask::FitThem),
            None => Reply::both(Tell::NoMoreOffers, Ask::MoreHelp),
        });
    }

    fn learn_stations(&mut self, result: &Value) {
        let places: Vec<Place> = rows(&result["stations"])
            .iter()
            .map(|row| Place {
                code: text(row, "station_id"),
                name: text(row, "name"),
                city: text(row, "city"),
                district: text(row, "district"),
                address: text(row, "address"),
            })
            .collect();
        let state = &mut self.fitting;
        if places.is_empty() {
            state.query = None;
            if state.places.is_empty() {
                self.news = Some(Reply::both(Tell::NoStation, Ask::Operator));
            }
            return;
        }
        let searched = state.query.take().is_some();
        if searched {
            // The tool knows more than names; what it narrowed to are the ones in question.
            let unknown = result["no_query_match"].as_bool().unwrap_or(false);
            state.narrowed = if unknown {
                Vec::new()
            } else {
                places.iter().map(|place| place.code.clone()).collect()
            };
            if unknown {
                self.notes.push(Tell::PlaceUnknown);
            }
        }
        for place in places {
            match state.places.iter_mut().find(|known| known.code == place.code) {
                Some(known) if known.address.is_empty() => *known = place,
                Some(_) => {}
                None => state.places.push(place),
            }
        }
        let said = std::mem::take(&mut self.fitting.said);
        self.narrow_places(&said);
        self.settle_place();
    }

    /// Keeps the stations that a line names, if it names some but not all.
    pub(super) fn narrow_places(&mut self, said: &str) -> bool {
        let candidates = self.candidates();
        let named =
            |place: &&Place, fields: fn(&Place) -> Vec<&str>| place_named_in(said, &fields(place));
        // A station's own name and place say more than its city, which several share.
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
        self.fitting.narrowed = chosen.iter().map(|place| place.code.clone()).collect();
        self.settle_place();
        true
    }

    /// One station left is the station.
    pub(super) fn settle_place(&mut self) {
        if self.fitting.place.is_none()
            && let [only] = self.candidates().as_slice()
        {
            if self.fitting.places.len() == 1 {
                self.notes.push(Tell::OnlyStation(only.clone()));
            }
            self.fitting.place = Some(only.clone());
        }
    }

    fn learn_slots(&mut self, args: &Value, result: &Value) {
        self.topic = Topic::Fitting;
        let days: Vec<(NaiveDate, Vec<NaiveTime>)> = rows(&result["days"])
            .iter()
            .filter_map(|day| {
                Some((date(&day["date"])?, rows(&day["times"]).iter().filter_map(time).collect()))
            })
            .collect();
        let wish = self.fitting.when.clone();
        self.fitting.times = Some(Times { days });
        if result["reason"].is_string() {
            let asked = date(&args["date_from"]);
            self.notes.extend(asked.map(Tell::DayFull));
            self.fitting.when.date = None;
            self.fitting.when.weekday = None;
            return;
        }
        let earliest = &result["earliest"];
        if wish.earliest {
            if let (Some(date), Some(time)) = (date(&earliest["date"]), time(&earliest["time"])) {
                self.take_slot(date, time);
            }
        } else if let Some(wanted) = wish.time
            && !self.pick_time(wanted)
        {
            self.notes.push(Tell::TimeNotFree(wanted));
        }
    }

    /// Takes a time that was offered, on the wished day or the first that has it.
    pub(super) fn pick_time(&mut self, wanted: NaiveTime) -> bool {
        let day = self.fitting.when.date;
        let days = self.fitting.times.as_ref().map(|times| times.days.as_slice());
        let date = days.unwrap_or_default().iter().find_map(|(date, times)| {
            let fits = times.contains(&wanted) && day.is_none_or(|day| day == *date);
            fits.then_some(*date)
        });
        if let Some(date) = date {
            self.take_slot(date, wanted);
        }
        date.is_some()
    }

    fn learn_booking(&mut self, result: &Value) {
        let when = (date(&result["date"]), time(&result["time"]));
        let (Some(date), Some(time)) = when else { return };
        let booked = Tell::Booked { date, time, place: text(result, "station") };
        self.news = Some(Reply::both(booked, Ask::MoreHelp));
        self.topic = Topic::None;
        (self.act, self.misses) = (Act::Go, 0);
        let done = std::mem::take(&mut self.fitting);
        self.fitting.places = done.places;
        self.fitting.name = done.name;
    }

    fn learn_refusal(&mut self, name: &str, args: &Value, code: &str) {
        let state = &mut self.fitting;
        match (name, code) {
            (_, "day_is_today") => {
                state.when = When::default();
                self.notes.push(Tell::Today);
            }
            (_, "day_is_past" | "day_too_far" | "bad_date") => {
                state.when = When::default();
                state.slot = None;
                self.notes.push(Tell::OutsideWindow);
            }
            (_, "weekday_mismatch") => {
                state.when = When::default();
                self.notes.extend(date(&args["date_from"]).map(Tell::WeekdayWrong));
            }
            (_, "station_unknown" | "station_id_invalid") => {
                state.places.clear();
                state.narrowed.clear();
                state.place = None;
                state.times = None;
                state.slot = None;
            }
            ("book_fitting", "slot_taken" | "slot_not_offered") => {
                if code == "slot_taken" {
                    self.notes.push(Tell::SlotTaken);
                }
                let day = state.slot.map(|(day, _)| day);
                state.when = When { date: day, ..Default::default() };
                state.slot = None;
                state.times = None;
                // Asking for the same day again in this turn is right now: it has changed.
                self.calls.retain(|(tool, _)| tool != "get_fitting_slots");
            }
            ("book_fitting", "name_missing") => state.name = None,
            ("book_fitting", "vehicle_missing") => {
                state.vehicle_part = state.vehicle.take().or(state.vehicle_part.take());
            }
            ("book_fitting", "phone_missing") => {
                state.needs_phone = true;
                (state.phone, state.phone_right) = (None, false);
            }
            // The core tells that the caller did not agree.
            ("book_fitting", "rejected" | "not_confirmed" | "agreement_changed") => {
                state.declined = true;
            }
            ("search_tires", "size_impossible") => {
                self.tires.size = None;
                self.notes.push(Tell::NotUnderstood);
            }
            (_, "store_away") => self.act = Act::StoreAway,
            _ => self.act = Act::Trouble,
        }
    }
}
