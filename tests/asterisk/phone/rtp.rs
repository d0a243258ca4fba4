//! The sound of a telephone: paced packets out (RFC 3550), keys (RFC 4733), every packet in noted.

use super::recording::{Packet, Recording};
use super::sdp::{Agreed, Codec};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval};

const FRAME: Duration = Duration::from_millis(20);
/// Length of a pressed key, packets; longer than what Asterisk takes for an accident.
const KEY_PACKETS: u16 = 6;
/// The end of a key is said three times, because packets get lost.
const KEY_ENDS: u16 = 3;
/// In -dBm0; nobody listens to it.
const KEY_VOLUME: u8 = 0x0a;
const KEYS: &str = "0123456789*#ABCD";

/// Sound of one call. Silence is sent when there is nothing to say, as telephones do.
pub struct Media {
    pub port: u16,
    codec: Codec,
    inner: Arc<Mutex<Inner>>,
    tasks: [JoinHandle<()>; 2],
}

struct Inner {
    agreed: Option<Agreed>,
    speech: VecDeque<i16>,
    keys: VecDeque<char>,
    recording: Recording,
}

impl Drop for Media {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Media {
    pub async fn open(codec: Codec) -> Self {
        let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a port for sound"));
        let port = socket.local_addr().expect("an address").port();
        let inner = Arc::new(Mutex::new(Inner {
            agreed: None,
            speech: VecDeque::new(),
            keys: VecDeque::new(),
            recording: Recording::new(codec.rate()),
        }));
        let tasks = [
            tokio::spawn(send(Arc::clone(&socket), codec, Arc::clone(&inner))),
            tokio::spawn(receive(socket, codec, Arc::clone(&inner))),
        ];
        Self { port, codec, inner, tasks }
    }

    pub fn agree(&self, agreed: Agreed) {
        self.lock().agreed = Some(agreed);
    }

    /// Sends and notes nothing more: the call is over, and its ports may be another's soon.
    pub fn stop(&self) {
        self.lock().agreed = None;
    }

    pub fn offer(&self) -> Option<Agreed> {
        self.lock().agreed
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Says `samples` of the codec's rate after what is still to be said.
    pub fn say(&self, samples: &[i16]) {
        self.lock().speech.extend(samples);
    }

    /// Samples still to be said.
    pub fn left(&self) -> usize {
        self.lock().speech.len()
    }

    pub fn press(&self, key: char) {
        self.lock().keys.push_back(key);
    }

    pub fn recording(&self) -> Recording {
        self.lock().recording.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic under the lock")
    }
}

/// A key on its way out.
struct Press {
    event: u8,
    at: u32,
    sent: u16,
}

async fn send(socket: Arc<UdpSocket>, codec: Codec, inner: Arc<Mutex<Inner>>) {
    let ssrc = 0x5ead_0000 | u32::from(socket.local_addr().expect("an address").port());
    let step = codec.frame();
    let (mut sequence, mut time, mut first) = (1_u16, 1_u32, true);
    let mut pressed: Option<Press> = None;
    let mut tick = interval(FRAME);
    loop {
        tick.tick().await;
        let (to, packet) = {
            let mut inner = inner.lock().expect("no panic under the lock");
            let Some(agreed) = inner.agreed else { continue };
            if pressed.is_none()
                && let Some(key) = inner.keys.pop_front()
            {
                let event = KEYS.find(key).expect("a key of a telephone") as u8;
                pressed = Some(Press { event, at: time, sent: 0 });
            }
            let packet = if let (Some(press), Some(number)) = (&mut pressed, agreed.keys) {
                let mut packet = head(number, press.sent == 0, sequence, press.at, ssrc);
                packet.extend(key_payload(press));
                if press.sent == KEY_PACKETS + KEY_ENDS {
                    pressed = None;
                }
                packet
            } else {
                let rest = inner.speech.len().min(step);
                let mut frame: Vec<i16> = inner.speech.drain(..rest).collect();
                frame.resize(step, 0);
                let mut packet = head(agreed.sound, first, sequence, time, ssrc);
                encode(codec, &frame, &mut packet);
                first = false;
                packet
            };
            (agreed.to, packet)
        };
        sequence = sequence.wrapping_add(1);
        time = time.wrapping_add(step as u32);
        // Nobody there is for the test to find out, not for the loop.
        let _ = socket.send_to(&packet, to).await;
    }
}

fn head(number: u8, marker: bool, sequence: u16, time: u32, ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, number | u8::from(marker) << 7];
    packet.extend(sequence.to_be_bytes());
    packet.extend(time.to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet
}

/// The next packet of a key: its number, the end bit with a volume, its length so far (8 kHz).
fn key_payload(press: &mut Press) -> [u8; 4] {
    press.sent += 1;
    let ends = u8::from(press.sent > KEY_PACKETS) << 7;
    let length = (press.sent.min(KEY_PACKETS) * 160).to_be_bytes();
    [press.event, ends | KEY_VOLUME, length[0], length[1]]
}

async fn receive(socket: Arc<UdpSocket>, codec: Codec, inner: Arc<Mutex<Inner>>) {
    let mut buffer = [0; 4_096];
    let mut last_key = None;
    loop {
        // The other side may be gone for a moment; its packets may come again.
        let Ok(length) = socket.recv(&mut buffer).await else { continue };
        let packet = &buffer[..length];
        // Version 2, neither extension nor list of sources: that is all that Asterisk sends.
        if length < 12 || packet[0] != 0x80 {
            continue;
        }
        let word = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|n| packet[at + n]));
        let (number, time) = (packet[1] & 0x7f, word(4));
        let mut inner = inner.lock().expect("no panic under the lock");
        let Some(agreed) = inner.agreed else { continue };
        if Some(number) == agreed.keys {
            let ended = length >= 16 && packet[13] >> 7 == 1;
            if ended && last_key.replace(time) != Some(time) {
                let key = KEYS.chars().nth(usize::from(packet[12]));
                inner.recording.keys.extend(key);
            }
        } else if number == agreed.sound {
            inner.recording.packets.push(Packet {
                at: Instant::now(),
                sequence: u16::from_be_bytes([packet[2], packet[3]]),
                time,
                source: word(8),
                samples: decode(codec, &packet[12..]),
            });
        }
    }
}

fn encode(codec: Codec, samples: &[i16], packet: &mut Vec<u8>) {
    match codec {
        Codec::Pcmu => packet.extend(samples.iter().map(|sample| to_mu_law(*sample))),
        Codec::L16 => packet.extend(samples.iter().flat_map(|sample| sample.to_be_bytes())),
    }
}

fn decode(codec: Codec, payload: &[u8]) -> Vec<i16> {
    match codec {
        Codec::Pcmu => payload.iter().map(|byte| from_mu_law(*byte)).collect(),
        Codec::L16 => {
            payload.chunks_exact(2).map(|two| i16::from_be_bytes([two[0], two[1]])).collect()
        }
    }
}

/// ITU-T G.711.
fn to_mu_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let size = i32::from(sample).abs().min(32_635) + 132;
    let exponent = (31 - size.leading_zeros() as i32) - 7;
    let mantissa = (size >> (exponent + 3)) & 0x0f;
    !(sign | (exponent << 4) | mantissa) as u8
}

fn from_mu_law(byte: u8) -> i16 {
    let byte = !byte;
    let (exponent, mantissa) = (i16::from(byte >> 4 & 7), i16::from(byte & 0x0f));
    let size = (((mantissa << 3) + 132) << exponent) - 132;
    if byte & 0x80 == 0 { size } else { -size }
}
