//! The catalogue of failures.
#[path = "../support/database.rs"]
mod database;

mod booking;
mod line;
mod people;
mod shop;
mod words;
