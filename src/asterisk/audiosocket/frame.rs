//! The wire format: kind (1 byte), length (2 bytes, big endian), payload. Pure: bytes in, frames
//! out, whatever the segmentation.
//!
//! Lengths are judged at the header, so that nothing is buffered for a frame that will be refused.

use uuid::Uuid;

/// The bytes of the hang-up message.
pub const HANG_UP: [u8; 3] = [0, 0, 0];

/// Bytes before the payload.
pub const HEADER_BYTES: usize = 3;

/// The longest piece of audio in one frame, milliseconds. Asterisk sends 20; its own translator
/// drops frames of seconds, and a longer one would only add delay.
pub const AUDIO_MS_MAX: u32 = 120;

/// Samples a second of the kinds 0x10 to 0x18.
pub const RATES: [u32; 9] =
    [8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000];

const KIND_HANG_UP: u8 = 0x00;
const KIND_ID: u8 = 0x01;
const KIND_DIGIT: u8 = 0x03;
const KIND_AUDIO: u8 = 0x10;
const KIND_ERROR: u8 = 0xff;

/// The longest payload that any kind may have: 120 ms at 192 kHz, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = audio_bytes_max(192_000);

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The other side ends the call.
    HangUp,
    /// Who is calling.
    Id(Uuid),
    /// A key: `0-9`, `*`, `#`, `A-D`.
    Digit(char),
    /// Sound: mono, 16-bit linear, little endian on the wire.
    Audio {
        /// Samples a second.
        rate: u32,
        /// At most 120 ms of its own rate, never empty.
        samples: Vec<i16>,
    },
    /// The other side reports an error.
    Error(u8),
    /// A kind that we do not know; its payload was skipped.
    Unknown(u8),
}

/// A message that breaks the protocol. The decoder gives nothing more after one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A UUID whose payload is not 16 bytes.
    #[error("a UUID must have 16 bytes, not {0}")]
    IdLength(u16),
    /// A digit whose payload is not 1 byte.
    #[error("a digit must have 1 byte, not {0}")]
    DigitLength(u16),
    /// A digit that no telephone has.
    #[error("byte {0:#04x} is not a key of a telephone")]
    DigitValue(u8),
    /// Audio without samples.
    #[error("audio without samples")]
    AudioEmpty,
    /// Audio with half a sample.
    #[error("audio must have an even number of bytes, not {0}")]
    AudioOdd(u16),
    /// More audio than 120 ms of its rate.
    #[error("audio of {bytes} bytes is more than 120 ms at {rate} samples a second")]
    AudioTooLong {
        /// Bytes announced.
        bytes: u16,
        /// Samples a second.
        rate: u32,
    },
    /// An unknown kind, longer than any known one may be.
    #[error("{bytes} bytes of unknown kind {kind:#04x}")]
    UnknownTooLong {
        /// The kind.
        kind: u8,
        /// Bytes announced.
        bytes: u16,
    },
}

impl Violation {
    /// The label of the metric.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::IdLength(_) => "uuid_length",
            Self::DigitLength(_) => "digit_length",
            Self::DigitValue(_) => "digit_value",
            Self::AudioEmpty => "audio_empty",
            Self::AudioOdd(_) => "audio_odd",
            Self::AudioTooLong { .. } => "audio_too_long",
            Self::UnknownTooLong { .. } => "unknown_too_long",
        }
    }
}

/// Bytes of 120 ms at `rate` samples a second.
const fn audio_bytes_max(rate: u32) -> usize {
    (rate * AUDIO_MS_MAX / 1000) as usize * 2
}

/// The kind that carries `rate` samples a second, if there is one.
#[must_use]
pub fn kind_of_rate(rate: u32) -> Option<u8> {
    RATES.iter().position(|known| *known == rate).map(|index| KIND_AUDIO + index as u8)
}

fn rate_of_kind(kind: u8) -> Option<u32> {
    RATES.get(usize::from(kind.checked_sub(KIND_AUDIO)?)).copied()
}

/// Judges a header before a byte of its payload is read.
fn check_header(kind: u8, bytes: u16) -> Result<(), Violation> {
    match kind {
        KIND_ID if bytes != 16 => Err(Violation::IdLength(bytes)),
        KIND_DIGIT if bytes != 1 => Err(Violation::DigitLength(bytes)),
        // A hang-up of any length: the sender wants to go.
        KIND_ID | KIND_DIGIT | KIND_HANG_UP => Ok(()),
        _ => match rate_of_kind(kind) {
            Some(_) if bytes == 0 => Err(Violation::AudioEmpty),
            Some(_) if bytes % 2 == 1 => Err(Violation::AudioOdd(bytes)),
            Some(rate) if usize::from(bytes) > audio_bytes_max(rate) => {
                Err(Violation::AudioTooLong { bytes, rate })
            }
            None if usize::from(bytes) > PAYLOAD_BYTES_MAX => {
                Err(Violation::UnknownTooLong { kind, bytes })
            }
            Some(_) | None => Ok(()),
        },
    }
}

