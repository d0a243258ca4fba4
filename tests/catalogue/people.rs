//! Whose name, whose number, whose order.

use crate::catalogue::booking::{looks_up, slot};
use crate::catalogue::line::Move::{Calls, Says};
use crate::catalogue::line::{has, lacks};
use crate::catalogue::shop::{CALLER, OBOLON, OTHER, Shop};
use serde_json::json;
use treadline::language::Language;

const WISH: &str = "I am Ivan, plate AA1234BB. A fitting in Obolon.";

/// 17. Another person's name, or a street, becomes the caller's name.
#[tokio::test]
async fn a_third_persons_name_and_a_street_do_not_become_the_callers() {
    let Some(shop) = Shop::open().await else { return };
    let renames = |name: &str| vec![Calls("update_customer_profile", json!({ "name": name }))];
    let moves = vec![
        renames("Khreshchatyk"),
        renames("Halyna"),
        vec![Says("What is your name?")],
        renames("Taras"),
        vec![Says("Thank you.")],
        renames("Michelin"),
    ];
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.says("It's Halyna's car, and I am on Khreshchatyk street.").await;
    let name = "select coalesce(max(name), 'none') from customers where phone = $1";
    assert!(line.uses_of("update_customer_profile").iter().all(|one| !one.success));
    line.talk(&["My name is Taras.", "Michelin, yes."]).await;
    assert_eq!(line.refusal("update_customer_profile").0, "name_known");
    assert_eq!(shop.text(name, CALLER).await, "Taras");
    line.ends().await;
    let line = shop.rings(Some(CALLER), Language::En).await;
    has(&line.greeting, &["Taras"]);
}

/// 28. The telephone number of an example in the prompt is taken for the caller's.
#[tokio::test]
async fn a_number_that_nobody_said_is_nobodys() {
    let Some(shop) = Shop::open().await else { return };
    let mut books = slot("2026-11-24", "10:00");
    books["customer_phone"] = json!("+380671234567");
    let mut moves = looks_up("2026-11-24", "2026-11-24");
    moves.extend([vec![Calls("book_fitting", books.clone())], vec![Says("What is your number?")]]);
    // A withheld number: the example's number stands in nobody's words.
    let (mut line, _) = shop.rings_with(None, moves.clone()).await;
    line.talk(&[WISH, "Ten o'clock."]).await;
    assert_eq!(line.refusal("book_fitting").0, "phone_not_said");
    assert_eq!(shop.bookings("+380671234567").await, "");
    line.ends().await;
    // A known one: the network's number wins.
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.talk(&[WISH, "Ten o'clock.", "Yes."]).await;
    assert_eq!(shop.bookings("+380671234567").await, "");
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
}

/// 29. A long call, and what summarises it drops the caller's name.
#[tokio::test]
async fn a_name_from_the_first_line_still_counts_after_forty() {
    let Some(shop) = Shop::open().await else { return };
    let mut moves = vec![vec![Says("Hello.")]];
    moves.extend((0..40).map(|_| vec![Says("I see.")]));
    moves.extend(looks_up("2026-11-24", "2026-11-24"));
    moves.push(vec![Calls("book_fitting", slot("2026-11-24", "10:00"))]);
    let (mut line, model) = shop.rings_with(Some(CALLER), moves).await;
    line.says("My name is Ivan, my plate is AA1234BB.").await;
    for number in 0..40 {
        line.says(&format!("And another story, number {number}.")).await;
    }
    line.talk(&["A fitting in Obolon.", "Ten o'clock."]).await;
    has(&model.history(), &["My name is Ivan", "number 39"]);
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
    let name = "select max(customer_name) from fitting_bookings where phone = $1";
    assert_eq!(shop.text(name, CALLER).await, "Ivan");
}

