//! Where slapd listens: a variable of the script that starts it.

use certdeck_shared::api::service::Place;

use super::started::{Defaults, Started};
use crate::deploy::change::{EditRefused, EditedFile};
use crate::deploy::splice;
use crate::host::tree::{Process, Tree};

/// The script's settings with more addresses; nothing when slapd listens there already.
pub fn with_addresses(tree: &Tree, process: Option<&Process>, addresses: &[String]) -> Result<Option<EditedFile>, EditRefused> {
    let started = Started::of(tree, process);
    let same = |one: &str, other: &str| one.trim_end_matches('/').eq_ignore_ascii_case(other.trim_end_matches('/'));
    let mut missing: Vec<&str> = Vec::new();
    for address in addresses {
        if !started.addresses.iter().map(String::as_str).chain(missing.iter().copied()).any(|known| same(known, address)) {
            missing.push(address);
        }
    }
    if missing.is_empty() {
        return Ok(None);
    }
    let Some(defaults) = Defaults::read(tree) else {
        return Err(EditRefused::because(format!(
            "It is not known what starts slapd, and where it listens stands there: add {} to its option -h.",
            missing.join(" ")
        )));
    };
    let place = |line| Place { file: defaults.path.display().to_string(), line };
    let written = defaults.addresses().unwrap_or_default();
    if process.is_some() && !written.is_empty() && !started.addresses.iter().map(String::as_str).eq(written.split_whitespace()) {
        return Err(EditRefused::at(
            &place(defaults.assigned(defaults.variable()).map_or(1, |(line, _)| line)),
            format!("slapd was started with other addresses than these: add {} to the option -h of what starts it.", missing.join(" ")),
        ));
    }
    let all = [started.addresses.join(" "), missing.join(" ")].join(" ");
    let after = match defaults.assigned(defaults.variable()) {
        Some((line, span)) => {
            let text = defaults.bytes.get(span.clone()).unwrap_or_default();
            let quote = match text {
                [b'"', .., b'"'] => '"',
                [b'\'', .., b'\''] => '\'',
                _ => '"',
            };
            if written.contains(['$', '`', '\\', '"', '\'', '#', ';', '&']) {
                return Err(EditRefused::at(&place(line), "The value is put together by a shell: add the address by hand."));
            }
            splice::replaced(&defaults.bytes, &span, &format!("{quote}{all}{quote}"))
        }
        None => splice::with_line_at_end(&defaults.bytes, &format!("{}=\"{all}\"", defaults.variable())),
    };
    let path = tree.follow(&defaults.path).map_or_else(|_| defaults.path.clone(), |way| way.end);
    Ok(Some(EditedFile { path, before: defaults.bytes, after }))
}
