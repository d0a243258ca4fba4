//! Orders and bookings at the desk: found, gone on with, given up, moved, ticked off, exported.

use super::work::{Work, work};
use super::{Answer, Browser, StatusCode};
use chrono::TimeDelta;
use futures_util::future::join_all;
use treadline::db::desk::users::Role;
use uuid::Uuid;

async fn send(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    browser.send_form(path, path, fields).await
}

/// What the page of a booking sends along as seen.
async fn seen(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await.text;
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn status_of(work: &Work, booking: Uuid) -> (String, Option<bool>) {
    sqlx::query_as("select status, attended from fitting_bookings where id = $1")
        .bind(booking)
        .fetch_one(&mut work.office.db.owner().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_order_is_found_shown_and_goes_on_as_it_may() {
    let Some(work) = work().await else { return };
    let order = work.order(1).await;
    let browser = work.office.signed_in(Role::Operator).await;
    let number: String = work.office.text_of("select order_number from orders").await;
    for (query, there) in [
        (String::new(), true),
        ("?find=067+111-00-01".to_owned(), true),
        (format!("?find={number}"), true),
        ("?find=Olen".to_owned(), true),
        ("?find=Taras".to_owned(), false),
        ("?find=0679999999".to_owned(), false),
        ("?status=confirmed".to_owned(), true),
        ("?status=shipped".to_owned(), false),
    ] {
        let page = browser.get(&format!("/orders{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.text.contains(&order.to_string()), there, "{query}");
    }
    let path = format!("/orders/{order}");
    let page = browser.get(&path).await.text;
    for shown in ["Hankook", "+380 67 111-00-01", "вулиця Січових, 5", "Згода клієнта", "клієнт"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(page.contains(&format!("/calls/{}", work.call(1).call)), "{page}");
    assert_eq!(work.office.noted("order.read").await, 1);
    for (seen, to, answer) in [
        ("confirmed", "delivering", StatusCode::UNPROCESSABLE_ENTITY),
        ("draft", "shipped", StatusCode::CONFLICT),
        ("confirmed", "burnt", StatusCode::BAD_REQUEST),
        ("confirmed", "shipped", StatusCode::SEE_OTHER),
        ("confirmed", "cancelled", StatusCode::CONFLICT),
        ("shipped", "delivering", StatusCode::SEE_OTHER),
        ("delivering", "delivered", StatusCode::SEE_OTHER),
        ("delivered", "cancelled", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let fields = [("seen", seen), ("status", to), ("tracking", "20450000001")];
        let got = send(&browser, &path, &fields).await;
        assert_eq!(got.status, answer, "{seen} to {to}: {}", got.text);
        if answer == StatusCode::CONFLICT {
            assert!(got.text.contains("Ви бачили") && got.text.contains("<strong>"));
        }
    }
    assert_eq!(work.office.noted("order.status_changed").await, 3);
    let page = browser.get(&path).await.text;
    assert!(page.contains("20450000001") && page.contains("у курʼєра → отримано"), "{page}");
}

#[tokio::test]
async fn an_order_that_many_cancel_at_once_gives_its_pieces_back_once() {
    let Some(work) = work().await else { return };
    let before = work.in_stock().await;
    let order = work.order(1).await;
    assert_eq!(work.in_stock().await, before - 4);
    let path = format!("/orders/{order}");
    let mut browsers = Vec::new();
    for _ in 0..8 {
        browsers.push(work.office.signed_in(Role::Operator).await);
    }
    let fields = [("seen", "confirmed"), ("status", "cancelled")];
    let answers = join_all(browsers.iter().map(|one| send(one, &path, &fields))).await;
    let done = answers.iter().filter(|a| a.status == StatusCode::SEE_OTHER).count();
    let late = answers.iter().filter(|a| a.status == StatusCode::CONFLICT).count();
    assert_eq!((done, late), (1, 7));
    assert_eq!(work.in_stock().await, before);
    assert_eq!(work.office.noted("order.status_changed").await, 1);
}

#[tokio::test]
async fn a_cancelled_order_makes_tickets_of_the_wishes_that_it_meets() {
    let Some(work) = work().await else { return };
    let order = work.order(1).await;
    work.office.run("update products set quantity = 0").await;
    work.office
        .run(
            "insert into wishlist (tenant_id, phone, item_type, item_id) \
             select tenant_id, '+380671110009', 'size', \
                 tire_size(width, profile, rim_tenths, commercial) \
             from products where sku = '00000010495'",
        )
        .await;
    let browser = work.office.signed_in(Role::Operator).await;
    let fields = [("seen", "confirmed"), ("status", "cancelled")];
    send(&browser, &format!("/orders/{order}"), &fields).await;
    let tickets: i64 =
        work.office.text_of("select count(*) from tickets where ticket_type = 'restock'").await;
    assert_eq!(tickets, 1);
}

#[tokio::test]
async fn a_booking_moves_and_is_given_up_by_the_agents_rules() {
    let Some(work) = work().await else { return };
    let booking = work.booking(1, "2026-11-24", "10:00:00").await;
    let other = work.booking(2, "2026-11-24", "12:00:00").await;
    let browser = work.office.signed_in(Role::Operator).await;
    let path = format!("/bookings/{booking}");
    let page = browser.get(&format!("{path}?day=2026-11-25")).await.text;
    assert!(page.contains("<option>09:00</option>") && page.contains("white Skoda"), "{page}");
    let saw = seen(&browser, &path).await;
    assert_eq!(saw, "confirmed 2026-11-24 10:00 expected");
    let to = |day, time| vec![("seen", saw.as_str()), ("do", "move"), ("day", day), ("time", time)];
    for (day, time, answer) in [
        ("2026-11-25", "03:00", StatusCode::UNPROCESSABLE_ENTITY),
        ("2026-11-20", "10:00", StatusCode::UNPROCESSABLE_ENTITY),
        ("2026-11-25", "x", StatusCode::BAD_REQUEST),
        ("2026-11-25", "11:00", StatusCode::SEE_OTHER),
        ("2026-11-26", "11:00", StatusCode::CONFLICT),
    ] {
        let got = send(&browser, &path, &to(day, time)).await;
        assert_eq!(got.status, answer, "{day} {time}: {}", got.text);
    }
    let page = browser.get(&path).await.text;
    assert!(page.contains("ср, 25.11.2026 11:00") && page.contains("у пульті"), "{page}");
    let saw = seen(&browser, &path).await;
    let got = send(&browser, &path, &[("seen", &saw), ("do", "cancel")]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER);
    assert_eq!(status_of(&work, booking).await.0, "cancelled");
    assert_eq!(status_of(&work, other).await.0, "confirmed");
    let by_desk: i64 = work
        .office
        .text_of(
            "select count(*) from fitting_booking_changes c join approvals a on a.id = c.approval_id \
             where c.call_id is null and a.call_id is null and a.approved_by <> 'customer'",
        )
        .await;
    assert_eq!(by_desk, 2);
    for action in ["booking.moved", "booking.cancelled"] {
        assert_eq!(work.office.noted(action).await, 1, "{action}");
    }
}

#[tokio::test]
async fn a_full_time_is_refused_and_the_booking_stands_as_it_stood() {
    let Some(work) = work().await else { return };
    let booking = work.booking(1, "2026-11-24", "10:00:00").await;
    // Every post of the station at eleven.
    work.office
        .run(
            "insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, post) \
             select tenant_id, id, '2026-11-24', '11:00', n \
             from fitting_stations, generate_series(1, posts) n where external_code = '100201'",
        )
        .await;
    let browser = work.office.signed_in(Role::Operator).await;
    let path = format!("/bookings/{booking}");
    let saw = seen(&browser, &path).await;
    let fields = [("seen", saw.as_str()), ("do", "move"), ("day", "2026-11-24"), ("time", "11:00")];
    let got = send(&browser, &path, &fields).await;
    assert_eq!(got.status, StatusCode::CONFLICT, "{}", got.text);
    assert_eq!(seen(&browser, &path).await, saw);
}

#[tokio::test]
async fn a_booking_is_ticked_off_on_its_day_and_the_tick_taken_back() {
    let Some(work) = work().await else { return };
    let booking = work.booking(1, "2026-11-23", "10:00:00").await;
    let browser = work.office.signed_in(Role::Operator).await;
    let path = format!("/bookings/{booking}");
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let early = [("seen", "confirmed 2026-11-23 10:00 expected"), ("do", "arrived")];
    assert_eq!(send(&browser, &path, &early).await.status, refused, "it is for tomorrow");
    // Monday, 09:30 in Kyiv; nobody stays signed in over night.
    work.office.later(TimeDelta::minutes(19 * 60 + 30));
    let browser = work.office.signed_in(Role::Operator).await;
    let ok = StatusCode::SEE_OTHER;
    for (deed, answer, state) in [
        ("missed", refused, ("confirmed", None)),
        ("arrived", ok, ("confirmed", Some(true))),
        ("arrived", refused, ("confirmed", Some(true))),
        ("back", ok, ("confirmed", None)),
        ("done", ok, ("completed", Some(true))),
        ("cancel", refused, ("completed", Some(true))),
        ("back", ok, ("confirmed", None)),
    ] {
        let saw = {
            let (status, came) = status_of(&work, booking).await;
            let came = if came == Some(true) { "arrived" } else { "expected" };
            format!("{status} 2026-11-23 10:00 {came}")
        };
        let got = send(&browser, &path, &[("seen", &saw), ("do", deed)]).await;
        assert_eq!(got.status, answer, "{deed}: {}", got.text);
        let (status, came) = status_of(&work, booking).await;
        assert_eq!((status.as_str(), came), state, "{deed}");
    }
    work.office.later(TimeDelta::hours(1));
    let fields = [("seen", "confirmed 2026-11-23 10:00 expected"), ("do", "missed")];
    assert_eq!(send(&browser, &path, &fields).await.status, ok);
    assert_eq!(status_of(&work, booking).await, ("no_show".to_owned(), Some(false)));
}

#[tokio::test]
async fn files_of_orders_and_bookings_hold_no_formula_and_are_for_admins() {
    let Some(work) = work().await else { return };
    work.order(1).await;
    work.booking(2, "2026-11-24", "10:00:00").await;
    work.office.run("update orders set recipient = '=HYPERLINK(\"//evil\")'").await;
    work.office.run("update fitting_bookings set customer_name = '@SUM(A1)', notes = ''").await;
    let admin = work.office.signed_in(Role::Admin).await;
    let file = admin.get("/export/orders?from=2026-11-01&to=2026-11-30").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let name = file.headers["content-disposition"].to_str().unwrap();
    assert_eq!(name, "attachment; filename=\"orders-2026-11-01-2026-11-30.csv\"");
    let mut reader = csv::Reader::from_reader(file.text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    for field in &rows[0] {
        assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{field}");
    }
    assert!(rows[0].iter().any(|field| field == "'+380671110001"), "{:?}", rows[0]);
    let file = admin.get("/export/bookings?from=2026-11-24&to=2026-11-24").await;
    assert!(file.text.contains("'@SUM(A1)") && file.text.contains("10:00"), "{}", file.text);
    assert_eq!(file.text.lines().count(), 2);
    for bad in ["?from=2026-11-24&to=2026-11-01", "?from=2020-01-01&to=2026-01-01", "?from=x"] {
        let answer = admin.get(&format!("/export/orders{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    assert_eq!(work.office.noted("orders.exported").await, 1);
    let operator = work.office.signed_in(Role::Operator).await;
    assert_eq!(operator.get("/export/orders").await.status, StatusCode::FORBIDDEN);
}
