//! The books of the back office in `store_api.rs`, and the endpoints over them. Shapes are those
//! of the paper, with the liberties that real back offices take: prices as strings, a list under
//! `items`, an `order_id` where the paper says `id`, times on the first day of the year one.
#![allow(clippy::result_large_err, reason = "a refusal is an answer here, as large as any")]
#![allow(clippy::needless_pass_by_value, reason = "answers are made and given away")]

use super::{Office, refusal};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// Who asked for what under which key, and what was answered.
type Answers = HashMap<String, (u16, Value)>;
type Words = Query<HashMap<String, String>>;

/// The books.
pub struct Shop {
    /// Article number, maker, model, season, price, pieces; all of size 205/55 R16.
    pub tires: Vec<(&'static str, &'static str, &'static str, &'static str, &'static str, i64)>,
    pub orders: BTreeMap<String, Value>,
    pub bookings: BTreeMap<String, Value>,
    /// Times that are taken, as "2026-11-24 09:00".
    pub taken: Vec<String>,
    /// What is added to the cost of a delivery that was chosen: for a price that changes.
    pub surcharge: i64,
    /// Shows everyone's orders to everyone.
    pub forgets_to_filter: bool,
    answers: Answers,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            tires: vec![
                ("00000010421", "Rosava", "Snowgard", "зимові", "2100", 16),
                ("00000010422", "Michelin", "Alpin 6", "winter", "4800.50", 8),
                ("00000010423", "Nokian", "WR D4", "зимние", "3900", 0),
                ("00000010424", "Michelin", "Primacy 4", "summer", "5100", 4),
            ],
            orders: BTreeMap::new(),
            bookings: BTreeMap::new(),
            taken: vec!["2026-11-24 10:00".into()],
            surcharge: 0,
            forgets_to_filter: false,
            answers: HashMap::new(),
        }
    }
}

pub fn router() -> Router<Office> {
    let api = Router::new()
        .route("/tires/search", get(search))
        .route("/tires/{id}", get(tire))
        .route("/vehicles/tires", get(vehicle))
        .route("/orders/search", get(find_orders))
        .route("/orders", post(make_order))
        .route("/orders/{id}", get(order))
        .route("/orders/{id}/delivery", patch(deliver))
        .route("/orders/{id}/confirm", post(confirm))
        .route("/pickup-points", get(pickup_points))
        .route("/fitting/stations", get(stations))
        .route("/fitting/stations/{id}/slots", get(slots))
        .route("/fitting/bookings", post(book))
        .route("/fitting/bookings/{id}", patch(shift).delete(cancel))
        .route("/fitting/prices", get(prices));
    Router::new().nest("/api/v1", api)
}

fn data(value: Value) -> Response {
    Json(json!({ "data": value })).into_response()
}

/// Does it once for each idempotency key, and answers the same again.
fn once(
    office: &Office,
    headers: &HeaderMap,
    work: impl FnOnce(&mut Shop) -> Result<(u16, Value), Response>,
) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let Some(key) = key.filter(|key| key.len() == 36) else {
        return refusal(400, "idempotency_key_missing");
    };
    let mut shop = office.shop.lock().expect("no panic");
    let (status, body) = match shop.answers.get(key) {
        Some((_, known)) => (200, known.clone()),
        None => match work(&mut shop) {
            Ok((status, body)) => {
                shop.answers.insert(key.to_owned(), (status, body.clone()));
                (status, body)
            }
            Err(refused) => return refused,
        },
    };
    (StatusCode::from_u16(status).expect("a status"), Json(json!({ "data": body }))).into_response()
}

fn tire_row(row: &(&str, &str, &str, &str, &str, i64)) -> Value {
    json!({
        "id": row.0, "brand": row.1, "model": row.2, "size": "205/55R16", "width": "205",
        "profile": 55, "diameter": "R16", "season": row.3, "price": row.4, "currency": "UAH",
        "in_stock": row.5 > 0, "stock_quantity": row.5,
    })
}

/// Ignores every filter but size and season, as some do.
async fn search(State(office): State<Office>, Query(words): Words) -> Response {
    let shop = office.shop.lock().expect("no panic");
    let fits = words.get("width").is_none_or(|width| width == "205");
    let mut rows: Vec<Value> = shop.tires.iter().filter(|_| fits).map(tire_row).collect();
    // A row that nobody can read, and one of another size, must not spoil or join the others.
    if fits && !rows.is_empty() {
        rows.push(json!({ "id": "bad", "brand": "X", "model": "Y", "price": "call us" }));
        let mut other = tire_row(&("99", "Other", "Size", "winter", "10", 4));
        other["size"] = json!("195/65R15");
        rows.push(other);
    }
    Json(json!({ "items": rows })).into_response()
}

