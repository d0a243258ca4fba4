//! What one number, and one order, may have at most. The tools refuse the same a step earlier;
//! here it is counted over all calls of a number, and under a lock.

use crate::shop::{ORDER_AMOUNT_MAX, ORDER_PIECES_MAX};
use rust_decimal::Decimal;

/// Orders that one number may confirm on one day of the shop.
const ORDERS_PER_DAY_MAX: u32 = 3;
/// Live holds of one number, or of one call without a number.
const HOLDS_MAX: u32 = 2;

/// The limits of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// Fittings that one number may have ahead of it.
    pub bookings_per_number_max: u32,
    /// Times that are kept for one number at once.
    pub holds_per_number_max: u32,
    /// Orders of one number on one day of the shop.
    pub orders_per_day_max: u32,
    /// Pieces of one order; more are an operator's business.
    pub order_pieces_max: u32,
    /// Total of one order, UAH, delivery included; more is an operator's business.
    pub order_amount_max: Decimal,
}

impl StoreLimits {
    /// The product's limits, with this many fittings ahead of one number.
    #[must_use]
    pub const fn new(bookings_per_number_max: u32) -> Self {
        Self {
            bookings_per_number_max,
            holds_per_number_max: HOLDS_MAX,
            orders_per_day_max: ORDERS_PER_DAY_MAX,
            order_pieces_max: ORDER_PIECES_MAX,
            order_amount_max: ORDER_AMOUNT_MAX,
        }
    }

    /// No limits, for tests that prove what stands before and behind them.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            bookings_per_number_max: u32::MAX,
            holds_per_number_max: u32::MAX,
            orders_per_day_max: u32::MAX,
            order_pieces_max: u32::MAX,
            order_amount_max: Decimal::MAX,
        }
    }
}
