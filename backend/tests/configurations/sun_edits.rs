//! Messaging Server changed: files to the byte, parameters as lines of `configutil`, which is not here and is played by a line more in
//! `msg.conf`.

use std::path::Path;

use certdeck::deploy::adapter::{Observation, adapter};
use certdeck::deploy::change::{EditRefused, Edits, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::host::tree::Tree;
use certdeck_shared::api::plan::ClientVerification;
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};
use certdeck_shared::sun::stance;
use proptest::prelude::*;

const KIND: ServiceKind = ServiceKind::SunMessaging;
const CONFIG: &str = "/msg/config";
const IMTA: &str = include_str!("sun/imta.cnf");
const DISPATCHER: &str = include_str!("sun/dispatcher.cnf");
const MAIN: &str = include_str!("sun/msg.conf");

struct Server(tempfile::TempDir);

impl Server {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for directory in ["msg/config", "msg/sbin"] {
            std::fs::create_dir_all(folder.path().join(directory)).unwrap();
        }
        std::fs::write(folder.path().join("msg/sbin/configutil"), "").unwrap();
        let server = Self(folder);
        let usual = [("msg.conf", MAIN), ("dispatcher.cnf", DISPATCHER), ("imta.cnf", IMTA)];
        usual.iter().chain(files).for_each(|(name, text)| server.write(name, text));
        server
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join("msg/config").join(name), text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join("msg/config").join(name)).unwrap()
    }

    fn observed(&self) -> Observation {
        adapter(KIND).observe(&Tree::rooted(self.0.path()), Path::new(CONFIG)).unwrap()
    }

    fn at(&self, name: &str) -> usize {
        self.observed().endpoints.iter().position(|endpoint| endpoint.name == name).unwrap()
    }

    fn edits(&self, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        editor(KIND).edit(&Tree::rooted(self.0.path()), Path::new(CONFIG), &self.observed(), wanted)
    }

    /// Makes it so, the lines too, which are returned; then there is nothing left to do.
    fn change(&self, wanted: &[Wanted]) -> Vec<String> {
        let edits = self.edits(wanted).unwrap();
        for file in &edits.files {
            std::fs::write(self.0.path().join(file.path.strip_prefix("/").unwrap()), &file.after).unwrap();
        }
        for line in &edits.by_hand {
            let [program, option, name, flag, value] = line.arguments.as_slice() else { panic!("{line:?}") };
            assert_eq!([program, option, flag], ["/msg/sbin/configutil", "-o", "-v"]);
            self.write("msg.conf", &format!("{}{name} = {value}\n", self.text("msg.conf")));
        }
        assert_eq!(self.edits(wanted).unwrap(), Edits::default(), "{wanted:?} once more");
        edits.by_hand.iter().map(|line| line.arguments[2..].join(" ")).collect()
    }
}

fn tls(endpoint: usize, tls: TlsMode) -> Wanted {
    Wanted::Tls { endpoint, tls }
}

fn listener(protocol: Protocol, port: u16) -> Wanted {
    Wanted::Listener { protocol, tls: TlsMode::Implicit, port, address: None, server_name: None, pair: None }
}

fn nickname(endpoints: Vec<usize>, pair: usize, token: Option<&str>, nickname: &str) -> Wanted {
    Wanted::Nickname { endpoints, pair, token: token.map(str::to_owned), nickname: nickname.to_owned() }
}

#[test]
fn parameters_are_lines_for_the_administrator_and_msg_conf_is_not_touched() {
    let server = Server::new(&[]);
    assert_eq!(
        server.change(&[tls(server.at("pop"), TlsMode::Starttls), listener(Protocol::Pop3, 1995), listener(Protocol::Imap, 993)]),
        ["service.pop.sslusessl -v yes", "service.pop.enablesslport -v yes", "service.pop.sslport -v 1995"]
    );
    let told: Vec<_> = server.observed().endpoints.into_iter().filter(|endpoint| endpoint.name.starts_with("pop")).collect();
    assert_eq!(
        (told[0].tls, told[1].tls, told[1].addresses.as_slice()),
        (TlsMode::Starttls, TlsMode::Implicit, &["*:1995".to_owned()][..])
    );
    let edits = Server::new(&[]).edits(&[listener(Protocol::Pop3, 995)]).unwrap();
    assert_eq!((edits.files.len(), edits.by_hand.len()), (0, 2));
    assert!(edits.by_hand.iter().all(|line| line.why.contains("its own program alone")));
}

