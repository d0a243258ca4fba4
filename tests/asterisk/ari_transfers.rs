//! People who are brought to a call over ARI: what each of the three hears, what stands in the
//! database, and what is left.

use crate::ari_calls::WARM;
use crate::line::{Line, NUMBER, greeted};
use crate::phone::tone::tone;
use crate::phone::{Call, Codec, Manner, Phone};
use sqlx::AssertSqlSafe;
use treadline::caller::signal::speech_like;

/// What caller and operator say to each other.
const CALLER_HZ: u32 = 400;
const OPERATOR_HZ: u32 = 3_700;

const BRIDGE: &str = r#"
[ari]
enabled = true
url = "{ari}"

[[transfer.targets]]
name = "operator"
endpoint = "PJSIP/operator"
kind = "bridge"
ring_s = 20
meanwhile = "agent"
"#;

const BLIND: &str = r#"
[ari]
enabled = true
url = "{ari}"

[transfer]
targets = []
"#;

const SHORT_RING: &str = r#"
[ari]
enabled = true
url = "{ari}"

[[transfer.targets]]
name = "operator"
endpoint = "PJSIP/operator"
kind = "warm"
ring_s = 5
"#;

/// An endpoint that this Asterisk does not have.
const ABSENT: &str = r#"
[ari]
enabled = true
url = "{ari}"

[[transfer.targets]]
name = "operator"
endpoint = "PJSIP/absent"
kind = "warm"
"#;

/// A caller of 1003 who has asked for a person.
async fn who_asks_for_a_person(line: &Line, phone: &Phone) -> Call {
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(line, &call).await;
    line.studio.will_hear(&["I want to speak with an operator, please.", "Yes, please."]);
    call.say(&speech_like(call.rate(), 900));
    call
}

/// Both say a tone, and each hears the other's; from then on the caller's sound is in one piece.
async fn talk(caller: &Call, operator: &Call) {
    caller.say(&tone(caller.rate(), CALLER_HZ, 4_000));
    operator.say(&tone(operator.rate(), OPERATOR_HZ, 4_000));
    let start = caller.hears(OPERATOR_HZ).await;
    operator.hears(CALLER_HZ).await;
    caller.said().await;
    caller.heard().since(start).assert_whole();
}

/// Hears the sentence of ours with `part` in it.
async fn hears(line: &Line, call: &Call, part: &str) {
    call.eventually_or(
        part,
        || line.studio.says(part) && !call.heard().runs(line.studio.tone_of(part)).is_empty(),
        || line.studio.story(&call.heard()),
    )
    .await;
}

/// Whether `call` has heard any of the sentence with `part` in it.
fn has_heard(line: &Line, call: &Call, part: &str) -> bool {
    !call.heard().runs(line.studio.tone_of(part)).is_empty()
}

/// Kind and outcome of every attempt, in order.
async fn attempts(line: &Line) -> Vec<(String, String)> {
    let sql = "select kind, coalesce(outcome, '…') from call_transfers order by requested_at";
    let mut owner = line.db.owner().await;
    sqlx::query("select set_config('app.tenant_id', $1, false)")
        .bind(treadline::ids::TenantId::DEFAULT.0.to_string())
        .execute(&mut owner)
        .await
        .expect("set");
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut owner).await.expect("asked")
}

async fn went(line: &Line, kind: &str, outcome: &str) {
    let wanted = [(kind.to_owned(), outcome.to_owned())];
    crate::pbx::until("the attempt is in the log", async || attempts(line).await == wanted).await;
}

#[tokio::test]
async fn an_operator_hears_what_the_call_is_about_and_takes_it_with_one() {
    let Some(mut line) = Line::open_with(500, 20, WARM).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = who_asks_for_a_person(&line, &phone).await;
    let person = line.operator.rings().await;
    person.answered().await;
    assert!(person.from.contains(NUMBER), "the operator sees who calls: {}", person.from);
    hears(&line, &person, "A call from").await;
    hears(&line, &person, "Press").await;
    person.press("1");
    talk(&call, &person).await;
    assert!(!has_heard(&line, &call, "A call from"), "the caller heard music meanwhile");
    assert!(!has_heard(&line, &call, "Press"), "the caller heard music meanwhile");
    went(&line, "warm", "taken").await;
    person.hang_up().await;
    call.they_hang_up().await;
    assert_eq!(line.outcome("1003").await, "transferred");
    line.close().await;
}

