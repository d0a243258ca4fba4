//! What the shop's tools answer, in their own shapes.

use serde_json::{Value, json};

pub fn refusal(code: &str) -> Value {
    json!({ "error": code, "message": "The next step." })
}

/// (sku, maker, model, price, pieces) of 205/55 R16 winter.
pub const WINTER: [(&str, &str, &str, u32, u32); 3] = [
    ("00000000001", "Rosava", "Snowgard", 1900, 12),
    ("00000000003", "Nokian", "WR D4", 3100, 16),
    ("00000000005", "Michelin", "Alpin 6", 4200, 2),
];

fn item(row: &(&str, &str, &str, u32, u32)) -> Value {
    json!({
        "id": row.0, "brand": row.1, "model": row.2, "size": "205/55 R16", "season": "winter",
        "price": row.3.to_string(), "currency": "UAH", "quantity": row.4,
    })
}

pub fn booking(id: &str, code: &str, station: &str, date: &str, time: &str) -> Value {
    json!({ "booking_id": id, "station_id": code, "station": station, "city": "Kyiv",
        "address": "12 Heroiv Avenue", "date": date, "time": time,
        "service_type": "tire_change", "auto_number": "AA1234BB" })
}

pub fn contract() -> Value {
    json!({ "contract_id": "S1", "tires": "4 Nokian WR D4 205/55 R16", "location": "Kyiv",
        "debt": "350" })
}

pub fn tyres(tool: &str, args: &Value) -> Value {
    match tool {
        "get_vehicle_tire_sizes" if args["brand"] == "Toyota" => json!({ "found": true,
            "brand": "Toyota", "model": "Corolla", "years": "2013-2019",
            "stock_sizes": ["195/65 R15", "205/55 R16"], "acceptable_sizes": [] }),
        "get_vehicle_tire_sizes" => json!({ "found": false, "message": "unknown" }),
        "check_availability" => {
            let row = WINTER.iter().find(|row| args["product_id"] == row.0).expect("a known tyre");
            json!({ "found": true, "items": [item(row)] })
        }
        _ if args["width"] == 205 && args["diameter"] == 16 && args["season"] == "winter" => {
            let brand = args["brand"].as_str();
            let rows: Vec<Value> = WINTER
                .iter()
                .filter(|row| brand.is_none_or(|brand| row.1.eq_ignore_ascii_case(brand)))
                .map(item)
                .collect();
            json!({ "total": rows.len(), "items": rows })
        }
        _ if args["width"] == 205 && args["diameter"] == 16 => {
            json!({ "total": 0, "items": [], "other_seasons": ["winter"] })
        }
        _ => json!({ "total": 0, "items": [], "sizes_nearby": [], "wishlist_offer": true }),
    }
}

pub fn points(args: &Value) -> Value {
    let all = [("P1", "Obolon", "Kyiv"), ("P2", "Darnytsia", "Kyiv"), ("P3", "Zelena", "Lviv")];
    let city = args["city"].as_str();
    let rows: Vec<Value> = all
        .iter()
        .filter(|row| city.is_none_or(|city| city == row.2))
        .map(|row| json!({ "id": row.0, "name": row.1, "city": row.2, "address": "" }))
        .collect();
    json!({ "total": rows.len(), "points": rows })
}

pub fn status(args: &Value) -> Value {
    let order = json!({ "order_number": "100245", "status": "shipped", "status_label": "shipped",
        "total": "12550", "items": "4 x Nokian WR D4", "estimated_delivery": "2026-11-25" });
    let known = args["order_number"].is_null() || args["order_number"] == "100245";
    let orders = if known { json!([order]) } else { json!([]) };
    json!({ "found": known, "total": usize::from(known), "orders": orders })
}

pub fn stations(args: &Value) -> Value {
    let row = json!({ "station_id": "100001", "name": "North", "city": "Kyiv",
        "district": "Obolon", "address": "12 Heroiv Avenue" });
    let east = json!({ "station_id": "100002", "name": "East", "city": "Kyiv",
        "district": "Darnytsia" });
    if args["query"].is_string() {
        return json!({ "total": 1, "stations": [row] });
    }
    json!({ "total": 2, "stations": [row, east], "action_required": "ask_district" })
}
