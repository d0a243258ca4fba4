//! Names of what we make in Asterisk. Each begins with the application's, so that whatever is left
//! by a dead process is known for ours, and nothing of anybody else's is ever touched.

use uuid::Uuid;

/// What one of our names stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ours {
    /// The channel that carries the audio to us.
    Media(Uuid),
    /// The bridge in which a call talks.
    Talk(Uuid),
    /// The channel of a phone that we ring.
    Operator(Uuid),
}

/// The names of one application.
#[derive(Debug, Clone)]
pub(super) struct Names {
    app: String,
}

impl Names {
    pub(super) fn new(app: &str) -> Self {
        Self { app: app.to_owned() }
    }

    pub(super) fn media(&self, call: Uuid) -> String {
        format!("{}-media-{call}", self.app)
    }

    pub(super) fn talk(&self, call: Uuid) -> String {
        format!("{}-talk-{call}", self.app)
    }

    pub(super) fn operator(&self, call: Uuid, attempt: u32) -> String {
        format!("{}-operator-{call}-{attempt}", self.app)
    }

    /// What a name stands for, if it is one of ours.
    pub(super) fn read(&self, name: &str) -> Option<Ours> {
        let rest = name.strip_prefix(&self.app)?.strip_prefix('-')?;
        let (kind, rest) = rest.split_once('-')?;
        let call = Uuid::try_parse(rest.get(..36)?).ok()?;
        match (kind, rest.get(36..)?) {
            ("media", "") => Some(Ours::Media(call)),
            ("talk", "") => Some(Ours::Talk(call)),
            ("operator", number) if number.strip_prefix('-')?.parse::<u32>().is_ok() => {
                Some(Ours::Operator(call))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_names_are_known_and_those_of_others_are_not() {
        let names = Names::new("treadline");
        let call = Uuid::from_u128(7);
        assert_eq!(names.read(&names.media(call)), Some(Ours::Media(call)));
        assert_eq!(names.read(&names.talk(call)), Some(Ours::Talk(call)));
        assert_eq!(names.read(&names.operator(call, 2)), Some(Ours::Operator(call)));
        let other = Names::new("treadline2").media(call);
        for name in ["", "1732262400.12", "treadline-media-x", "treadline-media-ї", &other] {
            assert_eq!(names.read(name), None, "{name}");
        }
    }
}
