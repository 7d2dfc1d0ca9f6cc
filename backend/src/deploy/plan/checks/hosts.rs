//! Settings that must all name one host, which is one of the certificate's: where they do not, clients are sent to what they refuse.

use std::path::Path;

use certdeck_shared::x509::host_names::{fits, of_certificate};
use certdeck_shared::x509::parse;

use super::Checks;
use crate::deploy::change::Edits;
use crate::deploy::plan::draft::Given;

/// The hosts that a configuration names after its edits.
pub fn check(given: &Given<'_>, edits: &Edits, checks: &mut Checks) {
    const CODE: &str = "one-host";
    let named = given.editor.hosts(&given.facts.tree, Path::new(&given.facts.service.config), edits);
    let Some((first, rest)) = named.split_first() else { return };
    let mut good = true;
    for other in rest.iter().filter(|other| !other.host.eq_ignore_ascii_case(&first.host)) {
        good = false;
        let words = format!("{} is {}, and the host of {} is {}.", first.setting, first.host, other.setting, other.host);
        checks.fail(CODE, words, Some("Both must be the host that the certificate is for.".to_owned()));
    }
    for binding in &given.target.bindings {
        let leaf = given.materials.get(binding.material).map(|source| &source.reference.leaf);
        let Some(view) = leaf.and_then(|leaf| parse::certificate(leaf).ok()) else { continue };
        let (name, names) = (view.display_name(), of_certificate(&view));
        match names.iter().any(|name| fits(name, &first.host)) {
            true if good => {
                let settings: Vec<&str> = named.iter().map(|one| one.setting).collect();
                checks.pass(CODE, format!("{name} is for {}, the host of {}.", first.host, settings.join(" and ")));
            }
            true => {}
            false => checks.fail(
                CODE,
                format!("{} is {}, and {name} is for {} only.", first.setting, first.host, names.join(", ")),
                Some("Bind a certificate that has this host among its names, or correct the setting.".to_owned()),
            ),
        }
    }
}
