//! What the rows of each kind of file mean.

use super::table::{Cells, Columns, Keyed};
use crate::shop::{Season, TireSize};
use crate::store::values::{money, season, size};
use chrono::NaiveTime;
use rust_decimal::Decimal;

/// A tyre of the catalogue.
#[derive(Debug)]
pub(super) struct ProductRow {
    pub(super) sku: String,
    pub(super) external_id: String,
    pub(super) brand: String,
    pub(super) model: String,
    pub(super) size: TireSize,
    pub(super) season: Season,
    pub(super) price: Decimal,
    pub(super) load_index: String,
    pub(super) speed_index: String,
    pub(super) studded: bool,
    /// `None`: the stock stays as it is.
    pub(super) quantity: Option<i32>,
    pub(super) country: String,
    pub(super) year: Option<i16>,
}

impl Keyed for ProductRow {
    fn keys(&self) -> Vec<(&'static str, String)> {
        vec![("sku", self.sku.clone()), ("external_id", self.external_id.clone())]
    }
}

pub(super) const CATALOGUE: Columns = Columns {
    required: &["sku", "brand", "model", "size", "season", "price"],
    optional: &[
        "external_id",
        "load_index",
        "speed_index",
        "studded",
        "quantity",
        "country",
        "year",
    ],
};

pub(super) fn product(cells: &mut Cells<'_>) -> Option<ProductRow> {
    // Every cell is read before the row is given up, so that all its mistakes are reported.
    let sku = sku(cells);
    let external_id = cells.optional_text("external_id");
    let (brand, model) = (cells.text("brand"), cells.text("model"));
    let size = cells.value("size", "a tyre size such as 205/55 R16", size);
    let season = cells.value("season", "winter, summer or all_season", season);
    let price = price(cells);
    let (load_index, speed_index) =
        (cells.optional_text("load_index"), cells.optional_text("speed_index"));
    let studded = cells.value_or("studded", false, "true or false", flag);
    let quantity =
        cells.value_or("quantity", None, "a count from 0 to 100000", |t| count(t).map(Some));
    let country = cells.optional_text("country");
    let year = cells.value_or("year", None, "a year from 1990 to 2100", |text| {
        text.parse().ok().filter(|year| (1990..=2100).contains(year)).map(Some)
    });
    let sku = sku?;
    Some(ProductRow {
        external_id: external_id.filter(|id| !id.is_empty()).unwrap_or_else(|| sku.clone()),
        sku,
        brand: brand?,
        model: model?,
        size: size?,
        season: season?,
        price: price?,
        load_index: load_index?,
        speed_index: speed_index?,
        studded: studded?,
        quantity: quantity?,
        country: country?,
        year: year?,
    })
}

/// What is there of a tyre.
#[derive(Debug)]
pub(super) struct StockRow {
    pub(super) sku: String,
    pub(super) quantity: i32,
    /// `None`: the price stays as it is.
    pub(super) price: Option<Decimal>,
    pub(super) line: u64,
}

impl Keyed for StockRow {
    fn keys(&self) -> Vec<(&'static str, String)> {
        vec![("sku", self.sku.clone())]
    }
}

impl StockRow {
    /// The stock that a catalogue gives beside the rest, if it gives one.
    pub(super) fn of(row: ProductRow) -> Option<Self> {
        Some(Self { quantity: row.quantity?, sku: row.sku, price: None, line: 0 })
    }
}

pub(super) const STOCK: Columns = Columns { required: &["sku", "quantity"], optional: &["price"] };

pub(super) fn stock(cells: &mut Cells<'_>) -> Option<StockRow> {
    let sku = sku(cells);
    let quantity = cells.value("quantity", "a count from 0 to 100000", count);
    let price = if cells.cell("price").is_empty() { Some(None) } else { price(cells).map(Some) };
    Some(StockRow { sku: sku?, quantity: quantity?, price: price?, line: cells.line() })
}

