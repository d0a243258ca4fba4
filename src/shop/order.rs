//! Orders: their states, how they travel, how they are paid.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Pieces of one article in one order; more of a kind is an operator's business long before.
pub const QUANTITY_MAX: u16 = 99;
/// Pieces in one order that the agent takes itself; more go to an operator.
pub const ORDER_PIECES_MAX: u32 = 20;
/// Total of one order, UAH, that the agent takes itself; more goes to an operator.
pub const ORDER_AMOUNT_MAX: Decimal = Decimal::from_parts(50_000, 0, 0, false, 0);

/// Where an order stands, in the words of `orders.status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Being put together; nothing is promised and no stock is taken.
    Draft,
    /// The caller agreed; stock is taken.
    Confirmed,
    /// On its way.
    Shipped,
    /// With the carrier of the last mile.
    Delivering,
    /// The customer has it.
    Delivered,
    /// Given up.
    Cancelled,
}

impl OrderStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Confirmed,
        Self::Shipped,
        Self::Delivering,
        Self::Delivered,
        Self::Cancelled,
    ];

    /// The word in the database and in tool results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Confirmed => "confirmed",
            Self::Shipped => "shipped",
            Self::Delivering => "delivering",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// What the shop's people may make of it. A pickup is handed over without a carrier; what comes
    /// back from the carrier is cancelled.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Cancelled],
            Self::Confirmed => &[Self::Shipped, Self::Delivered, Self::Cancelled],
            Self::Shipped => &[Self::Delivering, Self::Delivered, Self::Cancelled],
            Self::Delivering => &[Self::Delivered, Self::Cancelled],
            Self::Delivered | Self::Cancelled => &[],
        }
    }

    /// True if its pieces were taken out of the stock and are not with the customer for good.
    #[must_use]
    pub const fn holds_stock(self) -> bool {
        matches!(self, Self::Confirmed | Self::Shipped | Self::Delivering)
    }
}

/// How an order reaches its buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryType {
    /// By a carrier to an address or a carrier's branch.
    Delivery,
    /// Fetched at a pickup point of the shop.
    Pickup,
}

/// How an order is paid. No card number is ever asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// In cash when it arrives.
    Cod,
    /// By a link, before it is sent.
    Online,
    /// By card when it arrives.
    CardOnDelivery,
}

/// A line of an order as it is read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedItem {
    /// Maker, model and size as spoken.
    pub name: String,
    /// Pieces.
    pub quantity: u16,
    /// Price of one, UAH, from the catalogue.
    pub price: Decimal,
    /// Price of all of them, UAH, computed by the store.
    pub total: Decimal,
}
