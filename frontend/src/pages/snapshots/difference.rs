//! What differs between a snapshot and the database now, in words.

use certdeck_shared::api::snapshot::SnapshotDifference;

/// One sentence each; none when nothing differs.
pub fn words(difference: &SnapshotDifference) -> Vec<String> {
    let mut words = Vec::new();
    let mut say = |names: &[String], one: &str, many: &str| {
        if !names.is_empty() {
            words.push(format!("{} {}", count(names.len(), one, many), listed(names)));
        }
    };
    say(&difference.certificates_added_since, "certificate would go:", "certificates would go:");
    say(&difference.certificates_removed_since, "certificate would come back:", "certificates would come back:");
    let trust: Vec<String> = difference
        .trust_changed_since
        .iter()
        .map(|change| format!("{} from {} to {}", change.nickname, change.now, change.snapshot))
        .collect();
    say(&trust, "trust would change:", "trusts would change:");
    let names: Vec<String> = difference.renamed_since.iter().map(|change| format!("{} to {}", change.now, change.snapshot)).collect();
    say(&names, "name would change:", "names would change:");
    if difference.keys_added_since > 0 {
        words.push(format!("{} would be lost", count(difference.keys_added_since, "private key", "private keys")));
    }
    if difference.keys_removed_since > 0 {
        words.push(format!("{} would come back", count(difference.keys_removed_since, "private key", "private keys")));
    }
    words
}

/// Whether restoring would destroy keys: they exist nowhere else.
pub fn loses_keys(difference: &SnapshotDifference) -> bool {
    difference.keys_added_since > 0
}

/// The short form for the list.
pub fn summary(difference: Option<&SnapshotDifference>) -> String {
    let Some(difference) = difference else { return "not compared".to_owned() };
    let parts = [
        (difference.certificates_added_since.len(), "certificate added", "certificates added"),
        (difference.certificates_removed_since.len(), "certificate removed", "certificates removed"),
        (difference.trust_changed_since.len(), "trust changed", "trusts changed"),
        (difference.renamed_since.len(), "name changed", "names changed"),
        (difference.keys_added_since, "key added", "keys added"),
        (difference.keys_removed_since, "key removed", "keys removed"),
    ];
    let said: Vec<String> = parts.iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| count(*number, one, many)).collect();
    if said.is_empty() { "same as now".to_owned() } else { said.join(", ") }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The first names, and how many more.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 6 { format!("{shown} +{}", names.len() - 6) } else { shown }
}
