//! Tyres: the search and the question about one of them.

use super::ledger::Focus;
use super::{Refusal, ToolDesk, args};
use crate::shop::{OFFERS_MAX, Season, TireSize, pick_varied, sizes_nearby};
use crate::store::{Tire, TireQuery};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name of the search.
pub(super) const SEARCH: &str = "search_tires";
/// Canonical name of the question about one tyre.
pub(super) const AVAILABILITY: &str = "check_availability";
/// An article number of a shop's own back office has this many digits, zeros in front.
const SKU_DIGITS: usize = 11;

/// Arguments of the search.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchArgs {
    /// Width, millimetres: 205 in 205/55 R16.
    #[schemars(range(min = 125, max = 405))]
    width: u16,
    /// Profile, per cent: 55 in 205/55 R16.
    #[schemars(range(min = 20, max = 95))]
    profile: u16,
    /// Rim, inches: 16 in 205/55 R16.
    #[schemars(range(min = 10, max = 26))]
    diameter: u16,
    /// The season; ask if the caller has not said.
    season: Season,
    /// The maker, only if the caller named one.
    #[serde(default)]
    brand: Option<String>,
    /// True only for van tyres, written with a C: 195/75 R16C.
    #[serde(default)]
    commercial: Option<bool>,
}

/// Arguments of the question about one tyre.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AvailabilityArgs {
    /// The id of a tyre that a search returned.
    #[serde(default)]
    product_id: Option<String>,
    /// Maker and model, when there is no id.
    #[serde(default)]
    query: Option<String>,
}

/// Finds tyres.
pub(super) async fn search(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: SearchArgs = args::read(SEARCH, given)?;
    let mut size = TireSize::new(given.width, given.profile, given.diameter).ok_or_else(|| {
        Refusal::new(
            "size_impossible",
            "No tyre has this size: width is 125 to 405, profile 20 to 95, diameter 10 to \
                 26. Ask the caller to read the size from the tyre's side."
                .into(),
        )
    })?;
    size.commercial = given.commercial.unwrap_or(false);
    let brand = args::text("brand", given.brand.as_deref())?;
    let mut query = TireQuery { size, season: Some(given.season), brand };
    let mut found = in_stock(desk, &query).await?;
    let mut answer = json!({ "size": size.to_string(), "season": given.season });
    let asked_brand = query.brand.take();
    if found.is_empty()
        && let Some(brand) = &asked_brand
    {
        found = in_stock(desk, &query).await?;
        if !found.is_empty() {
            answer["no_brand_match"] = json!(true);
            answer["requested_brand"] = json!(brand);
        }
    } else if asked_brand.is_some() {
        found.truncate(OFFERS_MAX);
    }
    answer["total"] = json!(found.len());
    desk.ledger.focus = Focus::Tires;
    if found.is_empty() {
        return instead_of_nothing(desk, &query, answer).await;
    }
    let items =
        varied_unless(asked_brand.is_some() && answer.get("no_brand_match").is_none(), found);
    desk.ledger.products.extend(items.iter().map(|tire| tire.sku.clone()));
    answer["items"] = items.iter().map(item).collect();
    Ok(answer)
}

/// The rows themselves when one maker was asked for, otherwise a varied few of them.
fn varied_unless(one_maker: bool, found: Vec<Tire>) -> Vec<Tire> {
    if one_maker {
        return found;
    }
    let rows: Vec<_> = found.iter().map(|tire| (tire.brand.as_str(), tire.price)).collect();
    pick_varied(&rows).into_iter().filter_map(|index| found.get(index).cloned()).collect()
}

/// Tyres of which there is at least one, cheapest first.
async fn in_stock(desk: &ToolDesk, query: &TireQuery) -> Result<Vec<Tire>, Refusal> {
    let found = desk.store.search_tires(&desk.scope, query).await.map_err(Refusal::from_store)?;
    let mut found: Vec<Tire> = found.into_iter().filter(|tire| tire.quantity > 0).collect();
    found.sort_by_key(|tire| tire.price);
    Ok(found)
}

