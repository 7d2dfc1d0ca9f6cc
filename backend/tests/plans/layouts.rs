//! Where files lie: in the paths that a configuration names, or in a layout of the service's own.

use certdeck::deploy::material::Material;
use certdeck::deploy::plan::{Made, Source, Target, stale};
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::{CheckStanding, FilePurpose, PlanState};
use certdeck_shared::api::service::ServiceKind;
use certdeck_shared::x509::fingerprint::sha256_hex;
use proptest::prelude::*;

use crate::certificates::{Authority, Pair, Wish, ec, issue, rsa};
use crate::host::{Host, apply, bound, check, checks, everywhere, is_there, plan, service, serving};
use crate::told::told;

pub const CONFIG: &str = "/etc/apache2/apache2.conf";

/// An Apache that runs with two hosts: one with a chain file of its own, one whose key and certificate are in one file.
pub fn apache(host: &Host, authority: &Authority, old: &Pair) {
    let text = "Listen 443\nListen 8443\n<VirtualHost *:443>\n  ServerName mail.example.org\n  SSLEngine on\n  \
        # the pair of the mail host\n  SSLCertificateFile /etc/ssl/mail.crt\n  SSLCertificateKeyFile /etc/ssl/mail.key\n  \
        SSLCertificateChainFile /etc/ssl/chain.pem\n</VirtualHost>\n<VirtualHost 127.0.0.1:8443>\n  ServerName www.example.org\n  \
        SSLEngine on\n  SSLCertificateFile /etc/ssl/www.pem\n</VirtualHost>\n";
    host.write(CONFIG, text);
    host.write("/etc/ssl/mail.crt", &old.pem());
    host.write("/etc/ssl/mail.key", &old.key_pem());
    host.mode("/etc/ssl/mail.key", 0o600);
    host.write("/etc/ssl/chain.pem", &authority.middle.pem());
    host.write("/etc/ssl/www.pem", &[old.key_pem(), old.pem()].concat());
    host.mode("/etc/ssl/www.pem", 0o640);
    host.process(10, "/usr/sbin/apache2", &["/usr/sbin/apache2", "-k", "start"], &[443, 8443]);
}

pub fn names<'a>(authority: &Authority, old: &Pair, new: &Pair) -> Vec<(String, &'a str)> {
    vec![
        (sha256_hex(&authority.middle.der()), "{intermediate}"),
        (sha256_hex(&old.der()), "{old}"),
        (sha256_hex(&new.der()), "{new}"),
        (sha256_hex(&old.public()), "{old key}"),
        (sha256_hex(&new.public()), "{new key}"),
    ]
}

pub fn material(source: &Source, pair: &Pair) -> Material {
    Material { reference: source.reference.clone(), key_pkcs8: Some(pair.key.private_key_to_pkcs8().unwrap().into()) }
}

struct Case {
    host: Host,
    authority: Authority,
    old: Pair,
    new: Pair,
    source: Source,
}

fn case() -> Case {
    let host = Host::new();
    let authority = Authority::new();
    let names = ["mail.example.org", "www.example.org"];
    let (old, new) = (authority.server(&names), authority.server(&names));
    apache(&host, &authority, &old);
    let source = authority.source(&new);
    Case { host, authority, old, new, source }
}

impl Case {
    fn planned(&self, target: &Target) -> Made {
        let sources = std::slice::from_ref(&self.source);
        let facts = self.host.facts(ServiceKind::Apache, CONFIG, target);
        plan(&serving(facts, target, sources, Some(&sha256_hex(&self.old.der()))), target, sources)
    }

    fn refused(&self) -> String {
        let made = self.planned(&everywhere(Layout::Keep));
        assert_eq!(made.part.state, PlanState::Blocked, "{made:#?}");
        assert!(made.planned.is_none());
        let failed = checks(&made, "files-own");
        assert!(failed[0].note.as_ref().unwrap().contains("own layout"));
        assert_eq!(failed[0].standing, CheckStanding::Fail);
        failed[0].words.clone()
    }
}

#[test]
fn paths_are_kept_and_what_each_file_is_for_decides_what_is_written() {
    let case = case();
    let made = case.planned(&everywhere(Layout::Keep));
    insta::assert_snapshot!("kept", told(&made, &names(&case.authority, &case.old, &case.new)));
    apply(&case.host, &made, &[material(&case.source, &case.new)]);
    let combined = std::fs::read_to_string(case.host.path("/etc/ssl/www.pem")).unwrap();
    assert!(combined.starts_with("-----BEGIN PRIVATE KEY-----"), "the key comes first, as Postfix wants it");
    assert_eq!(std::fs::read_to_string(case.host.path("/etc/ssl/mail.crt")).unwrap(), case.new.pem(), "the chain is in its own file");
}

