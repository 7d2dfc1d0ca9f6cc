//! OpenSSL's verdict where lists are in the database: `openssl verify -crl_check` is the judge, for the leaf, which is all that it looks up.

use std::path::Path;
use std::process::Command;

use certdeck::verifiers::{Material, Purpose, openssl};
use certdeck_shared::issue::armoured;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::revocation_list;

use crate::generator::{AT, hierarchy};
use crate::lists::lists;

/// How many hierarchies; of most of them OpenSSL accepts no chain at all.
const HIERARCHIES: u64 = 120;
/// How many sets of lists for each whose chain stands.
const SETS: u64 = 12;

#[test]
fn openssl_agrees_where_the_issuer_has_a_list() {
    let room = tempfile::tempdir().unwrap();
    let file = |name: &str, label: &str, objects: &[&[u8]]| {
        let path = room.path().join(name);
        std::fs::write(&path, objects.iter().map(|der| armoured(label, der)).collect::<String>()).unwrap();
        path
    };
    let (mut compared, mut refused, mut differences) = (0, std::collections::BTreeMap::<String, usize>::new(), Vec::new());
    for number in 0..HIERARCHIES {
        let hierarchy = hierarchy(number);
        let issuer = parse::raw_names(&hierarchy.leaf).unwrap().issuer;
        let (mut anchors, mut others): (Vec<&[u8]>, Vec<&[u8]>) = (Vec::new(), Vec::new());
        for made in hierarchy.made.iter().filter(|made| made.der != hierarchy.leaf) {
            if made.trust.contains('C') { anchors.push(&made.der) } else { others.push(&made.der) }
        }
        let (leaf, anchor_file) = (file("leaf", "CERTIFICATE", &[&hierarchy.leaf]), file("anchors", "CERTIFICATE", &anchors));
        let other_file = file("others", "CERTIFICATE", &others);
        // The chain must stand before a list can matter.
        if anchors.is_empty() || verify(&leaf, &anchor_file, &other_file, None).is_some() {
            continue;
        }
        for set in 0..SETS {
            let lists = lists(number * SETS + set, &hierarchy);
            if !lists.iter().any(|list| revocation_list::read(list).unwrap().issuer_der == issuer) {
                continue;
            }
            let lists: Vec<&[u8]> = lists.iter().map(Vec::as_slice).collect();
            let list_file = file("lists", "X509 CRL", &lists);
            let material = Material { leaf: &hierarchy.leaf, anchors: anchors.clone(), others: others.clone(), lists, at: AT };
            let ours = openssl::opinion(&material, Purpose::Client).refusal;
            if ours.as_ref().is_some_and(|refusal| refusal.element.as_deref() != Some(hierarchy.leaf.as_slice())) {
                continue;
            }
            let ours = ours.map(|refusal| refusal.code);
            // A list for a part of the certificates only is none that we look into, and OpenSSL says that it has another scope or found none.
            let theirs = verify(&leaf, &anchor_file, &other_file, Some(&list_file)).filter(|code| !matches!(code.as_str(), "3" | "44"));
            compared += 1;
            *refused.entry(theirs.clone().unwrap_or_else(|| "valid".to_owned())).or_default() += 1;
            if ours != theirs {
                differences.push(format!("{number}/{set}: we {ours:?}, openssl {theirs:?}"));
            }
        }
    }
    println!("{compared} compared: {refused:?}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(compared > 20 && refused.contains_key("23") && refused.contains_key("12"), "{compared}: {refused:?}");
}

/// The number of OpenSSL's error; nothing when it accepts.
fn verify(leaf: &Path, anchors: &Path, others: &Path, lists: Option<&Path>) -> Option<String> {
    let mut command = Command::new("openssl");
    command.args(["verify", "-partial_chain", "-purpose", "sslclient", "-attime", &AT.to_string(), "-no-CApath", "-no-CAstore"]);
    command.arg("-trusted").arg(anchors).arg("-untrusted").arg(others);
    if let Some(lists) = lists {
        command.arg("-crl_check").arg("-CRLfile").arg(lists);
    }
    let output = command.arg(leaf).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = text.lines().find_map(|line| line.strip_prefix("error ")?.split(' ').next().map(str::to_owned));
    if output.status.success() { None } else { Some(code.unwrap_or(text)) }
}
