//! A service that takes its certificate by nickname from the database itself: a binding becomes one setting and a restart, and no key leaves
//! the database. NSS's own server stands for Sun's.

use std::time::Duration;

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::PlanState;
use certdeck_shared::api::service::{Protocol, TlsMode};
use support::calendar_server::CalendarServer;
use support::daemons::{Endpoint, ports};
use support::database::PASSWORD;
use support::pki::{Pair, Pki};
use support::poll;
use support::stage::Stage;

const HOST: &str = "calendar.example.org";

fn named(config: &str) -> &str {
    config.lines().find_map(|line| line.strip_prefix("encryption.rsa.nssslpersonalityssl = ")).unwrap().trim_matches('"')
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_told_another_nickname_serves_it_and_returns_to_the_one_before() {
    let (server, port) = (CalendarServer::new(), ports::free());
    let stage = Stage::started_by(server.wrapper(), Pki::new()).await;
    let (old, new) = (stage.pki.pair("*.example.org"), stage.pki.pair(HOST));
    stage.hold(&old).await;
    stage.hold(&new).await;
    let nickname = async |pair: &Pair| {
        let rows = stage.client().certificates(&stage.deck.id).await.unwrap().certificates;
        rows.into_iter().find(|row| row.fingerprint_sha256 == pair.fingerprint()).unwrap().nickname.unwrap()
    };
    let (first, second) = (nickname(&old).await, nickname(&new).await);
    let directory = stage.deck.database.directory().display().to_string();
    let arguments = format!(
        "-d 'sql:{directory}' -w '{PASSWORD}' -p {} -n \"$(sed -n 's/^encryption.rsa.nssslpersonalityssl = \"\\(.*\\)\"$/\\1/p' \"$CONFIG\")\"",
        port.number
    );
    let config = format!(
        "service.http.calendarhostname = \"{HOST}\"\nservice.http.ssl.usessl = \"yes\"\nservice.http.ssl.port.enable = \"yes\"\n\
         service.http.ssl.port = \"{0}\"\nservice.http.ssl.sourceurl = \"https://{HOST}:{0}\"\nlocal.ssldbpath = \"{directory}\"\n\
         encryption.rsa.nssslpersonalityssl = \"{first}\"\n",
        port.number
    );
    server.start("/usr/bin/selfserv", &arguments, &config);
    let endpoint = Endpoint::new("https", Protocol::Http, TlsMode::Implicit, &port);
    let serves = || endpoint.leaf().unwrap_or_else(|words| panic!("{words}\n{}", server.log()));
    poll::until_true("the server answers", Duration::from_secs(20), async || endpoint.leaf().is_ok()).await;
    assert_eq!(serves(), old.leaf());

    let service = stage.client().add_service(&server.service()).await.unwrap();
    stage.bind(&service, &new).await;
    let plan = stage.plan(&[&service]).await;
    assert_eq!(plan.state, PlanState::Ready, "{plan:#?}");
    let deployed = stage.apply(&plan).await;
    assert_eq!(deployed.state, DeploymentState::Succeeded, "{deployed:#?}\n{}", server.log());
    assert_eq!((named(&server.has_read()), serves()), (second.as_str(), new.leaf()));
    let settings = std::fs::read_to_string(server.config()).unwrap();
    assert_eq!(settings, config.replace(&format!("= \"{first}\""), &format!("= \"{second}\"")), "nothing else is changed");

    let returned = stage.roll_back(&deployed).await;
    assert_eq!(returned.state, DeploymentState::Succeeded, "{returned:#?}");
    assert_eq!((std::fs::read_to_string(server.config()).unwrap(), serves()), (config, old.leaf()));
}