/// What fits a car.
#[derive(Debug)]
pub(super) struct VehicleRow {
    pub(super) brand: String,
    pub(super) model: String,
    pub(super) years: (i16, Option<i16>),
    pub(super) stock_sizes: Vec<String>,
    pub(super) acceptable_sizes: Vec<String>,
}

impl Keyed for VehicleRow {
    fn keys(&self) -> Vec<(&'static str, String)> {
        let name = format!("{} {} {}", self.brand, self.model, self.years.0);
        vec![("brand, model, year_from", name)]
    }
}

pub(super) const VEHICLES: Columns = Columns {
    required: &["brand", "model", "year_from", "stock_sizes"],
    optional: &["year_to", "acceptable_sizes"],
};

pub(super) fn vehicle(cells: &mut Cells<'_>) -> Option<VehicleRow> {
    let year = |text: &str| text.parse::<i16>().ok().filter(|year| (1950..=2100).contains(year));
    let (brand, model) = (cells.text("brand"), cells.text("model"));
    let from = cells.value("year_from", "a year from 1950 to 2100", year);
    let to = cells.value_or("year_to", None, "a year not before year_from, or empty", |text| {
        year(text).filter(|to| from.is_none_or(|from| *to >= from)).map(Some)
    });
    let expected = "tyre sizes with `|` between them";
    let stock_sizes =
        cells.value("stock_sizes", expected, |text| sizes(text).filter(|sizes| !sizes.is_empty()));
    let acceptable_sizes = cells.value_or("acceptable_sizes", Vec::new(), expected, sizes);
    Some(VehicleRow {
        brand: brand?,
        model: model?,
        years: (from?, to?),
        stock_sizes: stock_sizes?,
        acceptable_sizes: acceptable_sizes?,
    })
}

fn sizes(text: &str) -> Option<Vec<String>> {
    text.split(['|', ',', ';'])
        .filter(|part| !part.trim().is_empty())
        .map(|part| size(part).map(|size| size.to_string()))
        .collect()
}

/// A fitting station.
#[derive(Debug)]
pub(super) struct StationRow {
    pub(super) code: String,
    /// Name, city, district, address, and the same in Ukrainian (empty: none).
    pub(super) words: [String; 8],
    pub(super) aliases: Vec<String>,
    pub(super) phone: String,
    pub(super) posts: i16,
    pub(super) slot_minutes: i16,
    pub(super) hours_text: String,
    /// ISO weekday, opening, closing.
    pub(super) hours: Vec<(i16, NaiveTime, NaiveTime)>,
}

impl Keyed for StationRow {
    fn keys(&self) -> Vec<(&'static str, String)> {
        vec![("external_code", self.code.clone())]
    }
}

pub(super) const STATIONS: Columns = Columns {
    required: &["external_code", "name", "city", "hours"],
    optional: &[
        "district",
        "address",
        "name_uk",
        "city_uk",
        "district_uk",
        "address_uk",
        "city_aliases",
        "phone",
        "posts",
        "slot_minutes",
    ],
};

