//! Keys on the websocket and on the socket: typed on a real telephone, sent as rfc4733.

use crate::line::{Line, NUMBER, greeted};
use crate::phone::Codec;
use crate::phone::tone::tone;

/// A size is typed into the greeting, then a zero for a person.
async fn types_a_size_and_asks_for_a_person(extension: &str) {
    let Some(mut line) = Line::open(500, 20).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", extension).await;
    greeted(&line, &call).await;
    call.press("2055516#");
    call.eventually("the size is understood", || {
        line.studio.sentences().iter().any(|(text, _)| text.contains("two hundred five"))
    })
    .await;
    let answer = line.studio.tone_of("two hundred five");
    call.hears(answer).await;
    call.press("0");
    let person = line.operator.rings().await;
    person.answered().await;
    person.say(&tone(person.rate(), 3_700, 3_000));
    call.hears(3_700).await;
    person.hang_up().await;
    call.they_hang_up().await;
    assert_eq!(line.outcome(extension).await, "transferred");
    line.close().await;
}

#[tokio::test]
async fn a_size_typed_over_the_websocket_is_understood_and_zero_brings_a_person() {
    types_a_size_and_asks_for_a_person("1005").await;
}

#[tokio::test]
async fn a_size_typed_over_audiosocket_is_understood_and_zero_brings_a_person() {
    types_a_size_and_asks_for_a_person("1001").await;
}
