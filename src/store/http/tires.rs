//! Tyres and cars over the Store API.

use super::client::{Ask, Trouble};
use super::wire::{self, Count, Flag, Id, Money, SeasonWord, Text};
use super::{Inner, rule};
use crate::shop::{Season, TireSize};
use crate::store::{StoreError, Tire, TireQuery, VehicleSizes};
use rust_decimal::Decimal;
use serde::Deserialize;
use tokio::time::Instant;

/// Most tyres of one search; the paper's own bound of a page.
const FOUND_MAX: usize = 50;
/// Most products of one look-up by words.
const PRODUCTS_MAX: usize = 10;
/// Digits of an article number; shorter ones are spoken without the leading zeros.
const SKU_DIGITS: usize = 11;
/// Pages of the catalogue from which the speech grammar learns sizes and makers.
const GRAMMAR_PAGES_MAX: usize = 10;

#[derive(Debug, Deserialize)]
struct TireRow {
    id: Option<Id>,
    sku: Option<Id>,
    brand: Text,
    model: Text,
    size: Option<Text>,
    width: Option<Count>,
    profile: Option<Count>,
    diameter: Option<Text>,
    season: SeasonWord,
    price: Money,
    currency: Option<Text>,
    in_stock: Option<Flag>,
    stock_quantity: Option<Count>,
    country: Option<Text>,
    year: Option<Count>,
}

impl TireRow {
    fn size(&self) -> Option<TireSize> {
        if let Some(size) = self.size.as_ref().and_then(|text| wire::size(&text.0)) {
            return Some(size);
        }
        let (width, profile) = (self.width.as_ref()?.0, self.profile.as_ref()?.0);
        let rim = self.diameter.as_ref()?.0.to_uppercase();
        wire::size(&format!("{width}/{profile} R{}", rim.trim_start_matches('R')))
    }

    /// Pieces: some, but nobody says how many, is one.
    fn pieces(&self) -> i32 {
        let counted = self.stock_quantity.as_ref().map(|count| count.0);
        let pieces = match self.in_stock.as_ref().map(|flag| flag.0) {
            Some(false) => 0,
            Some(true) => counted.unwrap_or(1),
            None => counted.unwrap_or(0),
        };
        i32::try_from(pieces).unwrap_or(i32::MAX)
    }

    /// The tyre with its size; `None` if it has no article number, no size, or another currency.
    fn tire(self) -> Option<(TireSize, Tire)> {
        let (size, quantity) = (self.size()?, self.pieces());
        let in_hryvnias = self.currency.is_none_or(|word| word.0.eq_ignore_ascii_case("UAH"));
        let tire = Tire {
            sku: self.id.or(self.sku)?.0,
            brand: self.brand.0,
            model: self.model.0,
            size: size.to_string(),
            season: self.season.0,
            price: self.price.0,
            quantity,
            country: self.country.map(|text| text.0).filter(|text| !text.is_empty()),
            year: self.year.and_then(|count| i32::try_from(count.0).ok()),
        };
        (in_hryvnias && tire.price > Decimal::ZERO).then_some((size, tire))
    }
}

/// Sizes and makers of the catalogue.
#[derive(Debug, Clone, Default)]
pub(super) struct Grammar {
    pub(super) sizes: Vec<TireSize>,
    pub(super) brands: Vec<String>,
}

/// Rim inches as the paper writes them: 16, or 22.5.
fn inches(size: TireSize) -> String {
    let (whole, tenths) = (size.rim_tenths / 10, size.rim_tenths % 10);
    if tenths == 0 { whole.to_string() } else { format!("{whole}.{tenths}") }
}

/// Tyres that fit, cheapest first. The back office's own filters are not relied upon: a tyre of
/// another size would be dangerous.
pub(super) async fn search(store: &Inner, query: &TireQuery) -> Result<Vec<Tire>, StoreError> {
    let ask = Ask::get(&["tires", "search"])
        .query("width", query.size.width)
        .query("profile", query.size.profile)
        .query("diameter", inches(query.size))
        .maybe("season", query.season.map(Season::as_str))
        .maybe("brand", query.brand.as_deref().map(str::trim))
        .query("sort", "price_asc")
        .query("per_page", FOUND_MAX);
    let client = &store.client;
    let rows = client.ask(client.deadline(), &ask, wire::list::<TireRow>).await?;
    let fits = |size: TireSize, tire: &Tire| {
        let same = TireSize { commercial: size.commercial, ..query.size } == size;
        let brand = query.brand.as_deref().map(str::trim);
        same && (size.commercial || !query.size.commercial)
            && query.season.is_none_or(|season| season == tire.season)
            && brand.is_none_or(|brand| brand.to_lowercase() == tire.brand.to_lowercase())
    };
    let mut tires: Vec<Tire> = rows
        .into_iter()
        .filter_map(TireRow::tire)
        .filter(|(size, tire)| fits(*size, tire))
        .map(|(_, tire)| tire)
        .collect();
    tires.sort_by(|a, b| (a.price, &a.sku).cmp(&(b.price, &b.sku)));
    tires.truncate(FOUND_MAX);
    Ok(tires)
}

