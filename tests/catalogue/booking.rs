//! Fittings: what is booked is what was offered, read back and agreed to.

use crate::catalogue::line::Move::{self, Calls, Says};
use crate::catalogue::line::{has, lacks};
use crate::catalogue::shop::{CALLER, OBOLON, OTHER, Shop};
use serde_json::{Value, json};

/// A model that finds Obolon and asks for times from a day on, then says "Which time?".
pub fn looks_up(date_from: &str, date_to: &str) -> Vec<Vec<Move>> {
    let days = json!({ "station_id": OBOLON, "date_from": date_from, "date_to": date_to,
        "time": "10:00" });
    vec![
        vec![Calls("get_fitting_stations", json!({ "city": "Kyiv", "query": "Obolon" }))],
        vec![Calls("get_fitting_slots", days)],
        vec![Says("Which time suits you?")],
    ]
}

pub fn slot(date: &str, time: &str) -> Value {
    json!({ "station_id": OBOLON, "date": date, "time": time, "customer_name": "Ivan",
        "auto_number": "AA1234BB" })
}

fn with(mut moves: Vec<Vec<Move>>, more: Vec<Vec<Move>>) -> Vec<Vec<Move>> {
    moves.extend(more);
    moves
}

const WISH: &str = "I am Ivan, my plate is AA1234BB. A fitting in Obolon, please.";

/// 1. A date that was never offered is booked (said 24 November, booked another day).
#[tokio::test]
async fn a_day_that_was_never_offered_is_not_booked() {
    let Some(shop) = Shop::open().await else { return };
    let moves = with(
        looks_up("2026-11-24", "2026-11-24"),
        vec![
            vec![Calls("book_fitting", slot("2026-12-01", "10:00"))],
            vec![Says("You are booked for the first of December at 10:00.")],
            vec![Calls("book_fitting", slot("2026-11-24", "10:00"))],
        ],
    );
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.says(WISH).await;
    let heard = line.says("The 24th at ten.").await;
    let (word, advice) = line.refusal("book_fitting");
    assert_eq!(word, "slot_not_offered");
    has(&advice, &["2026-12-01 10:00 was not offered", "2026-11-24 10:00"]);
    lacks(&heard, &["booked for", "December"]);
    assert_eq!(shop.bookings(CALLER).await, "");
    has(&line.says("The 24th, I said.").await, &["24 November", "10:00"]);
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
}

/// 2. Today's date out of the prompt is booked: what was offered is checked first, so that the
/// correction names the days that can be had.
#[tokio::test]
async fn todays_date_out_of_the_prompt_is_not_booked() {
    let Some(shop) = Shop::open().await else { return };
    let moves = with(
        looks_up("2026-11-25", "2026-11-25"),
        vec![
            vec![Calls("book_fitting", slot("2026-11-23", "10:00"))],
            vec![Calls("book_fitting", slot("2026-11-25", "10:00"))],
        ],
    );
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.says(WISH).await;
    let heard = line.says("On the 25th at ten.").await;
    has(&heard, &["25 November", "10:00"]);
    lacks(&heard, &["23 November"]);
    has(&line.refusal("book_fitting").1, &["2026-11-23", "Offered were", "2026-11-25 10:00"]);
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-25 10:00");
}

/// 3. "Booked" is announced before the tool succeeded, and the caller hangs up content.
#[tokio::test]
async fn nobody_hears_booked_before_the_booking_stands() {
    let Some(shop) = Shop::open().await else { return };
    let moves = with(
        looks_up("2026-11-24", "2026-11-24"),
        vec![
            vec![Says("You are booked for it. Is there anything else?")],
            vec![
                Says("I have booked it for you."),
                Calls("book_fitting", slot("2026-11-24", "10:00")),
            ],
            vec![Says("You are booked: Tuesday, 24 November at 10:00.")],
        ],
    );
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.says(WISH).await;
    lacks(&line.says("Tomorrow at ten.").await, &["booked"]);
    let read_back = line.says("Well?").await;
    lacks(&read_back, &["booked it"]);
    has(&read_back, &["24 November", "Ivan", "?"]);
    assert_eq!(shop.bookings(CALLER).await, "", "nothing stands before the yes");
    has(&line.says("Yes.").await, &["You are booked"]);
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
    let withheld = "select count(*)::text from eval_results where verdict = 'withhold' \
         and $1 is not null";
    assert_eq!(shop.text(withheld, CALLER).await, "2", "both false sentences are in the log");
}

