//! Trust: punch card, words, matrix.
