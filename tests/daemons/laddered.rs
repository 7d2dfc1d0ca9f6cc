//! What goes wrong with the files of daemons, as the ladder names it: whatever a daemon makes of it, the cause is found.

use std::rc::Rc;
use std::time::Duration;

use certdeck_shared::api::endpoint::{Advice, EndpointDetail, EndpointSource, EndpointState, Grade, Mark, Rung, RungKind, RungState};
use certdeck_shared::api::service::{Service, ServiceKind};
use support::daemons::{self, Instance};
use support::flaws::Flaw;
use support::pki::Pair;
use support::poll;
use support::run;
use support::stage::Stage;

/// How long a daemon may take to show what it makes of its files.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the cause of a flaw says.
fn named(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Mismatch => "is not that of the certificate",
        Flaw::MissingKey => "There is no file",
        Flaw::UnreadableKey => "cannot open",
        Flaw::EncryptedKey => "is encrypted",
        Flaw::Garbage => "holds no certificate",
        Flaw::WrongOrder => "the certificate of the authority comes first",
        Flaw::Expired => "expired",
        Flaw::MissingChain => "is not sent",
    }
}

/// Daemons that read keys as root do not mind that nobody else can; Tomcat takes seconds to start, so it is given fewer.
fn flaws_of(kind: ServiceKind) -> impl Iterator<Item = Flaw> {
    let for_tomcat = [Flaw::Mismatch, Flaw::UnreadableKey, Flaw::EncryptedKey];
    Flaw::BREAKING.into_iter().filter(move |flaw| match kind {
        ServiceKind::Tomcat => for_tomcat.contains(flaw),
        ServiceKind::Slapd => true,
        _ => *flaw != Flaw::UnreadableKey,
    })
}

/// A daemon whose endpoints are watched.
struct Watched {
    stage: Rc<Stage>,
    instance: Instance,
    service: Service,
    /// Identifiers of its endpoints.
    ids: Vec<String>,
}

impl Watched {
    async fn new(stage: Rc<Stage>, instance: Instance) -> Self {
        let service = stage.register(&instance).await;
        stage.client().probe_endpoints().await.unwrap();
        let ports = instance.endpoints().len();
        let ids = poll::until(&format!("the endpoints of {:?}", instance.kind()), PATIENCE, async || {
            let all = stage.client().endpoints().await.unwrap().endpoints;
            let own = all.into_iter().filter(|one| matches!(&one.source, EndpointSource::Service { service: of, .. } if *of == service.id));
            let ids: Vec<String> = own.map(|one| one.id).collect();
            (ids.len() >= ports).then_some(ids)
        })
        .await;
        Self { ids, stage, instance, service }
    }

    async fn probed(&self) -> Vec<EndpointDetail> {
        let mut details = Vec::new();
        for id in &self.ids {
            details.push(self.stage.client().probe_endpoint(id).await.unwrap());
        }
        details
    }

