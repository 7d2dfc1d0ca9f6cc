//! Which version of a daemon is installed: the tests run on Debian 12 and on Debian 13, whose daemons differ.

use crate::run;

/// The numbers of the first version in what a program says of itself: `[2, 4, 1]`.
pub fn installed(program: &str, arguments: &[&str]) -> Vec<u32> {
    let said = run::must(program, arguments);
    let words = said.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let dotted = words.map(|word| word.trim_matches('.')).find(|word| word.contains('.'));
    let dotted = dotted.unwrap_or_else(|| panic!("{program} tells no version: {said}"));
    dotted.split('.').map(|part| part.parse().unwrap()).collect()
}
