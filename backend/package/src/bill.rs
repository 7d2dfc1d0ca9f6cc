//! The bill of materials in CycloneDX 1.5: every crate that is linked into the server or into the page, as cargo resolves them for just these two, with
//! the digest that Cargo.lock has of each and with what depends on what. Crates that only run in the compiler are not in it.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Crate of the server.
const SERVER: &str = "certdeck";
/// Crate of the page, whose WebAssembly the server carries.
const PAGE: &str = "certdeck-frontend";

/// Name and version.
type Crate = (String, String);

#[derive(Default)]
struct Found {
    licences: BTreeMap<Crate, String>,
    depends: BTreeMap<Crate, BTreeSet<Crate>>,
}

/// The document, the same octets for the same sources and compiler.
pub fn of_materials() -> Result<String, Box<dyn Error>> {
    let compiler = said("rustc", &["-vV"])?;
    let compiler = |field: &str| compiler.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default().to_owned();
    let mut found = Found::default();
    let server = found.follow(SERVER, &compiler("host: "))?;
    let page = found.follow(PAGE, "wasm32-unknown-unknown")?;
    // The server carries the page, which no dependency of cargo says.
    found.depends.entry(server.clone()).or_default().insert(page);
    let digests = digests()?;
    let crates = found.licences.iter().filter(|(name, _)| **name != server);
    let mut components: Vec<Value> = crates.map(|(name, licence)| component(name, licence, digests.get(name))).collect();
    components.push(json!({
        "type": "library", "name": "rust-std", "version": compiler("release: "), "bom-ref": "rust-std",
        "description": "Rust's standard library, and the crates in it", "licenses": [{"expression": "MIT OR Apache-2.0"}],
    }));
    let dependencies: Vec<Value> = found
        .depends
        .iter()
        .map(|(name, on)| json!({"ref": reference(name), "dependsOn": on.iter().map(reference).collect::<Vec<_>>()}))
        .collect();
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": {
            "type": "application", "name": SERVER, "version": server.1, "bom-ref": reference(&server),
            "licenses": [{"expression": "MIT OR Apache-2.0"}],
        }},
        "components": components,
        "dependencies": dependencies,
    });
    Ok(format!("{document:#}\n"))
}

impl Found {
    /// Adds what is linked into a crate for a target, and answers which crate that is.
    fn follow(&mut self, root: &str, target: &str) -> Result<Crate, Box<dyn Error>> {
        let tree = said(
            "cargo",
            &[
                "tree",
                "--offline",
                "--locked",
                "--quiet",
                "--package",
                root,
                "--target",
                target,
                "--edges",
                "normal,no-proc-macro",
                "--prefix",
                "depth",
                "--format",
                "|{p}|{l}|",
            ],
        )?;
        let mut way: Vec<Crate> = Vec::new();
        for line in tree.lines() {
            let mut fields = line.split('|');
            let (Some(depth), Some(package), Some(licence)) = (fields.next(), fields.next(), fields.next()) else {
                return Err(format!("cargo tree says {line:?}").into());
            };
            let mut words = package.split(' ');
            let (Some(name), Some(version)) = (words.next(), words.next().and_then(|version| version.strip_prefix('v'))) else {
                return Err(format!("cargo tree says {line:?}").into());
            };
            let found = (name.to_owned(), version.to_owned());
            way.truncate(depth.parse()?);
            if let Some(parent) = way.last() {
                self.depends.entry(parent.clone()).or_default().insert(found.clone());
            }
            // Some older crates write MIT/Apache-2.0, which was never an expression of SPDX.
            self.licences.insert(found.clone(), licence.replace('/', " OR "));
            self.depends.entry(found.clone()).or_default();
            way.push(found);
        }
        way.into_iter().next().ok_or_else(|| format!("cargo tree knows no {root}").into())
    }
}

fn component(found: &Crate, licence: &str, digest: Option<&String>) -> Value {
    let (name, version) = found;
    let mut component = json!({"type": "library", "name": name, "version": version, "bom-ref": reference(found)});
    if !licence.is_empty() {
        component["licenses"] = json!([{"expression": licence}]);
    }
    // Those without are of this workspace, and come from no registry.
    if let Some(digest) = digest {
        component["purl"] = reference(found).into();
        component["hashes"] = json!([{"alg": "SHA-256", "content": digest}]);
    }
    component
}

fn reference((name, version): &Crate) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// SHA-256 of each crate as the registry has it.
fn digests() -> Result<BTreeMap<Crate, String>, Box<dyn Error>> {
    let lock: toml::Table = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock"))?.parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array).ok_or("Cargo.lock has no packages")?;
    let text = |package: &toml::Value, field: &str| package.get(field).and_then(toml::Value::as_str).map(str::to_owned);
    let known =
        packages.iter().filter_map(|package| Some(((text(package, "name")?, text(package, "version")?), text(package, "checksum")?)));
    Ok(known.collect())
}

#[expect(clippy::disallowed_methods, reason = "a tool of the build, which has no server's door")]
fn said(program: &str, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{program} {} ended with {}", arguments.join(" "), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