pub(super) fn station(cells: &mut Cells<'_>) -> Option<StationRow> {
    let code = cells.value("external_code", "6 to 12 digits", |text| {
        let legal = (6..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        legal.then(|| text.to_owned())
    });
    let (name, city) = (cells.text("name"), cells.text("city"));
    let rest = ["district", "address", "name_uk", "city_uk", "district_uk", "address_uk"]
        .map(|column| cells.optional_text(column));
    let aliases = cells.optional_text("city_aliases");
    let phone = cells.optional_text("phone");
    let range = |from: i16, to: i16| {
        move |text: &str| text.parse::<i16>().ok().filter(|number| (from..=to).contains(number))
    };
    let posts = cells.value_or("posts", 1, "1 to 100", range(1, 100));
    let slot_minutes = cells.value_or("slot_minutes", 60, "5 to 480", range(5, 480));
    let hours_text = cells.text("hours");
    let hours = cells.value("hours", "such as `mon-fri 09:00-18:00|sat 10:00-15:00`", hours);
    let [district, address, name_uk, city_uk, district_uk, address_uk] = rest;
    Some(StationRow {
        code: code?,
        words: [name?, city?, district?, address?, name_uk?, city_uk?, district_uk?, address_uk?],
        aliases: aliases?
            .split(['|', ','])
            .map(|alias| alias.trim().to_owned())
            .filter(|alias| !alias.is_empty())
            .collect(),
        phone: phone?,
        posts: posts?,
        slot_minutes: slot_minutes?,
        hours_text: hours_text?,
        hours: hours?,
    })
}

/// `mon-fri 09:00-18:00|sat 10:00-15:00`.
fn hours(text: &str) -> Option<Vec<(i16, NaiveTime, NaiveTime)>> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let weekday = |word: &str| {
        let word = word.trim().to_lowercase();
        DAYS.iter().position(|day| *day == word).and_then(|at| i16::try_from(at + 1).ok())
    };
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let mut hours = Vec::new();
    for part in text.split(['|', ',', ';']).filter(|part| !part.trim().is_empty()) {
        let (days, times) = part.trim().split_once(' ')?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (first, last) = (weekday(first)?, weekday(last)?);
        let (opens, closes) = times.split_once('-')?;
        let (opens, closes) = (time(opens)?, time(closes)?);
        if first > last || opens >= closes {
            return None;
        }
        for day in first..=last {
            let clashes = |(other, from, to): &(i16, NaiveTime, NaiveTime)| {
                *other == day && *from < closes && opens < *to
            };
            if hours.iter().any(clashes) {
                return None;
            }
            hours.push((day, opens, closes));
        }
    }
    (!hours.is_empty()).then_some(hours)
}

/// A line of the price list of fitting.
#[derive(Debug)]
pub(super) struct PriceRow {
    pub(super) service: String,
    pub(super) diameter: i16,
    pub(super) class: String,
    pub(super) price: Decimal,
}

impl Keyed for PriceRow {
    fn keys(&self) -> Vec<(&'static str, String)> {
        let name = format!("{} {} {}", self.service, self.diameter, self.class);
        vec![("service_type, tire_diameter, vehicle_class", name)]
    }
}

pub(super) const PRICES: Columns =
    Columns { required: &["service_type", "tire_diameter", "price"], optional: &["vehicle_class"] };

/// In the words of `fitting_prices.vehicle_class`.
const CLASSES: [&str; 8] = ["car", "suv", "van", "gazelle", "tavriya", "microcar", "atv", "other"];

pub(super) fn fitting_price(cells: &mut Cells<'_>) -> Option<PriceRow> {
    let one_of = |words: &'static [&'static str]| {
        move |text: &str| words.iter().find(|word| **word == text).map(|word| (*word).to_owned())
    };
    let service = cells.value(
        "service_type",
        "tire_change, balancing or full_service",
        one_of(&["tire_change", "balancing", "full_service"]),
    );
    let diameter = cells.value("tire_diameter", "rim inches from 10 to 26", |text| {
        text.parse::<i16>().ok().filter(|inches| (10..=26).contains(inches))
    });
    let class = cells.value_or(
        "vehicle_class",
        "car".to_owned(),
        "car, suv, van, gazelle, tavriya, microcar, atv or other",
        one_of(&CLASSES),
    );
    let price = price(cells);
    Some(PriceRow { service: service?, diameter: diameter?, class: class?, price: price? })
}

fn sku(cells: &mut Cells<'_>) -> Option<String> {
    cells.value("sku", "an article number of at most 40 characters without blanks", |text| {
        let legal = |c: char| !c.is_whitespace() && !c.is_control();
        let fits = (1..=40).contains(&text.chars().count()) && text.chars().all(legal);
        fits.then(|| text.to_owned())
    })
}

/// Money that something costs: nothing is free.
fn price(cells: &mut Cells<'_>) -> Option<Decimal> {
    cells.value("price", "an amount above 0 such as 2800 or 2799.50", |text| {
        money(text).filter(|price| *price > Decimal::ZERO)
    })
}

fn count(text: &str) -> Option<i32> {
    text.parse().ok().filter(|count| (0..=100_000).contains(count))
}

fn flag(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}
