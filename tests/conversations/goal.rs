//! What a simulated caller phones for.

use crate::conversations::rng::Rng;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    Search,
    SearchByCar,
    OrderPickup,
    OrderDelivery,
    OrderThenFitting,
    Fitting,
    Move,
    Cancel,
    OrderStatus,
    Price,
    Storage,
    Callback,
    Operator,
}

pub const SCENARIOS: [Scenario; 13] = [
    Scenario::Search,
    Scenario::SearchByCar,
    Scenario::OrderPickup,
    Scenario::OrderDelivery,
    Scenario::OrderThenFitting,
    Scenario::Fitting,
    Scenario::Move,
    Scenario::Cancel,
    Scenario::OrderStatus,
    Scenario::Price,
    Scenario::Storage,
    Scenario::Callback,
    Scenario::Operator,
];

/// A tyre that the sample shop has: size, season, makers.
type InStock = (&'static str, &'static str, &'static [&'static str]);
const TIRES: [InStock; 8] = [
    ("205/55 R16", "winter", &["Michelin", "Hankook", "Nokian", "Rosava", "Continental"]),
    ("205/55 R16", "summer", &["Michelin", "Hankook", "Nokian", "Rosava", "Continental"]),
    ("195/65 R15", "winter", &["Michelin", "Nokian", "Rosava"]),
    ("195/65 R15", "summer", &["Hankook", "Premiorri"]),
    ("225/45 R17", "winter", &["Michelin", "Hankook"]),
    ("215/65 R16", "winter", &["Nokian", "Hankook", "Rosava"]),
    ("185/65 R15", "summer", &["Hankook", "Rosava"]),
    ("175/70 R13", "winter", &["Rosava", "Hankook"]),
];
const CARS: [&str; 4] = ["grey Toyota", "red Skoda", "black BMW", "white Renault"];
const CAR_MODELS: [&str; 3] = ["Skoda Octavia", "Toyota Corolla", "Volkswagen Golf"];
const NAMES: [&str; 4] = ["Olena", "Peter", "Maria", "Andriy"];
const STATIONS: [&str; 4] = ["100201", "100202", "200301", "300401"];
const CITIES: [&str; 3] = ["Kyiv", "Lviv", "Dnipro"];
const ADDRESSES: [&str; 2] = ["Shevchenka 12", "Zelena 5"];

/// A caller's plan. Equal seeds make equal callers.
#[derive(Debug, Clone)]
pub struct Goal {
    pub scenario: Scenario,
    pub seed: u64,
    pub frozen: bool,
    /// Says what a recogniser heard of spoken lines.
    pub recognised: bool,
    pub size: &'static str,
    pub season: &'static str,
    pub brand: &'static str,
    pub quantity: &'static str,
    pub name: &'static str,
    pub car: &'static str,
    pub car_model: &'static str,
    pub station: &'static str,
    pub city: &'static str,
    pub address: &'static str,
    pub diameter: &'static str,
}

impl Goal {
    pub fn new(scenario: Scenario, seed: u64, frozen: bool) -> Self {
        let mut rng = Rng::new(seed);
        let (size, season, brands) = *rng.pick(&TIRES);
        Self {
            scenario,
            seed,
            frozen,
            recognised: false,
            size,
            season,
            brand: *rng.pick(brands),
            quantity: *rng.pick(&["4", "2"]),
            name: *rng.pick(&NAMES),
            car: *rng.pick(&CARS),
            car_model: *rng.pick(&CAR_MODELS),
            station: *rng.pick(&STATIONS),
            city: *rng.pick(&CITIES),
            address: *rng.pick(&ADDRESSES),
            diameter: *rng.pick(&["15", "16", "17"]),
        }
    }

    /// A caller of the recognised set: with the values that its lines were spoken with.
    pub fn recognised(scenario: Scenario, seed: u64) -> Self {
        Self {
            recognised: true,
            size: "205/55 R16",
            season: "winter",
            brand: "Michelin",
            quantity: "4",
            name: "Peter",
            car: "white Renault",
            car_model: "Toyota Corolla",
            station: "100201",
            city: "Kyiv",
            address: "Shevchenka 12",
            diameter: "16",
            ..Self::new(scenario, seed, false)
        }
    }

    /// The caller's number: one of their own, so that nobody's limits hit another.
    pub fn phone(&self) -> String {
        format!("+38067{:07}", self.seed + 1)
    }

    pub const fn buys(&self) -> bool {
        matches!(
            self.scenario,
            Scenario::OrderPickup | Scenario::OrderDelivery | Scenario::OrderThenFitting
        )
    }

    /// The value in mind for a placeholder.
    pub fn value(&self, slot: &str) -> Option<&'static str> {
        Some(match slot {
            "size" => self.size,
            "season" => self.season,
            "brand" => self.brand,
            "quantity" => self.quantity,
            "name" => self.name,
            "car" => self.car,
            "car_model" => self.car_model,
            "station" => self.station,
            "city" => self.city,
            "address" => self.address,
            "diameter" => self.diameter,
            _ => return None,
        })
    }

    /// Which list of the book answers a question.
    pub fn answer_to(&self, asked: &str) -> String {
        let is = |scenario| self.scenario == scenario;
        match asked {
            "need" => self.opening().to_owned(),
            "fit_them" if is(Scenario::OrderThenFitting) => "fit_them_yes".into(),
            "fit_them" => "fit_them_no".into(),
            "order_it" | "which_tire" | "quantity" if !self.buys() => "no_order".into(),
            "delivery" if is(Scenario::OrderDelivery) => "delivery_delivery".into(),
            "delivery" => "delivery_pickup".into(),
            "booking_change" if is(Scenario::Move) => "booking_change_move".into(),
            "booking_change" => "booking_change_cancel".into(),
            // "Yes, write it down" is no answer to "shall I cancel it?".
            "agree" if is(Scenario::Move) || is(Scenario::Cancel) => "confirm_value".into(),
            other => other.to_owned(),
        }
    }

    pub const fn opening(&self) -> &'static str {
        match self.scenario {
            Scenario::Search
            | Scenario::OrderPickup
            | Scenario::OrderDelivery
            | Scenario::OrderThenFitting => "open_search",
            Scenario::SearchByCar => "open_car",
            Scenario::Fitting => "open_fitting",
            Scenario::Move => "open_move",
            Scenario::Cancel => "open_cancel",
            Scenario::OrderStatus => "open_status",
            Scenario::Price => "open_price",
            Scenario::Storage => "open_storage",
            Scenario::Callback => "open_callback",
            Scenario::Operator => "open_operator",
        }
    }
}
