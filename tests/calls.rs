//! Calls over the loopback interface: legs, ARI against a fake, providers, the program itself.

mod support;

mod ari;
mod audiosocket;
mod browser;
mod call;
mod caller;
mod cost;
mod doctor;
mod endpoint;
mod legs;
#[cfg(feature = "local-stt")]
mod local_speech;
mod process;
mod providers;
#[cfg(feature = "local-stt")]
mod spoken_order;
mod websocket;