#[test]
fn a_nickname_is_set_where_it_counts() {
    let server = Server::new(&[]);
    let [imap, imaps, https] = ["imap", "imaps", "https"].map(|name| server.at(name));
    assert_eq!(server.change(&[nickname(vec![imap, imaps], 0, None, "new cert")]), ["local.imap.sslnicknames -v new cert"]);
    let refused = server.edits(&[nickname(vec![imaps], 0, None, "other")]).unwrap_err();
    assert!(refused.words.contains("imap has the same list"), "{refused}");
    // One place of a list of two, a token before the name.
    let transfer: Vec<usize> = ["SMTP", "SMTP_SUBMIT", "SMTP_SUBMIT/TLS"].map(|name| server.at(name)).to_vec();
    assert_eq!(server.change(&[nickname(transfer.clone(), 1, Some("accel"), "EC")]), ["local.imta.sslnicknames -v RSA cert,accel:EC"]);
    assert_eq!(server.change(&[nickname(transfer, 2, None, "third")]), ["local.imta.sslnicknames -v RSA cert,accel:EC,third"]);
    // Web mail alone has that of all servers.
    assert_eq!(server.change(&[nickname(vec![https], 0, None, "web")]), ["encryption.rsa.nssslpersonalityssl -v web"]);
    let shared = Server::new(&[("msg.conf", "service.imap.enablesslport = yes\nservice.pop.enablesslport = yes\n")]);
    let (imaps, pops) = (shared.at("imaps"), shared.at("pops"));
    assert_eq!(shared.change(&[nickname(vec![pops], 0, None, "pop")]), ["local.pop.sslnicknames -v pop"]);
    assert_eq!(shared.at("imaps"), imaps);
    assert!(shared.edits(&[nickname(vec![imaps], 0, None, "a,b")]).unwrap_err().words.contains("list of nicknames"));
}

#[test]
fn starttls_is_a_keyword_of_the_channel_and_submission_demands_it() {
    for (before, name, after) in [
        ("tcp_local smtp mx notls\nd\n", "SMTP", "tcp_local smtp mx notlsclient maytlsserver\nd\n"),
        ("tcp_local smtp notlsserver mx\nd\n", "SMTP", "tcp_local smtp maytlsserver mx\nd\n"),
        ("tcp_local smtp \\\n  mx\nd\n", "SMTP", "tcp_local smtp \\\n  mx maytlsserver\nd\n"),
        ("tcp_local\nd\n", "SMTP", "tcp_local maytlsserver\nd\n"),
        ("tcp_submit submit\nd\n", "SMTP_SUBMIT", "tcp_submit submit musttlsserver\nd\n"),
        ("defaults notls\n\ntcp_submit submit\nd\n", "SMTP_SUBMIT", "defaults notls\n\ntcp_submit submit musttlsserver\nd\n"),
    ] {
        let head = "! MTA\n$* $A\n\n";
        let server = Server::new(&[("imta.cnf", &[head, before].concat())]);
        assert_eq!(server.change(&[tls(server.at(name), TlsMode::Starttls)]), [""; 0]);
        assert_eq!(server.text("imta.cnf"), [head, after].concat());
    }
    let server = Server::new(&[]);
    assert_eq!(server.edits(&[tls(server.at("SMTP"), TlsMode::Starttls)]).unwrap(), Edits::default(), "maytls stands there");
    // Two services and one channel.
    let both = "[SERVICE=SMTP]\nPORT=25\n[SERVICE=SMTP_SUBMIT]\nPORT=587\n";
    let shared = Server::new(&[("dispatcher.cnf", both), ("imta.cnf", "r\n\ntcp_local smtp\nd\n")]);
    let wishes = ["SMTP", "SMTP_SUBMIT"].map(|name| tls(shared.at(name), TlsMode::Starttls));
    let refused = shared.edits(&wishes[..1]).unwrap_err();
    assert_eq!((refused.place.as_ref().unwrap().line, refused.words.contains("SMTP_SUBMIT takes mail in")), (4, true), "{refused}");
    shared.change(&wishes);
    assert_eq!(shared.text("imta.cnf"), "r\n\ntcp_local smtp maytlsserver\nd\n");
}

#[test]
fn submission_gets_a_port_for_tls_from_the_first_byte() {
    let server = Server::new(&[]);
    server.change(&[listener(Protocol::Smtp, 465)]);
    assert_eq!(server.text("dispatcher.cnf"), DISPATCHER, "it has it");
    server.change(&[listener(Protocol::Smtp, 1465)]);
    assert_eq!(server.text("dispatcher.cnf"), DISPATCHER.replace("TLS_PORT=465", "TLS_PORT=465,1465"));
    let without = DISPATCHER.replace("PORT=587\nTLS_PORT=465\n", "PORT=587\n!TLS_PORT=465\n");
    let server = Server::new(&[("dispatcher.cnf", &without)]);
    server.change(&[listener(Protocol::Smtp, 465)]);
    assert_eq!(server.text("dispatcher.cnf"), without.replace("PORT=587\n", "PORT=587\nTLS_PORT=465\n"));
    assert_eq!(server.observed().endpoints[server.at("SMTP_SUBMIT/TLS")].addresses, ["*:465"]);
}