fn moves_to(time: &str) -> Vec<Vec<Move>> {
    let to = json!({ "booking_id": "B1", "action": "reschedule", "new_date": "2026-11-27",
        "new_time": time });
    vec![
        vec![Calls("get_customer_bookings", json!({}))],
        vec![Calls(
            "get_fitting_slots",
            json!({ "station_id": OBOLON, "date_from": "2026-11-27", "time": "11:00" }),
        )],
        vec![Calls("cancel_fitting", to)],
    ]
}

/// 4. A move is confirmed without the new booking: the old one is cancelled, a new one is not made.
#[tokio::test]
async fn a_move_to_a_time_that_is_lost_under_way_leaves_the_old_booking() {
    let Some(shop) = Shop::open().await else { return };
    shop.has_booking(CALLER).await;
    let moves = with(moves_to("11:00"), vec![vec![Says("It is moved to Friday.")]]);
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    has(&line.says("Move my booking to Friday at eleven.").await, &["27 November", "11:00"]);
    // Between the read-back and the yes both posts go to others.
    shop.execute(
        "insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, post, \
             service_type, vehicle_info, customer_name, phone, phone_verified, source) \
         select tenant_id, id, date '2026-11-27', time '11:00', post, 'tire_change', 'red Fiat', \
             'Petro', '+38067333000' || post, true, 'test' \
         from fitting_stations, generate_series(1, 2) post where external_code = '100201'",
    )
    .await;
    lacks(&line.says("Yes.").await, &["moved"]);
    let (word, _) = line.refusal("cancel_fitting");
    assert_eq!(word, "slot_taken");
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-26 10:00", "the old time stands");
}

/// 4, and section 6: "reschedule" that simply cancels. Here it is one step and one booking.
#[tokio::test]
async fn a_move_is_one_step_and_never_a_bare_cancellation() {
    let Some(shop) = Shop::open().await else { return };
    shop.has_booking(CALLER).await;
    let timeless = json!({ "booking_id": "B1", "action": "reschedule" });
    let mut moves = vec![
        vec![Calls("get_customer_bookings", json!({}))],
        vec![Calls("cancel_fitting", timeless)],
        vec![Says("Which day suits you?")],
    ];
    moves.extend(moves_to("11:00"));
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.says("Move my booking.").await;
    assert_eq!(line.refusal("cancel_fitting").0, "new_time_missing");
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-26 10:00");
    has(&line.says("To Friday at eleven.").await, &["26 November", "27 November", "11:00"]);
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-27 11:00");
}

