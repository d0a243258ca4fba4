//! `treadline dialplan`: what Asterisk's dialplan must say to bring calls to this installation.

use super::out;
use crate::config::Config;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

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

/// Prints the snippet for this installation's addresses.
pub fn run(config: &Config, args: DialplanArgs) {
    out::line(snippet(config, args.way).trim_end());
}

/// An address as Asterisk on the same machine reaches it: one that listens everywhere is there too.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        return SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port());
    }
    address
}

/// The text for one way in.
#[must_use]
pub fn snippet(config: &Config, way: Way) -> String {
    let audio = reachable(config.audiosocket.listen);
    let media = reachable(config.websocket.listen);
    let http = reachable(config.server.listen);
    let client = &config.ari.websocket_client;
    let (app, user) = (&config.ari.app, &config.websocket.user);
    let talk = match way {
        Way::Dial => format!(" same => n,Dial(AudioSocket/{audio}/${{CALL}}/c(slin),,g)\n"),
        Way::App => format!(" same => n,AudioSocket(${{CALL}},{audio})\n"),
        Way::Websocket => {
            format!(" same => n,Dial(WebSocket/{client}/c(slin16)f(json)v(uuid=${{CALL}}),,g)\n")
        }
        Way::Stasis => {
            format!(" same => n,Stasis({app},${{CALL}},{})\n", media_word(config))
        }
    };
    let mut text = format!(
        "; Treadline: send calls here with Goto(treadline,s,1). Needs func_curl, func_uri, func_uuid.\n\
         ; A person takes the call when Treadline is not there: fill in who that is in [treadline-person].\n\
         [treadline]\n\
         exten => s,1,Set(CALL=${{UUID()}})\n \
         same => n,Set(CURLOPT(conntimeout)=2)\n \
         same => n,Set(CURLOPT(httptimeout)=3)\n\
         {secret} \
         same => n,Set(FROM=${{FILTER(+0-9,${{CALLERID(num)}})}})\n \
         same => n,Set(TO=${{FILTER(+0-9,${{IF($[\"${{FROM_DID}}\" = \"\"]?${{CALLERID(dnid)}}:${{FROM_DID}})}})}})\n \
         same => n,Set(FORM=uuid=${{CALL}}&caller=${{URIENCODE(${{FROM}})}}&called=${{URIENCODE(${{TO}})}})\n \
         same => n,Set(OK=${{FILTER(a-z,${{CURL(http://{http}/v1/calls,${{FORM}})}})}})\n \
         same => n,GotoIf($[\"${{OK}}\" != \"ok\"]?treadline-person,s,1)\n \
         same => n,Answer()\n\
         {talk} \
         same => n,Set(NEXT=${{FILTER(A-Za-z0-9_,${{CURL(http://{http}/v1/calls/${{CALL}}/next)}})}})\n \
         same => n,GotoIf($[\"${{NEXT}}\" = \"hangup\"]?bye)\n \
         same => n,Goto(treadline-person,s,1)\n \
         same => n(bye),Hangup()\n\
         [treadline-person]\n\
         exten => s,1,Dial(PJSIP/operator,30)\n \
         same => n,Hangup()\n",
        secret = secret_line(config),
    );
    if way == Way::Websocket || way == Way::Stasis && media_word(config) == "websocket" {
        text.push_str(&media_files(client, user, media));
    }
    text
}

/// What the files beside the dialplan must say for the media connection.
fn media_files(client: &str, user: &str, media: SocketAddr) -> String {
    format!(
        "\n; websocket_client.conf\n[{client}]\ntype = websocket_client\nuri = ws://{media}/media\n\
         protocols = media\nconnection_type = per_call_config\nconnection_timeout = 500\n\
         username = {user}\npassword = PUT-THE-CALL-SECRET-HERE\ntls_enabled = no\n\
         ; chan_websocket.conf\n[global]\ntype = global\ncontrol_message_format = json\n"
    )
}

fn media_word(config: &Config) -> &'static str {
    match config.ari.media {
        crate::config::AriMedia::Audiosocket => "audiosocket",
        crate::config::AriMedia::Websocket => "websocket",
    }
}

/// Asterisk on this machine is trusted; one elsewhere shows the secret.
fn secret_line(config: &Config) -> &'static str {
    if config.server.listen.ip().is_loopback() {
        ""
    } else {
        " same => n,Set(CURLOPT(httpheader)=Authorization: Bearer PUT-THE-CALL-SECRET-HERE)\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(way: Way, change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::default();
        change(&mut config);
        snippet(&config, way)
    }

    #[test]
    fn each_way_in_has_its_own_line_and_this_installations_addresses() {
        let dial = text(Way::Dial, |config| {
            config.audiosocket.listen = "127.0.0.1:19092".parse().unwrap();
            config.server.listen = "0.0.0.0:18080".parse().unwrap();
        });
        assert!(dial.contains("Dial(AudioSocket/127.0.0.1:19092/${CALL}/c(slin),,g)"), "{dial}");
        assert!(dial.contains("CURL(http://127.0.0.1:18080/v1/calls,"), "{dial}");
        assert!(dial.contains("Authorization: Bearer"), "not only for this machine: {dial}");
        let app = text(Way::App, |_| {});
        assert!(app.contains("AudioSocket(${CALL},127.0.0.1:9092)"), "{app}");
        assert!(!app.contains("Bearer") && !app.contains("websocket_client"));
        let websocket = text(Way::Websocket, |_| {});
        assert!(
            websocket.contains("Dial(WebSocket/treadline_media/c(slin16)f(json)v(uuid=${CALL})")
        );
        assert!(websocket.contains("uri = ws://127.0.0.1:9094/media"));
        let stasis = text(Way::Stasis, |_| {});
        assert!(stasis.contains("Stasis(treadline,${CALL},audiosocket)"));
    }

    #[test]
    fn every_line_of_the_snippet_is_one_that_asterisk_reads() {
        for way in [Way::Dial, Way::App, Way::Websocket, Way::Stasis] {
            for line in text(way, |_| {}).lines().filter(|line| !line.is_empty()) {
                let known = line.starts_with("exten => ")
                    || line.starts_with(" same => n")
                    || line.starts_with('[')
                    || line.starts_with(';')
                    || line.contains(" = ");
                assert!(known, "{line:?}");
                let (open, close) =
                    (line.matches(['(', '{']).count(), line.matches([')', '}']).count());
                assert_eq!(open, close, "{line}");
            }
        }
    }
}