/// Puts frames together from pieces of a stream.
///
/// Holds at most one payload ([`PAYLOAD_BYTES_MAX`]); payloads of unknown kinds and of the hang-up
/// are not held at all.
#[derive(Debug, Default)]
pub struct Decoder {
    header: [u8; HEADER_BYTES],
    header_have: usize,
    payload: Vec<u8>,
    /// Bytes of the payload still to come.
    payload_left: usize,
    failed: Option<Violation>,
}

impl Decoder {
    /// Takes bytes off the front of `input` until one frame is whole, and gives it; `None` when
    /// `input` is used up first. Call it until it gives `None`.
    ///
    /// # Errors
    /// The violation, from then on for ever.
    pub fn next(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, Violation> {
        if let Some(violation) = self.failed {
            return Err(violation);
        }
        let result = self.step(input);
        if let Err(violation) = result {
            self.failed = Some(violation);
        }
        result
    }

    /// True between frames: an end of the stream here tears nothing.
    #[must_use]
    pub const fn is_between_frames(&self) -> bool {
        self.header_have == 0
    }

    /// True while a header is whole and its payload is not: Asterisk gives a peer 5 ms for this.
    #[must_use]
    pub const fn is_inside_payload(&self) -> bool {
        self.header_have == HEADER_BYTES
    }

    fn step(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, Violation> {
        if self.header_have < HEADER_BYTES {
            let piece = take(input, HEADER_BYTES - self.header_have);
            self.header[self.header_have..][..piece.len()].copy_from_slice(piece);
            self.header_have += piece.len();
            if self.header_have < HEADER_BYTES {
                return Ok(None);
            }
            let bytes = u16::from_be_bytes([self.header[1], self.header[2]]);
            check_header(self.header[0], bytes)?;
            self.payload_left = usize::from(bytes);
            self.payload.clear();
        }
        let kind = self.header[0];
        let piece = take(input, self.payload_left);
        self.payload_left -= piece.len();
        if is_held(kind) {
            self.payload.extend_from_slice(piece);
        }
        if self.payload_left > 0 {
            return Ok(None);
        }
        self.header_have = 0;
        frame(kind, &self.payload).map(Some)
    }
}

/// Whether the payload of this kind matters.
fn is_held(kind: u8) -> bool {
    matches!(kind, KIND_ID | KIND_DIGIT | KIND_ERROR) || rate_of_kind(kind).is_some()
}

fn take<'a>(input: &mut &'a [u8], bytes_max: usize) -> &'a [u8] {
    let (piece, rest) = input.split_at(bytes_max.min(input.len()));
    *input = rest;
    piece
}

/// A whole frame of a header that [`check_header`] has passed.
fn frame(kind: u8, payload: &[u8]) -> Result<Frame, Violation> {
    match (kind, payload) {
        (KIND_HANG_UP, _) => Ok(Frame::HangUp),
        (KIND_ID, _) => {
            let bytes =
                payload.try_into().map_err(|_| Violation::IdLength(payload.len() as u16))?;
            Ok(Frame::Id(Uuid::from_bytes(bytes)))
        }
        (KIND_DIGIT, [key @ (b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D')]) => {
            Ok(Frame::Digit(char::from(*key)))
        }
        (KIND_DIGIT, _) => Err(Violation::DigitValue(payload.first().copied().unwrap_or(0))),
        (KIND_ERROR, _) => Ok(Frame::Error(payload.first().copied().unwrap_or(0))),
        _ => Ok(rate_of_kind(kind).map_or(Frame::Unknown(kind), |rate| Frame::Audio {
            rate,
            samples: payload
                .as_chunks::<2>()
                .0
                .iter()
                .map(|two| i16::from_le_bytes(*two))
                .collect(),
        })),
    }
}

/// Appends audio of `rate` to `out` as one frame, header and payload together: Asterisk ends the
/// call when a payload comes more than 5 ms after its header.
///
/// Writes nothing and gives `false` if `rate` has no kind or the samples are none or more than
/// 120 ms.
pub fn encode_audio(rate: u32, samples: &[i16], out: &mut Vec<u8>) -> bool {
    let bytes = samples.len() * 2;
    let (Some(kind), Ok(length)) = (kind_of_rate(rate), u16::try_from(bytes)) else { return false };
    if bytes == 0 || bytes > audio_bytes_max(rate) {
        return false;
    }
    out.reserve(HEADER_BYTES + bytes);
    out.push(kind);
    out.extend_from_slice(&length.to_be_bytes());
    let begin = out.len();
    out.resize(begin + bytes, 0);
    for (two, sample) in out[begin..].as_chunks_mut::<2>().0.iter_mut().zip(samples) {
        *two = sample.to_le_bytes();
    }
    true
}

/// The first message of a call.
#[must_use]
pub fn encode_id(id: Uuid) -> Vec<u8> {
    let mut out = vec![KIND_ID, 0, 16];
    out.extend_from_slice(id.as_bytes());
    out
}

/// A key, as Asterisk sends it when the key is released.
#[must_use]
pub const fn encode_digit(key: u8) -> [u8; 4] {
    [KIND_DIGIT, 0, 1, key]
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
