//! Evidence to be judged: a service that serves a good certificate of its file, as its database has it, and what is changed of that.

use std::collections::HashMap;
use std::sync::Arc;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::endpoint::{EndpointState, Rung, RungKind, RungState};
use certdeck_shared::api::probe::{NewProbe, ProbeEngine, ProbeOutcome, ProbeReport, ServedCertificate};
use certdeck_shared::api::service::{
    Effective, Endpoint, FileKey, KeyReader, NamedFile, Pair, Protocol, Service, ServiceControl, ServiceDescription, ServiceKind, TlsMode,
};
use certdeck_shared::x509::fingerprint::sha256_hex;
use certdeck_shared::x509::parse;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::super::{Judgement, judge};
use crate::deploy::served;
use crate::domain::watch::authorities::{Authorities, Authority};
use crate::domain::watch::evidence::{Awaited, Decided, Evidence, KnownService};
use crate::domain::watch::surroundings::{Here, Listener, Running};
use crate::state::EndpointRecord;

pub const NOW: OffsetDateTime = datetime!(2026-11-22 11:31 UTC);
pub const CERTIFICATE: &str = "/etc/mail.pem";
pub const KEY: &str = "/etc/mail.key";

/// A CA, or a certificate of one.
#[derive(Clone)]
pub struct Made {
    pub certificate: X509,
    key: PKey<Private>,
}

impl Made {
    pub fn der(&self) -> Vec<u8> {
        self.certificate.to_der().unwrap()
    }
}

/// What a certificate is to be.
pub struct Wish<'a> {
    pub name: &'a str,
    pub is_ca: bool,
    pub issuer: Option<&'a Made>,
    pub life: (OffsetDateTime, OffsetDateTime),
    pub version: i32,
    pub digest: MessageDigest,
}

impl<'a> Wish<'a> {
    pub fn leaf(name: &'a str, issuer: &'a Made) -> Self {
        let life = (NOW - Duration::days(2), NOW + Duration::days(88));
        Self { name, is_ca: false, issuer: Some(issuer), life, version: 2, digest: MessageDigest::sha256() }
    }

    pub fn authority(name: &'a str, issuer: Option<&'a Made>) -> Self {
        let life = (NOW - Duration::days(400), NOW + Duration::days(4_000));
        Self { name, is_ca: true, issuer, life, version: 2, digest: MessageDigest::sha256() }
    }

    pub fn made(self) -> Made {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        self.made_for(PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap())
    }

    pub fn made_for(self, key: PKey<Private>) -> Made {
        let mut name = X509Name::builder().unwrap();
        name.append_entry_by_nid(Nid::COMMONNAME, self.name).unwrap();
        let name = name.build();
        let (issuer_name, issuer_key) = self.issuer.map_or((&*name, &key), |one| (one.certificate.subject_name(), &one.key));
        let moment = |at: OffsetDateTime| Asn1Time::from_unix(at.unix_timestamp()).unwrap();
        let mut builder: X509Builder = X509::builder().unwrap();
        builder.set_version(self.version).unwrap();
        let serial = BigNum::from_slice(&[0x40; 16]).unwrap().to_asn1_integer().unwrap();
        builder.set_serial_number(&serial).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(issuer_name).unwrap();
        builder.set_pubkey(&key).unwrap();
        builder.set_not_before(&moment(self.life.0)).unwrap();
        builder.set_not_after(&moment(self.life.1)).unwrap();
        if self.version == 2 && self.is_ca {
            builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        } else if self.version == 2 {
            let names = SubjectAlternativeName::new().dns(self.name).build(&builder.x509v3_context(None, None)).unwrap();
            builder.append_extension(names).unwrap();
            builder.append_extension(ExtendedKeyUsage::new().server_auth().build().unwrap()).unwrap();
        }
        builder.sign(issuer_key, self.digest).unwrap();
        Made { certificate: builder.build(), key }
    }
}

/// Root, intermediate and a certificate of it.
pub struct Authorized {
    pub root: Made,
    pub intermediate: Made,
    pub leaf: Made,
}

impl Authorized {
    pub fn new() -> Self {
        let root = Wish::authority("Root", None).made();
        let intermediate = Wish::authority("Intermediate", Some(&root)).made();
        let leaf = Wish::leaf("mail.example.com", &intermediate).made();
        Self { root, intermediate, leaf }
    }

