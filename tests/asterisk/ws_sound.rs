//! Sound over `Dial(WebSocket/…)`: Asterisk's queue, Asterisk's clock.

use crate::handover::handed_to_the_operator;
use crate::phone::Codec;
use crate::ways::{nothing_old_is_heard, speaks_and_hears_wide};

#[tokio::test]
async fn a_wideband_caller_of_the_websocket_speaks_and_hears_in_16_khz() {
    speaks_and_hears_wide("1005", "").await;
}

#[tokio::test]
async fn after_a_barge_in_over_the_websocket_nothing_old_is_heard() {
    nothing_old_is_heard("1005").await;
}

#[tokio::test]
async fn the_websocket_hands_a_caller_to_the_operator_and_they_hear_each_other() {
    handed_to_the_operator("1005", Codec::L16).await;
}
