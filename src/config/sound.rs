//! `[sound]`: how the agent sounds on the line.

use super::Config;
use crate::audio::sound::Sound as Wished;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Quieter is not understood in a car, louder has no room for its peaks.
const LOUDNESS_DB: RangeInclusive<i32> = -30..=-12;
/// Quieter is not heard at all, louder is taken for a bad line.
const COMFORT_NOISE_DB: RangeInclusive<i32> = -70..=-50;
/// Answers come sooner; notes before each of them would be a nuisance.
const WAITING_MS_MIN: u64 = 500;

/// `[sound]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Sound {
    /// The loudness that voices are led to, decibels of full scale; 0: as they come.
    pub loudness_db: i32,
    /// The level of the noise under silence, decibels of full scale; 0: none.
    pub comfort_noise_db: i32,
    /// After so long without an answer soft notes are heard, milliseconds; 0: never.
    pub waiting_ms: u64,
    /// The agent's own voice that comes back does not interrupt it.
    pub echo_guard: bool,
}

impl Sound {
    /// The same as a leg wants it.
    #[must_use]
    pub fn wished(&self) -> Wished {
        let unless_zero = |value: i32| (value != 0).then_some(value);
        Wished {
            loudness_db: unless_zero(self.loudness_db),
            comfort_noise_db: unless_zero(self.comfort_noise_db),
            waiting_ms: (self.waiting_ms > 0).then_some(self.waiting_ms),
            echo_guard: self.echo_guard,
        }
    }
}

/// What the types cannot say.
pub(super) fn problems(config: &Config) -> Vec<(&'static str, String)> {
    let sound = &config.sound;
    let outside = |range: RangeInclusive<i32>, value: i32| value != 0 && !range.contains(&value);
    let checks = [
        (
            "sound.loudness_db",
            outside(LOUDNESS_DB, sound.loudness_db),
            "must be -30 to -12, or 0 to leave voices as they are",
        ),
        (
            "sound.comfort_noise_db",
            outside(COMFORT_NOISE_DB, sound.comfort_noise_db),
            "must be -70 to -50, or 0 for none",
        ),
        (
            "sound.waiting_ms",
            (1..WAITING_MS_MIN).contains(&sound.waiting_ms),
            "must be at least 500, or 0 for never",
        ),
    ];
    checks
        .into_iter()
        .filter(|(_, wrong, _)| *wrong)
        .map(|(key, _, message)| (key, message.to_owned()))
        .collect()
}
