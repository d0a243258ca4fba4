//! Extension 1004: a Stasis application serves the caller, sound travels over a websocket.

use crate::ari_calls::WARM;
use crate::line::{Line, NUMBER, greeted};
use crate::phone::Codec;
use crate::phone::tone::tone;
use treadline::caller::signal::speech_like;

const OPERATOR_HZ: u32 = 3_700;

#[tokio::test]
async fn an_operator_refuses_a_caller_of_the_websocket_once_and_then_takes_them() {
    let Some(mut line) = Line::open_with(500, 20, WARM).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1004").await;
    greeted(&line, &call).await;
    let wish = "I want to speak with an operator, please.";
    line.studio.will_hear(&[wish, wish]);
    for key in ["2", "1"] {
        call.say(&speech_like(call.rate(), 900));
        let person = line.operator.rings().await;
        person.answered().await;
        let told = || {
            line.studio.says("Press")
                && !person.heard().runs(line.studio.tone_of("Press")).is_empty()
        };
        let story = || line.studio.story(&person.heard());
        person.eventually_or("the operator hears which key", told, story).await;
        person.press(key);
        if key == "2" {
            person.they_hang_up().await;
            call.eventually("the caller is told", || line.studio.says("call you back")).await;
            call.hears(line.studio.tone_of("call you back")).await;
            continue;
        }
        person.say(&tone(person.rate(), OPERATOR_HZ, 4_000));
        call.hears(OPERATOR_HZ).await;
        person.hang_up().await;
        call.they_hang_up().await;
    }
    assert_eq!(line.outcome("1004").await, "transferred");
    line.close().await;
}
