//! The product's own converter, by its source (links in this folder): the product itself would bring
//! five hundred crates.

/// Samples of 20 ms.
pub const fn frame_samples(rate: u32) -> usize {
    (rate / 50) as usize
}

#[allow(dead_code, reason = "only the converter itself is used here")]
pub mod resample;
