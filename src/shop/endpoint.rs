//! Which parts of the Store API a shop's own back office has. A tool whose part is missing is
//! hidden, so that the agent never promises what nobody can look up.

use serde::{Deserialize, Serialize};

/// A part of the Store API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `GET /tires/search`, `GET /tires/{id}` and its availability.
    Tires,
    /// `GET /vehicles/tires`.
    Vehicles,
    /// `GET /orders/search`.
    OrderStatus,
    /// `POST /orders`, its delivery and its confirmation.
    Orders,
    /// `GET /pickup-points`.
    PickupPoints,
    /// `GET /fitting/stations`.
    Stations,
    /// `GET /fitting/stations/{id}/slots` and `POST /fitting/bookings`.
    Bookings,
    /// `PATCH` and `DELETE /fitting/bookings/{id}`.
    BookingChanges,
    /// `GET /fitting/prices`.
    FittingPrices,
}

impl Endpoint {
    /// The whole of the Store API, in the order of its paper.
    pub const ALL: [Self; 9] = [
        Self::Tires,
        Self::Vehicles,
        Self::OrderStatus,
        Self::Orders,
        Self::PickupPoints,
        Self::Stations,
        Self::Bookings,
        Self::BookingChanges,
        Self::FittingPrices,
    ];

    /// The tools (canonical names) that need this part.
    #[must_use]
    pub const fn tools(self) -> &'static [&'static str] {
        match self {
            Self::Tires => &["search_tires", "check_availability"],
            Self::Vehicles => &["get_vehicle_tire_sizes"],
            Self::OrderStatus => &["get_order_status"],
            Self::Orders => &["create_order_draft", "update_order_delivery", "confirm_order"],
            Self::PickupPoints => &["get_pickup_points"],
            Self::Stations => &["get_fitting_stations"],
            Self::Bookings => &["get_fitting_slots", "book_fitting"],
            // The list is ours: what was booked through us. The Store API has none.
            Self::BookingChanges => &["get_customer_bookings", "cancel_fitting"],
            Self::FittingPrices => &["get_fitting_price"],
        }
    }
}
