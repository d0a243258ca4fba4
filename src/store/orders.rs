//! Orders, as the tools ask for them. Totals come out of the store, never into it.

use crate::pii::{Personal, Phone};
use crate::shop::{DeliveryType, OrderStatus, PaymentMethod};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

/// What a caller wants to buy.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrder {
    /// Article number and pieces (1 to [`crate::shop::QUANTITY_MAX`]), each article once.
    pub items: Vec<(String, u16)>,
    /// The buyer: the caller's number, or one that they gave and confirmed.
    pub phone: Phone,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// The same key again returns the draft that stands: [`crate::ids::effect_key`].
    pub draft_key: String,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLine {
    /// Article number.
    pub sku: String,
    /// Maker, model and size as spoken.
    pub name: String,
    /// Pieces.
    pub quantity: u16,
    /// Price of one, UAH.
    pub price: Decimal,
    /// Price of the line, UAH.
    pub total: Decimal,
}

/// Where an order goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// To an address, or to a carrier's branch.
    Address {
        /// The city.
        city: String,
        /// Street and house, or the branch.
        address: Personal,
    },
    /// To a pickup point of the shop, by its code.
    Pickup {
        /// [`PickupPoint::code`].
        point: String,
    },
}

/// A delivery that was chosen and priced.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedDelivery {
    /// How.
    pub kind: DeliveryType,
    /// Where, as it is read back.
    pub destination: Personal,
    /// What it costs, UAH.
    pub cost: Decimal,
    /// Days from now until it is there.
    pub days: u16,
}

/// An order as the store has it.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderView {
    /// Row id; never shown to the model.
    pub id: Uuid,
    /// Draft or confirmed.
    pub status: OrderStatus,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// Of the lines, UAH.
    pub subtotal: Decimal,
    /// The delivery, once it is chosen.
    pub delivery: Option<PricedDelivery>,
    /// With delivery, UAH.
    pub total: Decimal,
}

/// The last word on an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// Which draft.
    pub order: Uuid,
    /// How it is paid.
    pub payment: PaymentMethod,
    /// Who receives it.
    pub recipient: Personal,
    /// What the caller agreed to pay, UAH. If the order costs something else by now, it is not
    /// confirmed.
    pub total: Decimal,
}

/// An order that stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfirmedOrder {
    /// Row id.
    pub id: Uuid,
    /// The number that the caller is told.
    pub number: String,
    /// UAH.
    pub total: Decimal,
    /// The day by which it should be there.
    pub estimated_delivery: Option<NaiveDate>,
    /// True if this very order stood already (a repeat of the same effect).
    pub repeated: bool,
}

/// An order that its owner asks about.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderState {
    /// The number.
    pub number: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// UAH.
    pub total: Decimal,
    /// What is in it, as spoken.
    pub summary: String,
    /// The day by which it should be there.
    pub estimated_delivery: Option<NaiveDate>,
}

/// A place where orders are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickupPoint {
    /// Its code; never spoken.
    pub code: String,
    /// Name as spoken.
    pub name: String,
    /// City.
    pub city: String,
    /// Address as spoken.
    pub address: String,
}
