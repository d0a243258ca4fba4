//! One connection: UUID, admission, then a reader and a paced writer side by side in one task.

use super::frame::{Frame, HANG_UP};
use super::inbound::{Inbound, ReadEnd};
use super::outbound::{End, Outbound};
use super::rules::{Rules, Verdict};
use crate::asterisk::doors::Inside;
use crate::asterisk::gate::Gate;
use crate::asterisk::leg::{Ends, Leg, LegEnd, LegEvent, pass};
use crate::asterisk::stop::Stop;
use crate::asterisk::voice::OurClock;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// The rate of silence before the caller's first frame tells a better one.
const RATE_BEFORE_AUDIO: u32 = 8_000;
/// A peer that has sent nothing for so long is gone. Callers' silence is no reason to hang up by
/// itself (Asterisk sends nothing then), but a machine that lost its power never says goodbye.
const QUIET_MAX: Duration = Duration::from_mins(2);
/// How long the farewell to a refused peer may take.
const REFUSE_MAX: Duration = Duration::from_millis(500);

/// What a connection needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) uuid_ms_max: u64,
    pub(super) lead_ms: u64,
}

/// Serves one connection to its end.
pub(super) async fn serve(
    socket: TcpStream,
    peer: SocketAddr,
    mut inside: Inside,
    limits: Limits,
    gate: &dyn Gate,
    legs: &mpsc::Sender<Leg>,
) {
    let (read, write) = socket.into_split();
    let mut inbound = Inbound::new(read);
    let opened = tokio::select! {
        biased;
        opened = opening(&mut inbound) => opened,
        () = inside.leave.cancelled() => Err("connections_max"),
        () = sleep(Duration::from_millis(limits.uuid_ms_max)) => Err("uuid_late"),
    };
    let id = match opened {
        Ok(id) => id,
        Err(reason) => {
            metrics::counter!("treadline_audiosocket_rejects_total", "reason" => reason)
                .increment(1);
            tracing::debug!(%peer, reason, "a connection without a UUID");
            return refuse(inbound, write).await;
        }
    };
    let permit = match gate.admit(peer, id) {
        Ok(permit) => permit,
        Err(why) => {
            metrics::counter!("treadline_calls_refused_total", "why" => why).increment(1);
            tracing::info!(%peer, %id, why, "a call was refused");
            return refuse(inbound, write).await;
        }
    };
    if !inside.settle(gate.is_trusted(peer.ip())) {
        return refuse(inbound, write).await;
    }
    let Ok(place) = legs.try_reserve() else {
        metrics::counter!("treadline_calls_refused_total", "why" => "no_session").increment(1);
        tracing::error!(%peer, %id, "nobody takes calls");
        return refuse(inbound, write).await;
    };
    let voice = OurClock::new();
    let Some((leg, ends)) = Leg::new(id, peer, Arc::clone(&voice) as _) else { return };
    place.send(leg);
    let call = Call { id, ends, voice, rate: AtomicU32::new(RATE_BEFORE_AUDIO) };
    call.run(inbound, write, limits.lead_ms).await;
    drop(permit);
    drop(inside);
}

/// Reads up to the UUID. The error is the metric's label.
async fn opening(inbound: &mut Inbound) -> Result<Uuid, &'static str> {
    match inbound.frame().await {
        Ok(Frame::Id(id)) => Ok(id),
        Ok(Frame::Audio { .. }) => Err("audio_before_uuid"),
        Ok(_) => Err("frame_before_uuid"),
        Err(ReadEnd::Violation(violation)) => Err(violation.reason()),
        Err(ReadEnd::Closed) => Err("closed_before_uuid"),
        Err(ReadEnd::Broken(_)) => Err("broken_before_uuid"),
    }
}

/// Refuses a connection that is one too many.
pub(super) async fn turn_away(socket: TcpStream) {
    let (read, write) = socket.into_split();
    refuse(Inbound::new(read), write).await;
}

/// Says goodbye so that Asterisk's dialplan goes on: drain, hang-up message, close.
async fn refuse(mut inbound: Inbound, mut write: OwnedWriteHalf) {
    inbound.discard_ready();
    let farewell = async {
        write.write_all(&HANG_UP).await?;
        write.shutdown().await
    };
    if let Ok(Ok(())) = timeout(REFUSE_MAX, farewell).await {
        inbound.drain().await;
    }
}

