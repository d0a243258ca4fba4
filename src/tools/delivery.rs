//! How an order reaches its buyer, and what that costs.

use super::ledger::Focus;
use super::orders::{check_amount, named};
use super::tires::money;
use super::{Guard, Refusal, ToolDesk, args};
use crate::pii::Personal;
use crate::shop::{DeliveryType, OrderStatus, place_matches};
use crate::store::{Delivery, PickupPoint};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name of the choice.
pub(super) const UPDATE: &str = "update_order_delivery";
/// Canonical name of the list of pickup points.
pub(super) const POINTS: &str = "get_pickup_points";
/// Pickup points in one answer.
const POINTS_MAX: usize = 10;

/// Arguments of the choice.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveryArgs {
    /// `order_id` of the draft, for example D1.
    order_id: String,
    /// How the order travels.
    delivery_type: DeliveryType,
    /// For a delivery: the city.
    #[serde(default)]
    city: Option<String>,
    /// For a delivery: street and house, or the carrier's branch.
    #[serde(default)]
    address: Option<String>,
    /// For a pickup: `id` of a point that `get_pickup_points` returned, for example P1.
    #[serde(default)]
    pickup_point_id: Option<String>,
}

/// Arguments of the list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PointsArgs {
    /// The city, if the caller named one.
    #[serde(default)]
    city: Option<String>,
    /// A street, district or landmark that the caller named.
    #[serde(default)]
    query: Option<String>,
}

/// Chooses how a draft travels; the store prices it.
pub(super) async fn update(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: DeliveryArgs = args::read(UPDATE, given)?;
    let (_, view, _) = named(desk, &given.order_id).await?;
    if view.status != OrderStatus::Draft {
        return Err(Refusal::new(
            "already_confirmed",
            "This order is confirmed already; only an operator changes it. Offer one.".into(),
        ));
    }
    let delivery = wanted(desk, &given)?;
    let view = desk
        .store
        .set_delivery(&desk.scope, view.id, &delivery)
        .await
        .map_err(Refusal::from_store)?;
    check_amount(desk, view.total)?;
    let chosen = view.delivery.clone();
    let (subtotal, total) = (view.subtotal, view.total);
    let alias = desk.ledger.name_draft(view);
    desk.ledger.focus = Focus::Order;
    Ok(json!({
        "order_id": alias,
        "delivery_type": given.delivery_type,
        "destination": chosen.as_ref().map(|chosen| &chosen.destination),
        "delivery_cost": chosen.as_ref().map(|chosen| money(chosen.cost)),
        "estimated_days": chosen.as_ref().map(|chosen| chosen.days),
        "subtotal": money(subtotal),
        "total": money(total),
        "message": "Ask how the caller pays and who receives it, then call confirm_order.",
    }))
}

/// Where the order is to go.
fn wanted(desk: &ToolDesk, given: &DeliveryArgs) -> Result<Delivery, Refusal> {
    match given.delivery_type {
        DeliveryType::Delivery => {
            let city = args::text("city", given.city.as_deref())?;
            let address = args::text("address", given.address.as_deref())?;
            let (Some(city), Some(address)) = (city, address) else {
                return Err(Refusal::new(
                    "address_missing",
                    "A delivery needs city and address. Ask for the city, then for street and \
                     house or the carrier's branch."
                        .into(),
                ));
            };
            Ok(Delivery::Address { city, address: Personal(address) })
        }
        DeliveryType::Pickup => {
            let id = args::text("pickup_point_id", given.pickup_point_id.as_deref())?;
            let id = id.unwrap_or_default();
            let point = match (desk.ledger.point(&id), desk.ledger.points.as_slice()) {
                (Ok(point), _) => point.code,
                (Err(_), _) if !desk.guards.on(Guard::KnownStation) => id,
                // A single point is known: a pickup can only be there.
                (Err(_), [only]) => only.code.clone(),
                (Err(refusal), _) => return Err(refusal),
            };
            Ok(Delivery::Pickup { point })
        }
    }
}

/// Lists pickup points.
pub(super) async fn points(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: PointsArgs = args::read(POINTS, given)?;
    let city = args::text("city", given.city.as_deref())?;
    let query = args::text("query", given.query.as_deref())?;
    let mut found = ask(desk, city.as_deref()).await?;
    let mut wanted = query.clone();
    if found.is_empty()
        && let Some(city) = &city
    {
        // "Lviv Horodotska" in the city field: the words decide, not the field.
        found = ask(desk, None).await?;
        wanted = Some(format!("{city} {}", query.as_deref().unwrap_or_default()));
    }
    let mut answer = json!({});
    if let Some(wanted) = &wanted {
        let narrowed: Vec<PickupPoint> =
            found.iter().filter(|p| matches(wanted, p)).cloned().collect();
        if narrowed.is_empty() {
            answer["no_query_match"] = json!(true);
            answer["requested_query"] = json!(wanted);
        } else {
            found = narrowed;
        }
    }
    answer["total"] = json!(found.len());
    found.truncate(POINTS_MAX);
    let rows: Vec<Value> = found
        .iter()
        .map(|point| {
            let id = desk.ledger.name_point(point);
            json!({ "id": id, "name": point.name, "address": point.address, "city": point.city })
        })
        .collect();
    answer["points"] = json!(rows);
    if rows.is_empty() {
        answer["message"] = json!("There is no pickup point. Offer a delivery to an address.");
    }
    desk.ledger.focus = Focus::Order;
    Ok(answer)
}

fn matches(query: &str, point: &PickupPoint) -> bool {
    place_matches(query, &[&point.name, &point.city, &point.address])
}

async fn ask(desk: &ToolDesk, city: Option<&str>) -> Result<Vec<PickupPoint>, Refusal> {
    desk.store.pickup_points(&desk.scope, city).await.map_err(Refusal::from_store)
}
