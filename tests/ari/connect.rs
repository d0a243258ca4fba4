//! Coming together with Asterisk, and staying so.

use crate::ari::fake::{Fake, PASSWORD, PATIENCE, Setup, until};
use crate::ari::{Desk, options};
use std::time::Duration;
use tokio::time::Instant;
use treadline::asterisk::ari::{AriError, Client, Verb};

fn client(url: &str) -> Client {
    Client::new(url, "treadline", PASSWORD.into()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_travel_over_the_websocket_where_asterisk_can_and_over_http_where_it_cannot() {
    for (version, over_websocket) in [("22.10.1~dfsg", true), ("20.9.0", false)] {
        let fake = Fake::with(Setup { version, ..Setup::default() }).await;
        let desk = Desk::at(&fake).await;
        let talk = desk.talking(&fake).await;
        assert_eq!(fake.state().over_websocket > 0, over_websocket, "{version}");
        fake.hangs_up(&talk.caller);
        fake.is_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_is_made_again_and_again() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    for _ in 0..3 {
        let before = fake.connections();
        fake.cut();
        until("it is connected again", || fake.connections() > before && fake.is_connected()).await;
        until("it knows so", || desk.ari.is_connected()).await;
    }
    let talk = desk.talking(&fake).await;
    fake.hangs_up(&talk.caller);
    fake.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asterisk_that_is_away_for_long_is_missed_and_comes_back() {
    let fake = Fake::start().await;
    fake.set_away(true);
    let desk = Desk::with(options(fake.url())).await;
    let began = Instant::now();
    assert!(desk.ari.is_ready(), "for moments that is nothing");
    until("it is missed", || !desk.ari.is_ready()).await;
    assert!(began.elapsed() >= Duration::from_secs(9), "{:?}", began.elapsed());
    fake.set_away(false);
    until("it is there", || desk.ari.is_ready() && desk.ari.is_connected()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_wrong_password_nothing_is_reached() {
    let fake = Fake::start().await;
    let wrong =
        treadline::asterisk::ari::Options { password: "another".into(), ..options(fake.url()) };
    let desk = Desk::with(wrong).await;
    let other = Client::new(&fake.url(), "treadline", "another".into()).unwrap();
    let refused = other.ask(&Verb::Channels).await.unwrap_err();
    assert!(matches!(refused, AriError::Refused { status: 401, .. }), "{refused}");
    assert_eq!((fake.connections(), desk.ari.is_connected()), (0, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_an_answer_ends_and_only_what_may_be_done_twice_is_asked_twice() {
    let fake = Fake::start().await;
    let client = client(&fake.url());
    fake.state().ignores.push(("/answer", 1));
    let verb = Verb::Answer { channel: "1.2".into() };
    assert_eq!(client.ask(&verb).await, Err(AriError::Late));
    assert_eq!(fake.asked("POST", "/answer"), 1);

    fake.state().ignores.push(("channels", 1));
    assert!(client.ask(&Verb::Channels).await.is_ok(), "the second attempt is answered");
    assert_eq!(fake.asked("GET", "channels"), 2);

    // A no is an answer.
    let gone = client.ask(&Verb::HangUp { channel: "1.2".into() }).await.unwrap_err();
    assert!(gone.is_missing(), "{gone}");
    assert_eq!(fake.asked("DELETE", "channels/1.2"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asterisk_that_never_answers_is_left_alone_for_a_while_and_tried_again() {
    let fake = Fake::start().await;
    let client = client(&fake.url());
    fake.state().ignores.push(("/answer", usize::MAX));
    let verb = Verb::Answer { channel: "1.2".into() };
    for _ in 0..5 {
        assert_eq!(client.ask(&verb).await, Err(AriError::Late));
    }
    let asked = fake.asked("POST", "/answer");
    assert!(matches!(client.ask(&verb).await, Err(AriError::Away(_))));
    assert_eq!(fake.asked("POST", "/answer"), asked, "it was not asked at all");
    fake.state().ignores.clear();
    let until = Instant::now() + PATIENCE;
    while client.ask(&Verb::Channels).await.is_err() {
        assert!(Instant::now() < until, "it is never tried again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_at_the_address_is_told_at_once() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = port.local_addr().unwrap();
    drop(port);
    let error = client(&format!("http://{address}")).ask(&Verb::Info).await.unwrap_err();
    assert!(matches!(error, AriError::Away(_)), "{error}");
    assert!(!error.to_string().contains(&address.to_string()), "{error}");
}
