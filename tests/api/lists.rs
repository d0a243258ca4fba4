//! What is read: the same calls as the desk's list, page by page, and people only for who may.

use super::{PHONE, StatusCode, site};
use chrono::TimeDelta;
use serde_json::Value;
use std::collections::BTreeSet;
use treadline::db::tokens::May;
use treadline::ids::TenantId;

#[tokio::test]
async fn a_list_is_read_page_by_page_to_its_end_and_every_call_stands_in_it_once() {
    let Some(site) = site().await else { return };
    let now = site.clock.now();
    let mut made = BTreeSet::new();
    for n in 0..57 {
        let outcome = if n % 3 == 0 { "abandoned" } else { "resolved" };
        // Many in the same moment: the key decides.
        let at = now - TimeDelta::seconds(n / 10);
        made.insert(site.call(TenantId::DEFAULT, at, outcome).await.to_string());
    }
    let token = site.token(&[May::ReadCalls]).await;
    let (mut seen, mut path) = (Vec::new(), "/api/v1/calls".to_owned());
    loop {
        let page = site.get(&path, &token).await;
        assert_eq!(page.status, StatusCode::OK);
        let items = page.body["items"].as_array().unwrap();
        seen.extend(items.iter().map(|call| call["id"].as_str().unwrap().to_owned()));
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/api/v1/calls?after={next}");
        assert!(seen.len() < 100);
    }
    assert_eq!(seen.len(), 57);
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), made);
    let some = site.get("/api/v1/calls?outcome=abandoned", &token).await;
    assert_eq!(some.body["items"].as_array().unwrap().len(), 19);
    let none = site.get("/api/v1/calls?to=2020-01-01", &token).await;
    assert_eq!(
        (none.body["items"].as_array().unwrap().len(), &none.body["next"]),
        (0, &Value::Null)
    );
}

#[tokio::test]
async fn numbers_and_names_are_shown_only_to_a_token_that_may_see_people() {
    let Some(site) = site().await else { return };
    let call = site.call(TenantId::DEFAULT, site.clock.now(), "resolved").await;
    let mut owner = site.db.owner().await;
    let customer: uuid::Uuid = sqlx::query_scalar(
        "with person as (insert into customers (tenant_id, phone, name) \
             values ($1, $2, 'Olena Kovalenko') returning id), \
         remembered as (insert into customer_memory (tenant_id, customer_id, data) \
             select $1, id, '{\"address\": \"Zelena 115\"}' from person), \
         sold as (insert into orders (id, tenant_id, phone, recipient, source) \
             values (gen_random_uuid(), $1, $2, 'Olena Kovalenko', 'operator')), \
         asked as (insert into tickets (tenant_id, title, phone) \
             values ($1, 'Phone ' || $2, $2)) \
         select id from person",
    )
    .bind(TenantId::DEFAULT.0)
    .bind(PHONE)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let paths = [
        "/api/v1/calls".to_owned(),
        format!("/api/v1/calls/{call}"),
        "/api/v1/orders?status=draft".to_owned(),
        "/api/v1/tickets".to_owned(),
        "/api/v1/customers".to_owned(),
        format!("/api/v1/customers/{customer}"),
    ];
    let reads: Vec<May> = May::ALL.into_iter().filter(|may| *may != May::SeePeople).collect();
    let (blind, seeing) = (site.token(&reads).await, site.token(&May::ALL).await);
    for path in &paths {
        let hidden = site.get(path, &blind).await;
        assert_eq!(hidden.status, StatusCode::OK, "{path}: {hidden:?}");
        let hidden = hidden.body.to_string();
        for secret in ["1234567", "Kovalenko", "Zelena"] {
            assert!(!hidden.contains(secret), "{path} shows {secret}: {hidden}");
        }
        assert!(hidden.contains("***"), "{path}: {hidden}");
        let shown = site.get(path, &seeing).await.body.to_string();
        assert!(shown.contains(PHONE), "{path}: {shown}");
    }
    let by_number = site.get("/api/v1/calls?number=1234567", &blind).await;
    assert_eq!(by_number.body["error"]["field"], "number");
    let found = site.get("/api/v1/calls?number=1234567", &seeing).await;
    assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
    let noted = "select count(*) from dashboard.audit_log \
                 where action = 'transcript.read' and actor like 'token t-%'";
    assert_eq!(site.count(noted).await, 2);
    let read = "select count(*) from dashboard.audit_log where action = 'customer.read'";
    assert_eq!(site.count(read).await, 4);
}

#[tokio::test]
async fn days_bookings_and_one_of_each_are_what_the_database_says() {
    let Some(site) = site().await else { return };
    let mut owner = site.db.owner().await;
    let booking: uuid::Uuid = sqlx::query_scalar(
        "with place as (insert into fitting_stations (tenant_id, external_code, name, city) \
             values ($1, '100201', 'Peremoha', 'Kyiv') returning id), \
         day as (insert into daily_stats (tenant_id, stat_date, total_calls, conversion) \
             values ($1, '2026-11-21', 7, 0.5), ($1, '2026-11-20', 6, null)) \
         insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, price, \
             source) \
         select $1, id, '2026-11-24', '10:20', 2800, 'operator' from place returning id",
    )
    .bind(TenantId::DEFAULT.0)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let token = site.token(&[May::ReadStats, May::ReadBookings]).await;
    let one = site.get(&format!("/api/v1/bookings/{booking}"), &token).await.body;
    assert_eq!(
        (&one["station_code"], &one["booking_date"], &one["price"]),
        (&"100201".into(), &"2026-11-24".into(), &"2800.00".into())
    );
    let list = site.get("/api/v1/bookings?status=confirmed", &token).await.body;
    assert_eq!(list["items"], serde_json::json!([one]));
    let days = site.get("/api/v1/daily_stats?from=2026-11-21", &token).await.body;
    assert_eq!(days["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&days["items"][0]["total_calls"], &days["items"][0]["conversion"]),
        (&7.into(), &0.5.into())
    );
    let all = site.get("/api/v1/daily_stats", &token).await.body;
    assert_eq!(all["items"][1]["stat_date"], "2026-11-20");
}