/// 5. A time is reserved and never booked, and stays blocked.
#[tokio::test]
async fn a_time_that_was_only_kept_is_free_again_after_three_minutes() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update fitting_stations set posts = 1").await;
    let keeps = json!({ "station_id": OBOLON, "date": "2026-11-24", "time": "10:00" });
    let moves = with(
        looks_up("2026-11-24", "2026-11-24"),
        vec![
            vec![Calls("reserve_fitting_slot", keeps)],
            vec![Says("You are booked for tomorrow at 10:00.")],
        ],
    );
    let (mut line, model) = shop.rings_with(Some(CALLER), moves).await;
    line.says(WISH).await;
    lacks(&line.says("Keep ten o'clock for me.").await, &["booked for"]);
    has(model.states().last().expect("asked"), &["Kept for minutes", "book_fitting"]);
    line.ends().await;
    let wants = || {
        let books = vec![Calls("book_fitting", slot("2026-11-24", "10:00"))];
        with(looks_up("2026-11-24", "2026-11-24"), vec![books])
    };
    let (mut other, _) = shop.rings_with(Some(OTHER), wants()).await;
    other.says(WISH).await;
    other.says("Ten, please.").await;
    assert_eq!(other.refusal("book_fitting").0, "slot_not_offered", "it is kept for a while");
    other.ends().await;
    let later = "2026-11-23T08:10:00Z".parse().expect("a time");
    shop.parts.services.clock.set(later);
    let (mut other, _) = shop.rings_with(Some(OTHER), wants()).await;
    other.talk(&[WISH, "Ten, please.", "Yes."]).await;
    assert_eq!(shop.bookings(OTHER).await, "100201 2026-11-24 10:00");
    assert_eq!(shop.bookings(CALLER).await, "");
}

/// 6. The station is forgotten and all are listed again; the city is swapped at the confirmation.
#[tokio::test]
async fn a_station_that_was_chosen_stays_whatever_the_model_makes_of_it() {
    let Some(shop) = Shop::open().await else { return };
    let mut elsewhere = slot("2026-11-24", "10:00");
    elsewhere["station_id"] = json!("200301");
    let moves = with(
        looks_up("2026-11-24", "2026-11-24"),
        vec![vec![Calls("book_fitting", elsewhere)], vec![Says("Done.")]],
    );
    let (mut line, model) = shop.rings_with(Some(CALLER), moves).await;
    line.says(WISH).await;
    let heard = line.says("Ten o'clock.").await;
    has(&heard, &["Obolon"]);
    lacks(&heard, &["Peremoha", "Dnipro"]);
    for state in &model.states()[2..] {
        has(state, &["Station: Obolon"]);
    }
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
}

/// 7. The steps loop back after the caller's yes: station, day and time are asked for again.
#[tokio::test]
async fn after_the_yes_nothing_but_the_booking_happens() {
    let Some(shop) = Shop::open().await else { return };
    let moves = with(
        looks_up("2026-11-24", "2026-11-24"),
        vec![
            vec![Calls("book_fitting", slot("2026-11-24", "10:00"))],
            vec![Calls("book_fitting", slot("2026-11-24", "10:30"))],
            vec![Says("Which station would you like?")],
        ],
    );
    let (mut line, model) = shop.rings_with(Some(CALLER), moves).await;
    line.talk(&[WISH, "Ten o'clock."]).await;
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
    let used = line.used();
    let booked = used.iter().position(|one| one.name == "book_fitting" && one.success);
    let after: Vec<&str> =
        used[booked.expect("booked") + 1..].iter().map(|one| one.name.as_str()).collect();
    assert_eq!(after, ["book_fitting"], "the model tried once more and was refused");
    assert_eq!(line.refusal("book_fitting").0, "not_now");
    has(model.states().last().expect("asked"), &["BOOKED in this call: Obolon"]);
    assert!(!model.tools_offered().contains(&"book_fitting"));
}

/// 21. "The 25th has already passed" on the 23rd; invented windows.
#[tokio::test]
async fn no_window_is_told_that_the_shop_does_not_have() {
    let Some(shop) = Shop::open().await else { return };
    let asks = |day: &str| {
        vec![Calls("get_fitting_slots", json!({ "station_id": OBOLON, "date_from": day }))]
    };
    let moves = vec![
        vec![Calls("get_fitting_stations", json!({ "city": "Kyiv", "query": "Obolon" }))],
        asks("2026-11-22"),
        asks("2027-03-01"),
        asks("2026-11-24"),
        vec![Says("We only book from the 20th of January to the 30th of January.")],
    ];
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    let heard = line.says(WISH).await;
    let told: Vec<String> =
        line.uses_of("get_fitting_slots").iter().map(|one| one.result.to_string()).collect();
    has(&told[0], &["day_is_past", "today is 2026-11-23", "from 2026-11-24 to 2026-12-14"]);
    has(&told[1], &["day_too_far", "from 2026-11-24 to 2026-12-14"]);
    has(&told[2], &["2026-11-24", "09:00"]);
    lacks(&heard, &["January"]);
    has(&heard, &["24 November"]);
}

