//! A shop in memory: it answers from data (catalogue, stations, opening hours, bookings), never
//! from a script, so that what a test sees is what the tools made of it.
#![allow(dead_code, reason = "each test binary uses its part")]

use async_trait::async_trait;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeZone as _, Utc, Weekday};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use treadline::ids::{CallId, TenantId};
use treadline::language::Language;
use treadline::pii::Phone;
use treadline::shop::{Season, Service, TireSize};
use treadline::store::{
    Booking, FrontDesk, NewBooking, NewCallback, NewWish, Profile, Scope, Slot, Station, Store,
    StoreError, Tire, TireQuery,
};
use treadline::tools::ToolDesk;
use treadline::turn::Approval;
use uuid::Uuid;

/// A Sunday evening in Kyiv: tomorrow is Monday 2026-11-23.
pub const NOW: &str = "2026-11-22T17:00:00Z";
/// The first day that can be booked at [`NOW`].
pub const MONDAY: &str = "2026-11-23";

/// A shop in memory.
#[derive(Default)]
pub struct FakeStore {
    pub tires: Vec<Tire>,
    pub stations: Vec<Station>,
    /// Starts of slots on a working day.
    pub hours: Vec<NaiveTime>,
    /// Bookings that stand, with the effect key of each.
    pub booked: Mutex<BTreeMap<(String, Slot), (String, NewBooking)>>,
    /// While true, every question fails.
    pub away: Mutex<bool>,
    /// The next so many bookings get no answer, and are not made.
    pub bookings_refused: Mutex<u32>,
    /// The next so many bookings get no answer, but are made.
    pub bookings_unanswered: Mutex<u32>,
    /// While true, bookings are made but nobody is told, and nobody can say what stands.
    pub answers_lost: Mutex<bool>,
    /// How often a booking was asked for.
    pub bookings_asked: Mutex<u32>,
    /// The stations as a Ukrainian call hears them; empty means that they have no such names.
    pub stations_uk: Vec<Station>,
}

/// Takes one off a count; false if there is none left.
fn take_one(count: &Mutex<u32>) -> bool {
    let mut left = count.lock().expect("no panic under the lock");
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}

