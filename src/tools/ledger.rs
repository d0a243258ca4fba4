//! What one call has been told: what was offered is all that can be taken.

use super::unsettled::Unsettled;
use super::{Guard, Refusal, ToolDesk};
use crate::store::{BookingView, OrderView, PickupPoint, Slot, Station, StorageContract};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the call was about last; decides the next step of the progress block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// Nothing yet.
    #[default]
    Nothing,
    /// Tyres and their stock.
    Tires,
    /// An order.
    Order,
    /// A fitting to be booked.
    Fitting,
    /// Bookings that exist.
    Bookings,
    /// Anything else that an answer settled.
    Question,
}

/// An order that was begun in this call.
#[derive(Debug, Clone)]
pub struct Draft {
    /// As the store had it last.
    pub view: OrderView,
    /// Its number, once it is confirmed.
    pub number: Option<String>,
}

/// A time that this call keeps free.
#[derive(Debug, Clone)]
pub struct Held {
    /// The station's code.
    pub station: String,
    /// The time.
    pub slot: Slot,
    /// When it lapses.
    pub until: DateTime<Utc>,
}

/// What tools remember within one call: what was offered is all that can be taken.
#[derive(Debug, Clone, Default)]
pub struct CallLedger {
    /// Stations that a result of this call named.
    pub stations: Vec<Station>,
    /// Slots that the last answer of `get_fitting_slots` offered, by station code.
    pub offered: BTreeSet<(String, Slot)>,
    /// Article numbers that a result of this call named.
    pub products: BTreeSet<String>,
    /// Pickup points that a result of this call named: P1, P2 …
    pub points: Vec<PickupPoint>,
    /// Orders of this call: D1, D2 …
    pub drafts: Vec<Draft>,
    /// The caller's own bookings that a result of this call named: B1, B2 …
    pub bookings: Vec<BookingView>,
    /// Bookings of [`Self::bookings`] that were changed in this call, one entry a change.
    pub changed: Vec<Uuid>,
    /// The caller's own storage contracts: S1, S2 …
    pub contracts: Vec<StorageContract>,
    /// The caller was asked whether the tyres to be fitted are the stored ones.
    pub storage_asked: bool,
    /// Times that this call keeps free.
    pub holds: Vec<Held>,
    /// The fitting that was booked in this call last.
    pub booked: Option<(Station, Slot)>,
    /// What the call was about last.
    pub focus: Focus,
    /// An effect that was begun and not heard of since.
    pub(super) unsettled: Option<Unsettled>,
    /// A weekday up to here, lines and characters of the last of them, has been answered with
    /// times of its day.
    pub(super) weekday_settled: (usize, usize),
}

