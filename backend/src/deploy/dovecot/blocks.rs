//! Blocks in a file, and where they end.

use std::ops::Range;

use super::syntax::unquoted;
use crate::deploy::settings::{Document, Setting, What};

/// A block.
pub(super) struct Block {
    /// Its name with those round it: `service imap-login`, `inet_listener imaps`.
    pub names: Vec<String>,
    /// Where it begins.
    pub open: Range<usize>,
    /// Where it ends.
    pub close: Range<usize>,
}

/// What a block is called.
pub(super) fn name(block: &Setting) -> String {
    let what = unquoted(&block.text);
    if what.is_empty() { block.name.clone() } else { format!("{} {what}", block.name) }
}

/// The blocks of a file that are closed in it.
pub(super) fn blocks(document: &Document) -> Vec<Block> {
    let mut open: Vec<(String, Range<usize>)> = Vec::new();
    let mut found = Vec::new();
    for entry in &document.entries {
        match &entry.what {
            What::Open(block) => open.push((name(block), entry.span.clone())),
            What::Close(_) => {
                let names = open.iter().map(|(name, _)| name.clone()).collect();
                found.extend(open.pop().map(|(_, begin)| Block { names, open: begin, close: entry.span.clone() }));
            }
            _ => {}
        }
    }
    found
}
