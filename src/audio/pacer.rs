//! The schedule of frames on one leg.
