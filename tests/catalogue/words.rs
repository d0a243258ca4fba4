//! What the caller hears: nothing of ours, nothing invented, nothing that goes on for ever.

use crate::catalogue::booking::{looks_up, slot};
use crate::catalogue::line::Move::{self, Calls, Says};
use crate::catalogue::line::{has, lacks};
use crate::catalogue::shop::{CALLER, OBOLON, Shop};
use serde_json::{Value, json};
use treadline::language::Language;

/// What a caller listens to in one go, characters: about twelve seconds.
const HEARD_CHARS_MAX: usize = 220;

fn winter() -> Value {
    json!({ "width": 175, "profile": 70, "diameter": 13, "season": "winter" })
}

/// 8. GUIDs, contract numbers and station ids are read aloud.
#[tokio::test]
async fn no_id_is_read_aloud() {
    let Some(shop) = Shop::open().await else { return };
    let mut moves = looks_up("2026-11-24", "2026-11-24");
    moves.truncate(2);
    moves.extend([
        vec![Says("Station 100201 has free times. Would ten o'clock suit you?")],
        vec![Calls("book_fitting", slot("2026-11-24", "10:00"))],
        vec![Says("Your booking is B1, id 6d9a1a5e-5f3d-4be0-9d39-000000000001.")],
        vec![Calls("search_tires", winter())],
        vec![Calls(
            "create_order_draft",
            json!({ "items": [{ "product_id": "00000010421", "quantity": 4 }] }),
        )],
        vec![Says("Your draft D1 is ready, article 00000010421. Delivery or pickup?")],
    ]);
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.talk(&[
        "I am Ivan, plate AA1234BB. A fitting in Obolon.",
        "Ten o'clock.",
        "Yes.",
        "And four winter tyres 175/70 R13.",
    ])
    .await;
    let heard = line.heard();
    lacks(&heard, &[OBOLON, "6d9a1a5e", "B1,", "draft D1", "00000010421"]);
    has(&heard, &["Would ten o'clock suit you?", "Delivery or pickup?"]);
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
}

/// 9. The model speaks its checklist, in markdown.
#[tokio::test]
async fn no_checklist_and_no_markup_is_spoken() {
    let Some(shop) = Shop::open().await else { return };
    let moves = vec![
        vec![Says(
            "## Progress\n- [x] station chosen\n- [ ] date\nNEXT STEP: ask for the date.\n\
             - **Which day** suits you?",
        )],
        vec![Says("{\"tool\": \"get_fitting_slots\"}")],
    ];
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.talk(&["A fitting, please.", "Tomorrow."]).await;
    let heard = line.heard();
    lacks(&heard, &["#", "[", "*", "{", "NEXT STEP", "get_fitting_slots", "progress"]);
    has(&heard, &["Which day suits you?"]);
}

/// 10. Five addresses in a row, fifteen seconds of speech, and the caller hangs up.
#[tokio::test]
async fn several_stations_lead_to_a_question_and_not_to_a_list_of_addresses() {
    let Some(shop) = Shop::open().await else { return };
    let mut line = shop.rings(Some(CALLER), Language::En).await;
    let heard = line.says("I need a tyre fitting in Kyiv.").await;
    has(&heard, &["Obolon", "Darnytsia", "?"]);
    lacks(&heard, &["Avenue", "Highway"]);
    assert!(heard.chars().count() <= HEARD_CHARS_MAX, "{heard}");
    let stations = &line.uses_of("get_fitting_stations")[0];
    lacks(&stations.result.to_string(), &["Avenue", "Highway"]);
    has(&stations.result["action_required"].to_string(), &["ask_"]);
}

/// 11. An empty search, and the bot falls silent.
#[tokio::test]
async fn an_empty_search_goes_on_with_something_else_in_the_same_turn() {
    let Some(shop) = Shop::open().await else { return };
    for (language, said) in [
        (Language::En, "Summer tyres 175/65 R14 by Premiorri, please."),
        (Language::En, "Winter tyres 245/35 R21."),
        (Language::Uk, "Зимові шини 245/35 R21."),
        (Language::Ru, "Зимние шины 245/35 R21."),
    ] {
        let mut line = shop.rings(Some(CALLER), language).await;
        let heard = line.says(said).await;
        assert!(heard.ends_with('?'), "{said}: {heard}");
        assert!(!line.uses_of("search_tires").is_empty(), "{said}: nothing was looked up");
    }
}

/// 12. "I am looking…" twice, and no tool is called.
#[tokio::test]
async fn who_promises_to_look_has_to_look() {
    let Some(shop) = Shop::open().await else { return };
    let moves = vec![
        vec![Says("Let me check that for you.")],
        vec![Calls("search_tires", winter())],
        vec![Says("The Rosava Snowgard costs 1170 UAH.")],
    ];
    let (mut line, model) = shop.rings_with(Some(CALLER), moves).await;
    has(&line.says("Winter tyres 175/70 R13.").await, &["1170"]);
    has(&model.states()[1], &["called no tool", "Call the tool that fits now"]);
    // Twice: then it counts as no answer, and the caller hears so.
    let moves = vec![vec![Says("Let me check that.")], vec![Says("One moment, I am checking.")]];
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    has(&line.says("Winter tyres 175/70 R13.").await, &["Sorry"]);
}

