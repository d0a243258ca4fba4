//! Something dies while a call is steered over ARI.

use crate::ari_calls::WARM;
use crate::line::{Line, NUMBER, greeted};
use crate::pbx::until;
use crate::phone::tone::tone;
use crate::phone::{Call, Codec};
use treadline::caller::signal::speech_like;

const CALLER_HZ: u32 = 400;
const OPERATOR_HZ: u32 = 3_700;

async fn talk(caller: &Call, operator: &Call) {
    caller.say(&tone(caller.rate(), CALLER_HZ, 4_000));
    operator.say(&tone(operator.rate(), OPERATOR_HZ, 4_000));
    caller.hears(OPERATOR_HZ).await;
    operator.hears(CALLER_HZ).await;
}

#[tokio::test]
async fn an_asterisk_that_dies_and_comes_back_is_served_again() {
    let Some(line) = Line::open_with(500, 20, WARM).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    line.pbx.kill().await;
    until("no call is live", async || line.is_idle().await).await;
    line.pbx.up().await;
    // The telephone has heard nothing of it; its next call is served.
    let phone = line.caller(Codec::Pcmu).await;
    until("the program is there again", async || line.is_ready().await).await;
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    call.hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn a_program_killed_while_it_steers_a_call_leaves_the_caller_to_the_operator() {
    let Some(mut line) = Line::open_with(500, 20, WARM).await else { return };
    line.expects_warnings("func_curl.c");
    // What Asterisk says when the other end of the ARI connection is killed.
    line.expects_warnings("res_http_websocket.c");
    line.expects_warnings("ari_websockets.c");
    line.expects_warnings("audiosocket.c: Failed to");
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    line.kill_program().await;
    let person = line.operator.rings().await;
    person.answered().await;
    talk(&call, &person).await;
    call.hang_up().await;
    person.they_hang_up().await;
    line.start_program().await;
    // What the dead one left in Asterisk is gone; the next caller is served.
    line.is_clean().await;
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    call.hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn caller_and_operator_talk_on_when_the_program_dies_and_are_hung_up_together() {
    let Some(mut line) = Line::open_with(500, 20, WARM).await else { return };
    line.expects_warnings("func_curl.c");
    // What Asterisk says when the other end of the ARI connection is killed.
    line.expects_warnings("res_http_websocket.c");
    line.expects_warnings("ari_websockets.c");
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1003").await;
    greeted(&line, &call).await;
    line.studio.will_hear(&["I want to speak with an operator, please."]);
    call.say(&speech_like(call.rate(), 900));
    let person = line.operator.rings().await;
    person.answered().await;
    person.eventually("the operator is told", || line.studio.says("Press")).await;
    person.press("1");
    talk(&call, &person).await;
    until("the call is over for us", async || line.is_idle().await).await;
    line.kill_program().await;
    talk(&call, &person).await;
    line.start_program().await;
    until("the program is there again", async || line.is_ready().await).await;
    talk(&call, &person).await;
    person.hang_up().await;
    call.they_hang_up().await;
    line.close().await;
}