/// 26. A booking together with the question for its details; the same call again and again.
#[tokio::test]
async fn a_call_that_is_made_again_and_a_call_beside_a_question_do_nothing() {
    let Some(shop) = Shop::open().await else { return };
    let again = || Calls("check_availability", json!({ "query": "Nokian" }));
    let books = Calls("book_fitting", slot("2026-11-24", "10:00"));
    let moves = with(
        looks_up("2026-11-24", "2026-11-24"),
        vec![
            vec![again(), again()],
            vec![again()],
            vec![again()],
            vec![Says("Nokian is there.")],
            vec![Says("At what time would you like it?"), books],
        ],
    );
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.talk(&[WISH, "Do you have Nokian?"]).await;
    let uses = line.uses_of("check_availability");
    assert_eq!(uses.iter().filter(|one| one.success).count(), 1, "it runs once");
    assert!(uses.iter().skip(1).all(|one| one.result["error"] == "repeated"), "{uses:?}");
    has(&line.says("And the fitting?").await, &["24 November"]);
    line.says("At half past ten.").await;
    assert_eq!(shop.bookings(CALLER).await, "", "an answer to a question is no yes");
}

/// Section 2: a weekday counts as a whole word only ("вт" once matched inside "завтра").
#[tokio::test]
async fn a_weekday_inside_another_word_is_no_weekday() {
    let Some(shop) = Shop::open().await else { return };
    // "Післязавтра" is Wednesday; the "вт" in it is not Tuesday.
    let (mut line, _) = shop.rings_with(Some(CALLER), looks_up("2026-11-25", "2026-11-25")).await;
    line.says("Я Іван. Шиномонтаж на Оболоні післязавтра.").await;
    let slots = line.uses_of("get_fitting_slots");
    assert!(slots[0].success, "{}", slots[0].result);
    // A weekday that was said is one, and another day's date is refused with the right one.
    let (mut line, _) = shop.rings_with(Some(OTHER), looks_up("2026-11-25", "2026-11-25")).await;
    line.says("Я Іван. Шиномонтаж на Оболоні у вівторок.").await;
    let (word, advice) = line.refusal("get_fitting_slots");
    assert_eq!(word, "weekday_mismatch");
    has(&advice, &["2026-11-24"]);
}

/// Section 6: the times of several days are all stamped with the first day.
#[tokio::test]
async fn a_time_of_the_second_day_is_booked_on_the_second_day() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute(
        "insert into fitting_closures (tenant_id, closed_from, closed_to, reason) \
         select id, date '2026-11-24', date '2026-11-24', 'stocktaking' from tenants",
    )
    .await;
    let moves = with(
        looks_up("2026-11-24", "2026-11-26"),
        vec![
            vec![Calls("book_fitting", slot("2026-11-24", "10:00"))],
            vec![Calls("book_fitting", slot("2026-11-26", "10:00"))],
        ],
    );
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.says(WISH).await;
    let days = line.uses_of("get_fitting_slots")[0].result["days"].clone();
    let days: Vec<&str> =
        days.as_array().expect("days").iter().filter_map(|day| day["date"].as_str()).collect();
    assert_eq!(days, ["2026-11-25", "2026-11-26"]);
    has(&line.says("The 26th at ten.").await, &["26 November", "10:00"]);
    assert_eq!(line.refusal("book_fitting").0, "slot_not_offered");
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-26 10:00");
}