/// Nothing in this size and season: what else to ask the caller, so that the line never stalls.
async fn instead_of_nothing(
    desk: &ToolDesk,
    query: &TireQuery,
    mut answer: Value,
) -> Result<Value, Refusal> {
    answer["items"] = json!([]);
    answer["wishlist_offer"] = json!(true);
    let any_season = TireQuery { season: None, ..query.clone() };
    let mut seasons: Vec<Season> =
        in_stock(desk, &any_season).await?.iter().map(|tire| tire.season).collect();
    seasons.sort_by_key(|season| season.as_str());
    seasons.dedup();
    if !seasons.is_empty() {
        answer["other_seasons"] = json!(seasons);
        answer["message"] = json!("This size is there only for other seasons. Offer those.");
        return Ok(answer);
    }
    let known = desk.store.known_sizes(&desk.scope).await.map_err(Refusal::from_store)?;
    let near: Vec<String> =
        sizes_nearby(query.size, &known).iter().map(TireSize::to_string).collect();
    answer["message"] = json!(if near.is_empty() {
        "The shop has nothing near this size. Check the size with the caller, or offer an operator."
    } else {
        "The shop does not have this size. Check it with the caller; these sizes are close, but \
         whether they fit the car is the caller's to say."
    });
    answer["sizes_nearby"] = json!(near);
    Ok(answer)
}

/// Answers about one tyre.
pub(super) async fn availability(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: AvailabilityArgs = args::read(AVAILABILITY, given)?;
    let id = args::text("product_id", given.product_id.as_deref())?;
    let query = args::text("query", given.query.as_deref())?;
    // A query of digits is an article number: models confuse the two fields.
    let is_sku = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit());
    let sku = id.or_else(|| query.clone().filter(is_sku));
    let Some(text) = sku.clone().or(query) else {
        return Err(Refusal::new(
            "bad_arguments",
            "Give product_id of a tyre that a search returned, or query with maker and model."
                .into(),
        ));
    };
    let mut found = find(desk, &text).await?;
    if let Some(sku) = &sku {
        let padded = format!("{sku:0>SKU_DIGITS$}");
        let padded = if is_sku(sku) { padded } else { sku.clone() };
        if found.is_empty() && padded != *sku {
            found = find(desk, &padded).await?;
        }
        found.retain(|tire| tire.sku.eq_ignore_ascii_case(sku) || tire.sku == padded);
    }
    if found.is_empty() {
        return Ok(json!({
            "found": false,
            "message": "The shop has no such tyre. Ask for the size and call search_tires.",
        }));
    }
    found.truncate(OFFERS_MAX);
    desk.ledger.products.extend(found.iter().map(|tire| tire.sku.clone()));
    desk.ledger.focus = Focus::Tires;
    let items: Vec<Value> = found
        .iter()
        .map(|tire| {
            let mut row = item(tire);
            row["available"] = json!(tire.quantity > 0);
            row["country"] = json!(tire.country);
            row["year"] = json!(tire.year);
            row
        })
        .collect();
    let mut answer = json!({ "found": true, "items": items });
    if found.iter().all(|tire| tire.quantity <= 0) {
        answer["wishlist_offer"] = json!(true);
    }
    Ok(answer)
}

/// The tyre with this article number.
pub(super) async fn find_exactly(desk: &ToolDesk, sku: &str) -> Result<Option<Tire>, Refusal> {
    Ok(find(desk, sku).await?.into_iter().find(|tire| tire.sku.eq_ignore_ascii_case(sku)))
}

/// The store's products by a text.
async fn find(desk: &ToolDesk, text: &str) -> Result<Vec<Tire>, Refusal> {
    desk.store.find_products(&desk.scope, text).await.map_err(Refusal::from_store)
}

/// A tyre as the model sees it.
fn item(tire: &Tire) -> Value {
    json!({
        "id": tire.sku,
        "brand": tire.brand,
        "model": tire.model,
        "size": tire.size,
        "season": tire.season,
        "price": money(tire.price),
        "currency": "UAH",
        "quantity": tire.quantity.max(0),
    })
}

/// Hryvnias as they are written: `2800`, or `2799.50` where there are kopecks.
pub(super) fn money(amount: Decimal) -> String {
    let amount = amount.round_dp(2);
    if amount.fract().is_zero() { amount.trunc().to_string() } else { format!("{amount:.2}") }
}
