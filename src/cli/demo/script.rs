//! What the recorded caller says, in order. The recordings are real speech (their voice and its
//! licence: `tests/fixtures/audio/README.md`); they are part of the program, so that the
//! demonstration runs from any folder.

use crate::caller::wav;

/// One thing that the caller says.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The words that were spoken into the recording.
    pub text: &'static str,
    /// The recording.
    recording: &'static [u8],
}

macro_rules! step {
    ($file:literal, $text:literal) => {
        Step {
            text: $text,
            recording: include_bytes!(concat!("../../../tests/fixtures/audio/", $file)),
        }
    };
}

/// A whole call: tyres are found and a fitting is booked. It asks for the earliest time, so that it
/// holds on every weekday and hour.
const BOOKING: &[Step] = &[
    step!(
        "hello-winter-size.wav",
        "Hello, I need winter tires, two hundred five, fifty five, R sixteen."
    ),
    step!("stock.wav", "Do you have four of the Michelin in stock?"),
    step!("book.wav", "I would like to book a tire fitting."),
    step!("station.wav", "The first one, please."),
    step!("earliest.wav", "The earliest time you have, please."),
    step!("name.wav", "My name is John Smith."),
    step!("car.wav", "It is a white Toyota."),
    step!("yes.wav", "Yes, that is right."),
    step!("goodbye.wav", "No, thank you. Goodbye."),
];

/// A whole call: tyres are found and ordered, and the fitting of what was ordered is booked.
const ORDER: &[Step] = &[
    step!(
        "hello-winter-size.wav",
        "Hello, I need winter tires, two hundred five, fifty five, R sixteen."
    ),
    step!("take-michelin.wav", "I will take the Michelin ones."),
    step!("four.wav", "I need four of them, please."),
    step!("pickup.wav", "I will pick them up."),
    step!("kyiv.wav", "I am in Kyiv."),
    step!("station.wav", "The first one, please."),
    step!("cash.wav", "Cash on delivery."),
    step!("name.wav", "My name is John Smith."),
    step!("yes.wav", "Yes, that is right."),
    step!("fit-them.wav", "Yes, I want them fitted."),
    step!("station.wav", "The first one, please."),
    step!("earliest.wav", "The earliest time you have, please."),
    step!("car.wav", "It is a white Toyota."),
    step!("yes.wav", "Yes, that is right."),
    step!("goodbye.wav", "No, thank you. Goodbye."),
];

/// What the caller says who books a fitting, or (`order`) who buys the tyres first.
#[must_use]
pub const fn steps(order: bool) -> &'static [Step] {
    if order { ORDER } else { BOOKING }
}

/// The samples of a step at `rate`.
///
/// # Errors
/// When a recording cannot be read.
pub fn samples(step: &Step, rate: u32) -> anyhow::Result<Vec<i16>> {
    wav::decode(step.recording, step.text, rate)
}
