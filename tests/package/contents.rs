//! What is in the package, judged by who knows: lintian, man, the shells, and the debugging lines of the program.

use std::collections::BTreeSet;
use std::path::Path;

use ::support::{console, run};
use serde_json::Value;

use crate::built::{self, built};

/// Crates that a build of the whole workspace, as these tests have it, brings into the server by the features that tests ask of its crates.
const BY_FEATURES_OF_TESTS: [&str; 1] = ["foldhash-0.2.0"];

#[test]
fn lintian_finds_no_error() {
    let said = run::ask("lintian", &["--fail-on", "error", "--allow-root", built().package.to_str().unwrap()]);
    assert!(said.success, "{}{}", said.out, said.err);
}

#[test]
fn the_same_tree_makes_the_same_octets() {
    let built = built();
    let room = tempfile::tempdir().unwrap();
    let again = built::make(&built.papers, room.path(), &[]);
    assert!(std::fs::read(again).unwrap() == std::fs::read(&built.package).unwrap());
}

#[test]
fn every_command_has_a_manual_page_that_man_renders_without_a_word() {
    let pages: BTreeSet<_> = std::fs::read_dir(built().papers.join("man")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let names: BTreeSet<_> = pages.iter().map(|page| page.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    // As the program itself tells its commands.
    let help = run::must(console::program().to_str().unwrap(), &["--help"]);
    let commands = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap().lines().filter(|line| !line.trim().is_empty());
    let commands: BTreeSet<_> = commands.map(|line| format!("certdeck-{}", line.split_whitespace().next().unwrap())).collect();
    let missing: Vec<_> = commands.difference(&names).filter(|name| *name != "certdeck-help").collect();
    assert!(missing.is_empty() && names.contains("certdeck-serve") && !names.contains("certdeck-token-worker"), "{missing:?}");
    for page in pages {
        // As lintian asks it.
        let arguments = ["LC_ALL=C.UTF-8", "MANROFFSEQ=", "MANWIDTH=80", "man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"];
        let mut arguments = arguments.map(str::to_owned).to_vec();
        arguments.push(page.display().to_string());
        let said = run::ask("env", &arguments);
        assert!(said.success && said.err.is_empty() && !said.out.is_empty(), "{}: {}", page.display(), said.err);
    }
}

#[test]
fn shells_take_their_completions_and_bash_completes() {
    let completions = built().papers.join("completions");
    let file = |name: &str| completions.join(name).display().to_string();
    run::must("bash", &["-n", &file("certdeck.bash")]);
    run::must("zsh", &["-n", &file("_certdeck")]);
    run::must("fish", &["--no-execute", &file("certdeck.fish")]);
    let complete = "source \"$1\"; COMP_WORDS=(certdeck us); COMP_CWORD=1; _certdeck certdeck us certdeck; echo \"${COMPREPLY[*]}\"";
    assert_eq!(run::must("bash", &["-c", complete, "bash", &file("certdeck.bash")]), "user\n");
}

#[test]
fn the_bill_of_materials_names_every_crate_in_the_program() {
    let bill: Value = serde_json::from_slice(&std::fs::read(built().papers.join("certdeck.cdx.json")).unwrap()).unwrap();
    let text = |component: &Value, field: &str| component[field].as_str().unwrap_or_default().to_owned();
    let components = bill["components"].as_array().unwrap();
    let named: BTreeSet<_> = components.iter().map(|found| format!("{}-{}", text(found, "name"), text(found, "version"))).collect();
    let inside = crates_by_their_lines(&console::program());
    assert!(inside.len() > 100, "{inside:?}");
    let unnamed: Vec<_> =
        inside.iter().filter(|found| !named.contains(*found) && !BY_FEATURES_OF_TESTS.contains(&found.as_str())).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
    assert!(components.iter().any(|found| text(found, "name") == "leptos"), "the page is in the program");
    let without: Vec<_> = components.iter().filter(|found| found["licenses"].is_null()).map(|found| text(found, "name")).collect();
    assert!(without.is_empty(), "without a licence: {without:?}");
    // Every reference leads somewhere.
    let mut references: BTreeSet<_> = components.iter().map(|found| text(found, "bom-ref")).collect();
    references.insert(text(&bill["metadata"]["component"], "bom-ref"));
    let depends = bill["dependencies"].as_array().unwrap().iter();
    assert!(depends.flat_map(|entry| entry["dependsOn"].as_array().unwrap()).all(|to| references.contains(to.as_str().unwrap())));
}

/// The crates that the program's debugging lines tell of: `…/registry/src/INDEX/NAME-VERSION/…`.
fn crates_by_their_lines(program: &Path) -> BTreeSet<String> {
    let octets = std::fs::read(program).unwrap();
    let (mark, mut found) = (b"/registry/src/", BTreeSet::new());
    for place in octets.windows(mark.len()).enumerate().filter(|(_, window)| window == mark).map(|(place, _)| place + mark.len()) {
        let path: Vec<u8> = octets[place..].iter().copied().take(200).take_while(|octet| (0x21..0x7f).contains(octet)).collect();
        let path = String::from_utf8(path).unwrap();
        if let [_, name, _, ..] = path.split('/').collect::<Vec<_>>()[..] {
            found.insert(name.to_owned());
        }
    }
    found
}
