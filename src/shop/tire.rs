//! Tyre sizes and seasons.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A season, in the words of the tools and of `products.season`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Season {
    /// Winter tyres.
    Winter,
    /// Summer tyres.
    Summer,
    /// All-season tyres.
    AllSeason,
}

impl Season {
    /// The word in the database and in tool arguments.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Winter => "winter",
            Self::Summer => "summer",
            Self::AllSeason => "all_season",
        }
    }
}

/// A size such as 205/55 R16: width in millimetres, profile in per cent, rim in inches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TireSize {
    /// Width, millimetres, 125 to 405.
    pub width: u16,
    /// Profile, per cent of the width, 20 to 95.
    pub profile: u16,
    /// Rim, tenths of an inch (165 is R16.5).
    pub rim_tenths: u16,
    /// A commercial (van) size, written with a C.
    pub commercial: bool,
}

impl TireSize {
    /// A passenger size with a whole-inch rim; `None` outside the ranges that are made.
    #[must_use]
    pub fn new(width: u16, profile: u16, rim_inches: u16) -> Option<Self> {
        let legal = (125..=405).contains(&width)
            && (20..=95).contains(&profile)
            && (10..=26).contains(&rim_inches);
        legal.then_some(Self { width, profile, rim_tenths: rim_inches * 10, commercial: false })
    }
}

impl fmt::Display for TireSize {
    /// The canonical writing: `205/55 R16`, `195/75 R16C`, `315/80 R22.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} R{}", self.width, self.profile, self.rim_tenths / 10)?;
        if !self.rim_tenths.is_multiple_of(10) {
            write!(f, ".{}", self.rim_tenths % 10)?;
        }
        if self.commercial { f.write_str("C") } else { Ok(()) }
    }
}

impl FromStr for TireSize {
    type Err = ();

    /// Reads the canonical writing only; speech goes through [`crate::language`].
    fn from_str(text: &str) -> Result<Self, ()> {
        let (width, rest) = text.trim().split_once('/').ok_or(())?;
        let (profile, rim) = rest.split_once(" R").ok_or(())?;
        let (rim, commercial) = rim.strip_suffix('C').map_or((rim, false), |rim| (rim, true));
        let (inches, tenths) = rim.split_once('.').unwrap_or((rim, "0"));
        let number = |digits: &str| digits.parse::<u16>().map_err(|_| ());
        let mut size = Self::new(number(width)?, number(profile)?, number(inches)?).ok_or(())?;
        size.rim_tenths += number(tenths)?.min(9);
        size.commercial = commercial;
        Ok(size)
    }
}
