//! Something dies. The caller must not be left in silence.

use crate::line::{Line, NUMBER, greeted, listens};
use crate::pbx::until;
use crate::phone::tone::tone;
use crate::phone::{Codec, Phase};

const OPERATOR_HZ: u32 = 3_700;

#[tokio::test]
async fn while_the_program_is_down_a_person_answers_every_way_in() {
    let Some(mut line) = Line::open(500, 20).await else { return };
    line.kill_program().await;
    line.expects_warnings("func_curl.c");
    let phone = line.caller(Codec::Pcmu).await;
    for extension in ["1000", "1001", "1002", "1003", "1004"] {
        let call = phone.dial(NUMBER, "Jane", extension).await;
        let person = line.operator.rings().await;
        call.answered().await;
        person.say(&tone(person.rate(), OPERATOR_HZ, 2_000));
        call.hears(OPERATOR_HZ).await;
        call.hang_up().await;
        person.they_hang_up().await;
    }
    line.close().await;
}

#[tokio::test]
async fn a_program_killed_in_the_middle_of_a_call_leaves_the_caller_to_the_operator() {
    let Some(mut line) = Line::open(500, 20).await else { return };
    line.expects_warnings("func_curl.c");
    line.expects_warnings("audiosocket.c: Failed to");
    for extension in ["1001", "1002"] {
        let phone = line.caller(Codec::Pcmu).await;
        let call = phone.dial(NUMBER, "Jane", extension).await;
        greeted(&line, &call).await;
        line.kill_program().await;
        let person = line.operator.rings().await;
        person.answered().await;
        person.say(&tone(person.rate(), OPERATOR_HZ, 4_000));
        call.hears(OPERATOR_HZ).await;
        call.hang_up().await;
        person.they_hang_up().await;
        line.start_program().await;
    }
    // The next caller is served as if nothing had been.
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1001").await;
    greeted(&line, &call).await;
    call.hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn a_program_that_hangs_is_found_out_and_its_callers_go_to_the_operator() {
    let Some(mut line) = Line::open(500, 20).await else { return };
    line.expects_warnings("func_curl.c");
    let phone = line.caller(Codec::Pcmu).await;
    for extension in ["1000", "1001"] {
        let call = phone.dial(NUMBER, "Jane", extension).await;
        greeted(&line, &call).await;
        line.signal("STOP").await;
        let person = line.operator.rings().await;
        person.answered().await;
        person.say(&tone(person.rate(), OPERATOR_HZ, 4_000));
        call.hears(OPERATOR_HZ).await;
        line.signal("CONT").await;
        call.hang_up().await;
        person.they_hang_up().await;
        line.is_clean().await;
    }
    line.close().await;
}

#[tokio::test]
async fn after_asterisk_dies_in_the_middle_of_a_call_the_call_is_over_and_the_next_one_works() {
    let Some(line) = Line::open(500, 20).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let calls =
        [phone.dial(NUMBER, "Jane", "1000").await, phone.dial(NUMBER, "Jane", "1001").await];
    for call in &calls {
        greeted(&line, call).await;
    }
    line.pbx.kill().await;
    until("the program has ended the calls", async || line.is_idle().await).await;
    assert!(listens(line.pbx.ports.audio).await, "the program goes on");
    line.pbx.up().await;
    let call = phone.dial(NUMBER, "Jane", "1000").await;
    greeted(&line, &call).await;
    assert_eq!(call.phase(), Phase::Up);
    call.hang_up().await;
    line.close().await;
}

#[tokio::test]
async fn of_two_nodes_the_one_that_is_down_is_passed_over() {
    let Some(mut line) = Line::open(500, 20).await else { return };
    line.expects_warnings("func_curl.c");
    let ports = line.pbx.ports;
    for (name, value) in [
        ("TREADLINE_HTTP", "http://127.0.0.1:1".to_owned()),
        ("TREADLINE_HTTP_2", format!("http://127.0.0.1:{}", ports.server)),
        ("TREADLINE_AUDIO_2", format!("127.0.0.1:{}", ports.audio)),
    ] {
        line.pbx.cli(&format!("dialplan set global {name} {value}")).await;
    }
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1001").await;
    greeted(&line, &call).await;
    call.hang_up().await;
    line.close().await;
}
