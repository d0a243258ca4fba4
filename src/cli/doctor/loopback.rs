//! A call to ourselves: the time that sound takes, one way and the other.

use super::report::Report;
use crate::asterisk::audiosocket::server as frames;
use crate::asterisk::leg::{Leg, LegEvent};
use crate::asterisk::registry::{Registry, RegistryOptions};
use crate::asterisk::websocket::server as messages;
use crate::caller::hearing::{AUDIBLE_RMS, rms};
use crate::caller::signal::speech_like;
use crate::caller::{Call, Caller, Login, Options, Over};
use crate::turn::SpeechId;
use anyhow::{Context as _, ensure};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

/// No step takes longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// What is said, milliseconds.
const SAID_MS: u32 = 600;
/// What a caller begins to notice, one way.
const SLOW_MS: u128 = 150;

/// Listeners of our own on free ports of this machine.
pub(super) struct Line {
    pub(super) audiosocket: SocketAddr,
    pub(super) websocket: SocketAddr,
    pub(super) legs: mpsc::Receiver<Leg>,
    _stop: DropGuard,
}

impl Line {
    pub(super) fn open() -> std::io::Result<Self> {
        let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let registry = Registry::new(RegistryOptions {
            trusted_peers: vec![local],
            calls_max: 4,
            registration_lives: PATIENCE,
            overflow_next: "hangup".into(),
        });
        let listen = SocketAddr::new(local, 0);
        let sockets = frames::Server::bind(frames::ServerOptions {
            listen,
            lead_ms: 40,
            connections_max: 8,
            connections_per_address_max: 8,
            uuid_ms_max: 5_000,
        })?;
        let media = messages::Server::bind(messages::ServerOptions {
            listen,
            login: messages::Login { user: "treadline".into(), password: None },
            ahead_ms: 2_000,
            connections_max: 8,
            connections_per_address_max: 8,
            uuid_ms_max: 5_000,
        })?;
        let (audiosocket, websocket) = (sockets.local_addr()?, media.local_addr()?);
        let (legs_in, legs) = mpsc::channel(4);
        let stop = CancellationToken::new();
        tokio::spawn(sockets.run(Arc::clone(&registry), legs_in.clone(), stop.clone()));
        tokio::spawn(media.run(registry, legs_in, stop.clone()));
        Ok(Self { audiosocket, websocket, legs, _stop: stop.drop_guard() })
    }

    pub(super) async fn leg(&mut self) -> anyhow::Result<Leg> {
        let leg = timeout(PATIENCE, self.legs.recv()).await.context("no leg came")?;
        leg.context("the listener is gone")
    }
}

/// Each way in, with a caller of our own at the other end.
pub(super) async fn inside(report: &mut Report) {
    for (name, over) in [
        ("own line, AudioSocket", Over::AudioSocket),
        ("own line, chan_websocket", Over::WebSocket(Login::default())),
    ] {
        match measured(over).await {
            Ok((there, back)) => told(report, name, "caller to agent", there, "back", back),
            Err(error) => report.broken(
                name,
                &format!("{error:#}"),
                "the machine cannot carry a call to itself: look at its load and its firewall",
            ),
        }
    }
}

/// One line with both times.
pub(super) fn told(
    report: &mut Report,
    name: &str,
    one: &str,
    there: Duration,
    other: &str,
    back: Duration,
) {
    let (there, back) = (there.as_millis(), back.as_millis());
    let found = format!("sound takes {there} ms {one}, {back} ms {other}");
    if there.max(back) > SLOW_MS {
        report.note(name, &format!("{found}: slow; is the machine busy?"));
    } else {
        report.ok(name, &found);
    }
}

async fn measured(over: Over) -> anyhow::Result<(Duration, Duration)> {
    let mut line = Line::open()?;
    let to = if over == Over::AudioSocket { line.audiosocket } else { line.websocket };
    let call = Caller::dial(Options { over, ..Options::new(to) }).await?;
    let mut leg = line.leg().await?;
    ensure!(call.first_frame(PATIENCE).await.is_some(), "the caller hears nothing");
    let there = from_caller(&call, &mut leg).await?;
    let back = to_caller(&call, &leg).await?;
    call.hang_up().await;
    Ok((there, back))
}

async fn from_caller(call: &Call, leg: &mut Leg) -> anyhow::Result<Duration> {
    call.say("test", &speech_like(8_000, SAID_MS));
    let heard_at = audible(leg).await?;
    let said = call.report().turns.last().and_then(|turn| turn.voiced_from);
    let said_at = call.began() + said.context("the caller said nothing")?;
    ensure!(call.said(PATIENCE).await, "the caller was cut off");
    Ok(heard_at.saturating_duration_since(said_at))
}

async fn to_caller(call: &Call, leg: &Leg) -> anyhow::Result<Duration> {
    let said_at = Instant::now();
    speak(leg);
    ensure!(call.wait_until_speaks(PATIENCE).await, "the caller hears no speech");
    let report = call.report();
    let turn = report.turns.last().context("no turn")?;
    let first = Duration::from_millis(turn.first_audio_ms.context("the caller hears no speech")?);
    let heard_at = call.began() + turn.voiced_until.unwrap_or_default() + first;
    Ok(heard_at.saturating_duration_since(said_at))
}

/// Says something on a leg.
pub(super) fn speak(leg: &Leg) {
    let id = SpeechId(1);
    leg.voice.begin(id, 16_000, u64::from(SAID_MS));
    leg.voice.push(id, &speech_like(16_000, SAID_MS));
    leg.voice.finish(id);
}

/// When something audible arrives on a leg.
pub(super) async fn audible(leg: &mut Leg) -> anyhow::Result<Instant> {
    let heard = async {
        loop {
            match leg.events.recv().await {
                Some(LegEvent::Audio { samples, .. }) if rms(&samples) >= AUDIBLE_RMS => {
                    return Ok(Instant::now());
                }
                Some(LegEvent::Gone(end)) => anyhow::bail!("the leg has ended: {end:?}"),
                Some(_) => {}
                None => anyhow::bail!("the leg has ended"),
            }
        }
    };
    timeout(PATIENCE, heard).await.context("no sound arrived")?
}
