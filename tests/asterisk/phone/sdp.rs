//! What two telephones agree on about the sound (RFC 3264): one codec and keys.

use std::net::{Ipv4Addr, SocketAddr};

/// The sound of a telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// G.711 mu-law at 8 kHz, as every trunk has it.
    Pcmu,
    /// Linear samples at 16 kHz: wideband without any loss.
    L16,
}

impl Codec {
    pub fn rate(self) -> u32 {
        match self {
            Self::Pcmu => 8_000,
            Self::L16 => 16_000,
        }
    }

    /// Samples of the 20 ms in a packet.
    pub fn frame(self) -> usize {
        self.rate() as usize / 50
    }

    fn number(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::L16 => 118,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU/8000",
            Self::L16 => "L16/16000",
        }
    }
}

/// Number of the keys' packets in what we offer.
const KEYS: u8 = 101;

/// Where the other side wants its sound, and under which numbers.
#[derive(Debug, Clone, Copy)]
pub struct Agreed {
    pub to: SocketAddr,
    pub sound: u8,
    pub keys: Option<u8>,
}

/// A description of ours. With what was `offered` by the other side its numbers are used.
pub fn describe(codec: Codec, port: u16, offered: Option<Agreed>) -> String {
    let sound = offered.map_or(codec.number(), |offer| offer.sound);
    let keys = offered.map_or(Some(KEYS), |offer| offer.keys);
    let list = keys.map_or(String::new(), |keys| format!(" {keys}"));
    let mut lines = vec![
        "v=0".to_owned(),
        "o=- 1 1 IN IP4 127.0.0.1".to_owned(),
        "s=-".to_owned(),
        "c=IN IP4 127.0.0.1".to_owned(),
        "t=0 0".to_owned(),
        format!("m=audio {port} RTP/AVP {sound}{list}"),
        format!("a=rtpmap:{sound} {}", codec.name()),
    ];
    if let Some(keys) = keys {
        lines.push(format!("a=rtpmap:{keys} telephone-event/8000"));
        lines.push(format!("a=fmtp:{keys} 0-16"));
    }
    lines.push("a=ptime:20".to_owned());
    lines.push("a=sendrecv\r\n".to_owned());
    lines.join("\r\n")
}

/// What a description of the other side means for `codec`; `None` if it has no such codec.
pub fn understand(text: &str, codec: Codec) -> Option<Agreed> {
    let value = |start: &str| text.lines().find_map(|line| line.trim().strip_prefix(start));
    let address: Ipv4Addr = value("c=IN IP4 ")?.parse().ok()?;
    let mut media = value("m=audio ")?.split(' ');
    let port: u16 = media.next()?.parse().ok()?;
    let listed: Vec<u8> = media.skip(1).filter_map(|number| number.parse().ok()).collect();
    let named = |name: &str| {
        let maps = text.lines().filter_map(|line| line.trim().strip_prefix("a=rtpmap:"));
        let mut maps = maps.filter_map(|map| map.split_once(' '));
        maps.find(|(_, codec)| codec.to_ascii_uppercase().starts_with(name))?.0.parse().ok()
    };
    // PCMU has its number for good and need not be named.
    let plain = (codec == Codec::Pcmu && listed.contains(&0)).then_some(0);
    Some(Agreed {
        to: (address, port).into(),
        sound: named(codec.name()).or(plain)?,
        keys: named("TELEPHONE-EVENT/8000"),
    })
}
