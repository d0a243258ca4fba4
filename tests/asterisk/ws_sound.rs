//! Sound over `Dial(WebSocket/…)`: Asterisk's queue, Asterisk's clock.

use crate::handover::handed_to_the_operator;
use crate::line::{Line, NUMBER, greeted};
use crate::phone::Codec;
use crate::ways::{are_whole, asks, nothing_old_is_heard, strength};

#[tokio::test]
async fn a_wideband_caller_of_the_websocket_speaks_and_hears_in_16_khz() {
    // Every sentence is a tone that a line of 8 kHz cannot carry.
    let Some(line) = Line::open(4_500, 20).await else { return };
    let phone = line.caller(Codec::L16).await;
    let call = phone.dial(NUMBER, "Jane", "1005").await;
    greeted(&line, &call).await;
    let greeting = line.studio.sentences();
    let utterance = asks(&line, &call, 6_000).await;
    assert!(strength(&utterance, 6_000) > 1_000.0, "6 kHz of the caller's arrive");
    are_whole(&line, &greeting, &call.heard());
    call.hang_up().await;
    assert_eq!(line.outcome("1005").await, "abandoned");
    line.close().await;
}

#[tokio::test]
async fn after_a_barge_in_over_the_websocket_nothing_old_is_heard() {
    nothing_old_is_heard("1005").await;
}

#[tokio::test]
async fn the_websocket_hands_a_caller_to_the_operator_and_they_hear_each_other() {
    handed_to_the_operator("1005", Codec::L16).await;
}
