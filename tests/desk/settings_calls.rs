//! What is saved at the desk holds for the next call, without a restart: real calls to an agent
//! whose desk is its own.

use super::settings::limits;
use super::{Browser, StatusCode};
use crate::support::agent::{Agent, Guest, Setup, says, test, until};
use serde_json::Value;
use treadline::config::Config;
use treadline::db::calls::CallRecord;
use treadline::db::desk::tokens::Purpose;
use treadline::db::desk::users::{self, NewUser, Role};
use treadline::desk;
use treadline::ids::TenantId;
use uuid::Uuid;

const FITTING: &[&str] = &[
    "I would like to book a tire fitting.",
    "The first one, please.",
    "The earliest time you have, please.",
];
const OPERATOR: &[&str] = &["I want to talk to an operator, please."];
const MISHEARD: &[&str] = &["I need mission lane winter tires, 205 55 R16."];

/// A busy machine must not put a "one moment" between a question and its answer.
fn patient(config: &mut Config) {
    config.limits.call.filler_ms = 8_000;
    config.limits.call.quiet_ms_max = 9_000;
    config.transfer.allowed = vec!["operator".into(), "queue".into()];
}

fn setup(scripts: &[&[&'static str]]) -> Setup {
    let scripts = scripts.iter().map(|lines| says(lines)).collect();
    Setup { scripts, configure: patient, ..Setup::default() }
}

/// An admin at the desk of this agent.
async fn at_desk_of(agent: &Agent) -> Browser {
    let email = format!("admin-{}@shop.example", Uuid::new_v4().simple());
    let tenant = TenantId::DEFAULT;
    let new = NewUser { email, name: String::new(), role: Role::Admin, tenant };
    let (pool, clock) = (&agent.parts.pool, &agent.parts.services.clock);
    let id = users::add(pool, new).await.unwrap().unwrap();
    let link = desk::link_for(pool, clock, Purpose::SignIn, Some(id)).await.unwrap();
    let browser = Browser::at(agent.line.http);
    let answer = browser.send_form(&link, &link, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    browser
}

async fn save(browser: &Browser, name: &str, fields: &[(&str, &str)]) {
    let page = format!("/settings/{name}");
    let fields: Vec<_> = [("do", "save")].into_iter().chain(fields.iter().copied()).collect();
    let saved = browser.send_form(&page, &page, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
}

/// A caller who says these lines and hangs up.
async fn phones(agent: &Agent, lines: &[&str]) -> CallRecord {
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    for line in lines {
        guest.say(line).await;
    }
    hung_up(agent, guest).await
}

async fn hung_up(agent: &Agent, guest: Guest) -> CallRecord {
    let id = guest.id();
    guest.call.hang_up().await;
    until("the call is in the log", || async {
        agent.parts.flush_log().await;
        let ended: Option<bool> =
            sqlx::query_scalar("select ended_at is not null from calls where id = $1")
                .bind(id)
                .fetch_optional(&mut agent.db.owner().await)
                .await
                .unwrap();
        ended == Some(true)
    })
    .await;
    agent.rows(id).await.0
}

/// What a tool answered last in a call.
fn answer_of(record: &CallRecord, tool: &str) -> String {
    let call = record.tool_calls.iter().rfind(|call| call.tool_name == tool);
    call.map_or_else(String::new, |call| format!("{:?}", call.tool_result))
}

/// Asks for an operator; the word that the dialplan hears.
async fn goes_to(agent: &Agent) -> String {
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    guest.say("operator").await;
    guest.is_handed_back().await;
    agent.next(guest.id()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_new_holiday_the_next_caller_is_offered_no_time() {
    let Some(agent) = Agent::start(setup(&[FITTING, FITTING])).await else { return };
    let before = answer_of(&phones(&agent, FITTING).await, "get_fitting_slots");
    assert!(before.contains("2026-11-24"), "{before}");
    let admin = at_desk_of(&agent).await;
    let holiday = [("seen", "0"), ("people", ""), ("holidays", "2026-11-24 Stocktaking")];
    save(&admin, "hours", &holiday).await;
    let after = answer_of(&phones(&agent, FITTING).await, "get_fitting_slots");
    assert!(after.contains("2026-11-25") && !after.contains("2026-11-24"), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_call_goes_to_the_target_that_was_chosen_on_every_node() {
    let Some(agent) = Agent::start(setup(&[OPERATOR, OPERATOR])).await else { return };
    let beside = Setup { database_url: Some(agent.db.url.clone()), ..setup(&[OPERATOR]) };
    let Some(beside) = Agent::start(beside).await else { return };
    assert_eq!(goes_to(&agent).await, "operator");
    let admin = at_desk_of(&agent).await;
    save(&admin, "transfers", &[("seen", "0"), ("place_0", "2"), ("place_1", "1")]).await;
    assert_eq!(goes_to(&agent).await, "queue", "at once");
    until("the other node has looked", || async {
        beside.parts.services.settings.line().limits.call.transfer_target == "queue"
    })
    .await;
    assert_eq!(goes_to(&beside).await, "queue");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_turns_a_misheard_word_into_the_right_one_and_is_counted() {
    let Some(agent) = Agent::start(setup(&[MISHEARD, MISHEARD])).await else { return };
    let wrong = phones(&agent, MISHEARD).await;
    let asked = |record: &CallRecord| {
        let search = record.tool_calls.iter().find(|call| call.tool_name == "search_tires");
        search.map_or_else(String::new, |call| format!("{:?}", call.tool_args))
    };
    assert!(!asked(&wrong).contains("Michelin"), "{wrong:#?}");
    let admin = at_desk_of(&agent).await;
    let page = "/settings/corrections";
    let words = [("heard", "mission lane"), ("meant", "Michelin"), ("reason", "by ear")];
    assert_eq!(admin.send_form(page, page, &words).await.status, StatusCode::SEE_OTHER);
    let right = phones(&agent, MISHEARD).await;
    let heard = right.turns.iter().find(|turn| turn.speaker == "customer").unwrap();
    assert_eq!(heard.content, "I need Michelin winter tires, 205 55 R16.");
    assert!(asked(&right).contains("Michelin"), "{right:#?}");
    until("it is counted", || async {
        let counts: (i64, i64, bool) = sqlx::query_as(
            "select times_applied, times_helped, last_applied_at is not null from learning_records",
        )
        .fetch_one(&mut agent.db.owner().await)
        .await
        .unwrap();
        counts == (1, 1, true)
    })
    .await;
    assert!(admin.get(page).await.text.contains("1 (100 %)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lower_limit_and_another_greeting_hold_for_the_next_call() {
    let Some(agent) = Agent::start(setup(&[&[], &[], &[]])).await else { return };
    let admin = at_desk_of(&agent).await;
    let name = [("seen", "0"), ("name", "Wheels of Lviv"), ("language", "en")];
    save(&admin, "greeting", &name).await;
    // Numbers of the tests' own agent are far above.
    let wide = [("calls_per_number_max", "1000"), ("calls_per_number_hour_max", "1000")];
    let mut narrow = limits(&[("seen", "0"), ("calls_max", "1"), wide[0], wide[1]]);
    narrow.retain(|(name, _)| *name != "do");
    save(&admin, "limits", &narrow).await;
    let first = agent.call(test()).await;
    first.is_greeted().await;
    let second = agent.call(test()).await;
    second.is_handed_back().await;
    assert_eq!(agent.next(second.id()).await, "operator", "no place is left");
    let record = hung_up(&agent, first).await;
    let greeting = record.turns.first().unwrap();
    assert!(greeting.content.contains("Wheels of Lviv"), "{}", greeting.content);
    let setup: Value =
        sqlx::query_scalar("select value from settings where key = 'limits' and version = 1")
            .fetch_one(&mut agent.db.owner().await)
            .await
            .unwrap();
    assert_eq!(setup["calls_max"], 1);
}