async fn tire(State(office): State<Office>, Path(id): Path<String>) -> Response {
    let shop = office.shop.lock().expect("no panic");
    match shop.tires.iter().find(|row| row.0 == id) {
        Some(row) => data(tire_row(row)),
        None => refusal(404, "not_found"),
    }
}

async fn vehicle(Query(words): Words) -> Response {
    if words.get("make").map(String::as_str) != Some("Skoda") {
        return refusal(404, "not_found");
    }
    data(json!({
        "vehicle": {
            "make": "Skoda", "model": "Octavia", "year": words.get("year"),
            "oem_sizes": ["205/55R16"],
        },
        "recommended_tires": [{ "size": "225/45R17", "is_oem": false, "tires": [] }],
    }))
}

async fn find_orders(State(office): State<Office>, Query(words): Words) -> Response {
    let shop = office.shop.lock().expect("no panic");
    let own = |order: &&Value| {
        shop.forgets_to_filter
            || order["customer"]["phone"].as_str() == words.get("phone").map(String::as_str)
    };
    // To the letter, as computers do.
    let named = |order: &&Value| {
        let number = words.get("order_number").map(String::as_str);
        shop.forgets_to_filter || number.is_none() || order["order_number"].as_str() == number
    };
    let rows = shop.orders.values().filter(own).filter(named);
    let rows = rows.filter(|order| order["status"] != "draft");
    let rows: Vec<Value> = rows
        .map(|order| {
            json!({
                "id": order["order_id"], "order_number": order["order_number"],
                "status": order["status"], "created_at": "2026-11-22T10:00:00Z",
                "total": order["payment"]["total"], "items_summary": "4 x Rosava Snowgard",
                "estimated_delivery": "2026-11-25",
            })
        })
        .collect();
    data(json!(rows))
}

async fn make_order(
    State(office): State<Office>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    once(&office, &headers, |shop| {
        let mut lines = Vec::new();
        let mut subtotal = 0.0;
        for item in body["items"].as_array().into_iter().flatten() {
            let row = shop.tires.iter().find(|row| item["product_id"] == row.0);
            let row = row.ok_or_else(|| refusal(422, "product_unknown"))?;
            let quantity = item["quantity"].as_i64().unwrap_or(0);
            if quantity > row.5 {
                return Err(refusal(422, "OUT_OF_STOCK"));
            }
            let price: f64 = row.4.parse().expect("a price");
            let total = price * quantity as f64;
            subtotal += total;
            lines.push(json!({
                "product_id": row.0, "name": format!("{} {} 205/55 R16", row.1, row.2),
                "quantity": quantity, "price_per_unit": row.4, "total": total,
            }));
        }
        let id = format!("ord/{}", shop.orders.len() + 1);
        let order = json!({
            "order_id": id, "order_number": format!("N-{}", shop.orders.len() + 1),
            "status": "draft", "items": lines, "subtotal": subtotal, "currency": "UAH",
            "customer": { "phone": body["customer_phone"] }, "call_id": body["call_id"],
        });
        shop.orders.insert(id, order.clone());
        Ok((201, order))
    })
}

fn known_order(shop: &Shop, id: &str) -> Result<Value, Response> {
    let mut order = shop.orders.get(id).cloned().ok_or_else(|| refusal(404, "not_found"))?;
    if let Some(cost) = order["delivery"]["cost"].as_i64() {
        let cost = cost + shop.surcharge;
        order["delivery"]["cost"] = json!(cost);
        order["payment"]["total"] = json!(order["subtotal"].as_f64().unwrap_or(0.0) + cost as f64);
    }
    Ok(order)
}

async fn order(State(office): State<Office>, Path(id): Path<String>) -> Response {
    let shop = office.shop.lock().expect("no panic");
    known_order(&shop, &id).map_or_else(|refused| refused, data)
}