/// A call whose leg is with the session.
struct Call {
    id: Uuid,
    ends: Ends,
    voice: Arc<OurClock>,
    rate: AtomicU32,
}

impl Call {
    async fn run(mut self, mut inbound: Inbound, write: OwnedWriteHalf, lead_ms: u64) {
        let mut outbound = Outbound::new(write, Arc::clone(&self.voice), lead_ms);
        let stop = Stop::default();
        let end: OnceLock<End> = OnceLock::new();
        let reader = async {
            if let Some(found) =
                read(&mut inbound, &self.ends.events, &self.rate, &stop, self.id).await
            {
                let _ = end.set(found);
            }
            stop.call().await;
        };
        let writer = async {
            if let Some(found) = outbound.run(&self.rate, &mut self.ends.control, &stop).await {
                let _ = end.set(found);
            }
            stop.call().await;
        };
        tokio::join!(reader, writer);
        let end = end.into_inner().unwrap_or(End { leg: LegEnd::Broken, hand_back: false });
        tracing::debug!(id = %self.id, ?end, "the leg ends");
        if end.leg != LegEnd::Broken {
            inbound.discard_ready();
            outbound.farewell(end.hand_back).await;
        }
        // Held until the connection is closed: a session that asks for a hand-back meanwhile has it.
        let _control = self.ends.gone(end.leg);
        if end.leg != LegEnd::Broken && end.leg != LegEnd::HungUp {
            inbound.drain().await;
        }
    }
}

/// Reads until the other side ends the call, or `stop`.
async fn read(
    inbound: &mut Inbound,
    events: &mpsc::Sender<LegEvent>,
    rate: &AtomicU32,
    stop: &Stop,
    id: Uuid,
) -> Option<End> {
    let began = Instant::now();
    let mut rules = Rules::default();
    let mut rate_known = false;
    // Both are made once, not for each of fifty frames a second. The timer is set again only when
    // it goes off, to when the last frame will be too long ago.
    let mut stopped = pin!(stop.called());
    let mut quiet = pin!(sleep(QUIET_MAX));
    let mut last_frame_at = began;
    loop {
        let frame = tokio::select! {
            biased;
            () = &mut stopped => return None,
            frame = inbound.frame() => frame,
            () = &mut quiet => {
                let gone_at = last_frame_at + QUIET_MAX;
                if Instant::now() >= gone_at {
                    return Some(gone(LegEnd::Broken));
                }
                quiet.as_mut().reset(gone_at);
                continue;
            }
        };
        let frame = match frame {
            Ok(frame) => frame,
            Err(ReadEnd::Violation(violation)) => {
                tracing::warn!(%id, %violation, "the other side broke the protocol");
                return Some(violated(violation.reason()));
            }
            Err(ReadEnd::Closed) => return Some(gone(LegEnd::HungUp)),
            Err(ReadEnd::Broken(error)) => {
                tracing::debug!(%id, %error, "the leg broke");
                return Some(gone(LegEnd::Broken));
            }
        };
        last_frame_at = Instant::now();
        match rules.judge(frame, last_frame_at - began) {
            Verdict::Pass(Frame::Audio { rate: heard, samples }) => {
                if !rate_known {
                    rate_known = true;
                    rate.store(heard, Ordering::Relaxed);
                }
                pass(events, LegEvent::Audio { rate: heard, samples });
            }
            Verdict::Pass(Frame::Digit(key)) => pass(events, LegEvent::Digit(key)),
            Verdict::Pass(_) | Verdict::Skip => {}
            Verdict::HangUp => return Some(gone(LegEnd::HungUp)),
            Verdict::Error(code) => {
                tracing::warn!(%id, code, "the other side reports an error");
                return Some(gone(LegEnd::Broken));
            }
            Verdict::Violation(reason) => {
                tracing::warn!(%id, reason, "the other side broke the protocol");
                return Some(violated(reason));
            }
            Verdict::Disguised => {
                tracing::error!(
                    %id,
                    "Asterisk sends raw G.711 under the name of linear audio; add c(slin) to the \
                     dial string: Dial(AudioSocket/host:port/uuid/c(slin))"
                );
                return Some(violated("g711_disguised"));
            }
        }
    }
}

const fn gone(leg: LegEnd) -> End {
    End { leg, hand_back: false }
}

fn violated(reason: &'static str) -> End {
    metrics::counter!("treadline_audiosocket_rejects_total", "reason" => reason).increment(1);
    End { leg: LegEnd::Violation(reason), hand_back: true }
}