/// Tyres by article number, else by words of maker and model.
pub(super) async fn find(store: &Inner, text: &str) -> Result<Vec<Tire>, StoreError> {
    let text = text.trim();
    let deadline = store.client.deadline();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || !text.contains(char::is_whitespace) && text.contains(|c: char| c.is_numeric()) {
        if let Some(tire) = by_id(store, deadline, text).await? {
            return Ok(vec![tire]);
        }
        if is_number && text.len() < SKU_DIGITS {
            let padded = format!("{text:0>SKU_DIGITS$}");
            return Ok(by_id(store, deadline, &padded).await?.into_iter().collect());
        }
    }
    let (brand, model) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let model = Some(model.trim()).filter(|model| !model.is_empty());
    let found = by_words(store, deadline, Some(brand), model).await?;
    if found.is_empty() { by_words(store, deadline, None, Some(text)).await } else { Ok(found) }
}

async fn by_id(store: &Inner, deadline: Instant, id: &str) -> Result<Option<Tire>, StoreError> {
    let asked = store.client.ask(deadline, &Ask::get(&["tires", id]), wire::one::<TireRow>).await;
    match asked {
        // An article number that the back office writes otherwise is another tyre.
        Ok(row) => Ok(row.tire().map(|(_, tire)| tire).filter(|tire| tire.sku == id)),
        Err(trouble) if is_no_such_id(&trouble) => Ok(None),
        Err(trouble) => Err(trouble.into()),
    }
}

/// Not found, or not even an id.
fn is_no_such_id(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Refused { status: 400 | 404 | 422, .. })
}

async fn by_words(
    store: &Inner,
    deadline: Instant,
    brand: Option<&str>,
    model: Option<&str>,
) -> Result<Vec<Tire>, StoreError> {
    let ask = Ask::get(&["tires", "search"])
        .maybe("brand", brand)
        .maybe("model", model)
        .query("per_page", PRODUCTS_MAX);
    let rows = store.client.ask(deadline, &ask, wire::list::<TireRow>).await?;
    let tires = rows.into_iter().filter_map(TireRow::tire).map(|(_, tire)| tire);
    Ok(tires.take(PRODUCTS_MAX).collect())
}

/// What the catalogue's most wanted tyres teach the speech grammar.
pub(super) async fn grammar(store: &Inner) -> Result<Grammar, StoreError> {
    let client = &store.client;
    let (deadline, mut grammar) = (client.deadline(), Grammar::default());
    for page in 1..=GRAMMAR_PAGES_MAX {
        let ask = Ask::get(&["tires", "search"])
            .query("sort", "popularity")
            .query("page", page)
            .query("per_page", FOUND_MAX);
        let rows = match client.ask(deadline, &ask, wire::list::<TireRow>).await {
            Ok(rows) => rows,
            // What came so far is of use.
            Err(_) if page > 1 => break,
            Err(trouble) => return Err(trouble.into()),
        };
        let is_last = rows.len() < FOUND_MAX;
        for (size, tire) in rows.into_iter().filter_map(TireRow::tire) {
            grammar.sizes.push(size);
            grammar.brands.push(tire.brand);
        }
        if is_last {
            break;
        }
    }
    grammar.sizes.sort_unstable();
    grammar.sizes.dedup();
    grammar.brands.sort_unstable();
    grammar.brands.dedup();
    Ok(grammar)
}

#[derive(Debug, Deserialize)]
struct VehicleAnswer {
    vehicle: Option<VehicleRow>,
    #[serde(default)]
    recommended_tires: Vec<Recommended>,
}

#[derive(Debug, Deserialize)]
struct VehicleRow {
    make: Text,
    model: Text,
    year: Option<Count>,
    year_from: Option<Count>,
    year_to: Option<Count>,
    #[serde(default)]
    oem_sizes: Vec<Text>,
}

#[derive(Debug, Deserialize)]
struct Recommended {
    size: Text,
    is_oem: Option<Flag>,
}

/// What fits a car.
pub(super) async fn vehicle(
    store: &Inner,
    brand: &str,
    model: &str,
    year: Option<i32>,
) -> Result<Option<VehicleSizes>, StoreError> {
    let ask = Ask::get(&["vehicles", "tires"])
        .query("make", brand.trim())
        .query("model", model.trim())
        .maybe("year", year);
    let client = &store.client;
    let answer = match client.ask(client.deadline(), &ask, wire::one::<VehicleAnswer>).await {
        Ok(answer) => answer,
        Err(trouble) if trouble.is_missing() => return Ok(None),
        Err(trouble) => return Err(trouble.into()),
    };
    let Some(car) = answer.vehicle else { return Ok(None) };
    let whole = |count: &Option<Count>| {
        count.as_ref().and_then(|count| i32::try_from(count.0).ok()).filter(|year| *year > 1900)
    };
    let one_year = whole(&car.year).or(year);
    let years = match (whole(&car.year_from), one_year) {
        (Some(from), _) => (from, whole(&car.year_to)),
        (None, Some(year)) => (year, Some(year)),
        // Which years it means is unknown, and sizes differ between them.
        (None, None) => {
            return Err(rule("year_needed", "Ask for the year of the car and call this again."));
        }
    };
    let mut sizes = VehicleSizes {
        brand: car.make.0,
        model: car.model.0,
        years,
        stock_sizes: car.oem_sizes.iter().filter_map(|text| wire::size(&text.0)).collect(),
        acceptable_sizes: Vec::new(),
    };
    for row in answer.recommended_tires {
        let is_oem = row.is_oem.is_some_and(|flag| flag.0);
        let Some(size) = wire::size(&row.size.0) else { continue };
        let list = if is_oem { &mut sizes.stock_sizes } else { &mut sizes.acceptable_sizes };
        if !list.contains(&size) {
            list.push(size);
        }
    }
    let nothing = sizes.stock_sizes.is_empty() && sizes.acceptable_sizes.is_empty();
    Ok((!nothing).then_some(sizes))
}
