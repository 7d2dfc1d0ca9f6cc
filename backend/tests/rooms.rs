//! Who may know whom: arrows between the rooms of the server point downward only.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first thing that is not as it should be")]

use std::path::Path;

/// A room with those that it knows beside itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("host", &[]),
    ("keystore", &["host"]),
    ("nss", &["host"]),
    ("probe", &["host"]),
    ("verifiers", &["host", "nss"]),
    ("state", &["host"]),
    ("token", &["host", "keystore", "nss"]),
    ("deploy", &["host", "keystore", "probe", "nss"]),
    ("helper", &["host", "deploy"]),
    ("domain", &["host", "keystore", "nss", "probe", "verifiers", "state", "token", "deploy", "helper", "config"]),
];

fn sources(directory: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn arrows_point_downward_only() {
    let mut wrong = Vec::new();
    for (room, known) in ROOMS {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut files);
        assert!(!files.is_empty(), "{room}");
        for (path, text) in files {
            // What tests need is theirs.
            let text = text.split("#[cfg(test)]").next().unwrap();
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                for used in line.split("crate::").skip(1) {
                    let other: String = used.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '_').collect();
                    let is_room = !other.is_empty() && other != *room && other != "x509";
                    if is_room && !known.contains(&other.as_str()) {
                        wrong.push(format!("{path}:{}: {room} knows {other}", number + 1));
                    }
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn who_asks_the_helper_knows_its_client_and_its_protocol_alone() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain"), &mut files);
    for used in files.iter().flat_map(|(_, text)| text.split("crate::helper::").skip(1)) {
        let several = used.strip_prefix('{').and_then(|list| list.split('}').next());
        for name in several.map_or(vec![used], |list| list.split(',').collect()) {
            let name = name.trim_start();
            assert!(name.starts_with("Client") || name.starts_with("protocol"), "{}", used.lines().next().unwrap());
        }
    }
}