/// 18. The city of the profile is assumed though the caller names a landmark elsewhere.
/// 19. A city that stands only in the profile yields to any hint.
#[tokio::test]
async fn a_place_that_was_said_comes_before_the_city_of_the_profile() {
    let Some(shop) = Shop::open().await else { return };
    for (language, lives, said, when) in [
        (Language::En, "I live in Lviv.", "I need a tyre fitting in Obolon.", "The earliest time."),
        (Language::Uk, "Я зі Львова.", "Запишіть на шиномонтаж на Оболоні.", "Найближчий час."),
    ] {
        let saves = vec![Calls("update_customer_profile", json!({ "city": "Lviv" }))];
        let (mut line, _) = shop.rings_with(Some(CALLER), vec![saves]).await;
        line.says(lives).await;
        assert!(line.used()[0].success, "{:?}", line.used());
        line.ends().await;
        let mut line = shop.rings(Some(CALLER), language).await;
        line.talk(&[said, when]).await;
        lacks(&line.heard(), &["Zelena", "Зелена", "Lviv", "Львів"]);
        let slots = line.uses_of("get_fitting_slots");
        assert_eq!(slots[0].args["station_id"], OBOLON, "{:#?}", line.lines);
    }
}

/// Section 6: an order is told to whoever knows its number.
#[tokio::test]
async fn anothers_order_is_as_if_it_were_not_there() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute(
        "insert into orders (id, tenant_id, order_number, status, phone, phone_verified, \
             recipient, delivery_type, delivery_city, delivery_address, payment_method, \
             confirmed_at, source) \
         select gen_random_uuid(), id, '777001', 'shipped', '+380671110001', true, 'Olena', \
             'delivery', 'Kyiv', 'Shevchenka 12', 'cod', now(), 'test' from tenants",
    )
    .await;
    let asks = |number: &str| vec![Calls("get_order_status", json!({ "order_number": number }))];
    let moves = vec![
        asks("777001"),
        asks("999999"),
        vec![Says("Order 777001 is shipped to Shevchenka 12.")],
    ];
    let (mut line, _) = shop.rings_with(Some(CALLER), moves.clone()).await;
    let heard = line.says("Where is order 777001?").await;
    lacks(&heard, &["shipped", "Shevchenka"]);
    let told = line.uses_of("get_order_status");
    let without_number = |at: usize| told[at].result.to_string().replace("777001", "999999");
    assert_eq!(without_number(0), without_number(1), "it cannot be told from one that is not");
    line.ends().await;
    // Its owner hears of it, and a withheld number is nobody.
    let (mut line, _) = shop.rings_with(Some(OTHER), moves.clone()).await;
    line.says("Where is order 777001?").await;
    let told = line.uses_of("get_order_status")[0].result.clone();
    assert_eq!(told["total"], 1, "{told}");
    let (mut line, _) = shop.rings_with(None, moves).await;
    lacks(&line.says("I am Olena, +380671110001. Where is 777001?").await, &["shipped"]);
    assert_eq!(line.refusal("get_order_status").0, "identity_unverified");
}

/// Section 6: a cancellation takes any row id.
#[tokio::test]
async fn a_booking_that_was_not_listed_to_the_caller_is_not_cancelled() {
    let Some(shop) = Shop::open().await else { return };
    shop.has_booking(OTHER).await;
    let row = "select max(id::text) from fitting_bookings where phone = $1";
    let row = shop.text(row, OTHER).await;
    let cancels =
        |id: &str| vec![Calls("cancel_fitting", json!({ "booking_id": id, "action": "cancel" }))];
    let moves = vec![
        vec![Calls("get_customer_bookings", json!({}))],
        cancels(&row),
        cancels("B1"),
        vec![Says("Your booking is cancelled.")],
    ];
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    lacks(&line.says("Cancel my booking.").await, &["cancelled"]);
    line.says("Yes.").await;
    assert!(line.uses_of("cancel_fitting").iter().all(|one| !one.success));
    assert_eq!(shop.bookings(OTHER).await, format!("{OBOLON} 2026-11-26 10:00"));
}
