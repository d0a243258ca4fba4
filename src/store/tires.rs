//! Tyres and cars, as the tools ask for them.

use crate::shop::{Season, TireSize};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A search for tyres.
#[derive(Debug, Clone, PartialEq)]
pub struct TireQuery {
    /// The size; commercial or not must match only if it is `true`.
    pub size: TireSize,
    /// The season, if named.
    pub season: Option<Season>,
    /// The maker, if named; compared without case.
    pub brand: Option<String>,
}

/// A tyre in the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tire {
    /// The shop's article number.
    pub sku: String,
    /// Maker.
    pub brand: String,
    /// Model.
    pub model: String,
    /// Canonical size.
    pub size: String,
    /// Season word.
    pub season: Season,
    /// Price of one, UAH.
    pub price: Decimal,
    /// Pieces in stock.
    pub quantity: i32,
    /// Country of origin.
    pub country: Option<String>,
    /// Year of making.
    pub year: Option<i32>,
}

/// What fits a car.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VehicleSizes {
    /// Make, as the shop writes it.
    pub brand: String,
    /// Model, as the shop writes it.
    pub model: String,
    /// First and last year of making that these sizes hold for; the last is open for a car still
    /// made.
    pub years: (i32, Option<i32>),
    /// Sizes that the maker fits.
    pub stock_sizes: Vec<TireSize>,
    /// Sizes that the maker allows beside.
    pub acceptable_sizes: Vec<TireSize>,
}