/// The fields of the lines below the heading.
fn rows(csv: &'static str, separator: char) -> Vec<Vec<&'static str>> {
    csv.lines().skip(1).map(|line| line.split(separator).collect()).collect()
}

fn tire(sku: &str, name: (&str, &str), size: &str, season: Season, price: i64, left: i32) -> Tire {
    Tire {
        sku: sku.into(),
        brand: name.0.into(),
        model: name.1.into(),
        size: size.into(),
        season,
        price: Decimal::from(price),
        quantity: left,
        country: Some("Poland".into()),
        year: Some(2026),
    }
}

fn station(code: &str, name: &str, city: &str, district: &str, address: &str) -> Station {
    Station {
        id: Uuid::from_u128(code.parse().expect("codes are digits")),
        code: code.into(),
        name: name.into(),
        city: city.into(),
        district: district.into(),
        address: address.into(),
    }
}

/// What the caller of [`FakeStore::desk`] has said.
pub const CALLER_SAYS: &str = "Hello, my name is Olena Koval, you can phone me at 099 111 22 33";

impl FakeStore {
    /// Two stations in Kyiv, one in Lviv, a catalogue with six makers of one winter size.
    pub fn sample() -> Self {
        use Season::{AllSeason, Summer, Winter};
        let size = "205/55 R16";
        Self {
            tires: vec![
                tire("00000000001", ("Rosava", "WQ-102"), size, Winter, 1900, 12),
                tire("00000000002", ("Debica", "Frigo 2"), size, Winter, 2300, 8),
                tire("00000000003", ("Nokian", "WR D4"), size, Winter, 3100, 16),
                tire("00000000004", ("Hankook", "Winter i*cept"), size, Winter, 3300, 6),
                tire("00000000005", ("Michelin", "Alpin 6"), size, Winter, 4200, 4),
                tire("00000000006", ("Continental", "WinterContact"), size, Winter, 4400, 2),
                tire("00000000007", ("Michelin", "Primacy 4"), size, Summer, 3900, 20),
                tire("00000000008", ("Nokian", "Hakka Green"), "195/65 R15", Summer, 2500, 20),
                tire("00000000009", ("Debica", "Frigo 2"), "195/65 R15", Winter, 2100, 9),
                tire("00000000010", ("Matador", "MP62"), "215/60 R16", AllSeason, 2700, 0),
            ],
            stations: vec![
                station("100001", "North", "Kyiv", "Obolon", "12 Heroiv Avenue"),
                station("100002", "East", "Kyiv", "Darnytsia", "5 Kharkivska Street"),
                station("100003", "West", "Lviv", "Frankivskyi", "7 Stryiska Street"),
            ],
            hours: (9..18)
                .flat_map(|hour| [0, 20, 40].map(|minute| (hour, minute)))
                .filter_map(|(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0))
                .collect(),
            ..Self::default()
        }
    }

    /// The shop that a fresh installation has: the very rows of the sample data.
    pub fn installed() -> Self {
        let product = |row: Vec<&'static str>| {
            let number = |at: usize| row[at].parse::<u16>().expect("a number");
            let mut size = TireSize::new(number(3), number(4), number(5) / 10).expect("a size");
            size.commercial = row[6] == "true";
            let season = match row[7] {
                "winter" => Season::Winter,
                "summer" => Season::Summer,
                _ => Season::AllSeason,
            };
            let left = i32::from(number(12));
            let mut tire = tire(row[0], (row[1], row[2]), &size.to_string(), season, 0, left);
            tire.price = row[11].parse().expect("a price");
            tire
        };
        let stations = rows(include_str!("../../src/store/sample/stations.csv"), ';');
        let named = |at: [usize; 4]| -> Vec<Station> {
            let [name, city, district, address] = at;
            let one = |row: &Vec<&'static str>| {
                station(row[0], row[name], row[city], row[district], row[address])
            };
            stations.iter().map(one).collect()
        };
        let products = rows(include_str!("../../src/store/sample/products.csv"), ',');
        Self {
            tires: products.into_iter().map(product).collect(),
            stations: named([1, 3, 6, 8]),
            stations_uk: named([2, 4, 7, 9]),
            ..Self::sample()
        }
    }

    /// The same with a single station.
    pub fn with_one_station() -> Self {
        let mut store = Self::sample();
        store.stations.truncate(1);
        store
    }

    /// A desk at [`NOW`] for a caller with a number.
    pub fn desk(self: &Arc<Self>) -> ToolDesk {
        let store: Arc<dyn Store> = Arc::clone(self) as Arc<dyn Store>;
        let front: Arc<dyn FrontDesk> = Arc::clone(self) as Arc<dyn FrontDesk>;
        let scope = scope(Some("+380671234567"));
        let mut desk = ToolDesk::new(store, front, scope, chrono_tz::Europe::Kyiv, Language::En);
        desk.caller_words = vec![CALLER_SAYS.into()];
        desk
    }

    /// Gives a slot to somebody else.
    pub fn book_for_another(&self, code: &str, slot: Slot) {
        let booking = NewBooking {
            station_code: code.into(),
            slot,
            service: Service::TireChange,
            customer_name: treadline::pii::Personal("Other".into()),
            phone: Phone::parse("+380500000000").expect("a number"),
            phone_verified: true,
            vehicle: "AA0000AA".into(),
            tire_diameter: None,
            storage_contract: None,
            linked_order: None,
        };
        self.booked
            .lock()
            .expect("no panic under the lock")
            .insert((code.into(), slot), ("another".into(), booking));
    }

    /// The bookings that this caller made.
    pub fn bookings(&self) -> Vec<NewBooking> {
        let booked = self.booked.lock().expect("no panic under the lock");
        booked.values().filter(|(key, _)| key != "another").map(|(_, made)| made.clone()).collect()
    }

    fn check_there(&self) -> Result<(), StoreError> {
        if *self.away.lock().expect("no panic under the lock") {
            return Err(StoreError::Away("connection refused".into()));
        }
        Ok(())
    }
}

/// The scope of a call at [`NOW`].
pub fn scope(caller: Option<&str>) -> Scope {
    let now: DateTime<Utc> = NOW.parse().expect("a time");
    Scope {
        tenant: TenantId::DEFAULT,
        call: CallId(Uuid::from_u128(77)),
        call_started_at: now,
        caller: caller.and_then(Phone::parse),
        now,
        language: Language::En,
    }
}

/// The shop's wall clock at [`NOW`].
pub fn wall() -> DateTime<chrono_tz::Tz> {
    let now: DateTime<Utc> = NOW.parse().expect("a time");
    chrono_tz::Europe::Kyiv.from_utc_datetime(&now.naive_utc())
}

#[async_trait]
impl Store for FakeStore {
    async fn search_tires(&self, _: &Scope, query: &TireQuery) -> Result<Vec<Tire>, StoreError> {
        self.check_there()?;
        let mut found: Vec<Tire> = self
            .tires
            .iter()
            .filter(|tire| tire.size == query.size.to_string())
            .filter(|tire| query.season.is_none_or(|season| tire.season == season))
            .filter(|tire| {
                query.brand.as_ref().is_none_or(|brand| tire.brand.eq_ignore_ascii_case(brand))
            })
            .cloned()
            .collect();
        found.sort_by_key(|tire| tire.price);
        Ok(found)
    }

