//! `treadline dialplan`: what Asterisk's dialplan must say to bring calls to this installation.
//!
//! It prints `asterisk/treadline.conf`, which the tests run on a real Asterisk, with this
//! installation's addresses in it: a snippet with less in it would leave a caller in silence when
//! Treadline dies.

use super::out;
use crate::config::{AriMedia, Config};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The dialplan, with the addresses of a Treadline that runs beside its Asterisk.
const WHOLE: &str = include_str!("../../asterisk/treadline.conf");
/// Where the secret goes in it, in a comment until it is needed.
const SECRET_OFF: &str = "; same => n,Set(CURLOPT(httpheader)=";
const SECRET_ON: &str = " same => n,Set(CURLOPT(httpheader)=";

/// Which way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Way {
    /// `Dial(AudioSocket/…)`: a channel of its own, survives everything. Asterisk 18 and newer.
    Dial,
    /// `AudioSocket()`: the shortest. Asterisk 18 and newer.
    App,
    /// `Dial(WebSocket/…)`: Asterisk paces the sound. 20.18, 22.8 and newer.
    Websocket,
    /// `Stasis()`: Treadline steers the call over ARI.
    Stasis,
}

/// `treadline dialplan`
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct DialplanArgs {
    /// Which way in.
    #[arg(value_enum, default_value_t = Way::Dial)]
    pub way: Way,
}

/// Prints the dialplan for this installation's addresses.
pub fn run(config: &Config, args: DialplanArgs) {
    out::line(dialplan(config, args.way).trim_end());
}

/// The text for one way in; all of it is there, and the heading says where calls enter.
#[must_use]
pub fn dialplan(config: &Config, way: Way) -> String {
    let machine = machine(config);
    let at = |address| reachable(address, machine);
    let (audio, http) = (at(config.audiosocket.listen), at(config.server.listen));
    let (app, client) = (&config.ari.app, &config.ari.websocket_client);
    let mut text = heading(way, config);
    if http.ip().is_loopback() && !config.server.listen.ip().is_loopback() {
        text.push_str(
            "; Treadline listens on all addresses of its machine. If Asterisk is on another one, put \
             Treadline's\n; address instead of 127.0.0.1 into TREADLINE_AUDIO and TREADLINE_HTTP \
             below.\n",
        );
    }
    if way == Way::Websocket || way == Way::Stasis && config.ari.media == AriMedia::Websocket {
        let user = &config.websocket.user;
        text.push_str(&media_files(client, user, at(config.websocket.listen)));
    }
    text.push_str(";\n");
    let mut whole = WHOLE
        .replace("TREADLINE_AUDIO=127.0.0.1:9092", &format!("TREADLINE_AUDIO={audio}"))
        .replace("TREADLINE_HTTP=http://127.0.0.1:8080", &format!("TREADLINE_HTTP=http://{http}"))
        .replace("TREADLINE_APP=treadline", &format!("TREADLINE_APP={app}"))
        .replace("TREADLINE_MEDIA=treadline_media", &format!("TREADLINE_MEDIA={client}"));
    // Asterisk on this machine is trusted; one elsewhere shows the secret.
    if !config.server.listen.ip().is_loopback() {
        whole = whole.replace(SECRET_OFF, SECRET_ON);
    }
    text + &whole
}

fn heading(way: Way, config: &Config) -> String {
    let entrance = match (way, config.ari.media) {
        (Way::Dial, _) => "treadline-dial,s",
        (Way::App, _) => "treadline-app-guarded,s",
        (Way::Websocket, _) => "treadline-websocket,s",
        (Way::Stasis, AriMedia::Audiosocket) => "treadline-stasis,audiosocket",
        (Way::Stasis, AriMedia::Websocket) => "treadline-stasis,websocket",
    };
    format!(
        "; Printed by `treadline dialplan`: save it as treadline.conf in /etc/asterisk. Then\n\
         ;   1. `#include treadline.conf` in extensions.conf,\n\
         ;   2. Goto({entrance},1) where the calls of your trunk arrive,\n\
         ;   3. fill in below, in [globals], who takes the calls that Treadline hands over or loses.\n"
    )
}

