//! What the console finds on a machine where the daemons run, and what it says of each: as they run, not as files lie about.

use std::time::Duration;

use certdeck_shared::api::service::{NewService, ServiceDescription};
use support::daemons::{self, Instance, Start};
use support::pki::{Pair, Pki};
use support::{deck, poll};

const ALL: [Start; 9] = [
    daemons::apache::start,
    daemons::dovecot::start,
    daemons::nginx::start,
    daemons::postfix::start,
    daemons::slapd::start,
    daemons::slapd::start_with_slapd_conf,
    daemons::tomcat::start,
    daemons::vsftpd::start,
    daemons::vsftpd::start_implicit,
];

/// Each endpoint of the instance is described with its address, how TLS begins, and the files it serves.
fn told_as_it_is(instance: &Instance, told: &ServiceDescription, pair: &Pair) {
    let kind = instance.kind();
    assert_eq!(told.service.problem, None, "{kind:?}");
    assert_eq!(told.remarks, [], "{kind:?}");
    assert!(told.version.is_some(), "{kind:?} has no version");
    for endpoint in instance.endpoints() {
        let address = format!("127.0.0.1:{}", endpoint.port);
        let of_it = |one: &&certdeck_shared::api::service::Endpoint| one.addresses.contains(&address);
        let found = told.endpoints.iter().find(of_it).unwrap_or_else(|| panic!("{kind:?}: no {address} in {:#?}", told.endpoints));
        assert_eq!((found.protocol, found.tls), (endpoint.protocol, endpoint.tls), "{kind:?}: {}", endpoint.name);
        let files: Vec<_> = found.pairs.iter().map(|pair| (pair.certificate.value.as_str(), pair.key.value.as_str())).collect();
        let given = instance.files();
        assert_eq!(files, [(given.certificate.to_str().unwrap(), given.key.to_str().unwrap())], "{kind:?}: {}", endpoint.name);
        assert_eq!((found.pairs[0].key_matches, found.pairs[0].findings.as_slice()), (Some(true), [].as_slice()), "{kind:?}");
    }
    let encrypted = told.endpoints.iter().filter(|endpoint| !endpoint.pairs.is_empty()).count();
    assert_eq!(encrypted, instance.endpoints().len(), "{kind:?}: {:#?}", told.endpoints);
    let certificate = told.files.iter().find(|file| file.path == instance.files().certificate.to_str().unwrap()).unwrap();
    assert_eq!(certificate.certificates[0].fingerprint_sha256, pair.fingerprint());
    assert_eq!((certificate.certificates.len(), certificate.findings.as_slice()), (2, [].as_slice()), "{kind:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn running_daemons_are_found_and_described_as_they_run() {
    let pair = Pki::new().pair("all.example.org");
    let instances = tokio::task::block_in_place(|| daemons::together(&ALL, &pair));
    let (_room, _console, client) = deck::empty().await;
    for instance in &instances {
        let config = instance.config().display().to_string();
        let kind = instance.kind();
        // Daemons of other tests come and go beside these.
        let found = poll::until(&format!("{kind:?} at {config} among what is found"), Duration::from_secs(20), async || {
            let found = client.found_services().await.unwrap();
            found.into_iter().find(|one| one.kind == kind && one.config == config)
        })
        .await;
        assert_eq!(found.processes, instance.pid().into_iter().collect::<Vec<_>>(), "{kind:?}: one process, without its children");
        let service = client.add_service(&NewService::new(kind, config)).await.unwrap();
        assert_eq!(service.processes, found.processes);
        told_as_it_is(instance, &client.service(&service.id).await.unwrap(), &pair);
    }
    let found = client.found_services().await.unwrap();
    let registered = found.iter().filter(|one| one.registered).count();
    assert_eq!(registered, instances.len());
}