/// The place that an alias names: `"D2"` with letter `D` is 1.
fn place_of(alias: &str, letter: char) -> Option<usize> {
    let number = alias.trim().strip_prefix([letter, letter.to_ascii_lowercase()])?;
    number.parse::<usize>().ok()?.checked_sub(1)
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

    /// The alias of an order, which is new or known.
    pub(super) fn name_draft(&mut self, view: OrderView) -> String {
        let known = self.drafts.iter().position(|draft| draft.view.id == view.id);
        let at = known.unwrap_or_else(|| {
            self.drafts.push(Draft { view: view.clone(), number: None });
            self.drafts.len() - 1
        });
        self.drafts[at].view = view;
        format!("D{}", at + 1)
    }

    /// The order that an alias names. Where this call has begun a single one, it can only be
    /// that; a wrong id is then a slip of the model and not a question.
    pub(super) fn draft(&self, order_id: &str) -> Result<(String, Draft), Refusal> {
        let open: Vec<usize> =
            (0..self.drafts.len()).filter(|at| self.drafts[*at].number.is_none()).collect();
        let named = place_of(order_id, 'D').filter(|at| *at < self.drafts.len());
        let slip = || match open.as_slice() {
            [only] if Uuid::try_parse(order_id.trim()).is_err() => Some(*only),
            _ => None,
        };
        match named.or_else(slip) {
            Some(at) => Ok((format!("D{}", at + 1), self.drafts[at].clone())),
            None => Err(Refusal::new(
                "order_unknown",
                "order_id must be one that create_order_draft returned in this call. Call \
                 create_order_draft first."
                    .into(),
            )),
        }
    }

    /// The alias of one of the caller's own bookings.
    pub(super) fn name_booking(&mut self, view: BookingView) -> String {
        let known = self.bookings.iter().position(|booking| booking.id == view.id);
        let at = known.unwrap_or_else(|| {
            self.bookings.push(view.clone());
            self.bookings.len() - 1
        });
        self.bookings[at] = view;
        format!("B{}", at + 1)
    }

    /// The booking that an alias names.
    pub(super) fn booking(&self, booking_id: &str) -> Result<BookingView, Refusal> {
        let named = place_of(booking_id, 'B').and_then(|at| self.bookings.get(at));
        named.cloned().ok_or_else(|| {
            Refusal::new(
                "booking_unknown",
                "booking_id must be one that get_customer_bookings returned in this call, for \
                 example B1. Call get_customer_bookings first."
                    .into(),
            )
        })
    }

    /// The alias of a storage contract.
    pub(super) fn name_contract(&mut self, contract: &StorageContract) -> String {
        let known = self.contracts.iter().position(|one| one.number == contract.number);
        let at = known.unwrap_or_else(|| {
            self.contracts.push(contract.clone());
            self.contracts.len() - 1
        });
        format!("S{}", at + 1)
    }

    /// The contract that an alias names, with the alias as it is written.
    pub(super) fn contract(&self, id: &str) -> Result<(String, StorageContract), Refusal> {
        let at = place_of(id, 'S').filter(|at| *at < self.contracts.len());
        at.map(|at| (format!("S{}", at + 1), self.contracts[at].clone())).ok_or_else(|| {
            Refusal::new(
                "contract_unknown",
                "storage_contract must be a contract_id that find_storage returned in this call, \
                 for example S1, or NONE for the caller's own tyres. Call find_storage first."
                    .into(),
            )
        })
    }

    /// The alias of a pickup point.
    pub(super) fn name_point(&mut self, point: &PickupPoint) -> String {
        let known = self.points.iter().position(|one| one.code == point.code);
        let at = known.unwrap_or_else(|| {
            self.points.push(point.clone());
            self.points.len() - 1
        });
        format!("P{}", at + 1)
    }

    /// The pickup point that an alias names.
    pub(super) fn point(&self, id: &str) -> Result<PickupPoint, Refusal> {
        let named = place_of(id, 'P').and_then(|at| self.points.get(at));
        named.cloned().ok_or_else(|| {
            Refusal::new(
                "pickup_point_unknown",
                "pickup_point_id must be one that get_pickup_points returned in this call, for \
                 example P1. Call get_pickup_points first."
                    .into(),
            )
        })
    }

    /// Orders that were confirmed in this call.
    pub(super) fn confirmed(&self) -> usize {
        self.drafts.iter().filter(|draft| draft.number.is_some()).count()
    }

    /// This call keeps that time free.
    pub(super) fn holds_now(&self, station: &str, slot: Slot, now: DateTime<Utc>) -> bool {
        let live = |held: &&Held| held.until > now;
        self.holds.iter().filter(live).any(|held| held.station == station && held.slot == slot)
    }

    /// The station that a model means by `station_id`. When this call knows a single one, it
    /// can only be that; a wrong id is then a slip of the model and not a question.
    fn station(&self, station_id: &str) -> Result<Station, Refusal> {
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

impl ToolDesk {
    /// The station that `station_id` means; only one that this call has named.
    pub(super) async fn station(&self, station_id: &str) -> Result<Station, Refusal> {
        let station_id = station_id.trim();
        if self.guards.on(Guard::KnownStation) {
            return self.ledger.station(station_id);
        }
        let all = self.store.stations(&self.scope, None).await.map_err(Refusal::from_store)?;
        match all.into_iter().find(|station| station.code == station_id) {
            Some(station) => Ok(station),
            None => self.ledger.station(station_id),
        }
    }
}
