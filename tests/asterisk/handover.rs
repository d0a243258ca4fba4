//! From the agent to a person, by the word at `/next`: with sound on both legs, and when no person
//! comes.

use crate::line::{Line, NUMBER, greeted};
use crate::pbx::until;
use crate::phone::tone::{level, tone};
use crate::phone::{Call, Codec, Manner};
use std::path::PathBuf;
use treadline::caller::signal::speech_like;

/// Asterisk's ring tone, for callers whose call was answered before.
const RING_HZ: u32 = 425;
/// What caller and operator say to each other.
const CALLER_HZ: u32 = 400;
const OPERATOR_HZ: u32 = 3_700;

/// The caller asks for a person and the agent gives the call back.
fn asks_for_a_person(line: &Line, call: &Call) {
    line.studio.will_hear(&["I want to speak with an operator, please."]);
    call.say(&speech_like(call.rate(), 900));
}

/// Both say a tone, and each hears the other's.
async fn talk(caller: &Call, operator: &Call) {
    caller.say(&tone(caller.rate(), CALLER_HZ, 4_000));
    operator.say(&tone(operator.rate(), OPERATOR_HZ, 4_000));
    caller.hears(OPERATOR_HZ).await;
    operator.hears(CALLER_HZ).await;
}

/// Keys go from one telephone to the other, each once.
async fn press(caller: &Call, operator: &Call) {
    caller.press("1590#");
    operator.eventually("the keys arrive", || operator.heard().keys == "1590#").await;
    operator.press("27*");
    caller.eventually("the keys arrive", || caller.heard().keys == "27*").await;
}

/// Recordings in the mailbox.
fn messages(line: &Line) -> Vec<PathBuf> {
    let inbox = line.pbx.spool("voicemail/default/100/INBOX");
    let files = std::fs::read_dir(inbox).into_iter().flatten().flatten().map(|file| file.path());
    files.filter(|path| path.extension().is_some_and(|kind| kind == "wav")).collect()
}

pub async fn handed_to_the_operator(extension: &str, codec: Codec) {
    let Some(mut line) = Line::open(500, 20).await else { return };
    let phone = line.caller(codec).await;
    let call = phone.dial(NUMBER, "Jane", extension).await;
    greeted(&line, &call).await;
    asks_for_a_person(&line, &call);
    let person = line.operator.rings().await;
    person.answered().await;
    assert!(person.from.contains(NUMBER), "the operator sees who calls: {}", person.from);
    talk(&call, &person).await;
    press(&call, &person).await;
    call.heard().assert_whole();
    person.heard().assert_whole();
    person.hang_up().await;
    call.they_hang_up().await;
    assert_eq!(line.outcome(extension).await, "transferred");
    line.close().await;
}

#[tokio::test]
async fn audiosocket_hands_a_caller_to_the_operator_and_they_hear_each_other() {
    handed_to_the_operator("1000", Codec::Pcmu).await;
}

#[tokio::test]
async fn the_channel_hands_a_wideband_caller_to_the_operator_and_they_hear_each_other() {
    handed_to_the_operator("1001", Codec::L16).await;
}

#[tokio::test]
async fn when_the_operator_is_busy_the_caller_leaves_a_message() {
    let Some(line) = Line::open(500, 20).await else { return };
    line.operator.now(Manner::IsBusy);
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1001").await;
    greeted(&line, &call).await;
    asks_for_a_person(&line, &call);
    until("a message is being recorded", async || recording(&line)).await;
    call.say(&tone(call.rate(), CALLER_HZ, 6_000));
    call.said().await;
    call.hang_up().await;
    until("the message is in the mailbox", async || messages(&line).len() == 1).await;
    let message = &messages(&line)[0];
    let samples = treadline::caller::wav::read(message, 8_000).expect("a recording");
    let middle = samples.len() / 2;
    assert!(level(&samples[middle - 800..middle + 800], 8_000, CALLER_HZ) > 2_000.0);
    line.close().await;
}

/// Whether the mailbox is taking a message, after its announcement.
fn recording(line: &Line) -> bool {
    let folder = line.pbx.spool("voicemail/default/100/tmp");
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .any(|file| file.path().extension().is_some_and(|kind| kind == "wav"))
}

#[tokio::test]
async fn when_nobody_picks_up_the_caller_hears_it_ring_and_then_the_mailbox() {
    let Some(mut line) = Line::open(500, 20).await else { return };
    line.pbx.cli("dialplan set global TREADLINE_RING_S 3").await;
    line.operator.now(Manner::Rings);
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1000").await;
    greeted(&line, &call).await;
    asks_for_a_person(&line, &call);
    let person = line.operator.rings().await;
    call.hears(RING_HZ).await;
    person.they_hang_up().await;
    until("a message is being recorded", async || recording(&line)).await;
    call.hang_up().await;
    line.close().await;
}
