//! Wishes, as far as they are served.

use std::path::{Path, PathBuf};

use certdeck::deploy::adapter::{Observation, adapter};
use certdeck::deploy::change::{Activation, AttributeEdit, Control, Edits, Running, Wanted};
use certdeck::deploy::editor::{ServiceEditor, editor};
use certdeck::deploy::slapd::{modify, preflight};
use certdeck::host::tree::Tree;
use certdeck_shared::api::plan::{ClientVerification, Disturbance, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{ServiceKind, TlsMode};
use openssl::ssl::SslVersion;

use crate::instance::{Instance, PATIENCE};
use crate::library::{either, mismatch};
use crate::pair::Pair;

fn slapds() -> &'static dyn ServiceEditor {
    editor(ServiceKind::Slapd)
}

fn observed(config: &Path) -> Observation {
    adapter(ServiceKind::Slapd).observe(&Tree::of_machine(), config).unwrap()
}

fn edited(config: &Path, wanted: &[Wanted]) -> Edits {
    slapds().edit(&Tree::of_machine(), config, &observed(config), wanted).unwrap()
}

fn running(config: &Path) -> Running {
    let tree = Tree::of_machine();
    let main =
        tree.processes().into_iter().find(|process| adapter(ServiceKind::Slapd).config_of(&tree, process).as_deref() == Some(config));
    Running { main, unit: None }
}

fn pair(slapd: &Instance, certificate: &str, key: &str) -> Wanted {
    Wanted::Pair { endpoints: vec![0], pair: 0, certificate: slapd.at(certificate), key: slapd.at(key), chain: None }
}

fn is_the_same(edit: &AttributeEdit) -> bool {
    edit.before == edit.after
}

#[test]
fn what_the_running_slapd_says_is_what_is_told() {
    let first = Pair::new("ldap.example.com", 1);
    let slapd = Instance::serving(&first);
    let observation = observed(&slapd.config());
    assert_eq!(observation.remarks, []);
    assert_eq!(observation.key_reader.user, "openldap");
    assert_eq!(observation.endpoints[0].tls, TlsMode::Starttls);
    assert_eq!(observation.endpoints[0].pairs[0].key.value, slapd.at("ldap.key").display().to_string());
    // Somebody edits the file by hand, which slapd does not read before it is started again.
    let file = slapd.config().join("cn=config.ldif");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("ldap.key", "hand.key")).unwrap();
    let observation = observed(&slapd.config());
    assert_eq!(observation.endpoints[0].pairs[0].key.value, slapd.at("ldap.key").display().to_string());
    assert!(
        observation.remarks.iter().any(|remark| remark.words.contains("hand.key") && remark.words.contains("by hand")),
        "{:?}",
        observation.remarks
    );
}

#[test]
fn the_same_files_are_read_anew_and_other_ones_served() {
    let (first, second) = (Pair::new("ldap.example.com", 1), Pair::new("ldap.example.com", 2));
    let slapd = Instance::serving(&first);
    let config = slapd.config();
    let same = edited(&config, &[pair(&slapd, "ldap.crt", "ldap.key")]);
    assert_eq!(same.attributes.len(), 3);
    assert!(same.files.is_empty() && same.attributes.iter().all(is_the_same));
    let takeover =
        slapds().takeover(&Tree::of_machine(), &config, &observed(&config), &running(&config), &Control::default(), &same).unwrap();
    assert_eq!(takeover.disturbance, Disturbance::Reload);
    let Activation::Modify { url, restart: None } = takeover.activation else { panic!("{takeover:?}") };

    slapd.write("new.crt", &second.certificate_pem());
    slapd.write("new.key", &second.key_pem());
    let wanted = [pair(&slapd, "new.crt", "new.key")];
    let edits = edited(&config, &wanted);
    preflight(&Tree::of_machine(), &config, &edits.attributes, PATIENCE).unwrap();
    modify(&url, &edits.attributes, PATIENCE).unwrap();
    assert_eq!(slapd.leaf(), Ok(second.leaf()));
    assert!(edited(&config, &wanted).attributes.iter().all(is_the_same), "twice changes nothing");
}

