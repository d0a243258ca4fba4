//! What an article of the knowledge base is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The twelve shelves of the knowledge base.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Choosing, reading and looking after tyres.
    Tyres,
    /// Sizes, indices, what fits which car.
    Sizes,
    /// Winter, summer, all-season.
    Seasons,
    /// The fitting station.
    Fitting,
    /// Balancing and vibrations.
    Balancing,
    /// Tyres that the shop keeps, and how to keep them at home.
    Storage,
    /// How an order travels.
    Delivery,
    /// How it is paid.
    Payment,
    /// What the maker and the shop answer for.
    Warranty,
    /// Giving back and exchanging.
    Returns,
    /// Wear, pressure, damage, the law.
    Safety,
    /// Anything else.
    General,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Tyres,
        Self::Sizes,
        Self::Seasons,
        Self::Fitting,
        Self::Balancing,
        Self::Storage,
        Self::Delivery,
        Self::Payment,
        Self::Warranty,
        Self::Returns,
        Self::Safety,
        Self::General,
    ];

    /// The word in `knowledge_articles.category`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tyres => "tyres",
            Self::Sizes => "sizes",
            Self::Seasons => "seasons",
            Self::Fitting => "fitting",
            Self::Balancing => "balancing",
            Self::Storage => "storage",
            Self::Delivery => "delivery",
            Self::Payment => "payment",
            Self::Warranty => "warranty",
            Self::Returns => "returns",
            Self::Safety => "safety",
            Self::General => "general",
        }
    }

    /// From that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}