    async fn known_sizes(&self, _: &Scope) -> Result<Vec<TireSize>, StoreError> {
        self.check_there()?;
        let mut sizes: Vec<TireSize> =
            self.tires.iter().filter_map(|tire| tire.size.parse().ok()).collect();
        sizes.sort();
        sizes.dedup();
        Ok(sizes)
    }

    async fn known_brands(&self, _: &Scope) -> Result<Vec<String>, StoreError> {
        self.check_there()?;
        let mut brands: Vec<String> = self.tires.iter().map(|tire| tire.brand.clone()).collect();
        brands.sort();
        brands.dedup();
        Ok(brands)
    }

    async fn find_products(&self, _: &Scope, text: &str) -> Result<Vec<Tire>, StoreError> {
        self.check_there()?;
        let wanted = text.to_lowercase();
        let matches = |tire: &&Tire| {
            let name = format!("{} {}", tire.brand, tire.model).to_lowercase();
            tire.sku == text || wanted.split_whitespace().all(|word| name.contains(word))
        };
        Ok(self.tires.iter().filter(matches).take(10).cloned().collect())
    }

    async fn stations(
        &self,
        scope: &Scope,
        city: Option<&str>,
    ) -> Result<Vec<Station>, StoreError> {
        self.check_there()?;
        let ukrainian = scope.language == Language::Uk && !self.stations_uk.is_empty();
        let stations = if ukrainian { &self.stations_uk } else { &self.stations };
        let same = |station: &&Station| city.is_none_or(|c| station.city.eq_ignore_ascii_case(c));
        Ok(stations.iter().filter(same).cloned().collect())
    }

    async fn slots(
        &self,
        _: &Scope,
        station_code: &str,
        from: NaiveDate,
        to: NaiveDate,
        _: Service,
    ) -> Result<Vec<Slot>, StoreError> {
        self.check_there()?;
        let booked = self.booked.lock().expect("no panic under the lock");
        let mut free = Vec::new();
        let mut date = from;
        while date <= to {
            if !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
                for time in &self.hours {
                    let slot = Slot { date, time: *time };
                    if !booked.contains_key(&(station_code.to_owned(), slot)) {
                        free.push(slot);
                    }
                }
            }
            date = date.checked_add_days(Days::new(1)).expect("the calendar goes on");
        }
        Ok(free)
    }

    async fn effect_stands(&self, _: &Scope, approval: &Approval) -> Result<bool, StoreError> {
        self.check_there()?;
        if self.loses_answers() {
            return Err(StoreError::Away("no answer".into()));
        }
        let booked = self.booked.lock().expect("no panic under the lock");
        Ok(booked.values().any(|(key, _)| *key == approval.effect_key))
    }

    async fn book_fitting(
        &self,
        _: &Scope,
        booking: &NewBooking,
        approval: &Approval,
    ) -> Result<Booking, StoreError> {
        *self.bookings_asked.lock().expect("no panic under the lock") += 1;
        self.check_there()?;
        if take_one(&self.bookings_refused) {
            return Err(StoreError::Away("no answer".into()));
        }
        let mut booked = self.booked.lock().expect("no panic under the lock");
        let place = (booking.station_code.clone(), booking.slot);
        let repeated = match booked.get(&place) {
            Some((key, standing)) if *key == approval.effect_key && standing == booking => true,
            Some((key, _)) if *key == approval.effect_key => {
                return Err(StoreError::EffectMismatch);
            }
            Some(_) => return Err(StoreError::SlotTaken),
            None => false,
        };
        booked.insert(place, (approval.effect_key.clone(), booking.clone()));
        if take_one(&self.bookings_unanswered) || self.loses_answers() {
            return Err(StoreError::Unknown("the answer was lost".into()));
        }
        Ok(Booking {
            id: Uuid::from_u128(9),
            slot: booking.slot,
            price: Some(Decimal::from(800)),
            repeated,
        })
    }
}

impl FakeStore {
    fn loses_answers(&self) -> bool {
        *self.answers_lost.lock().expect("no panic under the lock")
    }
}

#[async_trait]
impl FrontDesk for FakeStore {
    async fn profile(&self, _scope: &Scope) -> Result<Option<Profile>, StoreError> {
        Ok(None)
    }

    async fn update_profile(&self, _scope: &Scope, _change: &Profile) -> Result<(), StoreError> {
        Err(StoreError::NotOffered)
    }

    async fn request_callback(
        &self,
        _scope: &Scope,
        _callback: &NewCallback,
    ) -> Result<Uuid, StoreError> {
        Err(StoreError::NotOffered)
    }

    async fn add_wish(&self, _scope: &Scope, _wish: &NewWish) -> Result<Uuid, StoreError> {
        Err(StoreError::NotOffered)
    }
}
