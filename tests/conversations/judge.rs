//! Was the caller served? Rows decide.

use crate::conversations::goal::{Goal, Scenario};
use crate::conversations::report::Report;
use crate::conversations::talk::Shop;
use sqlx::PgConnection;
use uuid::Uuid;

const TENANT: Uuid = Uuid::from_u128(1);

/// What must stand in the shop before this caller phones.
pub async fn prepare(shop: &Shop, goal: &Goal) {
    let sql = match goal.scenario {
        Scenario::Move | Scenario::Cancel => {
            "insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, \
                 post, service_type, vehicle_info, customer_name, phone, phone_verified, source) \
             select $1, id, date '2026-11-26', time '10:00', 61 + $3, 'tire_change', \
                 'grey Toyota', 'Olena', $2, true, 'test' \
             from fitting_stations where external_code = '100201'"
        }
        Scenario::OrderStatus => {
            "insert into orders (id, tenant_id, order_number, status, phone, phone_verified, \
                 recipient, delivery_type, delivery_city, delivery_address, payment_method, \
                 confirmed_at, source) \
             select gen_random_uuid(), $1, 'T' || $3, 'shipped', $2, true, 'Olena', 'delivery', \
                 'Kyiv', 'Shevchenka 12', 'cod', now(), 'test'"
        }
        Scenario::Storage => {
            "insert into storage_contracts (tenant_id, phone, number, tires, location) \
             select $1, $2, lpad($3::text, 11, '0'), '4 winter tyres 205/55 R16', 'Kyiv'"
        }
        _ => return,
    };
    let mut owner = shop.db.owner().await;
    sqlx::query(sql)
        .bind(TENANT)
        .bind(goal.phone())
        .bind(i32::try_from(goal.seed).expect("few conversations"))
        .execute(&mut owner)
        .await
        .unwrap_or_else(|error| panic!("{:?}: {error}", goal.scenario));
}

/// Fills in who was served.
pub async fn judge(shop: &Shop, report: &mut Report) {
    let mut owner = shop.db.owner().await;
    for verdict in report.verdicts_mut() {
        let (goal, call) = (verdict.goal.clone(), verdict.talk.call);
        verdict.missing = missing(&mut owner, &goal, call, &verdict.talk.outcome).await;
        if verdict.missing.is_some() {
            verdict.talk.lines.extend(refusals(&mut owner, call).await);
        }
    }
}

/// Sentences of the brain that the claim guard judged, and those that it withheld. The local brain
/// speaks from results only: what is withheld here is a mistake of one of the two.
pub async fn withheld(shop: &Shop) -> (i64, Vec<String>) {
    let mut owner = shop.db.owner().await;
    let judged = sqlx::query_scalar("select count(*) from eval_results")
        .fetch_one(&mut owner)
        .await
        .expect("verdicts can be counted");
    let sentences = sqlx::query_scalar(
        "select count(*) || ' × ' || reason || ': ' || sentence from eval_results \
         where verdict = 'withhold' group by reason, sentence order by count(*) desc",
    )
    .fetch_all(&mut owner)
    .await
    .expect("verdicts can be read");
    (judged, sentences)
}

/// What this caller did not get; `None` if they were served.
async fn missing(
    owner: &mut PgConnection,
    goal: &Goal,
    call: Uuid,
    outcome: &str,
) -> Option<String> {
    match goal.scenario {
        Scenario::Search => searched(owner, call, goal.size, goal.season).await,
        Scenario::SearchByCar => {
            if count(owner, call, "get_vehicle_tire_sizes", "$.found == true").await == 0 {
                return Some("the car was not looked up".into());
            }
            let season = format!("$.season == \"{}\"", goal.season);
            absent(count(owner, call, "search_tires", &season).await, "no search for the season")
        }
        Scenario::OrderPickup => ordered(owner, goal, call, "pickup").await,
        Scenario::OrderDelivery => ordered(owner, goal, call, "delivery").await,
        Scenario::OrderThenFitting => {
            let order = ordered(owner, goal, call, "pickup").await;
            if order.is_some() { order } else { booked(owner, goal, call).await }
        }
        Scenario::Fitting => booked(owner, goal, call).await,
        Scenario::Move => {
            let moved: i64 = number(
                owner,
                "select count(*) from fitting_bookings where phone = $1 \
                 and status = 'confirmed' and (booking_date, booking_time) \
                     <> (date '2026-11-26', time '10:00')",
                goal,
            )
            .await;
            (moved != 1).then(|| format!("{moved} bookings at another time"))
        }
        Scenario::Cancel => {
            let cancelled: i64 = number(
                owner,
                "select count(*) from fitting_bookings where phone = $1 and status = 'cancelled'",
                goal,
            )
            .await;
            (cancelled != 1).then(|| format!("{cancelled} cancelled bookings"))
        }
        Scenario::OrderStatus => {
            absent(count(owner, call, "get_order_status", "$.total == 1").await, "no status told")
        }
        Scenario::Price => {
            let of = format!("$.diameter == {}", goal.diameter);
            absent(count(owner, call, "get_fitting_price", &of).await, "no price told")
        }
        Scenario::Storage => {
            absent(count(owner, call, "find_storage", "$.total == 1").await, "no contract found")
        }
        Scenario::Callback => {
            let tickets: i64 = number(
                owner,
                "select count(*) from tickets where phone = $1 and ticket_type = 'callback'",
                goal,
            )
            .await;
            (tickets != 1).then(|| format!("{tickets} callback tickets"))
        }
        Scenario::Operator => (outcome != "transferred").then(|| format!("ended as {outcome}")),
    }
}

