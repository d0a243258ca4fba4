//! The shop's rules, pure: sizes, seasons, agreements, opening hours.

mod agreement;
mod tire;

pub use agreement::{Agreement, Service};
pub use tire::{Season, TireSize};
