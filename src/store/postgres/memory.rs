//! What is remembered of a customer.

use super::agreed::{clean, customer, own_number};
use super::stations::rule;
use super::transaction::Fault;
use crate::pii::Personal;
use crate::store::{Profile, Scope, Vehicle};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// Cars that are remembered of one customer; the oldest go first.
const VEHICLES_MAX: usize = 10;

type Remembered = (Option<String>, Option<String>, Option<String>, Option<Value>);

/// What is remembered of the caller; nothing for a withheld or unknown number.
pub(super) async fn profile(
    conn: &mut PgConnection,
    scope: &Scope,
) -> Result<Option<Profile>, Fault> {
    let Some(phone) = &scope.caller else { return Ok(None) };
    let found: Option<Remembered> = sqlx::query_as(
        "select c.name, s.external_code, m.language, m.data \
         from customers c \
         left join customer_memory m on m.customer_id = c.id \
         left join fitting_stations s on s.id = m.preferred_station_id \
         where c.phone = $1 and c.deleted_at is null",
    )
    .bind(phone.reveal())
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(name, preferred_station, language, data)| {
        let text = |key: &str| {
            let value = data.as_ref().and_then(|data| data.get(key)).and_then(Value::as_str);
            value.map(str::to_owned)
        };
        Profile {
            name: name.or_else(|| text("name")).map(Personal),
            city: text("city"),
            vehicles: data.as_ref().map(vehicles).unwrap_or_default(),
            delivery_address: text("address").map(Personal),
            preferred_station,
            language,
        }
    }))
}

fn vehicles(data: &Value) -> Vec<Vehicle> {
    let list = data.get("vehicles").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|car| serde_json::from_value(car.clone()).ok()).collect()
}

/// Adds to what is remembered of the caller; what is not named stays.
pub(super) async fn update(
    conn: &mut PgConnection,
    scope: &Scope,
    change: &Profile,
) -> Result<(), Fault> {
    let phone = own_number(scope)?.reveal();
    if change.vehicles.iter().any(|car| !car.plate.bytes().any(|byte| byte.is_ascii_digit())) {
        return Err(rule(
            "plate_bad",
            "A plate has digits. Leave the car out or ask for its plate.",
        ));
    }
    let name = change.name.as_ref().map(|name| clean(&name.0)).filter(|name| !name.is_empty());
    let id = customer(conn, scope.tenant, phone, name.as_deref().unwrap_or_default()).await?;
    if let Some(name) = &name {
        sqlx::query("update customers set name = $2, updated_at = now() where id = $1")
            .bind(id)
            .bind(name)
            .execute(&mut *conn)
            .await?;
    }
    let data: Value = sqlx::query_scalar(
        "insert into customer_memory (tenant_id, customer_id) values ($1, $2) \
         on conflict (tenant_id, customer_id) do update set updated_at = now() returning data",
    )
    .bind(scope.tenant.0)
    .bind(id)
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "update customer_memory set data = $3, updated_at = now(), \
             language = coalesce($4, language), \
             preferred_station_id = coalesce( \
                 (select s.id from fitting_stations s where s.external_code = $5), \
                 preferred_station_id) \
         where tenant_id = $1 and customer_id = $2",
    )
    .bind(scope.tenant.0)
    .bind(id)
    .bind(merged(data, change, name))
    .bind(change.language.as_deref().filter(|word| is_language(word)))
    .bind(&change.preferred_station)
    .execute(conn)
    .await?;
    Ok(())
}

fn is_language(word: &str) -> bool {
    word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn merged(data: Value, change: &Profile, name: Option<String>) -> Value {
    let mut cars = vehicles(&data);
    for car in &change.vehicles {
        let plate = clean(&car.plate);
        match cars.iter_mut().find(|known| known.plate == plate) {
            Some(known) => {
                known.brand = car.brand.as_deref().map(clean).or(known.brand.take());
                known.tire_size = car.tire_size.as_deref().map(clean).or(known.tire_size.take());
            }
            None => cars.push(Vehicle {
                plate,
                brand: car.brand.as_deref().map(clean),
                tire_size: car.tire_size.as_deref().map(clean),
            }),
        }
    }
    cars.drain(..cars.len().saturating_sub(VEHICLES_MAX));
    let mut data = if let Value::Object(map) = data { map } else { Map::new() };
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|text| !text.is_empty()) {
            data.insert(key.to_owned(), Value::String(value));
        }
    };
    put("name", name);
    put("city", change.city.as_deref().map(clean));
    put("address", change.delivery_address.as_ref().map(|address| clean(&address.0)));
    if !cars.is_empty() {
        data.insert("vehicles".into(), json!(cars));
    }
    Value::Object(data)
}

/// A fitting was booked: the next call knows the station and the language.
pub(super) async fn visited(
    conn: &mut PgConnection,
    scope: &Scope,
    customer: Uuid,
    station: Uuid,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into customer_memory (tenant_id, customer_id, preferred_station_id, language) \
         values ($1, $2, $3, $4) \
         on conflict (tenant_id, customer_id) do update \
         set preferred_station_id = excluded.preferred_station_id, \
             language = excluded.language, updated_at = now()",
    )
    .bind(scope.tenant.0)
    .bind(customer)
    .bind(station)
    .bind(scope.language.code())
    .execute(conn)
    .await?;
    Ok(())
}
