//! Services of whatever program, by a description.

use std::path::{Path, PathBuf};

use certdeck::deploy::adapter::adapter;
use certdeck::deploy::change::{Activation, Control, Edits, Running, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::host::tree::Tree;
use certdeck_shared::api::service::{ServiceKind, TlsMode};

const DESCRIPTION: &str = "# an XMPP server\ncertificate = \"/etc/xmpp/cert.pem\"\nkey = \"/etc/xmpp/key.pem\"   # not a word\n\
                           chain = '/etc/xmpp/chain.pem'\nkey-reader = \"xmpp\"\nclient-ca = [\"/etc/xmpp/ca.pem\"]\n\n[[port]]\n\
                           address = \"*:5223\"\nprotocol = \"other\"\ntls = \"implicit\"\nname = \"xmpps\"\n";
const CONFIG: &str = "/srv/xmpp.toml";

fn described(text: &str) -> (tempfile::TempDir, Tree) {
    let room = tempfile::tempdir().unwrap();
    std::fs::create_dir(room.path().join("srv")).unwrap();
    std::fs::write(room.path().join("srv/xmpp.toml"), text).unwrap();
    let tree = Tree::rooted(room.path());
    (room, tree)
}

#[test]
fn a_description_names_files_ports_and_reader_with_their_lines() {
    let (_room, tree) = described(DESCRIPTION);
    let observation = adapter(ServiceKind::Generic).observe(&tree, Path::new(CONFIG)).unwrap();
    assert_eq!(observation.key_reader.user, "xmpp");
    let [endpoint] = observation.endpoints.as_slice() else { panic!("{observation:?}") };
    assert_eq!((endpoint.name.as_str(), endpoint.tls, endpoint.addresses[0].as_str()), ("xmpps", TlsMode::Implicit, "*:5223"));
    let pair = &endpoint.pairs[0];
    let line = |place: &Option<certdeck_shared::api::service::Place>| place.as_ref().unwrap().line;
    assert_eq!((pair.certificate.value.as_str(), line(&pair.certificate.place)), ("/etc/xmpp/cert.pem", 2));
    assert_eq!((pair.chain.as_ref().unwrap().value.as_str(), line(&pair.chain.as_ref().unwrap().place)), ("/etc/xmpp/chain.pem", 4));
    assert_eq!((endpoint.client_ca[0].value.as_str(), line(&endpoint.place)), ("/etc/xmpp/ca.pem", 8));
}

#[test]
fn what_is_no_description_is_refused_with_its_line() {
    let cases = [
        (DESCRIPTION.replace("key-reader", "key-owner"), "line 5"),
        (DESCRIPTION.replace("\"/etc/xmpp/cert.pem\"", "\"cert.pem\""), "line 2"),
        (DESCRIPTION.replace("*:5223", "5223"), "line 8"),
        (DESCRIPTION.replace("implicit", "always"), "line 11"),
        (DESCRIPTION.replace("[[port]]", "[[ports]]"), "line 8"),
        ("certificate = \"/a\"\nkey = \"/b\"\n".to_owned(), "1 to 100 ports"),
        (DESCRIPTION.replace("= [", "= "), "line 6"),
    ];
    for (text, words) in cases {
        let (_room, tree) = described(&text);
        let refused = adapter(ServiceKind::Generic).observe(&tree, Path::new(CONFIG)).unwrap_err().to_string();
        assert!(refused.contains(words), "{words}: {refused}");
    }
}

#[test]
fn other_files_change_their_own_bytes_alone() {
    let (_room, tree) = described(DESCRIPTION);
    let observation = adapter(ServiceKind::Generic).observe(&tree, Path::new(CONFIG)).unwrap();
    let pair = |chain: Option<&str>| Wanted::Pair {
        endpoints: vec![0],
        pair: 0,
        certificate: PathBuf::from("/new/cert \"1\".pem"),
        key: PathBuf::from("/new/key.pem"),
        chain: chain.map(PathBuf::from),
    };
    let editor = editor(ServiceKind::Generic);
    let edited = |wanted: Wanted| editor.edit(&tree, Path::new(CONFIG), &observation, &[wanted]);
    let files = DESCRIPTION.replace("\"/etc/xmpp/cert.pem\"", "\"/new/cert \\\"1\\\".pem\"").replace("/etc/xmpp/key.pem", "/new/key.pem");
    let after = edited(pair(None)).unwrap().files[0].after.clone();
    assert_eq!(String::from_utf8(after).unwrap(), files.replace("chain = '/etc/xmpp/chain.pem'\n", ""));
    let after = edited(pair(Some("/new/chain.pem"))).unwrap().files[0].after.clone();
    assert_eq!(String::from_utf8(after).unwrap(), files.replace("'/etc/xmpp/chain.pem'", "\"/new/chain.pem\""));
    assert!(edited(Wanted::Ciphers { endpoints: vec![0], ciphers: "x".to_owned() }).is_err());
}

#[test]
fn it_is_taken_up_by_the_programs_of_its_registration_and_by_nothing_else() {
    let (_room, tree) = described(DESCRIPTION);
    let observation = adapter(ServiceKind::Generic).observe(&tree, Path::new(CONFIG)).unwrap();
    let editor = editor(ServiceKind::Generic);
    let takeover =
        |control: &Control| editor.takeover(&tree, Path::new(CONFIG), &observation, &Running::default(), control, &Edits::default());
    let list = |name: &str| Some(vec![name.to_owned(), "an argument; not a shell's".to_owned()]);
    assert!(takeover(&Control::default()).is_err());
    let control = Control { restart: list("/bin/restart"), ..Control::default() };
    let Activation::Run(run) = takeover(&control).unwrap().activation else { panic!("it is a program") };
    assert_eq!(Some(run.arguments), control.restart);
    let both = Control { reload: list("/bin/reload"), ..control };
    let Activation::Run(run) = takeover(&both).unwrap().activation else { panic!("it is a program") };
    assert_eq!(run.arguments[0], "/bin/reload");
}
