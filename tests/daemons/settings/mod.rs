//! Settings beside the certificate, by REST on daemons that run: planned, applied, seen on the wire by openssl, and taken back.

mod dovecot;
mod postfix;
mod slapd;
mod vsftpd;

use std::time::{Duration, Instant};

use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use certdeck_shared::api::plan::{Plan, PlanState, SettingWish};
use certdeck_shared::x509::fingerprint::sha256_hex;
use support::certificates::from_pem;
use support::daemons::Instance;
use support::pki::Pair;
use support::run::Said;
use support::stage::Stage;

use crate::blocked::failed;
use crate::changing::client;

/// A cipher of TLS 1.2 that an RSA certificate serves, and one that is as good.
const STRONG: &str = "ECDHE-RSA-AES256-GCM-SHA384";
const OTHER: &str = "ECDHE-RSA-AES128-GCM-SHA256";

/// A port that openssl asks.
#[derive(Clone, Copy)]
struct Port {
    number: u16,
    /// What openssl calls the dialogue before TLS, where there is one.
    starttls: Option<&'static str>,
}

impl Port {
    fn implicit(number: u16) -> Self {
        Self { number, starttls: None }
    }

    fn starttls(number: u16, dialogue: &'static str) -> Self {
        Self { number, starttls: Some(dialogue) }
    }

    fn client(self, words: &[&str]) -> Said {
        let dialogue = self.starttls.map(|name| ["-starttls", name]);
        client(self.number, &[dialogue.as_ref().map_or(&[][..], |two| two.as_slice()), words].concat())
    }

    /// Whether a handshake is finished and shows this leaf.
    fn serves(self, pair: &Pair) -> bool {
        let said = self.client(&[]);
        said.success && from_pem(&said.out).first() == Some(&pair.leaf())
    }

    /// Whether a handshake with this version of TLS is finished; openssl itself would take anything.
    fn speaks(self, version: &str) -> bool {
        self.client(&[version, "-cipher", "ALL:@SECLEVEL=0"]).success
    }

    /// Whether a handshake with this cipher of TLS 1.2 is finished.
    fn takes(self, cipher: &str) -> bool {
        self.client(&["-tls1_2", "-cipher", cipher]).success
    }

    /// Whether it asks for a certificate of the client.
    fn asks_for_a_certificate(self) -> bool {
        self.client(&["-tls1_2"]).out.contains("Client Certificate Types")
    }

    /// Whether a client that shows its certificate finishes a handshake, with these words more.
    fn takes_certificate(self, instance: &Instance, pair: &Pair, words: &[&str]) -> bool {
        let at = |name: &str| instance.directory().join(name).display().to_string();
        let (certificate, key) = (at("client.pem"), at("client.key"));
        std::fs::write(&certificate, pair.certificate_file()).unwrap();
        std::fs::write(&key, pair.key_file()).unwrap();
        self.client(&[&["-cert", &certificate, "-key", &key], words].concat()).success
    }
}

/// Waits until something is so: daemons take other settings up in their time.
fn until(instance: &Instance, what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}\n{}", instance.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The root and the intermediate authority, of which clients show certificates.
fn authorities(stage: &Stage, pair: &Pair, endpoints: Vec<String>) -> SettingWish {
    let certificates = [vec![stage.pki.root()], pair.chain()].concat().iter().map(|der| sha256_hex(der)).collect();
    SettingWish::ClientCa { endpoints, database: stage.deck.id.clone(), certificates }
}

/// Applies a plan that has nothing against it.
async fn applied(stage: &Stage, plan: &Plan) -> Deployment {
    assert_eq!((plan.state, failed(plan)), (PlanState::Ready, Vec::new()), "{plan:#?}");
    let deployment = stage.apply(plan).await;
    assert_eq!(deployment.state, DeploymentState::Succeeded, "{deployment:#?}");
    deployment
}

/// Takes a deployment back.
async fn taken_back(stage: &Stage, deployment: &Deployment) {
    let back = stage.roll_back(deployment).await;
    assert_eq!(back.state, DeploymentState::Succeeded, "{back:#?}");
}