#[tokio::test]
async fn an_operator_who_refuses_sends_the_caller_back_to_the_agent() {
    let Some(mut line) = Line::open_with(500, 20, WARM).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = who_asks_for_a_person(&line, &phone).await;
    let person = line.operator.rings().await;
    person.answered().await;
    hears(&line, &person, "Press").await;
    person.press("2");
    person.they_hang_up().await;
    hears(&line, &call, "call you back").await;
    went(&line, "warm", "refused").await;
    call.say(&speech_like(call.rate(), 900));
    hears(&line, &call, "Noted").await;
    call.hang_up().await;
    assert_eq!(line.outcome("1003").await, "callback");
    line.close().await;
}

#[tokio::test]
async fn a_busy_operator_is_no_dead_end() {
    let Some(line) = Line::open_with(500, 20, WARM).await else { return };
    line.operator.now(Manner::IsBusy);
    let phone = line.caller(Codec::Pcmu).await;
    let call = who_asks_for_a_person(&line, &phone).await;
    hears(&line, &call, "call you back").await;
    went(&line, "warm", "busy").await;
    call.hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn an_operator_who_does_not_pick_up_is_not_waited_for_for_ever() {
    let Some(mut line) = Line::open_with(500, 20, SHORT_RING).await else { return };
    line.operator.now(Manner::Rings);
    let phone = line.caller(Codec::Pcmu).await;
    let call = who_asks_for_a_person(&line, &phone).await;
    let person = line.operator.rings().await;
    person.they_hang_up().await;
    hears(&line, &call, "call you back").await;
    went(&line, "warm", "no_answer").await;
    call.hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn an_operator_whose_telephone_does_not_exist_is_offline() {
    let Some(mut line) = Line::open_with(500, 20, ABSENT).await else { return };
    line.expects_warnings("absent");
    let phone = line.caller(Codec::Pcmu).await;
    let call = who_asks_for_a_person(&line, &phone).await;
    hears(&line, &call, "call you back").await;
    went(&line, "warm", "offline").await;
    call.hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn out_of_hours_nobody_is_rung() {
    // Two days from now, so that it is closed now whatever the time of day and the zone.
    let open = (chrono::Utc::now() + chrono::Days::new(2)).format("%a").to_string();
    let hours = format!("hours = [\"{} 10:00-11:00\"]\n", open.to_lowercase());
    let Some(line) = Line::open_with(500, 20, &(SHORT_RING.to_owned() + &hours)).await else {
        return;
    };
    let phone = line.caller(Codec::Pcmu).await;
    let call = who_asks_for_a_person(&line, &phone).await;
    hears(&line, &call, "call you back").await;
    went(&line, "warm", "out_of_hours").await;
    let rung = line.studio.says("A call from");
    assert!(!rung, "nobody picked up");
    call.hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn a_bridge_swap_brings_the_operator_to_the_caller_at_once() {
    let Some(mut line) = Line::open_with(500, 20, BRIDGE).await else { return };
    let phone = line.caller(Codec::L16).await;
    let call = who_asks_for_a_person(&line, &phone).await;
    let person = line.operator.rings().await;
    person.answered().await;
    talk(&call, &person).await;
    assert!(!line.studio.says("Press"), "nobody is asked");
    went(&line, "bridge", "taken").await;
    call.hang_up().await;
    person.they_hang_up().await;
    assert_eq!(line.outcome("1003").await, "transferred");
    line.close().await;
}

#[tokio::test]
async fn a_blind_transfer_goes_by_the_dialplan() {
    let Some(mut line) = Line::open_with(500, 20, BLIND).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = who_asks_for_a_person(&line, &phone).await;
    let person = line.operator.rings().await;
    person.answered().await;
    talk(&call, &person).await;
    went(&line, "blind", "handed_over").await;
    person.hang_up().await;
    call.they_hang_up().await;
    assert_eq!(line.outcome("1003").await, "transferred");
    line.close().await;
}
