//! The reading half of a connection: bytes off the socket, frames out.

use super::frame::{Decoder, Frame, Violation};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::{Instant, timeout_at};

/// One read. Twelve frames of 8 kHz; also the most that garbage can make us hold undecoded.
const READ_BYTES: usize = 4096;
/// How long we read what a peer still sends after our last word. Closing with unread bytes would
/// be a reset, and a reset makes Asterisk hang up on the caller instead of going on.
const DRAIN_MAX: Duration = Duration::from_millis(500);
/// How much of it.
const DRAIN_BYTES_MAX: usize = 1024 * 1024;

/// Why no more frames come.
#[derive(Debug)]
pub(super) enum ReadEnd {
    /// End of stream, on a frame's border or in the middle of one.
    Closed,
    /// The connection broke.
    Broken(std::io::Error),
    /// The bytes are not a legal frame.
    Violation(Violation),
}

/// The reading half.
#[derive(Debug)]
pub(super) struct Inbound {
    socket: OwnedReadHalf,
    decoder: Decoder,
    buffer: Box<[u8; READ_BYTES]>,
    start: usize,
    end: usize,
}

impl Inbound {
    pub(super) fn new(socket: OwnedReadHalf) -> Self {
        Self {
            socket,
            decoder: Decoder::default(),
            buffer: Box::new([0; READ_BYTES]),
            start: 0,
            end: 0,
        }
    }

    /// The next frame. May be dropped at any await without losing bytes.
    pub(super) async fn frame(&mut self) -> Result<Frame, ReadEnd> {
        loop {
            let mut rest = &self.buffer[self.start..self.end];
            let result = self.decoder.next(&mut rest);
            self.start = self.end - rest.len();
            if let Some(frame) = result.map_err(ReadEnd::Violation)? {
                return Ok(frame);
            }
            match self.socket.read(&mut self.buffer[..]).await {
                Ok(0) => return Err(ReadEnd::Closed),
                Ok(bytes) => (self.start, self.end) = (0, bytes),
                Err(error) => return Err(ReadEnd::Broken(error)),
            }
        }
    }

    /// Throws away what is there without waiting.
    pub(super) fn discard_ready(&mut self) {
        let mut left = DRAIN_BYTES_MAX;
        while left > 0 {
            match self.socket.try_read(&mut self.buffer[..]) {
                Ok(bytes) if bytes > 0 => left = left.saturating_sub(bytes),
                _ => return,
            }
        }
    }

    /// Throws away everything until the peer closes, but not for ever.
    pub(super) async fn drain(&mut self) {
        let until = Instant::now() + DRAIN_MAX;
        let mut left = DRAIN_BYTES_MAX;
        while left > 0 {
            match timeout_at(until, self.socket.read(&mut self.buffer[..])).await {
                Ok(Ok(bytes)) if bytes > 0 => left = left.saturating_sub(bytes),
                _ => return,
            }
        }
    }
}
