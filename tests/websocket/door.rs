//! Who is let in.

use crate::websocket::line::{PATIENCE, Rules, line};
use crate::websocket::raw::{ask, enter, open, start};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use treadline::asterisk::registry::Registration;
use uuid::Uuid;

#[tokio::test]
async fn a_request_that_is_no_call_is_refused_by_its_status_and_nothing_is_opened() {
    let mut line = line(&Rules::default());
    let good = format!("/media?uuid={}", Uuid::new_v4());
    for (path, headers, status) in [
        ("/", &[][..], 404),
        (good.replace("media", "medium").as_str(), &[], 404),
        ("/media", &[], 400),
        ("/media?uuid=17", &[], 400),
        (good.as_str(), &[("origin", "http://page.example")], 403),
    ] {
        assert_eq!(ask(&line, path, headers).await.err(), Some(status), "{path}");
    }
    assert!(line.legs.try_recv().is_err());
    assert_eq!(line.registry.live(), 0);
}

#[tokio::test]
async fn a_stranger_needs_the_password_and_a_registered_uuid() {
    let line = line(&Rules { trusted: false, password: Some("right"), ..Rules::default() });
    let id = Uuid::new_v4();
    line.registry.register(Registration { uuid: id, ..Default::default() }).unwrap();
    let path = format!("/media?uuid={id}");
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    assert_eq!(ask(&line, &path, &[]).await.err(), Some(401));
    for wrong in ["treadline:wrong", "other:right", "treadline:"] {
        let shown = ask(&line, &path, &[("authorization", &basic(wrong))]).await;
        assert_eq!(shown.err(), Some(401), "{wrong}");
    }
    let right = basic("treadline:right");
    let unknown = format!("/media?uuid={}", Uuid::new_v4());
    assert_eq!(ask(&line, &unknown, &[("authorization", &right)]).await.err(), Some(403));
    assert!(ask(&line, &path, &[("authorization", &right)]).await.is_ok());
}

#[tokio::test]
async fn the_address_tells_who_calls_unless_the_dialplan_did() {
    let mut line = line(&Rules::default());
    let told = "caller=%2B380671234567&called=0800&queue=tyres";
    let (announced, unannounced) = (Uuid::new_v4(), Uuid::new_v4());
    let caller = Some("+380500000000".to_owned());
    line.registry.register(Registration { uuid: announced, caller, ..Default::default() }).unwrap();
    let mut legs = Vec::new();
    for id in [announced, unannounced] {
        let mut raw = ask(&line, &format!("/media?uuid={id}&{told}"), &[]).await.ok().unwrap();
        raw.tell(&start("slin", 320)).await;
        legs.push((raw, line.leg().await));
    }
    let known = |id| line.registry.registration(id).unwrap();
    assert_eq!(known(announced).caller.as_deref(), Some("+380500000000"));
    assert_eq!(known(unannounced).caller.as_deref(), Some("+380671234567"));
    assert_eq!(known(unannounced).called.as_deref(), Some("0800"));
    assert_eq!(json!(known(unannounced).data), json!({ "queue": "tyres" }));
}

#[tokio::test]
async fn a_stranger_who_is_registered_cannot_say_more_of_the_call() {
    let mut line = line(&Rules { trusted: false, ..Rules::default() });
    let id = Uuid::new_v4();
    let path = format!("/media?uuid={id}&caller=%2B380671234567");
    assert_eq!(ask(&line, &path, &[]).await.err(), Some(403), "an address is no registration");
    line.registry.register(Registration { uuid: id, ..Default::default() }).unwrap();
    let mut raw = ask(&line, &path, &[]).await.ok().unwrap();
    raw.tell(&start("slin", 320)).await;
    let leg = line.leg().await;
    assert_eq!(line.registry.registration(leg.id).unwrap().caller, None);
}

#[tokio::test]
async fn what_does_not_begin_as_chan_websocket_does_is_ended_and_its_place_given_back() {
    let mut line = line(&Rules::default());
    for first in [
        Message::text("MEDIA_START connection_id:c channel:x format:slin16 optimal_frame_size:640"),
        Message::text(start("ulaw", 160).to_string()),
        Message::text(start("slin16", 320).to_string()),
        Message::text("nonsense"),
        Message::Binary(vec![0; 320].into()),
    ] {
        let mut raw = enter(&line).await;
        raw.send(first.clone()).await;
        let (commands, bytes) = raw.rest().await;
        assert_eq!((commands.as_slice(), bytes), (&["HANGUP".to_owned()][..], 0), "{first:?}");
        assert!(line.legs.try_recv().is_err(), "{first:?}");
    }
    line.nobody_is_left().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_after_the_handshake_is_ended() {
    let line = line(&Rules { uuid_ms_max: 300, ..Rules::default() });
    let mut raw = enter(&line).await;
    assert_eq!(raw.rest().await.0, ["HANGUP"]);
    line.nobody_is_left().await;
}

#[tokio::test]
async fn silent_connections_are_capped_and_a_real_call_takes_the_oldest_place() {
    let mut line = line(&Rules { per_address_max: 4, uuid_ms_max: 60_000, ..Rules::default() });
    let mut silent = Vec::new();
    for _ in 0..4 {
        let mut socket = TcpStream::connect(line.media).await.unwrap();
        socket.write_all(b"GET /media").await.unwrap();
        silent.push(socket);
    }
    let (_raw, _leg) = open(&mut line).await;
    let mut rest = Vec::new();
    let gone = timeout(PATIENCE, silent[0].read_to_end(&mut rest)).await.expect("not sent away");
    assert!(gone.is_err() || rest.is_empty() || rest.starts_with(b"HTTP/1.1"));
}
