//! The whole program over a back office: `treadline chat` with `store.kind = "http"`.

use super::*;
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

/// What a conversation of these lines shows, until the caller hangs up.
async fn chat(world: &World, settings: &[(&str, &str)], lines: &str) -> (String, String) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("chat-{}", Uuid::new_v4().simple()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_treadline"))
        .args(["chat", "--json", "--as", OWN, "--lang", "en"])
        .current_dir(&folder)
        .env("DATABASE_URL", &world.db.url)
        .env("TREADLINE__DATABASE__DATA_DIR", &folder)
        .env("TREADLINE__STORE__KIND", "http")
        .env("TREADLINE__STORE__BASE_URL", world.api.base_url())
        .env_remove("TREADLINE_STORE_KEY")
        .envs(settings.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut typed = program.stdin.take().unwrap();
    let _ = typed.write_all(lines.as_bytes()).await;
    drop(typed);
    let output =
        timeout(Duration::from_mins(1), program.wait_with_output()).await.unwrap().unwrap();
    let _ = std::fs::remove_dir_all(&folder);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_finds_the_back_offices_tyres_and_the_sample_shop_stays_out() {
    let Some(world) = World::open().await else { return };
    let key = [("TREADLINE_STORE_KEY", KEY)];
    let said = "I need winter tyres 205/55 R16\n";
    let (shown, errors) = chat(&world, &key, said).await;
    assert!(shown.contains("search_tires") && shown.contains("Snowgard"), "{shown}\n{errors}");
    assert!(!world.api.seen("GET /tires/search").is_empty());
    assert_eq!(world.count("select count(*) from products").await, 0, "no sample shop");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_key_the_program_says_so_and_does_not_sell_from_other_books() {
    let Some(world) = World::open().await else { return };
    let (shown, errors) = chat(&world, &[], "hello\n").await;
    assert!(errors.contains("TREADLINE_STORE_KEY"), "{shown}\n{errors}");
    assert!(world.api.seen("").is_empty());
}

/// A caller buys, has the tyres fitted, and in the next call gives the fitting up: all of it in the
/// back office's books.
#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_orders_books_and_cancels_in_the_back_office() {
    let Some(world) = World::open().await else { return };
    let key = [("TREADLINE_STORE_KEY", KEY)];
    let lines = "I need winter tyres 205/55 R16\nI will take four Michelin\nI will pick them up\n\
        cash on delivery\nJohn Smith\nyes\nyes please\nObolon\nthe earliest time\n\
        a grey Toyota\nyes\nno, thank you, goodbye\n";
    let (shown, errors) = chat(&world, &key, lines).await;
    let (orders, bookings) = world.api.books(|shop| (shop.orders.clone(), shop.bookings.clone()));
    let order = orders.values().find(|order| order["status"] == "confirmed");
    let order = order.unwrap_or_else(|| panic!("{shown}\n{errors}"));
    assert_eq!(order["items"][0]["product_id"], "00000010422");
    assert_eq!(order["customer"]["name"], "John Smith");
    let booking = bookings.values().next().unwrap_or_else(|| panic!("{shown}\n{errors}"));
    assert_eq!(booking["station_id"], "st-obolon");
    assert_eq!(booking["linked_order_id"], order["order_id"]);
    assert_eq!(booking["customer_name"], "John Smith", "the name of the order");

    let (shown, errors) = chat(&world, &key, "cancel my booking\nyes\nyes\nno, goodbye\n").await;
    assert!(world.api.books(|shop| shop.bookings.is_empty()), "{shown}\n{errors}");
}