/// The address of this machine that the configuration names, if it names one.
fn machine(config: &Config) -> IpAddr {
    [config.audiosocket.listen, config.server.listen, config.websocket.listen]
        .iter()
        .map(SocketAddr::ip)
        .find(|ip| !ip.is_unspecified() && !ip.is_loopback())
        .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// An address as Asterisk reaches it: one that listens everywhere is at the machine's own too.
fn reachable(address: SocketAddr, machine: IpAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::new(machine, address.port()) } else { address }
}

/// What the files beside the dialplan must say for the media connection.
fn media_files(client: &str, user: &str, media: SocketAddr) -> String {
    format!(
        ";   4. in websocket_client.conf:\n\
         ;        [{client}]\n;        type = websocket_client\n\
         ;        uri = ws://{media}/media\n;        protocols = media\n\
         ;        connection_type = per_call_config\n;        connection_timeout = 500\n\
         ;        username = {user}\n;        password = PUT-THE-CALL-SECRET-HERE\n\
         ;        tls_enabled = no\n\
         ;      and in chan_websocket.conf:\n\
         ;        [global]\n;        type = global\n;        control_message_format = json\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAYS: [Way; 4] = [Way::Dial, Way::App, Way::Websocket, Way::Stasis];

    fn text(way: Way, change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::default();
        change(&mut config);
        dialplan(&config, way)
    }

    #[test]
    fn each_way_in_has_this_installations_addresses() {
        let dial = text(Way::Dial, |config| {
            config.audiosocket.listen = "127.0.0.1:19092".parse().unwrap();
            config.server.listen = "0.0.0.0:18080".parse().unwrap();
        });
        assert!(dial.contains("\nTREADLINE_AUDIO=127.0.0.1:19092\n"), "{dial}");
        assert!(dial.contains("\nTREADLINE_HTTP=http://127.0.0.1:18080\n"), "{dial}");
        assert!(dial.contains("\n same => n,Set(CURLOPT(httpheader)=Authorization: Bearer"));
        assert!(dial.contains("If Asterisk is on another one"), "{dial}");
        let app = text(Way::App, |_| {});
        assert!(!app.contains("\n same => n,Set(CURLOPT(httpheader)"), "trusted here: {app}");
        assert!(!app.contains("If Asterisk is on another one"), "{app}");
        let websocket = text(Way::Websocket, |config| {
            config.ari.websocket_client = "elsewhere".into();
        });
        assert!(websocket.contains("\nTREADLINE_MEDIA=elsewhere\n"), "{websocket}");
        assert!(websocket.contains("uri = ws://127.0.0.1:9094/media"), "{websocket}");
        let stasis = text(Way::Stasis, |config| config.ari.app = "other".into());
        assert!(stasis.contains("Goto(treadline-stasis,audiosocket,1)"), "{stasis}");
        assert!(stasis.contains("\nTREADLINE_APP=other\n"), "{stasis}");
    }

    #[test]
    fn what_listens_everywhere_is_asked_where_the_sound_goes() {
        let text = text(Way::Dial, |config| {
            config.audiosocket.listen = "192.0.2.7:9092".parse().unwrap();
            config.server.listen = "0.0.0.0:8080".parse().unwrap();
        });
        assert!(text.contains("\nTREADLINE_AUDIO=192.0.2.7:9092\n"), "{text}");
        assert!(text.contains("\nTREADLINE_HTTP=http://192.0.2.7:8080\n"), "{text}");
    }

    #[test]
    fn every_context_that_a_call_can_be_sent_to_is_there_and_every_line_is_asterisks() {
        for way in WAYS {
            let text = text(way, |_| {});
            for context in ["watch", "transfer", "fallback", "next", "operator"] {
                assert!(text.contains(&format!("\n[treadline-{context}]\n")), "{way:?} {context}");
            }
            let entrance = text.split_once("Goto(").unwrap().1.split_once(',').unwrap().0;
            assert!(text.contains(&format!("\n[{entrance}]\n")), "{entrance}");
            for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with(';')) {
                let known = line.starts_with("exten => ")
                    || line.starts_with(" same => n")
                    || line.starts_with('[')
                    || line.starts_with("TREADLINE_");
                assert!(known, "{line:?}");
            }
        }
    }
}
