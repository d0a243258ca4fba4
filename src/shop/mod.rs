//! The shop's rules, pure: sizes, seasons, agreements, offers, places, the fitting window,
//! and what a back office can have.

mod agreement;
mod cities;
mod endpoint;
pub mod identity;
mod knowledge;
mod offers;
mod opening;
mod order;
mod order_number;
mod places;
pub mod ticket;
mod tire;
mod week;
mod window;

pub use agreement::{Agreement, Service};
pub use cities::city_named;
pub use endpoint::Endpoint;
pub use knowledge::Category;
pub use offers::{OFFERS_MAX, pick_varied, sizes_nearby};
pub use opening::Opening;
pub use order::{
    AgreedItem, DeliveryType, ORDER_AMOUNT_MAX, ORDER_PIECES_MAX, OrderStatus, PaymentMethod,
    QUANTITY_MAX,
};
pub use order_number::same_order_number;
pub use places::{fold, place_matches, place_named_in};
pub use tire::{Season, TireSize};
pub use week::{Stretch, WeekHours, stretches};
pub use window::{DayProblem, FITTING_DAYS_AHEAD_MAX, FittingWindow, WeekdayName};
