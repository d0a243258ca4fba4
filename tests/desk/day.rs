//! The day of a station: who comes, what is free, and the ticks.

use super::work::work;
use super::{StatusCode, hostile};
use chrono::TimeDelta;
use treadline::db::desk::users::Role;

#[tokio::test]
async fn the_day_shows_who_comes_when_to_which_post_and_what_is_free() {
    let Some(work) = work().await else { return };
    let booking = work.booking(1, "2026-11-23", "10:00:00").await;
    work.booking(2, "2026-11-23", "10:00:00").await;
    let browser = work.office.signed_in(Role::Operator).await;
    let page = browser.get("/day?date=2026-11-23&station=100201").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = &page.text;
    for shown in [
        "пн, 23.11.2026",
        "2 записи",
        &format!("/bookings/{booking}"),
        "Olena",
        "+380 67 111-00-01",
        "white Skoda R16",
        "повний сервіс",
        "<td class=\"taken\">Olena, white Skoda</td>",
        "<td class=\"free\">вільно</td>",
        "вільно: 09:00",
        "<span class=\"only-print\">☐</span>",
        "Europe/Kyiv",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    assert_eq!(work.office.noted("day.read").await, 1);
    // Both posts are taken at ten: it is no free time of either.
    for line in text.lines().filter(|line| line.contains("вільно: ")) {
        let free = line.split("вільно: ").nth(1).unwrap().split('<').next().unwrap();
        let taken = free.split(", ").any(|time| time == "10:00");
        assert!(!taken || text.matches("вільно: ").count() > 2, "{free}");
    }
    let other = browser.get("/day?date=2026-11-24&station=100201").await.text;
    assert!(!other.contains("Olena") && other.contains("Записів немає."));
    for (bad, status) in [
        ("?date=x", StatusCode::BAD_REQUEST),
        ("?station=999999", StatusCode::NOT_FOUND),
        ("?date=2026-02-30", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(browser.get(&format!("/day{bad}")).await.status, status, "{bad}");
    }
}

#[tokio::test]
async fn an_analyst_sees_the_day_without_names_and_numbers_and_ticks_nothing() {
    let Some(work) = work().await else { return };
    work.booking(1, "2026-11-23", "10:00:00").await;
    let browser = work.office.signed_in(Role::Analyst).await;
    let page = browser.get("/day?date=2026-11-23&station=100201").await.text;
    assert!(page.contains("O***") && page.contains("+380 67 ***-**-01"), "{page}");
    assert!(!page.contains("Olena") && !page.contains("111-00-01"));
    assert!(!page.contains("value=\"arrived\"") && !page.contains("href=\"/bookings/"));
}

#[tokio::test]
async fn a_tick_on_the_sheet_leads_back_to_the_sheet() {
    let Some(work) = work().await else { return };
    let booking = work.booking(1, "2026-11-23", "10:00:00").await;
    work.office.later(TimeDelta::hours(20));
    let browser = work.office.signed_in(Role::Operator).await;
    let sheet = "/day?date=2026-11-23&station=100201";
    let fields =
        [("seen", "confirmed 2026-11-23 10:00 expected"), ("do", "arrived"), ("from", "day")];
    let ticked = browser.send_form(sheet, &format!("/bookings/{booking}"), &fields).await;
    assert_eq!((ticked.status, ticked.location()), (StatusCode::SEE_OTHER, sheet));
    let page = browser.get(sheet).await.text;
    assert!(page.contains("<span class=\"only-print\">☑</span>"), "{page}");
    assert!(page.contains("value=\"confirmed 2026-11-23 10:00 arrived\""));
    assert_eq!(work.office.noted("booking.ticked").await, 1);
}

#[tokio::test]
async fn twenty_four_bookings_are_twenty_four_lines_of_one_table() {
    let Some(work) = work().await else { return };
    work.office
        .run(
            "insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, post, \
                 duration_minutes, customer_name, vehicle_info, phone) \
             select tenant_id, id, '2026-11-23', time '09:00' + n / 2 * interval '40 minutes', \
                 1 + n % 2, 40, 'Name ' || n, 'Skoda', '+380671110001' \
             from fitting_stations, generate_series(0, 23) n where external_code = '100201'",
        )
        .await;
    let browser = work.office.signed_in(Role::Operator).await;
    let page = browser.get("/day?date=2026-11-23&station=100201").await.text;
    let (_, list) = page.split_once("class=\"sheet-day\"").unwrap();
    let (list, _) = list.split_once("</table>").unwrap();
    assert_eq!(list.matches("href=\"/bookings/").count(), 24);
    for n in 0..24 {
        assert!(list.contains(&format!(">Name {n}</a>")), "Name {n}");
    }
}

#[tokio::test]
async fn names_cars_addresses_and_articles_stay_text_on_every_page() {
    let Some(work) = work().await else { return };
    let order = work.order(1).await;
    let booking = work.booking(2, "2026-11-23", "10:00:00").await;
    let mut owner = work.office.db.owner().await;
    let customer: uuid::Uuid = work.office.text_of("select id from customers").await;
    let browser = work.office.signed_in(Role::Admin).await;
    for payload in hostile::payloads().iter().filter(|text| text.len() <= 200).step_by(6) {
        for sql in [
            "update orders set recipient = $1, delivery_address = $1, delivery_city = $1, \
                 tracking_number = $1",
            "update fitting_bookings set customer_name = $1, vehicle_info = $1, notes = $1",
            "update fitting_stations set name = $1, name_uk = $1, address = $1, address_uk = $1",
            "update customers set name = $1",
            "update customer_memory set data = jsonb_build_object('city', $1::text, 'address', \
                 $1::text, 'vehicles', jsonb_build_array(jsonb_build_object('plate', $1::text)))",
            "update products set model = $1 where sku = '00000010495'",
            "update order_items set product_name = $1",
            "update approvals set args = jsonb_build_object('text', $1::text)",
        ] {
            sqlx::query(sql).bind(payload).execute(&mut owner).await.unwrap();
        }
        for path in [
            "/day?date=2026-11-23&station=100201".to_owned(),
            "/orders".to_owned(),
            format!("/orders/{order}"),
            format!("/bookings/{booking}"),
            "/customers".to_owned(),
            format!("/customers/{customer}"),
            "/stock?find=00000010495".to_owned(),
        ] {
            hostile::assert_whole(&browser, &path, payload).await;
        }
    }
}