#[test]
fn a_proxy_gets_tls_its_port_and_its_nickname() {
    let list = "! services\ndefault:ServiceList /opt/lib/imapproxy@143 popproxy@110|995\n";
    let proxy = "# IMAP\ndefault:LdapUrl \"ldap://x/\"\ndefault:SSLEnable no\nother:SSLEnable yes\n";
    let server = Server::new(&[("AService.cfg", list), ("ImapProxyAService.cfg", proxy)]);
    let at = server.at("IMAP proxy");
    assert_eq!(
        (server.observed().endpoints[at].tls, server.observed().endpoints[at].addresses.as_slice()),
        (TlsMode::Off, &["*:143".to_owned()][..])
    );
    server.change(&[tls(at, TlsMode::Implicit)]);
    assert_eq!(server.text("AService.cfg"), list.replace("@143 ", "@143|993 "));
    let on = [&proxy.replace("Enable no", "Enable yes"), "default:SSLPorts 993\n"].concat();
    assert_eq!(server.text("ImapProxyAService.cfg"), on);
    assert_eq!(server.change(&[nickname(vec![at], 0, None, "imap cert")]), [""; 0]);
    assert_eq!(server.text("ImapProxyAService.cfg"), [on.as_str(), "default:SSLCertNicknames \"imap cert\"\n"].concat());
    server.change(&[nickname(vec![at], 0, Some("accel"), "new cert")]);
    assert!(server.text("ImapProxyAService.cfg").ends_with("\ndefault:SSLCertNicknames \"accel:new cert\"\n"));
    assert_eq!(server.observed().endpoints[at].pairs[0].certificate.value, "accel:new cert");
}

#[test]
fn what_is_not_understood_or_cannot_be_is_refused_with_its_place() {
    let server = Server::new(&[]);
    let (smtp, imap, https) = (server.at("SMTP"), server.at("imap"), server.at("https"));
    for (wanted, words) in [
        (tls(imap, TlsMode::Implicit), "port of its own"),
        (tls(server.at("http"), TlsMode::Starttls), "no STARTTLS"),
        (tls(smtp, TlsMode::Off), "only turned on"),
        (Wanted::ClientVerification { endpoints: vec![https], verification: ClientVerification::Required, depth: None }, "certmap.conf"),
        (Wanted::Ciphers { endpoints: vec![https], ciphers: "rsa_rc4_128_md5".to_owned() }, "no setting"),
        (Wanted::CertificateWatch, "by itself"),
        (listener(Protocol::Ldap, 636), "does not speak"),
    ] {
        let refused = server.edits(std::slice::from_ref(&wanted)).unwrap_err();
        assert!(refused.words.contains(words), "{wanted:?}: {refused}");
    }
    let place = |server: &Server, wanted: Wanted| {
        let refused = server.edits(&[wanted]).unwrap_err();
        refused.place.map(|place| (place.file.replace("/msg/config/", ""), place.line))
    };
    let broken = Server::new(&[("msg.conf", "a = b\nwhat is this\n")]);
    assert_eq!(place(&broken, listener(Protocol::Imap, 993)), Some(("msg.conf".to_owned(), 2)));
    let broken = Server::new(&[("dispatcher.cnf", &[DISPATCHER, "nothing\n"].concat())]);
    assert_eq!(place(&broken, listener(Protocol::Smtp, 1465)), Some(("dispatcher.cnf".to_owned(), 15)));
    let gone = Server::new(&[("imta.cnf", "r\n\nl\nhost\n")]);
    assert!(gone.edits(&[tls(gone.at("SMTP"), TlsMode::Starttls)]).unwrap_err().words.contains("no channel tcp_local"));
    let missing =
        Server::new(&[("AService.cfg", "default:ServiceList popproxy@110\n"), ("PopProxyAService.cfg", "default:SSLEnable no\n")]);
    missing.write("ImapProxyAService.cfg", "default:SSLEnable yes\ndefault:SSLPorts 993\n");
    assert_eq!(missing.at("POP proxy"), missing.at("IMAP proxy") + 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Mail that is sent keeps its stance, all other words theirs, and a second time changes nothing.
    #[test]
    fn a_keyword_changes_what_is_taken_in_alone(
        defaults in prop::collection::vec("notls|maytls|musttlsclient|mx", 0..3),
        own in prop::collection::vec("notls|notlsserver|notlsclient|maytlsclient|musttlsclient|smtp|mx|single_sys", 0..6),
    ) {
        let block = |own: &str| format!("r\r\n\r\ndefaults {}\r\n\r\ntcp_local {own}\r\ndaemon\r\n", defaults.join(" "));
        let before = own.join(" ");
        let server = Server::new(&[("imta.cnf", &block(&before))]);
        let at = server.at("SMTP");
        server.change(&[tls(at, TlsMode::Starttls)]);
        let text = server.text("imta.cnf");
        let after = text.split("tcp_local ").nth(1).unwrap().split("\r\n").next().unwrap();
        prop_assert_eq!(&text, &block(after));
        let of = |own: &str| stance(defaults.iter().map(String::as_str).chain(own.split_whitespace()));
        prop_assert!(of(after).server > 0);
        prop_assert_eq!(of(after).client, of(&before).client);
        let others = |own: &str| own.split_whitespace().filter(|word| !word.contains("tls")).map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(others(after), others(&before));
    }
}
