//! Values that can be read and taken along: copy buttons, facts, the glass box; and which lines of a long list are in sight.

pub mod command_lines;
pub mod copy;
pub mod facts;
pub mod findings;
pub mod glass;
pub mod sight;
