//! `treadline replay`: a call that was taken goes the same way again.

use crate::process::database::fresh_database;
use crate::process::program::{Chat, Folder};
use crate::process::{ENGLISH, UKRAINIAN, booked, number, shop};
use sqlx::AssertSqlSafe;
use treadline::turn::Fixture;
use uuid::Uuid;

async fn chat(folder: &Folder, lang: &str, lines: &[&str]) {
    let args = ["chat", "--json", "--as", "+380671234500", "--lang", lang];
    booked(&Chat::start(folder.program(&args)).converse(lines).await);
}

async fn only_call(url: &str) -> String {
    let id: Uuid = sqlx::query_scalar("select call_id from call_journal group by call_id")
        .fetch_one(&mut shop(url).await)
        .await
        .expect("one call");
    id.to_string()
}

async fn change(url: &str, sql: &'static str) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut shop(url).await).await.expect("changed");
}

#[tokio::test]
async fn a_call_replays_to_the_same_effects_and_becomes_a_fixture_without_people() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    chat(&folder, "uk", UKRAINIAN).await;
    let call = only_call(&db.url).await;
    let said = folder.run(&["replay", &call]).await.succeeded();
    assert!(said.contains("same effects, byte for byte"), "{said}");
    assert!(said.contains(&call) && said.lines().count() == 2, "{said}");
    let said = folder.run(&["replay", &call, "--to", "call.json"]).await.succeeded();
    assert!(said.contains("saved with personal data masked: call.json"), "{said}");
    let text = folder.read("call.json");
    for person in ["Оксана", "671234500", call.as_str()] {
        assert!(!text.contains(person), "{person} is in the fixture");
    }
    let fixture = Fixture::parse(&text).expect("a fixture");
    let counts = fixture.tape().check().expect("it replays");
    let told: Vec<&str> = said.split_whitespace().collect();
    assert!(told.contains(&"events,") && counts.events > 30, "{said}");
}

#[tokio::test]
async fn a_replay_names_the_first_difference_and_the_core_that_took_the_call() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    chat(&folder, "en", ENGLISH).await;
    let call = only_call(&db.url).await;
    let moved = "update call_journal set record = \
        jsonb_set(record, '{steps,0,event,facts,shop_name}', '\"Elsewhere\"') where seq = 3";
    change(&db.url, moved).await;
    let (code, error) = folder.run(&["replay", &call]).await.failed();
    assert_eq!(code, Some(1));
    for part in ["seq 3", "expected: {", "got:      {", "Elsewhere"] {
        assert!(error.contains(part), "{part:?} is not in {error}");
    }
    let older = "update call_journal set record = jsonb_set(record, '{core}', '\"0.0.1-old\"') \
                 where record->>'record' = 'core'";
    change(&db.url, older).await;
    let (code, error) = folder.run(&["replay", &call]).await.failed();
    assert_eq!(code, Some(1));
    assert!(error.contains("made by core 0.0.1-old and this program has core 0."), "{error}");
    change(&db.url, "delete from call_journal where seq = 5").await;
    let (_, error) = folder.run(&["replay", &call]).await.failed();
    assert!(error.contains("record 5 of the journal is missing"), "{error}");
    let nobody = Uuid::new_v4().to_string();
    let (code, error) = folder.run(&["replay", &nobody]).await.failed();
    assert_eq!(code, Some(1));
    assert!(error.contains(&format!("call {nobody} is not known")), "{error}");
}

#[tokio::test]
async fn a_journal_that_has_not_reached_postgres_replays_from_the_spool() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    change(&db.url, "revoke insert on call_journal from treadline_app").await;
    chat(&folder, "en", ENGLISH).await;
    change(&db.url, "grant insert on call_journal to treadline_app").await;
    assert_eq!(number(&db.url, "select count(*) from call_journal").await, 0);
    let call = folder.call_in_the_spool();
    let said = folder.run(&["replay", &call]).await.succeeded();
    assert!(said.contains("same effects, byte for byte"), "{said}");
    // The next start of the program brings it home; `stats` reads, a chat writes.
    let args = ["chat", "--json", "--lang", "en"];
    Chat::start(folder.program(&args)).converse(&["Goodbye."]).await;
    let home = format!("select count(*) from call_journal where call_id = '{call}'");
    assert!(number(&db.url, Box::leak(home.into_boxed_str())).await > 10);
    let said = folder.run(&["replay", &call]).await.succeeded();
    assert!(said.contains("same effects, byte for byte"), "{said}");
}

#[tokio::test]
async fn what_is_said_after_dont_record_me_stands_nowhere_and_the_replay_says_how_far_it_goes() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let args = ["chat", "--json", "--as", "+380671234500", "--lang", "en"];
    let lines = [
        "Hello, I need winter tires, 205 55 R16.",
        "Please don't record me.",
        "My green car is called Pumpkin.",
        "Goodbye.",
    ];
    Chat::start(folder.program(&args)).converse(&lines).await;
    let kept = "select count(*) from call_journal where record::text ilike '%pumpkin%'";
    assert_eq!(number(&db.url, kept).await, 0);
    let before = "select count(*) from call_journal where record::text ilike '%winter tires%'";
    assert!(number(&db.url, before).await > 0, "what was said before is kept");
    let call = only_call(&db.url).await;
    let said = folder.run(&["replay", &call]).await.succeeded();
    assert!(said.contains("same effects, byte for byte"), "{said}");
    let why = "on nothing can be replayed: the caller asked not to be recorded";
    assert!(said.contains(why), "{said}");
}