fn absent(found: i64, what: &str) -> Option<String> {
    (found == 0).then(|| what.to_owned())
}

async fn number(owner: &mut PgConnection, sql: &'static str, goal: &Goal) -> i64 {
    sqlx::query_scalar(sql).bind(goal.phone()).fetch_one(owner).await.expect("it can be counted")
}

/// Successful calls of a tool whose result, merged over its arguments, fits a condition.
async fn count(owner: &mut PgConnection, call: Uuid, tool: &str, condition: &str) -> i64 {
    sqlx::query_scalar(
        "select count(*) from call_tool_calls where call_id = $1 and tool_name = $2 and success \
         and (tool_args || tool_result) @@ $3::jsonpath",
    )
    .bind(call)
    .bind(tool)
    .bind(condition)
    .fetch_one(owner)
    .await
    .expect("it can be counted")
}

async fn searched(
    owner: &mut PgConnection,
    call: Uuid,
    size: &str,
    season: &str,
) -> Option<String> {
    let condition = format!("$.size == \"{size}\" && $.season == \"{season}\" && $.total > 0");
    absent(count(owner, call, "search_tires", &condition).await, "no such search")
}

/// Tyre, pieces, delivery, payment, phone of a confirmed line.
type Line = (String, i32, Option<String>, Option<String>, String);

async fn ordered(
    owner: &mut PgConnection,
    goal: &Goal,
    call: Uuid,
    delivery: &str,
) -> Option<String> {
    let rows: Vec<Line> = sqlx::query_as(
        "select i.product_name, i.quantity, o.delivery_type, o.payment_method, o.phone \
         from orders o join order_items i on i.order_id = o.id \
         where o.source_call_id = $1 and o.status = 'confirmed'",
    )
    .bind(call)
    .fetch_all(owner)
    .await
    .expect("orders can be read");
    let [(name, quantity, way, payment, phone)] = rows.as_slice() else {
        return Some(format!("{} order lines", rows.len()));
    };
    let right = name.contains(goal.brand)
        && name.contains(goal.size)
        && quantity.to_string() == goal.quantity
        && way.as_deref() == Some(delivery)
        && payment.as_deref() == Some("cod")
        && *phone == goal.phone();
    (!right).then(|| format!("ordered {quantity} × {name}, {way:?}, {payment:?}"))
}

async fn booked(owner: &mut PgConnection, goal: &Goal, call: Uuid) -> Option<String> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select s.external_code, b.customer_name, b.vehicle_info \
         from fitting_bookings b join fitting_stations s on s.id = b.station_id \
         where b.source_call_id = $1 and b.status = 'confirmed'",
    )
    .bind(call)
    .fetch_all(owner)
    .await
    .expect("bookings can be read");
    match rows.as_slice() {
        [(station, _, _)] if station == goal.station => None,
        [(station, _, _)] => Some(format!("booked at {station} instead of {}", goal.station)),
        rows => Some(format!("{} bookings", rows.len())),
    }
}

/// What tools refused in a call, to understand why its caller was not served.
async fn refusals(owner: &mut PgConnection, call: Uuid) -> Vec<String> {
    sqlx::query_scalar(
        "select '(' || tool_name || ' ' || tool_args || ' -> ' || tool_result || ')' \
         from call_tool_calls where call_id = $1 and not success order by created_at",
    )
    .bind(call)
    .fetch_all(owner)
    .await
    .expect("refusals can be read")
}
