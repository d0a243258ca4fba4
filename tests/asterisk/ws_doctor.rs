//! `treadline doctor` against a real Asterisk.

use crate::line::Line;
use crate::phone::PATIENCE;
use crate::program::Folder;
use std::process::Output;
use tokio::time::timeout;

/// Runs it beside the program that serves, as an administrator would.
async fn doctor(line: &Line, password: &str) -> (Output, String) {
    let ports = line.pbx.ports;
    let here = |port: u16| format!("127.0.0.1:{port}");
    let folder = Folder::with_database(&line.db.url);
    let output = folder
        .program(&["doctor"])
        .envs(line.pbx.secrets())
        .env("TREADLINE_ARI_PASSWORD", password)
        .env("TREADLINE__ARI__URL", format!("http://{}", here(ports.ari)))
        .env("TREADLINE__SERVER__LISTEN", here(ports.server))
        .env("TREADLINE__AUDIOSOCKET__LISTEN", here(ports.audio))
        .env("TREADLINE__WEBSOCKET__LISTEN", here(ports.media))
        .env("TREADLINE__STT__PROVIDER", "openai")
        .env("TREADLINE__STT__BASE_URL", &line.studio.base)
        .env("TREADLINE__TTS__PROVIDER", "openai")
        .env("TREADLINE__TTS__PREPARE_PHRASES", "false")
        .env("TREADLINE__TTS__BASE_URL", &line.studio.base)
        .output();
    let output = timeout(PATIENCE, output).await.expect("in time").expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, said)
}

#[tokio::test]
async fn the_doctor_finds_everything_well_and_calls_through_asterisk() {
    let Some(mut line) = Line::open(500, 20).await else { return };
    // The doctor comes and goes in a moment; events that cross its leaving are queued for nobody.
    line.expects_warnings("ari_websockets.c");
    let secrets = line.pbx.secrets();
    let password = secrets.iter().find(|(name, _)| name == "TREADLINE_ARI_PASSWORD");
    let (output, said) = doctor(&line, &password.expect("a password").1).await;
    assert!(output.status.success(), "{said}");
    for part in [
        "chan_websocket",
        "modules: all that is needed",
        "ARI rights: treadline may read and write",
        "dialplan: treadline-dial",
        "call through Asterisk: sound takes",
        "own line, AudioSocket: sound takes",
        "own line, chan_websocket: sound takes",
        "is in use, Treadline runs",
    ] {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
    let numbers: Vec<usize> =
        said.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{said}");
    line.close().await;
}

#[tokio::test]
async fn a_wrong_password_is_told_with_what_to_do() {
    let Some(mut line) = Line::open(500, 20).await else { return };
    line.expects_warnings("authenticat");
    let (output, said) = doctor(&line, "wrong").await;
    assert_eq!(output.status.code(), Some(1), "{said}");
    let at = said.lines().position(|line| line.contains("BAD  Asterisk"));
    let to_do = said.lines().nth(at.expect("it is bad") + 1).expect("a line");
    assert!(to_do.contains("->") && to_do.contains("ari.conf"), "{said}");
    line.close().await;
}