/// 16. Brand, quantity, price and model are invented out of noise.
#[tokio::test]
async fn what_no_result_and_no_caller_said_is_neither_told_nor_ordered() {
    let Some(shop) = Shop::open().await else { return };
    let invented = json!({ "items": [{ "product_id": "00000011272", "quantity": 4 }] });
    let moves = vec![
        vec![Calls("search_tires", winter())],
        vec![Says("I have the Michelin at 3999 UAH, 12 of them in stock.")],
        vec![Calls("create_order_draft", invented)],
        vec![Says("So that is 205/55 R16 for 15996 UAH. Shall I order them?")],
    ];
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    let heard = line.says("Winter tyres 175/70 R13.").await;
    lacks(&heard, &["3999", "12 of them"]);
    has(&heard, &["Rosava Snowgard at 1170"]);
    let heard = line.says("Mmm, shhh, hrrr.").await;
    lacks(&heard, &["205/55", "15996"]);
    assert_eq!(line.refusal("create_order_draft").0, "product_unknown");
    let drafts = "select count(*)::text from orders where phone = $1";
    assert_eq!(shop.text(drafts, CALLER).await, "0");
}

/// 30. Each answer begins with an echo of the caller's words, two to three seconds a time.
#[tokio::test]
async fn no_answer_repeats_the_callers_line_and_all_are_short() {
    let Some(shop) = Shop::open().await else { return };
    for (language, lines) in [
        (
            Language::En,
            ["Winter tyres 205/55 R16.", "The Rosava.", "How much is the fitting for R16?"],
        ),
        (
            Language::Uk,
            ["Потрібні зимові шини 205/55 R16.", "Розава.", "Скільки коштує шиномонтаж R16?"],
        ),
        (
            Language::Ru,
            ["Нужны зимние шины 205/55 R16.", "Росава.", "Сколько стоит шиномонтаж R16?"],
        ),
    ] {
        let mut line = shop.rings(Some(CALLER), language).await;
        for said in lines {
            let heard = line.says(said).await;
            let start = heard.to_lowercase();
            let echo = said.trim_end_matches(['.', '?']).to_lowercase();
            assert!(!heard.is_empty() && !start.starts_with(&echo), "{said}: {heard}");
            assert!(heard.chars().count() <= HEARD_CHARS_MAX, "{said}: {heard}");
        }
    }
}

fn orders(total: &'static str) -> Vec<Vec<Move>> {
    let items = json!({ "items": [{ "product_id": "00000010421", "quantity": 4 }] });
    let to = json!({ "order_id": "D1", "delivery_type": "delivery", "city": "Kyiv",
        "address": "Shevchenka 12" });
    let confirms = json!({ "order_id": "D1", "payment_method": "cod", "customer_name": "Ivan" });
    vec![
        vec![Calls("search_tires", winter())],
        vec![Calls("create_order_draft", items)],
        vec![Calls("update_order_delivery", to)],
        vec![Says(total)],
        vec![Calls("confirm_order", confirms.clone()), Calls("confirm_order", confirms.clone())],
        vec![Calls("confirm_order", confirms.clone())],
        vec![Says("Anything else?")],
        vec![Calls("confirm_order", confirms)],
    ]
}

const ORDER: &str = "I am Ivan. Four winter Rosava 175/70 R13 to Shevchenka 12 in Kyiv.";

/// Section 6: totals are computed by the model. Here only the database computes, and another sum
/// is not spoken.
#[tokio::test]
async fn a_total_of_the_models_own_is_not_told_and_not_charged() {
    let Some(shop) = Shop::open().await else { return };
    let (mut line, _) =
        shop.rings_with(Some(CALLER), orders("That makes 3500 UAH together.")).await;
    let heard = line.says(ORDER).await;
    lacks(&heard, &["3500"]);
    let total = line.uses_of("update_order_delivery")[0].result["total"].clone();
    let total = total.as_str().expect("a total").to_owned();
    has(&heard, &[&total]);
    has(&line.says("Go on.").await, &[&total, "Ivan", "?"]);
    line.says("Yes.").await;
    assert_eq!(shop.orders(CALLER).await, "4 x 00000010421 = 4680.00");
}

/// Section 6: idempotency keys are random, so that a repeat is a second order.
#[tokio::test]
async fn a_confirmation_that_is_repeated_is_one_order() {
    let Some(shop) = Shop::open().await else { return };
    let (mut line, _) = shop.rings_with(Some(CALLER), orders("Shall I read it back?")).await;
    line.talk(&[ORDER, "Go on.", "Yes.", "Yes.", "Yes."]).await;
    assert_eq!(shop.orders(CALLER).await, "4 x 00000010421 = 4680.00");
    let stock = "select quantity::text from products where sku = '00000010421' and $1 <> ''";
    assert_eq!(shop.text(stock, CALLER).await, "12", "four of sixteen were taken, once");
}
