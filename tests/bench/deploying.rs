//! A new certificate on daemons that run: Certdeck's plan, application and proof by REST beside the shell scripts that an administrator would
//! write, and beside what the daemons themselves take to read files again.

use std::time::{Duration, Instant};

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::PlanState;
use certdeck_shared::api::service::{Protocol, Service, TlsMode};
use support::daemons::{self, Endpoint, Instance, Start};
use support::pki::Pair;
use support::stage::Stage;
use support::{poll, run};

use crate::table::{Aim, Row, Table, duration, median, significant};

/// So many of each; the median counts.
const ROUNDS: usize = 5;

const DAEMONS: [(&str, Start); 7] = [
    ("Apache", daemons::apache::start),
    ("nginx", daemons::nginx::start),
    ("Dovecot", daemons::dovecot::start),
    ("Postfix", daemons::postfix::start),
    ("slapd", daemons::slapd::start),
    ("vsftpd (restart)", daemons::vsftpd::start),
    ("Tomcat (restart)", daemons::tomcat::start),
];

pub async fn measure(table: &mut Table) {
    let stage = Stage::new().await;
    let first = stage.pki.pair("mail.example.org");
    stage.hold(&first).await;
    let instances = tokio::task::block_in_place(|| daemons::together(&DAEMONS.map(|(_, start)| start), &first));
    let instances: Vec<&Instance> = instances.iter().collect();
    let mut services = Vec::new();
    for instance in &instances {
        let service = stage.register(instance).await;
        stage.bind(&service, &first).await;
        services.push(service);
    }

    let services: Vec<&Service> = services.iter().collect();
    let ports: usize = instances.iter().map(|instance| instance.endpoints().len()).sum();
    let (mut deployed, mut by_script) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        deployed.push(deploy(&stage, &services, &instances, &first).await);
        by_script.push(rotate(&instances, &stage.pki.rekeyed(&first)));
    }
    let measure = format!("one new certificate to {} daemons with {ports} ports: plan, apply, proof", instances.len());
    table.push_durations(measure, median(deployed), ("shell scripts", median(by_script)), Aim::None);

    for (((name, _), service), instance) in DAEMONS.iter().zip(&services).zip(&instances) {
        let (mut deployed, mut by_script, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            deployed.push(deploy(&stage, &[service], &[instance], &first).await);
            by_script.push(rotate(&[instance], &stage.pki.rekeyed(&first)));
            alone.push(read_again(instance, &stage.pki.rekeyed(&first)));
        }
        let (deployed, by_script, alone) = (median(deployed), median(by_script), median(alone));
        table.push(Row {
            measure: format!("the same to {name} alone"),
            certdeck: duration(deployed),
            other: format!("shell script {}; its own reload until it serves {}", duration(by_script), duration(alone)),
            ratio: format!(
                "{} times as fast as the script; {} over the reload",
                significant(by_script.as_secs_f64() / deployed.as_secs_f64()),
                over(deployed, alone)
            ),
            aim: Aim::None.verdict(0.0),
        });
    }
}

/// What one takes more than the other.
fn over(one: Duration, other: Duration) -> String {
    one.checked_sub(other).map_or_else(|| format!("-{}", duration(other.saturating_sub(one))), duration)
}

/// Plan and application of a younger certificate of the same name, which the database holds already.
async fn deploy(stage: &Stage, services: &[&Service], instances: &[&Instance], first: &Pair) -> Duration {
    // Of two that begin in the same second neither is the younger one.
    poll::this_second_is_over().await;
    let pair = stage.pki.rekeyed(first);
    stage.hold(&pair).await;
    let started = Instant::now();
    let plan = stage.plan(services).await;
    let planned = started.elapsed();
    assert_eq!(plan.state, PlanState::Ready, "{plan:#?}");
    let deployment = stage.apply(&plan).await;
    let elapsed = started.elapsed();
    assert_eq!(deployment.state, DeploymentState::Succeeded, "{deployment:#?}");
    serve(instances, &pair);
    eprintln!("bench: {} planned in {planned:?}, applied in {:?}", services.len(), elapsed.saturating_sub(planned));
    elapsed
}

/// The scripts, one after the other, in one shell.
fn rotate(instances: &[&Instance], pair: &Pair) -> Duration {
    let room = tempfile::tempdir().unwrap();
    let place = |name: &str, content: String| {
        let path = room.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let (certificate, key) = (place("new.crt", pair.certificate_file()), place("new.key", pair.key_file()));
    let lines: String = instances.iter().map(|instance| lines(instance)).collect();
    let script = place("rotate", format!("certificate={certificate}\nkey={key}\n{}{lines}", include_str!("rotate.sh")));
    let started = Instant::now();
    run::must("bash", &[script]);
    let elapsed = started.elapsed();
    serve(instances, pair);
    elapsed
}

fn lines(instance: &Instance) -> String {
    let (files, control) = (instance.files(), instance.control());
    let quoted = |words: &[String]| words.iter().map(|word| format!("'{word}' ")).collect::<String>();
    let mut text = format!("put $certificate {}\nput $key {}\n", files.certificate.display(), files.key.display());
    for command in [&control.check, &Some(control.reload.clone().unwrap_or_else(|| control.restart.clone()))].into_iter().flatten() {
        text.push_str(&format!("{}>/dev/null 2>&1\n", quoted(command)));
    }
    for endpoint in instance.endpoints() {
        text.push_str(&format!("served {} {}\n", endpoint.port, starttls(endpoint)));
    }
    text
}

fn starttls(endpoint: &Endpoint) -> &'static str {
    match (endpoint.tls, endpoint.protocol) {
        (TlsMode::Starttls, Protocol::Ftp) => "-starttls ftp",
        (TlsMode::Starttls, Protocol::Imap) => "-starttls imap",
        (TlsMode::Starttls, Protocol::Ldap) => "-starttls ldap",
        (TlsMode::Starttls, Protocol::Pop3) => "-starttls pop3",
        (TlsMode::Starttls, Protocol::Smtp) => "-starttls smtp",
        (TlsMode::Starttls, other) => panic!("openssl knows no STARTTLS for {other:?}"),
        _ => "",
    }
}

/// What the daemon itself takes: from the word that there are new files to all its ports serving them.
fn read_again(instance: &Instance, pair: &Pair) -> Duration {
    instance.files().write(pair);
    let started = Instant::now();
    instance.read_again();
    instance.until_served(&pair.leaf());
    started.elapsed()
}

fn serve(instances: &[&Instance], pair: &Pair) {
    for endpoint in instances.iter().flat_map(|instance| instance.endpoints()) {
        assert!(endpoint.leaf().unwrap() == pair.leaf(), "{} at {} serves another certificate", endpoint.name, endpoint.port);
    }
}
