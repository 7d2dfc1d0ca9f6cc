//! Every wish for every configuration of the corpus that has an endpoint with TLS.

use std::path::{Path, PathBuf};

use certdeck::deploy::change::Wanted;
use certdeck::host::tree::Tree;
use certdeck_shared::api::plan::{ClientVerification, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Effective, Endpoint, ServiceKind, TlsMode};

use super::{apply, difference, observed, pair, values};
use crate::corpus::samples;

/// Where a configuration of a kind lies, and the words that its settings of TLS begin with.
const KINDS: [(&str, ServiceKind, &str, &[&str]); 2] = [
    ("apache", ServiceKind::Apache, "/etc/apache2/apache2.conf", &["ssl"]),
    (
        "tomcat",
        ServiceKind::Tomcat,
        "/etc/tomcat10/server.xml",
        &[
            "certificate",
            "keystore",
            "ciphers",
            "protocols",
            "ssl",
            "<sslhostconfig",
            "</sslhostconfig>",
            "<certificate",
            "clientauth",
            "cacertificate",
            ">",
            "/",
            "/>",
            "type=",
        ],
    ),
];

fn text(setting: Option<&Effective>) -> &str {
    setting.map_or("", |setting| setting.value.as_str())
}

/// A wish for an endpoint, and what the endpoint must say afterwards.
type Wish = (Wanted, fn(&Endpoint) -> bool);

fn wishes(at: usize) -> Vec<Wish> {
    let endpoints = vec![at];
    vec![
        (pair(&endpoints, 0, "/srv/new/certs/web.crt", "/srv/new/private/web.key"), |endpoint| {
            super::files(&endpoint.pairs).first() == Some(&("/srv/new/certs/web.crt", "/srv/new/private/web.key", None))
        }),
        (Wanted::Protocols { endpoints: endpoints.clone(), lowest: TlsVersion::Tls12, highest: None }, |endpoint| {
            !text(endpoint.protocols.as_ref()).is_empty()
        }),
        (Wanted::Profile { endpoints: endpoints.clone(), profile: TlsProfile::Modern }, |endpoint| {
            text(endpoint.protocols.as_ref()).contains("1.2") == text(endpoint.protocols.as_ref()).contains("-TLSv1.2")
        }),
        (Wanted::Profile { endpoints: endpoints.clone(), profile: TlsProfile::Intermediate }, |endpoint| {
            let ciphers = text(endpoint.ciphers.as_ref());
            ciphers.contains("ECDHE") && ciphers.contains("RSA") && !ciphers.contains("CBC") && !ciphers.contains("HIGH")
        }),
        (Wanted::ClientCa { endpoints: endpoints.clone(), file: PathBuf::from("/srv/new/certs/clients.pem") }, |endpoint| {
            endpoint.client_ca.iter().any(|file| file.value == "/srv/new/certs/clients.pem")
        }),
        (Wanted::ClientVerification { endpoints, verification: ClientVerification::Required, depth: None }, |endpoint| {
            text(endpoint.client_verification.as_ref()).starts_with("requir") || text(endpoint.client_verification.as_ref()) == "true"
        }),
    ]
}

#[test]
fn every_wish_changes_its_own_settings_and_reads_back() {
    for (service, kind, config, words) in KINDS {
        let config = Path::new(config);
        let (mut done, mut refused) = (0, Vec::new());
        for sample in samples().into_iter().filter(|sample| sample.service == service) {
            let folder = tempfile::tempdir().unwrap();
            let tree = Tree::rooted(folder.path());
            let path = folder.path().join(config.strip_prefix("/").unwrap());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            // Virtual hosts with TLS stand where mod_ssl is loaded, which is in another file.
            let text = if kind == ServiceKind::Apache {
                format!("LoadModule ssl_module mod_ssl.so\n{}", sample.text)
            } else {
                sample.text.clone()
            };
            std::fs::write(&path, &text).unwrap();
            let before = observed(kind, &tree, config);
            for (at, endpoint) in before.endpoints.iter().enumerate() {
                if endpoint.tls == TlsMode::Off {
                    continue;
                }
                for (wanted, holds) in wishes(at) {
                    std::fs::write(&path, &text).unwrap();
                    let edits = match apply(kind, &tree, folder.path(), config, std::slice::from_ref(&wanted)) {
                        Ok(edits) => edits,
                        Err(error) => {
                            refused.push(format!("{}: {error}", sample.file));
                            continue;
                        }
                    };
                    done += 1;
                    let after = observed(kind, &tree, config);
                    assert!(holds(&after.endpoints[at]), "{}: {wanted:?}\n{:#?}", sample.file, after.endpoints[at]);
                    for other in (0..before.endpoints.len()).filter(|other| *other != at) {
                        assert_eq!(values(&after.endpoints[other]), values(&before.endpoints[other]), "{}: {wanted:?}", sample.file);
                    }
                    assert_eq!(after.remarks.len(), before.remarks.len(), "{}", sample.file);
                    for file in &edits.files {
                        // An attribute is a word, a directive a line.
                        let words_apart = |bytes: &[u8]| {
                            String::from_utf8_lossy(bytes)
                                .replace('>', " > ")
                                .split_whitespace()
                                .map(|word| format!("{word}\n"))
                                .collect::<String>()
                        };
                        let (went, came) = if kind == ServiceKind::Tomcat {
                            difference(words_apart(&file.before).as_bytes(), words_apart(&file.after).as_bytes())
                        } else {
                            difference(&file.before, &file.after)
                        };
                        let is_ours = |line: &String| {
                            let line = line.trim().to_ascii_lowercase();
                            words.iter().any(|word| line.starts_with(word))
                        };
                        assert!(went.iter().all(is_ours), "{}: {went:?}", sample.file);
                        assert!(came.iter().all(is_ours), "{}: {came:?}", sample.file);
                        assert!(came.len() <= 8, "{}: {came:?}", sample.file);
                    }
                }
            }
        }
        println!("{service}: {done} edits, {} refused\n{}", refused.len(), refused.join("\n"));
        assert!(done > refused.len(), "{service}: {done} edits\n{}", refused.join("\n"));
    }
}
