//! What a caller hears behind a real Asterisk, in milliseconds: `make bench-line`, some three
//! minutes for each way in; `make bench-line ROUTES="1003 1004"` measures these alone.
//!
//! The telephone of `tests/asterisk` calls the program as a shop runs it; ears and voice are
//! scripted and answer at once. All times are by the clock of the telephone, packet by packet.
//! On a machine that is busy with other things these are measured too.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../../tests/support/database.rs"]
mod database;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../tests/asterisk/line.rs"]
mod line;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../tests/asterisk/pbx.rs"]
mod pbx;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../tests/asterisk/phone/mod.rs"]
mod phone;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../tests/support/program.rs"]
mod program;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../tests/asterisk/studio.rs"]
mod studio;

use line::{Line, NUMBER, greeted};
use phone::recording::Packet;
use phone::tone::{level, tone};
use phone::{Call, Codec, Recording};
use std::time::Duration;
use tokio::time::Instant;
use treadline::caller::signal::speech_like;

const ROUTES: [(&str, Codec); 5] = [
    ("1000", Codec::Pcmu),
    ("1001", Codec::L16),
    ("1003", Codec::L16),
    ("1004", Codec::L16),
    ("1005", Codec::L16),
];
/// Over ARI the operator is with the caller as soon as he picks up, as he is over the dialplan.
const SETTINGS: &str = r#"
[ari]
enabled = true
url = "{ari}"

[[transfer.targets]]
name = "operator"
endpoint = "PJSIP/operator"
kind = "bridge"
ring_s = 20
meanwhile = "agent"
"#;
/// Calls for each figure that is a delay.
const CALLS: usize = 10;
/// A packet with a tone of at least this level sounds.
const AUDIBLE: f64 = 800.0;
const OPERATOR_HZ: u32 = 3_700;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        // Cargo adds a flag of its own.
        let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
        println!("route  what                                            median      max  target");
        for (route, codec) in ROUTES {
            if !asked.is_empty() && !asked.iter().any(|one| one == route) {
                continue;
            }
            quick(route, codec).await;
            long(route, codec).await;
        }
    });
}

fn print(route: &str, what: &str, mut values: Vec<f64>, target: &str) {
    values.sort_by(f64::total_cmp);
    let (median, max) = (values[values.len() / 2], values[values.len() - 1]);
    println!("{route:5}  {what:46} {median:7.1} {max:8.1}  {target}");
}

fn ms(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1_000.0
}

fn sounds(packet: &Packet, rate: u32, hz: u32) -> bool {
    level(&packet.samples, rate, hz) > AUDIBLE
}

/// When any of these tones is heard first.
fn first(heard: &Recording, tones: &[u32]) -> Instant {
    let mut packets = heard.packets.iter();
    let found = packets.find(|packet| tones.iter().any(|hz| sounds(packet, heard.rate, *hz)));
    found.expect("a sound").at
}

/// When a tone is heard last.
fn last(heard: &Recording, tones: &[u32]) -> Instant {
    let mut packets = heard.packets.iter().rev();
    let found = packets.find(|packet| tones.iter().any(|hz| sounds(packet, heard.rate, *hz)));
    found.expect("a sound").at
}

/// Greeting, barge-in and hand-over.
async fn quick(route: &str, codec: Codec) {
    let Some(mut line) = Line::open_with(500, 30, SETTINGS).await else { return };
    let phone = line.caller(codec).await;
    let (mut begins, mut cut, mut gap) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let call = phone.dial(NUMBER, "Jane", route).await;
        call.answered().await;
        let answered = Instant::now();
        heard_anything(&line, &call).await;
        begins.push(ms(answered, first(&call.heard(), &line.studio.tones())));

        line.studio.will_hear(&["What are your opening hours?"]);
        let greeting = sounding(&line, &call);
        let speaks = Instant::now();
        call.say(&speech_like(call.rate(), 900));
        call.said().await;
        cut.push(ms(speaks, last(&call.heard(), &[greeting])));
        call.hang_up().await;

        let call = phone.dial(NUMBER, "Jane", route).await;
        greeted(&line, &call).await;
        line.studio.will_hear(&["I want to speak with an operator, please."]);
        call.say(&speech_like(call.rate(), 900));
        let person = line.operator.rings().await;
        person.say(&tone(person.rate(), OPERATOR_HZ, 2_000));
        call.hears(OPERATOR_HZ).await;
        let heard = call.heard();
        gap.push(ms(last(&heard, &line.studio.tones()), first(&heard, &[OPERATOR_HZ])));
        call.hang_up().await;
        person.over().await;
    }
    print(route, "answer -> first sound of the greeting", begins, "100");
    print(route, "caller speaks -> last old sound (200 to be sure)", cut, "");
    print(route, "last sound of the agent -> the operator's", gap, "");
    line.close().await;
}

async fn heard_anything(line: &Line, call: &Call) {
    call.eventually("the agent speaks", || {
        let heard = call.heard();
        line.studio.tones().iter().any(|hz| heard.sounds(*hz) > Duration::from_millis(400))
    })
    .await;
}

/// The tone that sounds at the end of what was heard.
fn sounding(line: &Line, call: &Call) -> u32 {
    let heard = call.heard();
    let tones = line.studio.tones().into_iter();
    tones.max_by_key(|hz| heard.runs(*hz).last().map_or(0, |run| run.end)).expect("a tone")
}

/// A minute of talk, in two calls: the distances of its packets.
async fn long(route: &str, codec: Codec) {
    let Some(line) = Line::open_with(500, 280, SETTINGS).await else { return };
    let phone = line.caller(codec).await;
    let mut distances = Vec::new();
    for _ in 0..2 {
        let call = phone.dial(NUMBER, "Jane", route).await;
        greeted(&line, &call).await;
        let heard = call.heard();
        let hz = sounding(&line, &call);
        let talk: Vec<&Packet> =
            heard.packets.iter().filter(|packet| sounds(packet, heard.rate, hz)).collect();
        distances.extend(talk.windows(2).map(|two| ms(two[0].at, two[1].at)));
        call.hang_up().await;
    }
    let late = distances.iter().filter(|distance| **distance > 40.0).count();
    let what = format!("distance of packets in {} s of talk", distances.len() / 50);
    print(route, &what, distances, "40");
    println!("{route:5}  {:46} {late:7}", "of them over 40 ms");
    line.close().await;
}
