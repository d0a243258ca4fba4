//! Extension 1004: a Stasis application serves the caller, sound travels over a websocket.

use crate::ari_calls::WARM;
use crate::line::{Line, NUMBER, greeted};
use crate::phone::tone::tone;
use crate::phone::{Codec, Manner};
use crate::ways::{nothing_old_is_heard_with, speaks_and_hears_wide};
use treadline::caller::signal::speech_like;

const OPERATOR_HZ: u32 = 3_700;

#[tokio::test]
async fn a_wideband_caller_of_ari_over_the_websocket_speaks_and_hears_in_16_khz() {
    speaks_and_hears_wide("1004", WARM).await;
}

#[tokio::test]
async fn after_a_barge_in_over_ari_and_the_websocket_nothing_old_is_heard() {
    nothing_old_is_heard_with("1004", WARM).await;
}

#[tokio::test]
async fn a_caller_of_ari_over_the_websocket_may_hang_up_in_every_phase() {
    let Some(mut line) = Line::open_with(500, 20, WARM).await else { return };
    line.operator.now(Manner::Rings);
    let phone = line.caller(Codec::Pcmu).await;

    // At once, before anything is agreed.
    let call = phone.dial(NUMBER, "Jane", "1004").await;
    call.hang_up().await;
    line.is_clean().await;

    // When it is just answered, while channel, sound and bridge are being made.
    let call = phone.dial(NUMBER, "Jane", "1004").await;
    call.answered().await;
    call.hang_up().await;
    line.is_clean().await;

    // While the operator's telephone rings.
    let call = phone.dial(NUMBER, "Jane", "1004").await;
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

/// A program that hangs keeps its connections, and the caller would stay with it for ever.
#[tokio::test]
async fn a_program_that_hangs_while_it_steers_a_call_is_found_out_by_the_watch() {
    let Some(mut line) = Line::open_with(500, 20, WARM).await else { return };
    line.expects_warnings("func_curl.c");
    // Asterisk's messages to a program that does not read.
    line.expects_warnings("res_http_websocket.c");
    line.expects_warnings("ari_websockets.c");
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1004").await;
    greeted(&line, &call).await;
    line.signal("STOP").await;
    let person = line.operator.rings().await;
    person.answered().await;
    person.say(&tone(person.rate(), OPERATOR_HZ, 4_000));
    call.hears(OPERATOR_HZ).await;
    line.signal("CONT").await;
    person.say(&tone(person.rate(), OPERATOR_HZ, 1_000));
    person.said().await;
    call.hang_up().await;
    person.they_hang_up().await;
    line.close().await;
}