#[test]
fn an_own_layout_gets_directories_files_and_a_configuration_that_names_them() {
    let case = case();
    let made = case.planned(&everywhere(Layout::Own));
    insta::assert_snapshot!("own", told(&made, &names(&case.authority, &case.old, &case.new)));
    let purposes: Vec<FilePurpose> = made.planned.as_ref().unwrap().files.iter().map(|file| file.purpose).collect();
    assert_eq!(purposes.first(), Some(&FilePurpose::Directory));
    assert_eq!(purposes.last(), Some(&FilePurpose::Configuration), "the configuration names the files when they are there");
}

#[test]
fn a_link_to_the_snakeoil_pair_is_replaced_and_never_written_through() {
    let case = case();
    case.host.write("/etc/ssl/certs/ssl-cert-snakeoil.pem", &case.old.pem());
    std::fs::remove_file(case.host.path("/etc/ssl/mail.crt")).unwrap();
    case.host.link("/etc/ssl/mail.crt", "certs/ssl-cert-snakeoil.pem");
    let made = case.planned(&everywhere(Layout::Keep));
    let change = made.part.files.iter().find(|file| file.path == "/etc/ssl/mail.crt").unwrap();
    assert_eq!(change.before.as_ref().unwrap().link.as_deref(), Some("certs/ssl-cert-snakeoil.pem"));
    apply(&case.host, &made, &[material(&case.source, &case.new)]);
    assert!(!case.host.path("/etc/ssl/mail.crt").is_symlink());
    assert_eq!(std::fs::read_to_string(case.host.path("/etc/ssl/certs/ssl-cert-snakeoil.pem")).unwrap(), case.old.pem());
}

#[test]
fn other_links_are_refused_and_the_own_layout_is_offered() {
    let case = case();
    std::fs::rename(case.host.path("/etc/ssl/mail.crt"), case.host.path("/etc/ssl/live.crt")).unwrap();
    case.host.link("/etc/ssl/mail.crt", "live.crt");
    assert!(case.refused().contains("/etc/ssl/mail.crt is a link to live.crt"));
}

#[test]
fn the_snakeoil_pair_itself_is_refused() {
    let case = case();
    let text =
        std::fs::read_to_string(case.host.path(CONFIG)).unwrap().replace("/etc/ssl/mail.key", "/etc/ssl/private/ssl-cert-snakeoil.key");
    case.host.write(CONFIG, &text);
    case.host.write("/etc/ssl/private/ssl-cert-snakeoil.key", &case.old.key_pem());
    assert!(case.refused().contains("Debian's own pair"));
}

#[test]
fn directories_databases_and_missing_directories_are_refused() {
    let case = case();
    std::fs::remove_file(case.host.path("/etc/ssl/mail.key")).unwrap();
    std::fs::create_dir(case.host.path("/etc/ssl/mail.key")).unwrap();
    assert!(case.refused().contains("is a directory"));

    std::fs::remove_dir(case.host.path("/etc/ssl/mail.key")).unwrap();
    case.host.write("/etc/ssl/cert9.db", "");
    assert!(case.refused().contains("a database of certificates"));

    std::fs::remove_file(case.host.path("/etc/ssl/cert9.db")).unwrap();
    let text = std::fs::read_to_string(case.host.path(CONFIG)).unwrap().replace("/etc/ssl/mail.key", "/srv/none/mail.key");
    case.host.write(CONFIG, &text);
    assert!(case.refused().contains("There is no directory /srv/none"));
}