    /// Leaf and intermediate, as a good service sends them.
    pub fn sent(&self) -> Vec<Vec<u8>> {
        vec![self.leaf.der(), self.intermediate.der()]
    }
}

fn told(der: &[u8]) -> ServedCertificate {
    let view = parse::certificate(der).ok();
    ServedCertificate {
        fingerprint_sha256: sha256_hex(der),
        subject: view.as_ref().map(|view| view.subject.to_string()).unwrap_or_default(),
        issuer: view.as_ref().map(|view| view.issuer.to_string()).unwrap_or_default(),
        public_key: view.as_ref().map(|view| view.public_key.short()).unwrap_or_default(),
        not_before: view.as_ref().map(|view| view.not_before),
        not_after: view.as_ref().map(|view| view.not_after),
        der: Base64(der.to_vec()),
    }
}

pub fn effective(name: &str, value: &str) -> Effective {
    Effective { name: name.to_owned(), value: value.to_owned(), place: None }
}

/// Evidence that is changed before it is judged.
pub struct Scene {
    pub pki: Authorized,
    pub evidence: Evidence,
    pub known: KnownService,
}

impl Scene {
    /// SMTP with STARTTLS: `master` runs since 08:02, and everything is as it should be.
    pub fn new() -> Self {
        let pki = Authorized::new();
        let master = Running { id: 2_214, program: "master".to_owned(), started_at: Some(datetime!(2026-11-22 08:02 UTC)) };
        let report = ProbeReport {
            address: Some("127.0.0.1:25".to_owned()),
            outcome: ProbeOutcome::Served,
            words: "The handshake is complete.".to_owned(),
            tls_version: Some("TLS 1.3".to_owned()),
            cipher_suite: Some("TLS_AES_256_GCM_SHA384".to_owned()),
            key_exchange_group: Some("X25519".to_owned()),
            chain: Vec::new(),
            key_proved: true,
            client_certificate_asked: Some(false),
            alert: None,
            engine: Some(ProbeEngine::Rustls),
            milliseconds: 4,
            transcript: Vec::new(),
        };
        let mut scene = Self {
            evidence: Evidence {
                record: record(),
                now: NOW,
                report,
                served: Vec::new(),
                other: None,
                service: None,
                decided: Decided::Nothing,
                here: Some(Here {
                    listeners: vec![Listener { address: "0.0.0.0".parse().unwrap(), holder: Some(master.clone()), of_service: Some(true) }],
                    processes: vec![master],
                    elsewhere: Vec::new(),
                }),
                authorities: Arc::default(),
                policy: Arc::default(),
            },
            known: service(),
            pki,
        };
        scene.trusts(true);
        scene.sends(&scene.pki.sent());
        scene.holds(&scene.pki.sent());
        scene
    }

    /// The root in a database.
    pub fn trusts(&mut self, trusted: bool) {
        let der = self.pki.root.der();
        let root = Authority { view: parse::certificate(&der).unwrap(), der, trusted, database: "Internal".to_owned() };
        self.evidence.authorities = Arc::new(Authorities(vec![root]));
    }

    /// What the server sends.
    pub fn sends(&mut self, ders: &[Vec<u8>]) {
        self.evidence.report.chain = ders.iter().map(|der| told(der)).collect();
        self.evidence.served = ders.iter().map(|der| parse::certificate(der).ok()).collect();
    }

    /// What the file of the certificate holds.
    pub fn holds(&mut self, ders: &[Vec<u8>]) {
        self.file(CERTIFICATE).certificates = ders.iter().map(|der| served::certificate(der).unwrap()).collect();
    }

    /// When the file was written.
    pub fn written(&mut self, at: OffsetDateTime) {
        self.known.changed = HashMap::from([(CERTIFICATE.to_owned(), at), (KEY.to_owned(), at)]);
    }

    /// The certificate that is bound to it.
    pub fn binds(&mut self, made: &Made) {
        let view = parse::certificate(&made.der()).unwrap();
        self.evidence.decided = Decided::Certificates(vec![Awaited {
            fingerprint_sha256: sha256_hex(&made.der()),
            database: "d".to_owned(),
            nickname: "mail".to_owned(),
            public_key: view.public_key.short(),
            not_after: view.not_after,
        }]);
    }

    pub fn file(&mut self, path: &str) -> &mut NamedFile {
        self.known.description.files.iter_mut().find(|file| file.path == path).unwrap()
    }

