//! Trust: punch card, words, legend, matrix.

pub mod changes;
pub mod effects;
pub mod legend;
pub mod matrix;
pub mod punch;
pub mod staged_bar;
