//! What one call has been told: what was offered is all that can be taken.

use super::Refusal;
use crate::store::{Slot, Station};
use std::collections::BTreeSet;

/// What tools remember within one call: what was offered is all that can be taken.
#[derive(Debug, Clone, Default)]
pub struct CallLedger {
    /// Stations that a result of this call named.
    pub stations: Vec<Station>,
    /// Slots that the last answer of `get_fitting_slots` offered, by station code.
    pub offered: BTreeSet<(String, Slot)>,
    /// Article numbers that a result of this call named.
    pub products: BTreeSet<String>,
}

impl CallLedger {
    /// Remembers stations that an answer names.
    pub(super) fn name_stations(&mut self, named: &[Station]) {
        for station in named {
            // A later answer may name the same station in another language.
            match self.stations.iter_mut().find(|known| known.code == station.code) {
                Some(known) => known.clone_from(station),
                None => self.stations.push(station.clone()),
            }
        }
    }

    /// The slots of a new answer are the only ones that can be taken from now on.
    pub(super) fn offer_only(&mut self, code: &str, slots: impl IntoIterator<Item = Slot>) {
        self.offered = slots.into_iter().map(|slot| (code.to_owned(), slot)).collect();
    }

    /// The station that a model means by `station_id`. When this call knows a single one, it
    /// can only be that; a wrong id is then a slip of the model and not a question.
    pub(super) fn station(&self, station_id: &str) -> Result<Station, Refusal> {
        let exact = self.stations.iter().find(|station| station.code == station_id);
        match (exact, self.stations.as_slice()) {
            (Some(station), _) | (None, [station]) => Ok(station.clone()),
            (None, []) => Err(Refusal::new(
                "station_unknown",
                "No station is known in this call yet. Call get_fitting_stations first.".into(),
            )),
            (None, known) => {
                let codes: Vec<&str> = known.iter().map(|station| station.code.as_str()).collect();
                let legal = (6..=12).contains(&station_id.len())
                    && station_id.bytes().all(|byte| byte.is_ascii_digit());
                let code = if legal { "station_unknown" } else { "station_id_invalid" };
                Err(Refusal::new(
                    code,
                    format!(
                        "station_id must be one that get_fitting_stations returned in this call: \
                         {}. Ask the caller which station they want.",
                        codes.join(", ")
                    ),
                ))
            }
        }
    }
}