    pub fn pair(&mut self) -> &mut Pair {
        &mut self.known.description.endpoints[0].pairs[0]
    }

    /// How the probe ended, without a certificate.
    pub fn ends(&mut self, outcome: ProbeOutcome) {
        self.sends(&[]);
        let report = &mut self.evidence.report;
        (report.outcome, report.engine, report.key_proved) = (outcome, None, false);
        (report.tls_version, report.cipher_suite, report.key_exchange_group) = (None, None, None);
        report.words = format!("{outcome:?}.");
    }

    /// Somebody added it; nothing of its service is known.
    pub fn by_hand(&mut self, host: &str) {
        self.evidence.record.service = None;
        self.evidence.record.host = host.to_owned();
        self.evidence.here = None;
    }

    pub fn judged(self) -> Judgement {
        let Self { mut evidence, known, .. } = self;
        if evidence.record.service.is_some() {
            evidence.service = Some(Arc::new(known));
        }
        judge(&evidence)
    }
}

impl Judgement {
    pub fn rung(&self, kind: RungKind) -> &Rung {
        self.rungs.iter().find(|rung| rung.kind == kind).unwrap()
    }

    /// The first rung that is broken.
    pub fn broken(&self) -> Option<RungKind> {
        self.rungs.iter().find(|rung| rung.state == RungState::Fail).map(|rung| rung.kind)
    }

    pub fn is_broken_at(&self, kind: RungKind, state: EndpointState, cause: &str) {
        assert_eq!((self.broken(), self.state), (Some(kind), state), "{self:#?}");
        let rung = self.rung(kind);
        let said = format!("{} {}", rung.words, rung.cause.as_deref().unwrap_or_default());
        assert!(said.contains(cause), "{said}");
        assert!(rung.cure.is_some(), "{rung:#?}");
        let mut above = self.rungs.iter().skip_while(|rung| rung.kind != kind).skip(1);
        assert!(above.all(|rung| rung.state == RungState::Skipped), "{self:#?}");
    }
}

fn record() -> EndpointRecord {
    let question = NewProbe {
        host: "127.0.0.1".to_owned(),
        port: 25,
        protocol: Protocol::Smtp,
        tls: TlsMode::Starttls,
        server_name: Some("mail.example.com".to_owned()),
        key_type: None,
    };
    EndpointRecord { service: Some(("s".to_owned(), "smtp".to_owned())), ..EndpointRecord::new("1".to_owned(), question) }
}

fn named(path: &str, key: Option<FileKey>) -> NamedFile {
    NamedFile {
        path: path.to_owned(),
        links: Vec::new(),
        owner: Some("root".to_owned()),
        group: Some("root".to_owned()),
        mode: Some("0600".to_owned()),
        key_store: false,
        directory: false,
        certificates: Vec::new(),
        key,
        snakeoil: false,
        findings: Vec::new(),
    }
}

fn service() -> KnownService {
    let pair = Pair {
        certificate: effective("smtpd_tls_cert_file", CERTIFICATE),
        key: effective("smtpd_tls_key_file", KEY),
        chain: None,
        database: None,
        key_matches: Some(true),
        findings: Vec::new(),
    };
    let endpoint = Endpoint {
        name: "smtp".to_owned(),
        protocol: Protocol::Smtp,
        tls: TlsMode::Starttls,
        addresses: vec!["*:25".to_owned()],
        server_names: vec!["mail.example.com".to_owned()],
        place: None,
        pairs: vec![pair],
        client_ca: Vec::new(),
        protocols: None,
        ciphers: None,
        client_verification: None,
    };
    let description = ServiceDescription {
        service: Service {
            id: "s".to_owned(),
            kind: ServiceKind::Postfix,
            label: "Mail".to_owned(),
            config: "/etc/postfix".to_owned(),
            processes: vec![2_214],
            problem: None,
            endpoints: 1,
            not_after: None,
            findings: 0,
            registered_at: NOW,
        },
        version: None,
        instance: None,
        own_control: None,
        control: ServiceControl::default(),
        key_reader: KeyReader { user: "root".to_owned(), words: String::new() },
        config_files: Vec::new(),
        endpoints: vec![endpoint],
        files: vec![named(CERTIFICATE, None), named(KEY, Some(FileKey::Plain))],
        remarks: Vec::new(),
        terms: Vec::new(),
    };
    KnownService { description, bindings: Vec::new(), closed: HashMap::new(), changed: HashMap::new() }
}
