//! The caller's end of the connection: a paced writer and a strict reader.

use super::decisions::SentFrame;
use super::hearing::{AUDIBLE_RMS, rms};
use super::{CallEnd, Shared};
use crate::asterisk::audiosocket::frame::{Decoder, Frame, encode_audio, encode_digit};
use crate::audio::{FRAME_MS, frame_samples};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// How long Asterisk waits for a payload after its header.
const TORN_MAX: Duration = Duration::from_millis(5);
/// How long we read on after hanging up.
const DRAIN_MAX: Duration = Duration::from_millis(500);
/// How long Asterisk's application lives without traffic.
pub(super) const FEED_GAP_MAX: Duration = Duration::from_secs(2);

/// Runs both halves until one ends the call.
pub(super) async fn run(
    socket: TcpStream,
    shared: Arc<Shared>,
    rate: u32,
    stop: CancellationToken,
) {
    let (mut read, mut write) = socket.into_split();
    let end = tokio::select! {
        biased;
        () = stop.cancelled() => CallEnd::HungUp,
        end = listen(&mut read, &shared) => end,
        () = speak(&mut write, &shared, rate) => CallEnd::Reset,
    };
    shared.state().end.get_or_insert(end);
    shared.changed.notify_waiters();
    // Closing over unread frames would be a reset; Asterisk's hang-up is an end of stream.
    let _ = write.shutdown().await;
    let mut rest = [0u8; 4096];
    let drain = async { while read.read(&mut rest).await.is_ok_and(|bytes| bytes > 0) {} };
    let _ = timeout(DRAIN_MAX, drain).await;
}

/// Sends a frame every 20 ms by an absolute schedule.
async fn speak(socket: &mut OwnedWriteHalf, shared: &Shared, rate: u32) {
    let began = Instant::now();
    let mut bytes = Vec::new();
    let mut broken = false;
    for tick in 0u32.. {
        let due = began + Duration::from_millis(FRAME_MS) * tick;
        sleep_until(due).await;
        bytes.clear();
        let (keys, samples) = next_frame(shared, rate, due);
        for key in keys {
            bytes.extend_from_slice(&encode_digit(key as u8));
        }
        encode_audio(rate, &samples, &mut bytes);
        // The reader knows better why the line is dead; it ends the call.
        broken = broken || socket.write_all(&bytes).await.is_err();
    }
}

/// The keys that were released and the samples that leave at `due`.
pub(super) fn next_frame(shared: &Shared, rate: u32, due: Instant) -> (Vec<char>, Vec<i16>) {
    let now = shared.now();
    let mut state = shared.state();
    state.own_late_max = state.own_late_max.max(due.elapsed());
    let keys = state.keys.drain(..).collect();
    let whole = frame_samples(rate);
    let part = whole.min(state.outgoing.len());
    let mut samples: Vec<i16> = state.outgoing.drain(..part).collect();
    samples.resize(whole, 0);
    if part > 0
        && rms(&samples) >= AUDIBLE_RMS
        && let Some(turn) = state.turns.last_mut()
    {
        turn.voiced_from.get_or_insert(now);
        turn.voiced_until = Some(now);
    }
    if let Some(sent) = &mut state.sent {
        let samples = if part > 0 { samples.clone() } else { Vec::new() };
        sent.push(SentFrame { at: now, samples });
    }
    (keys, samples)
}

async fn listen(socket: &mut OwnedReadHalf, shared: &Shared) -> CallEnd {
    let mut decoder = Decoder::default();
    let mut buffer = [0u8; 8192];
    let mut last_frame = Instant::now();
    loop {
        let torn_since = decoder.is_inside_payload().then(Instant::now);
        let bytes = match read(socket, &mut buffer, last_frame).await {
            Ok(0) if decoder.is_between_frames() => return CallEnd::Closed,
            Ok(0) => return CallEnd::Fault("the stream ended inside a frame".into()),
            Ok(bytes) => bytes,
            Err(end) => return end,
        };
        if torn_since.is_some_and(|since| since.elapsed() > TORN_MAX) {
            return CallEnd::Fault("a payload came more than 5 ms after its header".into());
        }
        let mut rest = &buffer[..bytes];
        loop {
            match decoder.next(&mut rest) {
                Ok(None) => break,
                Ok(Some(Frame::HangUp)) => return CallEnd::HandedBack,
                Ok(Some(Frame::Audio { rate, samples })) => {
                    last_frame = Instant::now();
                    if let Err(objection) = heard(shared, rate, &samples) {
                        return CallEnd::Fault(objection);
                    }
                }
                Ok(Some(other)) => {
                    return CallEnd::Fault(format!("Asterisk does not take {other:?}"));
                }
                Err(violation) => return CallEnd::Fault(violation.to_string()),
            }
        }
    }
}

/// One read: what is there already first, so that our own lateness is not held against the peer.
async fn read(
    socket: &mut OwnedReadHalf,
    buffer: &mut [u8],
    last_frame: Instant,
) -> Result<usize, CallEnd> {
    match socket.try_read(buffer) {
        Ok(bytes) => return Ok(bytes),
        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
        Err(_) => return Err(CallEnd::Reset),
    }
    let patience = FEED_GAP_MAX.saturating_sub(last_frame.elapsed());
    match timeout(patience, socket.read(buffer)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(CallEnd::Reset),
        Err(_) => Err(CallEnd::Fault("no frame for 2 seconds, not even silence".into())),
    }
}

/// A frame reaches the caller's ear.
pub(super) fn heard(shared: &Shared, rate: u32, samples: &[i16]) -> Result<(), String> {
    let now = shared.now();
    let mut state = shared.state();
    state.hearing.frame(now, rate, samples)?;
    let own_rate = state.rate;
    if let Some(recording) = &mut state.recording {
        if rate == own_rate {
            recording.extend_from_slice(samples);
        } else {
            // Only silence comes in another rate.
            recording.resize(recording.len() + frame_samples(own_rate), 0);
        }
    }
    drop(state);
    shared.changed.notify_waiters();
    Ok(())
}