#[test]
fn files_that_others_use_are_refused() {
    let case = case();
    let one_host = Target { bindings: vec![bound(0, &["mail.example.org"], Layout::Keep)], settings: Vec::new() };
    assert_eq!(case.planned(&one_host).part.state, PlanState::Ready);
    let text = std::fs::read_to_string(case.host.path(CONFIG)).unwrap();
    case.host.write(
        CONFIG,
        &text.replace(
            "SSLCertificateFile /etc/ssl/www.pem",
            "SSLCertificateFile /etc/ssl/mail.crt\nSSLCertificateKeyFile /etc/ssl/mail.key\nSSLCertificateChainFile /etc/ssl/chain.pem",
        ),
    );
    let made = case.planned(&one_host);
    assert!(check(&made, "files-own").1.contains("is used by www.example.org, too"));
    assert_eq!(case.planned(&everywhere(Layout::Keep)).part.state, PlanState::Ready, "both get it");

    // Another service, by another way to the same file.
    case.host.link("/srv/ssl", "/etc/ssl");
    case.host.write("/etc/vsftpd.conf", "ssl_enable=YES\nrsa_cert_file=/srv/ssl/mail.crt\nrsa_private_key_file=/srv/ssl/own.key\n");
    let target = everywhere(Layout::Keep);
    let neighbour = [service(ServiceKind::Vsftpd, "/etc/vsftpd.conf")];
    let facts = case.host.facts_beside(ServiceKind::Apache, CONFIG, &target, &neighbour);
    let made = plan(&facts, &target, std::slice::from_ref(&case.source));
    assert!(check(&made, "files-own").1.contains("is used by vsftpd, too"));
}

#[test]
fn rights_are_kept_unless_they_are_wrong() {
    let case = case();
    case.host.own("/etc/ssl/mail.key", "root", "www-data");
    case.host.mode("/etc/ssl/mail.key", 0o640);
    let made = case.planned(&everywhere(Layout::Keep));
    let change = made.part.files.iter().find(|file| file.path == "/etc/ssl/mail.key").unwrap();
    let after = change.after.as_ref().unwrap();
    assert_eq!((after.group.as_str(), after.mode.as_str()), ("www-data", "0640"));

    case.host.mode("/etc/ssl/mail.key", 0o644);
    let made = case.planned(&everywhere(Layout::Keep));
    let repaired = checks(&made, "key-file-private");
    assert_eq!(repaired[0].standing, CheckStanding::Repaired);
    assert!(repaired[0].words.contains("/etc/ssl/mail.key is open to every user of this host: mode 0644, root:www-data"));
    assert_eq!(repaired[0].note.as_deref(), Some("The plan writes 0600 root:root. Treat the old key as seen."));
    let change = made.part.files.iter().find(|file| file.path == "/etc/ssl/mail.key").unwrap();
    let after = change.after.as_ref().unwrap();
    assert_eq!((after.group.as_str(), after.mode.as_str()), ("root", "0600"));
}

#[test]
fn an_rsa_and_an_ec_certificate_go_to_the_pairs_of_their_kinds() {
    let case = case();
    let text = "Listen 443\n<VirtualHost *:443>\n  ServerName mail.example.org\n  SSLEngine on\n  SSLCertificateFile /etc/ssl/rsa.crt\n  \
        SSLCertificateKeyFile /etc/ssl/rsa.key\n  SSLCertificateFile /etc/ssl/ec.crt\n  SSLCertificateKeyFile /etc/ssl/ec.key\n</VirtualHost>\n";
    case.host.write(CONFIG, text);
    let names = ["mail.example.org"];
    let rsa_pair = || issue(&Wish::server(&names), rsa(2048), Some(&case.authority.middle));
    let (old_rsa, new_rsa) = (rsa_pair(), rsa_pair());
    case.host.write("/etc/ssl/rsa.crt", &old_rsa.pem());
    case.host.write("/etc/ssl/rsa.key", &old_rsa.key_pem());
    case.host.write("/etc/ssl/ec.crt", &case.old.pem());
    case.host.write("/etc/ssl/ec.key", &case.old.key_pem());
    // In the other order than the pairs.
    let target = Target { bindings: vec![bound(0, &[], Layout::Keep), bound(1, &[], Layout::Keep)], settings: Vec::new() };
    let sources = [case.source.clone(), case.authority.source(&new_rsa)];
    let made = plan(&case.host.facts(ServiceKind::Apache, CONFIG, &target), &target, &sources);
    assert_eq!(made.part.state, PlanState::Ready, "{:#?}", made.part.checks);
    let files = made.planned.unwrap().files;
    let material = |path: &str| match &files.iter().find(|file| file.path.to_str() == Some(path)).unwrap().content {
        certdeck::deploy::plan::Content::Material { material, .. } => *material,
        other => panic!("{other:?}"),
    };
    assert_eq!((material("/etc/ssl/ec.crt"), material("/etc/ssl/rsa.crt")), (0, 1));
    let asked: Vec<_> = made.part.probes.iter().map(|probe| (probe.key_type.is_some(), probe.expected.clone())).collect();
    assert_eq!(asked, [(true, sha256_hex(&case.new.der())), (true, sha256_hex(&new_rsa.der()))]);

    let twice = Target { bindings: vec![bound(0, &[], Layout::Keep), bound(0, &[], Layout::Own)], settings: Vec::new() };
    let made = plan(&case.host.facts(ServiceKind::Apache, CONFIG, &twice), &twice, &sources);
    assert!(check(&made, "endpoints").1.contains("one of each kind"));
}

