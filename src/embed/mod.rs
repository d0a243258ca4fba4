//! Texts into vectors: near in meaning, near in direction. One trait, so that another kind of
//! endpoint is one more file.

pub mod openai;

/// How long vectors may be waited for.
pub use crate::provider::Budgets;

use crate::turn::Failure;
use async_trait::async_trait;

/// Components of a stored vector. Shorter ones are filled up with zeros, which changes no cosine.
pub const DIMENSIONS: usize = 1536;
/// Texts in one request.
pub const BATCH_MAX: usize = 64;
/// Characters of one text that are embedded: far more than a chunk or a question has.
pub const TEXT_CHARS_MAX: usize = 8_000;

/// A direction in the space of one model, filled up to [`DIMENSIONS`].
#[derive(Debug, Clone, PartialEq)]
pub struct Vector(Vec<f32>);

impl Vector {
    /// Fills a model's vector up; `None` if it is empty, too long, not finite, or nothing but
    /// zeros, which points nowhere.
    #[must_use]
    pub fn fill_up(mut components: Vec<f32>) -> Option<Self> {
        let fits = (1..=DIMENSIONS).contains(&components.len());
        let finite = components.iter().all(|one| one.is_finite());
        let points = components.iter().any(|one| *one != 0.0);
        if !(fits && finite && points) {
            return None;
        }
        components.resize(DIMENSIONS, 0.0);
        Some(Self(components))
    }

    /// As pgvector reads it: `[0.1,0.2,…]`.
    #[must_use]
    pub fn to_sql(&self) -> String {
        let components: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        format!("[{}]", components.join(","))
    }
}

/// Why there are no vectors.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{provider}: {detail}")]
pub struct EmbedError {
    /// Who failed.
    pub provider: &'static str,
    /// The class.
    pub failure: Failure,
    /// What happened; holds no address and no secret.
    pub detail: String,
}

/// What makes vectors of texts.
#[async_trait]
pub trait Embedder: Send + Sync + std::fmt::Debug {
    /// The model's name: vectors of different models are never compared.
    fn model(&self) -> &str;

    /// The vectors of up to [`BATCH_MAX`] texts, in their order. Texts are cut at
    /// [`TEXT_CHARS_MAX`] characters.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vector>, EmbedError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_vector_is_filled_up_with_zeros() {
        let vector = Vector::fill_up(vec![0.5, -1.0]).unwrap();
        let text = vector.to_sql();
        assert!(text.starts_with("[0.5,-1,0,0") && text.ends_with(",0]"), "{text}");
        assert_eq!(text.split(',').count(), DIMENSIONS);
    }

    #[test]
    fn a_vector_that_points_nowhere_is_none() {
        for bad in [vec![], vec![0.0; 8], vec![f32::NAN], vec![1.0; DIMENSIONS + 1]] {
            assert_eq!(Vector::fill_up(bad), None);
        }
    }
}
