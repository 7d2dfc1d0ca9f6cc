//! Values that can be read and taken along: copy buttons, facts, the glass box.

pub mod command_lines;
pub mod copy;
pub mod facts;
pub mod glass;
