//! By the commands, from a shop with orders to another machine's empty Postgres.

use crate::restore::database::fresh_database;
use crate::restore::program::{Chat, Folder};
use crate::restore::{Shelf, content, execute, number};
use std::os::unix::fs::PermissionsExt as _;

const ORDERING: &[&str] = &[
    "Hello, I need winter tires, 205 55 R16.",
    "The first one, please.",
    "I want to order four of them.",
    "I will pick them up myself.",
    "The first one, please.",
    "Cash.",
    "John Smith.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

const BOOKING: &[&str] = &[
    "Hello, I need winter tires, 205 55 R16.",
    "I would like to book a tire fitting.",
    "The first one, please.",
    "The earliest time you have, please.",
    "My name is John Smith.",
    "It is a white Toyota.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

/// Starts of the program until nothing waits any more.
const STARTS_MAX: usize = 8;

/// What the shop must have again.
const TABLES: [&str; 12] = [
    "orders",
    "order_items",
    "fitting_bookings",
    "approvals",
    "products",
    "customers",
    "calls",
    "call_turns",
    "call_tool_calls",
    "call_journal",
    "housekeeping.retention",
    "_sqlx_migrations",
];

/// A conversation by text, with the real program; what it changed in the shop.
async fn talk(folder: &Folder, caller: &str, lines: &[&str]) -> Vec<String> {
    let args = ["chat", "--json", "--as", caller, "--lang", "en"];
    let printed = Chat::start(folder.program(&args)).converse(lines).await;
    let effects = printed.iter().filter(|line| line["type"] == "effect");
    effects.filter_map(|line| line["kind"].as_str()).map(str::to_owned).collect()
}

/// A start of the program brings what waits into the database; one that a busy machine leaves no
/// time for it leaves the rest to the next.
async fn brought_home(folder: &Folder) {
    let waiting = || std::fs::read_dir(folder.path().join("data/spool")).unwrap().count();
    assert!(waiting() > 0);
    for _ in 0..STARTS_MAX {
        talk(folder, "+380671234503", &["Goodbye."]).await;
        if waiting() == 0 {
            return;
        }
    }
    panic!("the spool is not empty: {}", folder.read("errors.txt"));
}

/// The journal of a call, hashed.
async fn journal(url: &str, call: &str) -> String {
    let rows =
        format!("(select seq, at, record from call_journal where call_id = '{call}' order by seq)");
    content(url, &rows).await
}

#[tokio::test]
async fn a_shop_comes_back_on_an_empty_server_with_what_was_on_its_way() {
    let Some(db) = fresh_database().await else { return };
    let shop = Folder::with_database(&db.url);
    assert!(talk(&shop, "+380671234500", ORDERING).await.contains(&"order".to_owned()));
    assert!(talk(&shop, "+380671234501", BOOKING).await.contains(&"fitting_booking".to_owned()));
    // From here on the log cannot reach Postgres; orders still can.
    execute(&db.url, "revoke insert on call_journal from treadline_app").await;
    assert!(talk(&shop, "+380671234502", ORDERING).await.contains(&"order".to_owned()));
    execute(&db.url, "grant insert on call_journal to treadline_app").await;
    let waiting = shop.call_in_the_spool();
    let of_it = format!("select count(*) from call_journal where call_id = '{waiting}'");
    assert_eq!(number(&db.url, &of_it).await, 0);

    let shelf = Shelf::new();
    let said = shop.run(&["backup", &shelf.at("")]).await.succeeded();
    assert!(said.contains("mode 0600") && said.contains("in 1 journal on their way"), "{said}");
    let [file] = &shelf.files("")[..] else { panic!("one file: {:?}", shelf.files("")) };
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);

    // Another machine: its own Postgres, without any of our roles or tables.
    let other = Folder::new();
    let said = other.run(&["restore", &shelf.at("")]).await.succeeded();
    assert!(said.contains("the next start of the program brings them"), "{said}");
    let url = other.run(&["db", "url"]).await.succeeded();
    let url = url.trim_end();
    for table in TABLES {
        let (before, after) = (content(&db.url, table).await, content(url, table).await);
        assert_eq!(before, after, "{table}");
        assert!(said.lines().any(|line| line.contains(table) && line.ends_with("the same")));
    }
    assert_eq!(number(url, "select count(*) from orders where status = 'confirmed'").await, 2);

    // The next start brings what was on its way, in both places, and the shop goes on.
    for folder in [&shop, &other] {
        brought_home(folder).await;
    }
    assert!(number(url, &of_it).await > 10);
    assert_eq!(journal(&db.url, &waiting).await, journal(url, &waiting).await);
    let ended =
        format!("select count(*) from calls where id = '{waiting}' and outcome = 'resolved'");
    assert_eq!(number(url, &ended).await, 1);
    let effects = talk(&other, "+380671234504", ORDERING).await;
    assert!(effects.contains(&"order".to_owned()), "{effects:?}");
    let numbers = "select count(distinct order_number) from orders where status = 'confirmed'";
    assert_eq!(number(url, numbers).await, 3, "numbers go on where they were");
    other.stop_database().await;
}

#[tokio::test]
async fn a_backup_says_what_it_lacks_and_leaves_nothing_behind() {
    let Some(db) = fresh_database().await else { return };
    let (shop, shelf) = (Folder::with_database(&db.url), Shelf::new());
    std::fs::create_dir_all(shelf.at("nothing")).unwrap();
    let mut program = shop.program(&["backup", &shelf.at("b.backup")]);
    program
        .env("TREADLINE__DATABASE__POSTGRES_DIR", shelf.at("nothing"))
        .env("PATH", shelf.at("nothing"))
        .stderr(std::process::Stdio::piped());
    let done = program.output().await.unwrap();
    let error = String::from_utf8_lossy(&done.stderr).into_owned();
    // The machine may have an older one in Debian's place.
    let told = error.contains("there is no pg_dump") || error.contains("or newer; there is only");
    assert!(!done.status.success() && told, "{error}");
    assert_eq!(shelf.files("").len(), 1, "{:?}", shelf.files(""));

    std::fs::write(shelf.at("b.backup"), "mine").unwrap();
    let (_, error) = shop.run(&["backup", &shelf.at("b.backup")]).await.failed();
    assert!(error.contains("b.backup: is left alone"), "{error}");
    assert_eq!(std::fs::read_to_string(shelf.at("b.backup")).unwrap(), "mine");
    let (_, error) = shop.run(&["backup", &shelf.at("nowhere/b.backup")]).await.failed();
    assert!(error.contains("nowhere/b.backup.partial: cannot be written"), "{error}");
}