#[test]
fn a_plan_is_stale_when_a_file_changed() {
    let case = case();
    let planned = case.planned(&everywhere(Layout::Keep)).planned.unwrap();
    assert_eq!(stale(&planned, &case.host.tree()), None);
    let text = std::fs::read_to_string(case.host.path(CONFIG)).unwrap();
    case.host.write(CONFIG, &(text.clone() + "\n"));
    assert_eq!(stale(&planned, &case.host.tree()).unwrap(), "The content of /etc/apache2/apache2.conf changed.");
    case.host.write(CONFIG, &text);
    case.host.mode("/etc/ssl/mail.key", 0o640);
    assert!(stale(&planned, &case.host.tree()).unwrap().contains("/etc/ssl/mail.key"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever lies there before: once a plan is applied and served, the next one says that nothing changes; and when only the ports
    /// still serve the old certificate, the service is asked to read its files.
    #[test]
    fn after_a_plan_there_is_nothing_to_do(own in any::<bool>(), old_is_rsa in any::<bool>(), separate in any::<bool>(), chain in any::<bool>(), there in any::<bool>(), mode in prop::sample::select(vec![0o600, 0o640, 0o644, 0o400, 0o777])) {
        let host = Host::new();
        let authority = Authority::new();
        let names = ["mail.example.org"];
        let old = issue(&Wish::server(&names), if old_is_rsa { rsa(2048) } else { ec() }, Some(&authority.middle));
        let new = authority.server(&names);
        let key = if separate { "  SSLCertificateKeyFile /etc/ssl/a.key\n" } else { "" };
        let with_chain = if chain { "  SSLCertificateChainFile /etc/ssl/a.chain\n" } else { "" };
        host.write(CONFIG, &format!("Listen 443\n<VirtualHost *:443>\n  ServerName mail.example.org\n  SSLEngine on\n  SSLCertificateFile /etc/ssl/a.crt\n{key}{with_chain}</VirtualHost>\n"));
        host.write("/etc/ssl/.keep", "");
        if there {
            host.write("/etc/ssl/a.crt", &[old.pem(), if separate { String::new() } else { old.key_pem() }].concat());
            host.write("/etc/ssl/a.key", &old.key_pem());
            host.write("/etc/ssl/a.chain", &authority.middle.pem());
            for path in ["/etc/ssl/a.crt", "/etc/ssl/a.key", "/etc/ssl/a.chain"] {
                host.mode(path, mode);
            }
        }
        host.process(10, "/usr/sbin/apache2", &["/usr/sbin/apache2", "-k", "start"], &[443]);
        let target = everywhere(if own { Layout::Own } else { Layout::Keep });
        let sources = [authority.source(&new)];
        let facts = host.facts(ServiceKind::Apache, CONFIG, &target);
        let made = plan(&facts, &target, &sources);
        prop_assert_eq!(made.part.state, PlanState::Ready, "{:#?}", made.part.checks);
        apply(&host, &made, &[material(&sources[0], &new)]);

        let facts = host.facts(ServiceKind::Apache, CONFIG, &target);
        let still_old = plan(&serving(facts.clone(), &target, &sources, Some(&sha256_hex(&old.der()))), &target, &sources);
        prop_assert_eq!(still_old.part.state, PlanState::Ready, "{:#?}", still_old.part);
        prop_assert!(still_old.planned.unwrap().files.is_empty());
        let done = plan(&serving(facts, &target, &sources, Some(&sha256_hex(&new.der()))), &target, &sources);
        prop_assert_eq!(done.part.state, PlanState::Unchanged, "{:#?}", done.part);
        prop_assert!(done.planned.is_none() && done.part.files.is_empty());
        prop_assert!(is_there(&host.path("/etc/ssl")));
    }
}
