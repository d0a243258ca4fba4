//! Extension 1003: a Stasis application serves the caller, sound travels over AudioSocket.

use crate::line::{Line, NUMBER, greeted};
use crate::pbx::until;
use crate::phone::tone::tone;
use crate::phone::{Codec, Manner, Phase};
use crate::ways::speaks_and_hears_wide;
use treadline::caller::signal::speech_like;

/// What makes the program serve calls over ARI. The operator hears what the call is about.
pub const WARM: &str = r#"
[ari]
enabled = true
url = "{ari}"
"#;

#[tokio::test]
async fn a_wideband_caller_of_ari_speaks_and_hears_in_16_khz() {
    speaks_and_hears_wide("1003", WARM).await;
}

#[tokio::test]
async fn a_caller_of_ari_who_says_goodbye_is_hung_up_by_us() {
    let Some(line) = Line::open_with(500, 20, WARM).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    line.studio.will_hear(&["Goodbye."]);
    call.say(&speech_like(call.rate(), 900));
    call.they_hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn a_caller_of_ari_may_hang_up_in_every_phase() {
    let Some(mut line) = Line::open_with(500, 20, WARM).await else { return };
    line.operator.now(Manner::Rings);
    let phone = line.caller(Codec::Pcmu).await;

    // At once, before anything is agreed.
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    call.hang_up().await;
    assert_eq!(call.phase(), Phase::WeEnded);
    line.is_clean().await;

    // When it is just answered, while channel, audio and bridge are being made.
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    call.answered().await;
    call.hang_up().await;
    line.is_clean().await;

    // While the agent listens, in the middle of a word.
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    call.say(&speech_like(call.rate(), 5_000));
    call.eventually("it is half said", || call.left_to_say() < 20_000).await;
    call.hang_up().await;
    line.is_clean().await;

    // While the operator's telephone rings.
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    line.studio.will_hear(&["I want to speak with an operator, please."]);
    call.say(&speech_like(call.rate(), 900));
    let person = line.operator.rings().await;
    person.ringing().await;
    call.hang_up().await;
    person.they_hang_up().await;
    line.all_ended("abandoned").await;
    line.close().await;
}

#[tokio::test]
async fn an_asterisk_that_opens_the_ari_connection_itself_is_served_too() {
    let outbound = "[ari]\nenabled = true\nurl = \"http://127.0.0.1:9\"\nlisten = \"{ari_out}\"\n";
    let Some(mut line) = Line::open_with(500, 20, outbound).await else { return };
    // It warns as long as nobody listens there.
    line.expects_warnings("websocket");
    until("Asterisk has connected", async || line.is_ready().await).await;
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    line.studio.will_hear(&["I want to speak with an operator, please."]);
    call.say(&speech_like(call.rate(), 900));
    let person = line.operator.rings().await;
    person.answered().await;
    person.eventually("the operator is told", || line.studio.says("Press")).await;
    person.press("1");
    person.say(&tone(person.rate(), 3_700, 4_000));
    call.hears(3_700).await;
    call.hang_up().await;
    person.they_hang_up().await;
    line.close().await;
}
