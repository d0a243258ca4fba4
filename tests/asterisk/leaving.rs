//! Callers hang up when they like; nothing may be left of them.

use crate::line::{Line, NUMBER, greeted};
use crate::phone::{Codec, Manner, Phase};
use treadline::caller::signal::speech_like;

#[tokio::test]
async fn a_caller_may_hang_up_in_every_phase() {
    let Some(mut line) = Line::open(500, 30).await else { return };
    line.operator.now(Manner::Rings);
    let phone = line.caller(Codec::Pcmu).await;
    for extension in ["1000", "1001"] {
        // At once, before anything is agreed.
        let call = phone.dial(NUMBER, "Jane", extension).await;
        call.hang_up().await;
        assert_eq!(call.phase(), Phase::WeEnded);
        line.is_clean().await;

        // When it is just answered.
        let call = phone.dial(NUMBER, "Jane", extension).await;
        call.answered().await;
        call.hang_up().await;
        line.is_clean().await;

        // While the agent listens, in the middle of a word.
        let call = phone.dial(NUMBER, "Jane", extension).await;
        greeted(&line, &call).await;
        call.say(&speech_like(call.rate(), 5_000));
        call.eventually("it is half said", || call.left_to_say() < 20_000).await;
        call.hang_up().await;
        line.is_clean().await;

        // While the operator's telephone rings.
        let call = phone.dial(NUMBER, "Jane", extension).await;
        greeted(&line, &call).await;
        line.studio.will_hear(&["I want to speak with an operator, please."]);
        call.say(&speech_like(call.rate(), 900));
        let person = line.operator.rings().await;
        person.ringing().await;
        call.hang_up().await;
        person.they_hang_up().await;
        line.is_clean().await;
    }
    // While speaking with the operator.
    line.operator.now(Manner::Answers);
    let call = phone.dial(NUMBER, "Jane", "1001").await;
    greeted(&line, &call).await;
    line.studio.will_hear(&["I want to speak with an operator, please."]);
    call.say(&speech_like(call.rate(), 900));
    let person = line.operator.rings().await;
    person.answered().await;
    call.hang_up().await;
    person.they_hang_up().await;
    line.close().await;
}
