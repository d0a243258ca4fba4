//! What an Asterisk of a version can do.

/// `22.10.1`, without what a distribution adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u32, pub(super) u32);

impl Version {
    /// Major and minor of a text like `22.10.1~dfsg+~cs6`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        Some(Self(numbers.next()?.ok()?, numbers.next()?.ok()?))
    }

    /// First releases, one of each branch. A newer branch has what the newest known one has.
    fn has(self, since: &[Self]) -> bool {
        match since.iter().find(|first| first.0 == self.0) {
            Some(first) => self >= *first,
            None => since.iter().max().is_some_and(|newest| self > *newest),
        }
    }

    /// The ways in and what they can do, as a person reads it.
    pub(super) fn ways(self) -> Vec<&'static str> {
        const V: fn(u32, u32) -> Version = Version;
        let known: [(&str, &[Self]); 4] = [
            (
                "AudioSocket() and Dial(AudioSocket/…)",
                &[V(18, 0), V(19, 0), V(20, 0), V(21, 0), V(22, 0)],
            ),
            ("keys over AudioSocket", &[V(20, 14), V(21, 9), V(22, 4), V(23, 0)]),
            ("16 kHz over AudioSocket", &[V(20, 17), V(21, 12), V(22, 7), V(23, 1)]),
            ("chan_websocket", &[V(20, 18), V(22, 8), V(23, 2)]),
        ];
        known.into_iter().filter(|(_, since)| self.has(since)).map(|(name, _)| name).collect()
    }

    /// `chan_websocket` without the faults of its first releases.
    pub(super) fn websocket_is_mature(self) -> bool {
        self.has(&[Self(20, 19), Self(22, 9), Self(23, 3)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_what_it_can_do() {
        let ways = |text| Version::read(text).unwrap().ways().len();
        assert_eq!(ways("22.10.1~dfsg+~cs6.17.60671434-1"), 4);
        assert_eq!(ways("20.18.0"), 4);
        assert_eq!(ways("22.7.0"), 3);
        assert_eq!(ways("21.13.0"), 3, "21 never got the websocket that we speak");
        assert_eq!(ways("18.26.2"), 1);
        assert_eq!(ways("16.30.0"), 0);
        assert_eq!(ways("24.0.0"), 4);
        assert!(!Version::read("22.8.2").unwrap().websocket_is_mature());
        assert_eq!(Version::read("GIT-master"), None);
    }
}
