//! Names of files with `*`, `?` and `[…]`, as fnmatch(3) reads them in the includes of all these programs.

use std::path::{Path, PathBuf};

use crate::host::tree::Tree;

/// Whether a name matches; a leading dot only where the pattern has one.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, letters): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    (!name.starts_with('.') || pattern.first() == Some(&'.')) && fits(&pattern, &letters)
}

/// Two pointers, and one place to come back to: linear for one star, quadratic at worst.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut here) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        if pattern.get(at) == Some(&'*') {
            back = Some((at, here));
            at += 1;
            continue;
        }
        match (name.get(here), one(pattern.get(at..).unwrap_or_default(), name.get(here).copied())) {
            (Some(_), Some(length)) => {
                at += length;
                here += 1;
                continue;
            }
            (None, _) if at >= pattern.len() => return true,
            (None, _) => return false,
            _ => {}
        }
        let Some((star, from)) = back else { return false };
        back = Some((star, from + 1));
        (at, here) = (star + 1, from + 1);
    }
}

/// How much of the pattern one letter takes; nothing when it does not fit.
fn one(pattern: &[char], letter: Option<char>) -> Option<usize> {
    let letter = letter?;
    match pattern.first()? {
        '?' => Some(1),
        '[' => {
            let close = pattern.iter().skip(2).position(|sign| *sign == ']')? + 2;
            let inside = pattern.get(1..close)?;
            let (negated, inside) = match inside.split_first() {
                Some(('!' | '^', rest)) => (true, rest),
                _ => (false, inside),
            };
            let mut found = false;
            let mut at = 0;
            while let Some(sign) = inside.get(at) {
                match (inside.get(at + 1), inside.get(at + 2)) {
                    (Some('-'), Some(last)) => {
                        found |= (*sign..=*last).contains(&letter);
                        at += 3;
                    }
                    _ => {
                        found |= *sign == letter;
                        at += 1;
                    }
                }
            }
            (found != negated).then_some(close + 1)
        }
        sign => (*sign == letter).then_some(1),
    }
}

/// Whether a path has signs that stand for others.
#[must_use]
pub fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// The paths of a tree that match, in the order of their names.
#[must_use]
pub fn paths(tree: &Tree, pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("/")];
    for part in pattern.components().skip(1) {
        let part = part.as_os_str().to_string_lossy();
        found = if is_pattern(&part) {
            let within = |directory: PathBuf| {
                let names = tree.entries(&directory).unwrap_or_default();
                names.into_iter().filter(|name| matches(&part, name)).map(move |name| directory.join(name)).collect::<Vec<_>>()
            };
            found.into_iter().flat_map(within).collect()
        } else {
            found.into_iter().map(|path| path.join(part.as_ref())).collect()
        };
    }
    found.retain(|path| tree.attributes(path).is_ok());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_stand_for_others() {
        for (pattern, name, good) in [
            ("*.conf", "ssl.conf", true),
            ("*.conf", ".hidden.conf", false),
            ("*.conf", "ssl.conf.old", false),
            ("[!.#]*.conf", "ssl.conf", true),
            ("[!.#]*.conf", "#ssl.conf", false),
            ("?0-[a-c]*", "10-base", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXbXb", false),
            ("[", "[", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), good, "{pattern} {name}");
        }
    }
}