#[test]
fn versions_and_ciphers_are_those_that_were_wished() {
    let slapd = Instance::serving(&Pair::new("ldap.example.com", 1));
    let config = slapd.config();
    let versions = [SslVersion::TLS1, SslVersion::TLS1_1, SslVersion::TLS1_2, SslVersion::TLS1_3];
    let profile = |profile| vec![Wanted::Profile { endpoints: vec![0], profile }];
    let protocols = |lowest, highest| vec![Wanted::Protocols { endpoints: vec![0], lowest, highest }];
    let below_tls_13 = protocols(TlsVersion::Tls12, Some(TlsVersion::Tls12));
    let everything = Wanted::Ciphers { endpoints: vec![0], ciphers: either("NORMAL", "ALL:@SECLEVEL=0").to_owned() };
    let mut cases = vec![
        (profile(TlsProfile::Intermediate), [false, false, true, true]),
        (profile(TlsProfile::Modern), [false, false, false, true]),
        ([vec![everything], protocols(TlsVersion::Tls10, None)].concat(), [true, true, true, true]),
        (
            vec![
                Wanted::ClientCa { endpoints: vec![0], file: slapd.at("ldap.crt") },
                Wanted::ClientVerification { endpoints: vec![0], verification: ClientVerification::Optional, depth: None },
            ],
            [true, true, true, true],
        ),
    ];
    // OpenLDAP has no setting for the highest version; GnuTLS has it among the ciphers.
    let refused = slapds().edit(&Tree::of_machine(), &config, &observed(&config), &below_tls_13).err();
    assert_eq!(refused.is_some_and(|refused| refused.words.contains("no setting for the highest version")), either(false, true));
    cases.extend(either(Some((below_tls_13, [false, false, true, false])), None));
    for (wanted, expected) in cases {
        let edits = edited(&config, &wanted);
        modify(&slapd.url(), &edits.attributes, PATIENCE).unwrap_or_else(|error| panic!("{edits:?}: {error}"));
        assert_eq!(versions.map(|version| slapd.speaks(version)), expected, "{}", slapd.entry());
        assert!(edited(&config, &wanted).attributes.iter().all(is_the_same), "twice changes nothing");
    }
    assert!(slapd.entry().contains("olcTLSVerifyClient: try"));
}

#[test]
fn tls_begins_where_there_was_none() {
    let first = Pair::new("ldap.example.com", 1);
    let slapd = Instance::without_tls();
    let config = slapd.config();
    let begin = Wanted::Tls { endpoint: 0, tls: TlsMode::Starttls };
    let refused = slapds().edit(&Tree::of_machine(), &config, &observed(&config), std::slice::from_ref(&begin)).unwrap_err();
    assert!(refused.words.contains("no certificate"), "{refused}");
    slapd.write("ldap.crt", &first.certificate_pem());
    slapd.write("ldap.key", &first.key_pem());
    let edits = edited(&config, &[pair(&slapd, "ldap.crt", "ldap.key"), begin]);
    modify(&slapd.url(), &edits.attributes, PATIENCE).unwrap();
    assert_eq!(slapd.leaf(), Ok(first.leaf()));
}

#[test]
fn slapd_conf_is_edited_and_read_after_a_restart() {
    let (first, second) = (Pair::new("ldap.example.com", 1), Pair::new("ldap.example.com", 2));
    let mut slapd = Instance::with_slapd_conf(&first);
    assert_eq!(slapd.leaf(), Ok(first.leaf()));
    slapd.write("new file.crt", &second.certificate_pem());
    slapd.write("new.key", &second.key_pem());
    let config = slapd.config();
    let wanted = [pair(&slapd, "new file.crt", "new.key"), Wanted::Profile { endpoints: vec![0], profile: TlsProfile::Modern }];
    let edits = edited(&config, &wanted);
    let control = Control { restart: Some(vec!["/bin/restart".to_owned()]), ..Control::default() };
    let takeover = |edits: &Edits, control: &Control| {
        slapds().takeover(&Tree::of_machine(), &config, &observed(&config), &running(&config), control, edits)
    };
    assert_eq!(takeover(&edits, &control).unwrap().disturbance, Disturbance::Restart);
    assert!(takeover(&edits, &Control::default()).unwrap_err().words.contains("restart line"));
    let [file] = edits.files.as_slice() else { panic!("{edits:?}") };
    std::fs::write(&file.path, &file.after).unwrap();
    preflight(&Tree::of_machine(), &config, &[], PATIENCE).unwrap();
    let check = slapds().own_check(&Tree::of_machine(), &config, &running(&config), &Control::default()).unwrap();
    let [program, arguments @ ..] = check.arguments.as_slice() else { panic!("{check:?}") };
    let said = std::process::Command::new(PathBuf::from("/usr/sbin").join(program)).args(arguments).output().unwrap();
    assert!(said.status.success(), "{said:?}");
    assert_eq!(edited(&config, &wanted).files, [], "twice changes nothing");
    slapd.stop();
    slapd.start_again();
    assert_eq!(slapd.leaf(), Ok(second.leaf()));
    assert_eq!([SslVersion::TLS1_2, SslVersion::TLS1_3].map(|version| slapd.speaks(version)), [false, true]);
    // What a restart would not survive is known before.
    slapd.write("new.key", &first.key_pem());
    assert!(preflight(&Tree::of_machine(), &config, &[], PATIENCE).unwrap_err().to_string().contains(mismatch()));
}
