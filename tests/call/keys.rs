//! Calls in which the caller types, over either leg.

use crate::call::agent::{Agent, Guest, PATIENCE, Setup, says, test, until};
use crate::call::served::{BOOKING, without_fillers};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use treadline::config::Config;
use uuid::Uuid;

/// On which leg a caller comes.
#[derive(Debug, Clone, Copy)]
enum Leg {
    AudioSocket,
    WebSocket,
}

impl Leg {
    async fn call(self, agent: &Agent) -> Guest {
        match self {
            Self::AudioSocket => agent.call(test()).await,
            Self::WebSocket => agent.call_over_websocket(test()).await,
        }
    }
}

/// Everything that the database has of a call, as text.
async fn everything(agent: &Agent, id: Uuid) -> String {
    assert!(agent.parts.flush_log().await, "the log does not reach the database");
    let rows: Vec<Value> = sqlx::query_scalar(
        "select to_jsonb(c) from calls c where id = $1 \
         union all select to_jsonb(t) from call_turns t where call_id = $1 \
         union all select to_jsonb(t) from call_tool_calls t where call_id = $1 \
         union all select to_jsonb(j) from call_journal j where call_id = $1",
    )
    .bind(id)
    .fetch_all(&mut agent.db.owner().await)
    .await
    .expect("read");
    assert!(rows.len() > 3, "there is a call");
    rows.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

async fn ended(agent: &Agent, id: Uuid) {
    until("the end in the log", || async { agent.rows(id).await.0.call.ended_at.is_some() }).await;
}

async fn a_size_is_typed_over_the_greeting(leg: Leg) {
    let setup = Setup { ms_per_char: 60, configure: without_fillers, ..Setup::default() };
    let Some(agent) = Agent::start(setup).await else { return };
    let guest = leg.call(&agent).await;
    assert!(guest.call.wait_until_speaks(PATIENCE).await);
    let heard_before = guest.call.report().frames + 50;
    until("a second of the greeting", || async { guest.call.report().frames >= heard_before })
        .await;
    guest.types("2055516#");
    let id = guest.id();
    until("the agent speaks of the size", || async {
        let asked = agent.voice.asked.lock().expect("no panic");
        asked.iter().any(|text| text.contains("two hundred five, fifty-five"))
    })
    .await;
    guest.call.hang_up().await;
    ended(&agent, id).await;
    let (record, _) = agent.rows(id).await;
    // Keys that come faster than any hand are a line before the greeting's end is told.
    let greeting = record.turns.iter().find(|turn| turn.speaker == "bot").expect("a greeting");
    assert!(greeting.interrupted, "the first key stopped it: {record:#?}");
    let typed = record.turns.iter().find(|turn| turn.speaker == "customer").expect("a line");
    assert_eq!(typed.content, "2055516");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_typed_over_the_greeting_is_understood() {
    a_size_is_typed_over_the_greeting(Leg::AudioSocket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_typed_over_the_greeting_on_the_websocket_is_understood() {
    a_size_is_typed_over_the_greeting(Leg::WebSocket).await;
}

async fn a_booking_is_confirmed_and_rated_by_keys(leg: Leg) {
    fn configure(config: &mut Config) {
        without_fillers(config);
        config.shop.ask_rating = true;
    }
    let lines = &BOOKING[..6];
    let scripts = vec![says(&[lines, &["No, thank you. Goodbye."]].concat())];
    let Some(agent) = Agent::start(Setup { scripts, configure, ..Setup::default() }).await else {
        return;
    };
    let guest = leg.call(&agent).await;
    let id = guest.id();
    guest.is_greeted().await;
    for line in lines {
        guest.say(line).await;
    }
    guest.types("1");
    until("the booking is made", || async {
        let (_, agreed) = agent.rows(id).await;
        agreed.bookings.iter().any(|booking| booking.status == "confirmed")
    })
    .await;
    until("the agent says so", || async {
        let asked = agent.voice.asked.lock().expect("no panic");
        asked.iter().any(|text| text.contains("booked on"))
    })
    .await;
    guest.say("goodbye").await;
    until("the agent asks for a rating", || async {
        let asked = agent.voice.asked.lock().expect("no panic");
        asked.iter().any(|text| text.contains("rate this call"))
    })
    .await;
    guest.types("5");
    guest.is_handed_back().await;
    ended(&agent, id).await;
    let (record, agreed) = agent.rows(id).await;
    assert_eq!(record.call.csat_score, Some(5), "{record:#?}");
    assert_eq!(record.call.outcome.as_deref(), Some("resolved"));
    assert_eq!(agreed.approvals.len(), 1);
    assert_eq!(agreed.approvals[0].status, "approved");
    assert_eq!(agreed.approvals[0].approved_by.as_deref(), Some("customer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn key_one_after_the_read_back_books_and_key_five_rates() {
    a_booking_is_confirmed_and_rated_by_keys(Leg::AudioSocket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn key_one_books_and_key_five_rates_on_the_websocket_too() {
    a_booking_is_confirmed_and_rated_by_keys(Leg::WebSocket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn key_two_after_the_read_back_books_nothing() {
    let lines = &BOOKING[..6];
    let setup =
        Setup { scripts: vec![says(lines)], configure: without_fillers, ..Setup::default() };
    let Some(agent) = Agent::start(setup).await else { return };
    let guest = agent.call(test()).await;
    let id = guest.id();
    guest.is_greeted().await;
    for line in lines {
        guest.say(line).await;
    }
    guest.types("2");
    until("the no is in the log", || async {
        let (_, agreed) = agent.rows(id).await;
        agreed.approvals.iter().any(|approval| approval.status == "rejected")
    })
    .await;
    guest.call.hang_up().await;
    ended(&agent, id).await;
    let (_, agreed) = agent.rows(id).await;
    assert!(agreed.bookings.is_empty(), "{agreed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_key_is_a_wish_and_zero_brings_a_person() {
    use treadline::language::keypad::MenuItem;
    let setup = Setup {
        configure: |config| {
            without_fillers(config);
            config.shop.keypad_menu = vec![MenuItem::Tires, MenuItem::Fitting];
        },
        ..Setup::default()
    };
    let Some(agent) = Agent::start(setup).await else { return };
    let guest = agent.call(test()).await;
    let id = guest.id();
    guest.is_greeted().await;
    guest.types("2");
    until("the wish is answered", || async {
        let (record, _) = agent.rows(id).await;
        record.tool_calls.iter().any(|call| call.tool_name == "get_fitting_stations")
            || record.turns.iter().filter(|turn| turn.speaker == "bot").count() > 2
    })
    .await;
    guest.types("0");
    guest.is_handed_back().await;
    assert_eq!(agent.next(id).await, "operator");
    let (record, _) = agent.rows(id).await;
    let typed: Vec<&str> = record
        .turns
        .iter()
        .filter(|turn| turn.speaker == "customer")
        .map(|turn| turn.content.as_str())
        .collect();
    assert_eq!(typed, ["I would like to book a tyre fitting", "operator"]);
}

/// What the program logs, from its lowest level on.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_card_leaves_no_trace_in_rows_journal_or_log() {
    const CARD: &str = "4111111111111111";
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter("treadline=trace")
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .init();
    let Some(agent) = Agent::start(Setup { configure: without_fillers, ..Setup::default() }).await
    else {
        return;
    };
    let guest = agent.call(test()).await;
    let id = guest.id();
    guest.is_greeted().await;
    guest.types(&format!("{CARD}#"));
    guest.types("1226#");
    until("both lines are in the log", || async {
        let (record, _) = agent.rows(id).await;
        record.turns.iter().filter(|turn| turn.content == "[card]").count() == 2
    })
    .await;
    guest.call.hang_up().await;
    ended(&agent, id).await;
    let kept = everything(&agent, id).await;
    assert!(!kept.contains("1111") && !kept.contains("\"1226\""), "{kept}");
    let logged = String::from_utf8_lossy(&log.0.lock().expect("no panic")).into_owned();
    assert!(logged.contains("treadline"), "the log is written");
    assert!(!logged.contains("41111") && !logged.contains("11111111"), "{logged}");
    let history = agent.history.lock().expect("no panic").clone();
    assert!(!format!("{history:?}").contains("1111"), "{history:?}");
}
