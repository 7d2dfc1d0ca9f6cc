//! Inventories of the daemons: what they take, beside what their configuration says.

use certdeck_shared::api::inventory::{ComparedProfile, ConfiguredSetting, Inventory, NewInventory, ProtocolVersion, Subject};
use certdeck_shared::api::job::JobState;
use certdeck_shared::api::service::ServiceKind;
use support::daemons::{self, Instance, Start};
use support::stage::Stage;

async fn of(stage: &Stage, instance: &Instance, place: usize) -> Inventory {
    let endpoint = &instance.endpoints()[place];
    let probe = endpoint.question();
    let new = NewInventory::of(probe, ComparedProfile::Intermediate);
    let job = stage.client().inventory_job(&new).await.unwrap();
    let job = stage.deck.ended(&job.id).await;
    assert_eq!((job.state, job.done), (JobState::Succeeded, job.total), "{job:?}");
    serde_json::from_value(job.result.unwrap()).unwrap()
}

fn setting(made: &Inventory, subject: Subject) -> Option<&ConfiguredSetting> {
    made.configured.as_ref().unwrap().settings.iter().find(|setting| setting.subject == subject)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_daemon_serves_what_it_is_configured_to_or_a_finding_says_what_not() {
    let stage = Stage::new().await;
    let pair = stage.pki.pair("mail.example.org");
    let starts: [Start; 5] =
        [daemons::apache::start, daemons::nginx::start, daemons::dovecot::start, daemons::postfix::start, daemons::slapd::start];
    let instances = tokio::task::block_in_place(|| daemons::together(&starts, &pair));
    for instance in &instances {
        let service = stage.register(instance).await;
        for place in 0..instance.endpoints().len() {
            let made = of(&stage, instance, place).await;
            assert!(made.complete, "{:?} {made:#?}", instance.kind());
            assert_eq!(made.configured.as_ref().map(|configured| &configured.service), Some(&service.id), "{:?}", instance.kind());
            assert_eq!(made.certificates[0].chain[0].fingerprint_sha256, pair.fingerprint());
            let protocols = setting(&made, Subject::Protocol);
            if let Some(protocols) = protocols {
                assert!(protocols.understood && protocols.not_configured.is_empty(), "{:?} {protocols:?}", instance.kind());
            }
            match instance.kind() {
                // Debian's slapd is made with GnuTLS, whose lists are other words.
                ServiceKind::Slapd | ServiceKind::Postfix => {}
                _ => {
                    let suites = setting(&made, Subject::Suite);
                    assert!(suites.is_none_or(|suites| suites.understood && suites.not_configured.is_empty()), "{suites:?}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_the_process_has_not_read_is_a_finding() {
    let stage = Stage::new().await;
    let pair = stage.pki.pair("www.example.org");
    let nginx = tokio::task::block_in_place(|| daemons::nginx::start(&pair));
    stage.register(&nginx).await;
    let config = nginx.config();
    let text = std::fs::read_to_string(config).unwrap();
    let changed = text.replace("http {", "http {\n\tssl_protocols TLSv1.1 TLSv1.3;\n\tssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;");
    let without = changed.lines().filter(|line| !line.contains("ssl_protocols TLSv1 ")).collect::<Vec<_>>().join("\n");
    std::fs::write(config, without).unwrap();
    let made = of(&stage, &nginx, 0).await;
    let protocols = setting(&made, Subject::Protocol).unwrap();
    assert_eq!(
        (&protocols.not_served, &protocols.not_configured),
        (&vec!["TLS 1.1".to_owned()], &vec!["TLS 1.2".to_owned()]),
        "{protocols:?}"
    );
    let suites = setting(&made, Subject::Suite).unwrap();
    assert!(suites.understood && suites.not_served.is_empty() && suites.not_configured.len() > 5, "{suites:?}");
    for code in ["versions-not-configured", "versions-not-served", "suites-not-configured"] {
        assert!(made.findings.iter().any(|finding| finding.code == code), "{code} {:#?}", made.findings);
    }
    assert_eq!(made.features.alpn.as_deref(), Some("http/1.1"));
    assert!(made.protocol(ProtocolVersion::Tls12).is_some());
}