async fn deliver(
    State(office): State<Office>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let mut shop = office.shop.lock().expect("no panic");
    let delivery = match body["delivery_type"].as_str() {
        Some("pickup") if body["pickup_point_id"] == "pp-1" => {
            json!({ "type": "pickup", "cost": 0, "estimated_days": 1 })
        }
        Some("delivery") => json!({
            "type": "delivery", "city": body["city"], "address": body["address"], "cost": 120,
            "estimated_days": 3,
        }),
        _ => return refusal(422, "pickup_point_unknown"),
    };
    let Some(order) = shop.orders.get_mut(&id) else { return refusal(404, "not_found") };
    order["delivery"] = delivery;
    let order = known_order(&shop, &id).unwrap_or_default();
    let total = order["payment"]["total"].clone();
    data(json!({ "order_id": id, "delivery": order["delivery"], "total": total }))
}

async fn confirm(
    State(office): State<Office>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    once(&office, &headers, |shop| {
        let total = known_order(shop, &id)?["payment"]["total"].clone();
        let order = shop.orders.get_mut(&id).ok_or_else(|| refusal(404, "not_found"))?;
        if order["status"] != "draft" {
            return Err(refusal(409, "already_confirmed"));
        }
        order["status"] = json!("confirmed");
        order["customer"]["name"] = body["customer_name"].clone();
        order["payment"] = json!({ "method": body["payment_method"], "total": total });
        order["confirmations"] = json!(order["confirmations"].as_i64().unwrap_or(0) + 1);
        let answer = json!({
            "id": id, "order_number": order["order_number"], "status": "confirmed",
            "total": total, "estimated_delivery": "2026-11-25", "sms_sent": false,
        });
        Ok((200, answer))
    })
}

async fn pickup_points() -> Response {
    data(json!([
        { "id": "pp-1", "name": "Podil", "city": "Kyiv", "address": "3 Verkhnii Val Street" },
    ]))
}

async fn stations() -> Response {
    data(json!([
        { "id": "st-obolon", "name": "Obolon", "city": "Kyiv", "address": "24 Obolonskyi Avenue" },
        { "id": 100_301, "name": "Zelena", "city": "Lviv", "district": "Sykhiv" },
    ]))
}

async fn slots(
    State(office): State<Office>,
    Path(id): Path<String>,
    Query(words): Words,
) -> Response {
    let shop = office.shop.lock().expect("no panic");
    let day = words.get("date_from").cloned().unwrap_or_default();
    let times: Vec<Value> = ["09:00", "10:00", "11:00"]
        .into_iter()
        .map(|time| {
            let free = !shop.taken.contains(&format!("{day} {time}"));
            json!({ "time": format!("0001-01-01T{time}:00"), "available": free })
        })
        .collect();
    data(json!({ "station_id": id, "slots": [{ "date": day, "times": times }] }))
}

async fn book(
    State(office): State<Office>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    once(&office, &headers, |shop| {
        let at = at(&body);
        if shop.taken.contains(&at) {
            return Err(refusal(409, "slot_taken"));
        }
        shop.taken.push(at);
        let id = format!("bk-{}", shop.bookings.len() + 1);
        let mut booking = body.clone();
        booking["id"] = json!(id);
        booking["price"] = json!("1200");
        shop.bookings.insert(id, booking.clone());
        Ok((201, booking))
    })
}

async fn shift(
    State(office): State<Office>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    once(&office, &headers, |shop| {
        let to = at(&body);
        if shop.taken.contains(&to) {
            return Err(refusal(409, "slot_taken"));
        }
        let booking = shop.bookings.get_mut(&id).ok_or_else(|| refusal(404, "not_found"))?;
        let from = at(booking);
        booking["date"] = body["date"].clone();
        booking["time"] = body["time"].clone();
        let booking = booking.clone();
        shop.taken.retain(|taken| *taken != from);
        shop.taken.push(to);
        Ok((200, booking))
    })
}

async fn cancel(State(office): State<Office>, Path(id): Path<String>) -> Response {
    let mut shop = office.shop.lock().expect("no panic");
    let Some(gone) = shop.bookings.remove(&id) else { return refusal(404, "not_found") };
    let at = at(&gone);
    shop.taken.retain(|taken| *taken != at);
    StatusCode::NO_CONTENT.into_response()
}

/// The time of a booking, as it stands among those that are taken.
fn at(row: &Value) -> String {
    format!("{} {}", row["date"].as_str().unwrap_or(""), row["time"].as_str().unwrap_or(""))
}

async fn prices() -> Response {
    data(json!([
        { "service": "full_service", "label": "all", "prices_by_diameter": { "16": "1200" } },
        { "service": "full_service", "category": "suv", "prices_by_diameter": { "16": 1500 } },
        { "service": "alignment", "prices_by_diameter": { "16": 900 } },
        { "service": "balancing", "prices_by_diameter": { "15": 300 } },
    ]))
}