    /// Waits until each endpoint is as it should be; the last look is shown when that does not come.
    async fn until(&self, what: &str, is: impl Fn(&EndpointDetail) -> bool) -> Vec<EndpointDetail> {
        let kind = self.instance.kind();
        let started = std::time::Instant::now();
        loop {
            let details = self.probed().await;
            if details.iter().all(&is) {
                for detail in &details {
                    println!("{kind:?}, {what}, {}: {:?} {}", detail.endpoint.port, detail.endpoint.state, detail.endpoint.words);
                }
                return details;
            }
            let odd = details.iter().find(|detail| !is(detail));
            assert!(started.elapsed() < PATIENCE, "{kind:?}: {what}: {odd:#?}\n{}", self.instance.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn until_good(&self) {
        self.until("good", |detail| detail.endpoint.state == EndpointState::Good).await;
    }

    /// Starts it anew, however that ends.
    fn restarted(&self) -> tokio::task::JoinHandle<run::Said> {
        let command = self.instance.control().restart.clone();
        tokio::task::spawn_blocking(move || run::ask(&command[0], &command[1..]))
    }

    /// Brings files back with owners and modes.
    fn put_back(&self, kept: &str) {
        for (name, path) in [("certificate", &self.instance.files().certificate), ("key", &self.instance.files().key)] {
            run::must("cp", &["-p", "--remove-destination", format!("{kept}/{name}").as_str(), path.to_str().unwrap()]);
        }
    }

    fn keep(&self) -> String {
        let kept = self.instance.directory().join("kept");
        std::fs::create_dir(&kept).unwrap();
        let kept = kept.display().to_string();
        for (name, path) in [("certificate", &self.instance.files().certificate), ("key", &self.instance.files().key)] {
            run::must("cp", &["-p", path.to_str().unwrap(), format!("{kept}/{name}").as_str()]);
        }
        kept
    }
}

fn broken(detail: &EndpointDetail) -> Option<&Rung> {
    detail.rungs.iter().find(|rung| rung.state == RungState::Fail)
}

fn is_named(detail: &EndpointDetail, words: &str) -> bool {
    broken(detail).is_some_and(|rung| {
        let below_the_chain = matches!(rung.kind, RungKind::Listening | RungKind::Connects | RungKind::Starttls | RungKind::Handshake);
        below_the_chain && rung.cure.is_some() && rung.cause.as_ref().is_some_and(|cause| cause.contains(words))
    })
}

/// Everything that can go wrong with one daemon, one after the other.
async fn goes_wrong(watched: &Watched, pair: &Pair) {
    let (pki, files) = (&watched.stage.pki, watched.instance.files());
    watched.until_good().await;
    let kept = watched.keep();
    for flaw in flaws_of(watched.instance.kind()) {
        flaw.write(pki, pair, files);
        // Before the daemon reads them, it serves what it has; that it could not do so again is said.
        let details = watched.probed().await;
        let warned = details.iter().all(|detail| {
            detail.findings.iter().any(|finding| finding.grade == Grade::Weak && finding.words.contains(named(flaw)))
                || broken(detail).is_some()
        });
        assert!(warned, "{flaw:?}: {details:#?}");
        let restart = watched.restarted();
        watched.until(&format!("{flaw:?}"), |detail| is_named(detail, named(flaw))).await;
        restart.await.unwrap();
        watched.put_back(&kept);
        let said = watched.restarted().await.unwrap();
        assert!(said.success, "{flaw:?}: {said:?}");
        watched.until_good().await;
    }
    for (flaw, kind) in [(Flaw::Expired, RungKind::Dates), (Flaw::MissingChain, RungKind::Chain)] {
        flaw.write(pki, pair, files);
        watched.restarted().await.unwrap();
        let at_its_rung = |detail: &EndpointDetail| {
            detail.endpoint.state == EndpointState::Broken
                && broken(detail).is_some_and(|rung| rung.kind == kind && rung.words.contains(named(flaw)) && rung.cure.is_some())
        };
        watched.until(&format!("{flaw:?}"), at_its_rung).await;
        watched.put_back(&kept);
        watched.restarted().await.unwrap();
        watched.until_good().await;
    }
    watched.instance.stop();
    watched.until("stopped", |detail| detail.endpoint.state == EndpointState::Down && is_named(detail, "does not run")).await;
    watched.restarted().await.unwrap();
    watched.until_good().await;
}

/// A renewed pair on its way: bound, then in the file, then read.
async fn drifts(watched: &Watched, new: &Pair) {
    watched.stage.bind(&watched.service, new).await;
    let stale = |advice: Advice| {
        move |detail: &EndpointDetail| detail.endpoint.state == EndpointState::Stale && detail.prints.advice == Some(advice)
    };
    watched.until("bound", stale(Advice::Deploy)).await;
    watched.instance.files().write(new);
    let wire = |detail: &EndpointDetail| detail.prints.wire.fingerprint_sha256.clone();
    for detail in watched.probed().await {
        // Mail daemons start processes now and then, which read the file: whoever serves what it holds agrees with it.
        match wire(&detail) == Some(new.fingerprint()) {
            true => assert_eq!(detail.endpoint.state, EndpointState::Good, "{detail:#?}"),
            false => {
                assert!(stale(Advice::Reload)(&detail), "{detail:#?}");
                assert!(detail.endpoint.words.contains("has not been reloaded since"), "{}", detail.endpoint.words);
                assert_eq!((detail.prints.file.mark, detail.prints.process.mark), (Mark::Same, Mark::Differs), "{detail:#?}");
                assert!(detail.prints.process.words.starts_with("older than the file"), "{:?}", detail.prints);
            }
        }
    }
    watched.instance.read_again();
    let agrees = |detail: &EndpointDetail| {
        let prints = &detail.prints;
        let all = [&prints.database, &prints.file, &prints.process, &prints.wire].iter().all(|print| print.mark == Mark::Same);
        detail.endpoint.state == EndpointState::Good && all && prints.advice.is_none()
    };
    watched.until("read again", agrees).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_named_by_the_ladder() {
    let stage = Rc::new(Stage::new().await);
    let pair = stage.pki.pair("mail.example.org");
    let new = stage.pki.rekeyed(&pair);
    stage.hold(&pair).await;
    stage.hold(&new).await;
    let instances = tokio::task::block_in_place(|| daemons::together(&daemons::EVERY, &pair));
    daemons::side_by_side(instances, |instance| {
        let (stage, pair, new) = (Rc::clone(&stage), pair.clone(), new.clone());
        async move {
            let watched = Watched::new(stage, instance).await;
            goes_wrong(&watched, &pair).await;
            drifts(&watched, &new).await;
        }
    })
    .await;
}
