//! Programs that are described where they are registered: refused by their fields, kept as a file of the console's own, forgotten with it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use certdeck_shared::api::service::{NewService, ProgramDescription, ProgramPort, Protocol, ServiceControl, ServiceKind, TlsMode};
use support::deck::{empty, problem};

fn port(address: &str) -> ProgramPort {
    ProgramPort { address: address.to_owned(), protocol: Protocol::Other, tls: TlsMode::Implicit, name: None, server_names: Vec::new() }
}

fn described(certificate: &str, ports: Vec<ProgramPort>) -> NewService {
    let description = ProgramDescription {
        certificate: certificate.to_owned(),
        key: "/etc/xmpp/key.pem".to_owned(),
        ports,
        ..ProgramDescription::default()
    };
    NewService { description: Some(description), ..NewService::new(ServiceKind::Generic, "") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_is_refused_by_its_fields_kept_and_forgotten() {
    let (_room, _console, client) = empty().await;
    let wrong = described("cert.pem", vec![port("*:5223"), port("5223"), port("*:0")]);
    let pointers: Vec<String> = problem(client.add_service(&wrong).await).errors.into_iter().map(|error| error.pointer).collect();
    assert_eq!(pointers, ["/description/certificate", "/description/ports/1/address", "/description/ports/2/address"]);
    let none = problem(client.add_service(&described("/etc/xmpp/cert.pem", Vec::new())).await);
    assert_eq!(none.errors[0].pointer, "/description/ports");
    let both = NewService { config: "/etc/xmpp.toml".to_owned(), ..described("/etc/xmpp/cert.pem", vec![port("*:5223")]) };
    assert_eq!(problem(client.add_service(&both).await).errors[0].pointer, "/description");
    let reload = Some(vec!["reload".to_owned()]);
    let new = described("/etc/xmpp/cert.pem", vec![port("*:5223")]);
    let helpless = NewService { control: ServiceControl { reload, ..ServiceControl::default() }, ..new.clone() };
    assert_eq!(problem(client.add_service(&helpless).await).errors[0].pointer, "/control/reload");

    let service = client.add_service(&new).await.unwrap();
    let kept = Path::new(&service.config);
    assert_eq!(std::fs::metadata(kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(kept.parent().unwrap()).unwrap().count(), 1, "what was refused left nothing");
    let told = client.service(&service.id).await.unwrap();
    let [endpoint] = told.endpoints.as_slice() else { panic!("{:?}", told.endpoints) };
    assert_eq!((endpoint.name.as_str(), endpoint.tls), ("*:5223", TlsMode::Implicit));
    assert_eq!(endpoint.pairs[0].certificate.value, "/etc/xmpp/cert.pem");
    let own = told.own_control.unwrap();
    assert_eq!((own.check, own.reload, own.restart), (None, None, None));
    assert!(own.words.contains("give it a program"), "{}", own.words);
    client.forget_service(&service.id).await.unwrap();
    assert!(!kept.exists());
}
