//! The HTTP listener: caps on connections and deadlines on slow ones.
//!
//! The server library waits for ever for a request that trickles in. So the stream itself keeps
//! time: a header must be whole in five seconds from its first byte (or from connecting), and a
//! connection on which nothing moves for a minute is closed. A connection that became a WebSocket
//! is left to its own rules.

use super::tls::Tls;
use super::wire::{self, Wire};
use axum::serve::Listener;
use std::collections::HashMap;
use std::io::{Error, ErrorKind, Result};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

/// Time for the head of a request.
const HEADER_MAX: Duration = Duration::from_secs(5);
/// Time in which something must move.
const IDLE_MAX: Duration = Duration::from_mins(1);
/// Connections in all, and from one address.
const CONNECTIONS_MAX: usize = 512;
const PER_ADDRESS_MAX: usize = 64;
/// Pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listener that gives out [`Timed`] streams.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
    tls: Option<Arc<Tls>>,
    /// Connections that have shaken hands. Each does so in a task of its own: a slow one keeps
    /// nobody out.
    shaken: (mpsc::Sender<Shaken>, mpsc::Receiver<Shaken>),
}

type Shaken = (Timed, SocketAddr);

impl Door {
    pub(super) fn new(listener: TcpListener, tls: Option<Arc<Tls>>) -> Result<Self> {
        let (address, inside) = (listener.local_addr()?, Arc::default());
        Ok(Self { address, listener, inside, tls, shaken: mpsc::channel(CONNECTIONS_MAX) })
    }

    /// Somebody has connected; without TLS that is all.
    fn welcome(&self, stream: TcpStream, peer: SocketAddr, place: Place) -> Option<Shaken> {
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return Some((Timed::new(Wire::Plain(stream), place), peer));
        };
        let (tls, inside) = (Arc::clone(tls), self.shaken.0.clone());
        tokio::spawn(async move {
            match timeout(HEADER_MAX, wire::shake(&tls, stream, peer)).await {
                Ok(Ok(wire)) => {
                    let _ = inside.send((Timed::new(wire, place), peer)).await;
                }
                Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS came of a connection"),
                Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
            }
        });
        None
    }

    fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let here = inside.get(&address).copied().unwrap_or(0);
        if here >= PER_ADDRESS_MAX || inside.values().sum::<usize>() >= CONNECTIONS_MAX {
            return None;
        }
        inside.insert(address, here + 1);
        Some(Place { inside: Arc::clone(&self.inside), address })
    }
}

impl Listener for Door {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Timed, SocketAddr) {
        loop {
            let taken = tokio::select! {
                Some(shaken) = self.shaken.1.recv() => return shaken,
                taken = self.listener.accept() => taken,
            };
            match taken {
                Ok((stream, peer)) => {
                    let Some(place) = self.enter(peer.ip()) else {
                        tracing::debug!(%peer, "too many HTTP connections");
                        continue;
                    };
                    if let Some(inside) = self.welcome(stream, peer, place) {
                        return inside;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept an HTTP connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        Ok(self.address)
    }
}

#[derive(Debug)]
struct Place {
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = inside.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                inside.remove(&self.address);
            }
        }
    }
}

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The head of a request has begun, or the connection is new; so many bytes of the empty line
    /// that ends it were seen.
    Head { matched: usize },
    /// A request is being read or answered.
    Request,
    /// Answered; the next request has not begun.
    Between,
    /// A WebSocket.
    Upgraded,
}

/// A stream with deadlines.
#[derive(Debug)]
pub struct Timed {
    stream: Wire,
    stage: Stage,
    timer: Pin<Box<Sleep>>,
    _place: Place,
}

impl Timed {
    fn new(stream: Wire, place: Place) -> Self {
        let timer = Box::pin(sleep_until(Instant::now() + HEADER_MAX));
        Self { stream, stage: Stage::Head { matched: 0 }, timer, _place: place }
    }

    fn give(&mut self, time: Duration) {
        self.timer.as_mut().reset(Instant::now() + time);
    }

    fn has_read(&mut self, bytes: &[u8]) {
        match self.stage {
            Stage::Upgraded => {}
            Stage::Request => self.give(IDLE_MAX),
            Stage::Between => {
                self.give(HEADER_MAX);
                self.stage = head(0, bytes);
            }
            Stage::Head { matched } => self.stage = head(matched, bytes),
        }
        if self.stage == Stage::Request {
            self.give(IDLE_MAX);
        }
    }

    fn has_written(&mut self, bytes: &[u8]) {
        if self.stage == Stage::Request && bytes.starts_with(b"HTTP/1.1 101") {
            self.stage = Stage::Upgraded;
        } else if self.stage == Stage::Request && bytes.starts_with(b"HTTP/1.1 100") {
            self.give(IDLE_MAX); // the body comes now
        } else if self.stage != Stage::Upgraded {
            self.stage = Stage::Between;
            self.give(IDLE_MAX);
        }
    }
}

/// Looks for the empty line, `matched` bytes of which were seen before `bytes`.
fn head(mut matched: usize, bytes: &[u8]) -> Stage {
    for byte in bytes {
        matched = match (matched, byte) {
            (0 | 2, b'\r') | (1 | 3, b'\n') => matched + 1,
            (_, b'\r') => 1,
            _ => 0,
        };
        if matched == 4 {
            return Stage::Request;
        }
    }
    Stage::Head { matched }
}

impl AsyncRead for Timed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                self.has_read(&buf.filled()[before..]);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                if self.stage != Stage::Upgraded && self.timer.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(Error::from(ErrorKind::TimedOut)));
                }
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Timed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        match result {
            Poll::Ready(Ok(written)) => self.has_written(&bytes[..written]),
            Poll::Ready(Err(_)) => {}
            // A reader that takes nothing may not hold the answer for ever either.
            Poll::Pending => {
                if self.stage != Stage::Upgraded && self.timer.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(Error::from(ErrorKind::TimedOut)));
                }
            }
        }
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_head_is_found_across_any_cut() {
        let text = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for cut in 1..text.len() {
            let Stage::Head { matched } = head(0, &text[..cut]) else { panic!("too early: {cut}") };
            assert_eq!(head(matched, &text[cut..]), Stage::Request, "{cut}");
        }
    }
}
