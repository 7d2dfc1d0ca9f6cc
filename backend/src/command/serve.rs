//! `certdeck serve`: from the data directory to the last answer.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio::signal::unix::{SignalKind, signal};

use super::data_dir;
use crate::config::Settings;
use crate::domain::accounts::ClientCertificates;
use crate::domain::audit_copy;
use crate::domain::console::Console;
use crate::domain::console_certificate::{self, ServedCertificate};
use crate::domain::deployment::Deployments;
use crate::helper::Client;
use crate::host::supervisor::{self, Stage};
use crate::host::{Clock, beyond, confinement, process};
use crate::http::client_certificate::{Asking, Presenting};
use crate::http::connections::Connections;
use crate::http::patience::Patience;
use crate::http::router::router;
use crate::http::tls::{self, CurrentCertificate};
use crate::state::Store;
use certdeck_shared::x509::fingerprint;

type Failure = Box<dyn std::error::Error>;

/// How long open calls have to end by themselves.
const GRACE: Duration = Duration::from_secs(10);
/// How long a deployment that has begun may go on to its end, before it is taken back.
const DEPLOYMENT_GRACE: Duration = Duration::from_secs(25);
/// How long work that is asked to stop has to put things back; a write that takes longer is put right at the next start.
const WORK_GRACE: Duration = Duration::from_secs(30);
/// How often the certificate is looked at, and past sessions are removed.
const HOURLY: Duration = Duration::from_secs(3600);

/// Runs the console until a signal ends it.
pub(super) async fn run(settings: Settings) -> Result<(), Failure> {
    if settings.http && !settings.listen.ip().is_loopback() {
        return Err(
            format!("--http is for loopback only, and {} is not; leave --http out, or listen on 127.0.0.1", settings.listen.ip()).into()
        );
    }
    if settings.http && settings.client_certificates.is_some() {
        return Err("certificates of clients need the console's own TLS: leave --http out, or client-certificate-authorities".into());
    }
    // What cannot be used is told now, and not to the first who signs in.
    let asking = match &settings.client_certificates {
        Some(files) => Some(Asking::new(ClientCertificates::read(files)?.authorities())),
        None => None,
    };
    confinement::of_server();
    if let Some(socket) = &settings.host_helper {
        beyond::name(Arc::new(Client::new(socket.clone())));
    }
    data_dir::prepare(&settings.data_dir)?;
    let _claim = data_dir::claim(&settings.data_dir)?;
    // Taken before anything slow, so that a second start fails at once and says why.
    let listener = listen(settings.listen)?;
    let store = Store::open(&settings.data_dir.join("state.sqlite"), Clock::system())?;
    let console = Console::new(settings, store, process::own_program()?).await?;
    console.databases.start().await?;
    console.deployments.recover().await;
    console.notices.start();
    tell_head(&console).await;
    // Not among the tracked tasks: what it cuts off is probed again.
    let watching = tokio::spawn(console.watch.clone().run());
    if let Some(socket) = console.settings.audit_syslog.clone() {
        tokio::spawn(audit_copy::run(Arc::clone(&console), socket));
    }
    let handle = Handle::new();
    let ending = tokio::spawn(end_on_signal(Arc::clone(&console), handle.clone())?);
    let served = serve(&console, listener, handle, asking).await;
    console.tasks.end();
    ending.abort();
    watching.abort();
    finish(&console).await;
    if tokio::time::timeout(WORK_GRACE, console.tasks.finished()).await.is_err() {
        tracing::warn!("work was still under way when the console ended; the next start looks after it");
    }
    console.databases.close().await;
    tell_head(&console).await;
    tracing::info!("ended");
    served
}

/// Stops what can be stopped, and lets a deployment come to its end: the way back would disturb the services once more.
async fn finish(console: &Console) {
    console.jobs.cancel_all_but(Deployments::is_one);
    if tokio::time::timeout(DEPLOYMENT_GRACE, console.tasks.finished()).await.is_err() {
        tracing::warn!("a deployment takes long; it is taken back now");
        console.jobs.cancel_all_but(|_| false);
    }
}

async fn serve(console: &Arc<Console>, listener: TcpListener, handle: Handle<SocketAddr>, asking: Option<Asking>) -> Result<(), Failure> {
    let address = listener.local_addr()?;
    let patience = Patience::default();
    let connections = Connections::new(console.settings.connections_per_client, console.settings.trusted_proxies.clone());
    let service = router(Arc::clone(console)).into_make_service_with_connect_info::<SocketAddr>();
    if console.settings.http {
        announce(console, &format!("http://{address}"), None).await?;
        spawn_hourly(console, None);
        connections.count(patience.apply(axum_server::from_tcp(listener)?)).handle(handle).serve(service).await?;
        return Ok(());
    }
    let current = Arc::new(CurrentCertificate::default());
    let served = renew(console, &current).await?;
    announce(console, &format!("https://{}", shown(address)), Some(&served)).await?;
    spawn_hourly(console, Some(Arc::clone(&current)));
    let tls = RustlsConfig::from_config(Arc::new(tls::configuration(current, asking)?));
    let server = axum_server::from_tcp_rustls(listener, tls)?.map(Presenting);
    connections.count(patience.apply(server)).handle(handle).serve(service).await?;
    Ok(())
}

fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!("{address} is in use by another program; stop that, or choose another --listen"),
        std::io::ErrorKind::PermissionDenied => {
            format!("not allowed to listen on {address}; ports below 1024 need root, choose another --listen")
        }
        _ => format!("cannot listen on {address}: {error}"),
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// What a browser on this machine, or for every address one elsewhere, is told.
fn shown(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { format!("{}:{}", process::host_name(), address.port()) } else { address.to_string() }
}

/// The listener is open already: who hears of it is served, though perhaps not at once.
async fn announce(console: &Console, url: &str, certificate: Option<&ServedCertificate>) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    if let Some(certificate) = certificate {
        writeln!(out, "certificate sha256: {}", fingerprint::colons(&certificate.fingerprint).to_uppercase())?;
    }
    writeln!(out, "listening on {url}")?;
    if let Some(token) = console.accounts.begin_setup().await? {
        writeln!(out, "setup: {url}/setup#{}", token.as_str())?;
    }
    out.flush()?;
    tell(Stage::Ready);
    Ok(())
}

/// A supervisor that cannot be told is no reason not to serve; it ends what it waits for in vain.
fn tell(stage: Stage) {
    if let Err(error) = supervisor::tell(stage) {
        tracing::warn!(%error, ?stage, "whoever started the console cannot be told");
    }
}

/// Looks whether the certificate is due, and serves what there is then.
async fn renew(console: &Console, current: &CurrentCertificate) -> Result<ServedCertificate, Failure> {
    let database = console.databases.ensure_embedded().await?;
    let served = console_certificate::ensure(&database.token, console.clock.now(), &process::host_name()).await?;
    current.serve(&served)?;
    if served.new {
        tracing::info!(certificate.fingerprint = %served.fingerprint, certificate.not_after = %served.not_after, "the console's certificate is new");
        let draft = crate::state::AuditDraft::success("console", "console.certificate").database(&database.id).subject(&served.fingerprint);
        console.store.audit().record(draft).await?;
    }
    console.fingerprint.store(Some(Arc::new(served.fingerprint.clone())));
    Ok(served)
}

fn spawn_hourly(console: &Arc<Console>, certificate: Option<Arc<CurrentCertificate>>) {
    let console = Arc::clone(console);
    // Not among the tracked tasks: it has nothing to finish.
    tokio::spawn(async move {
        let mut hour = tokio::time::interval(HOURLY);
        hour.tick().await;
        loop {
            tokio::select! {
                () = console.tasks.ending() => return,
                _ = hour.tick() => {}
            }
            if let Err(error) = console.accounts.forget_past_sessions().await {
                tracing::warn!(%error, "past sessions could not be removed");
            }
            console.deployments.prune().await;
            tell_head(&console).await;
            if let Some(certificate) = &certificate
                && let Err(error) = renew(&console, certificate).await
            {
                tracing::error!(error = crate::http::problem::chain(error.as_ref()), "the console's certificate could not be renewed");
            }
        }
    });
}

/// Writes the head of the audit log where this console's state is not: who keeps the log of the system elsewhere can tell by it that the audit
/// log was written anew (`certdeck audit verify --head`).
async fn tell_head(console: &Console) {
    match console.store.audit().head().await {
        Ok(head) => tracing::info!(audit.entry = head.entry, audit.head = head.hash, "head of the audit log"),
        Err(error) => tracing::error!(%error, "the head of the audit log could not be read"),
    }
}

/// Ends the server at the first SIGTERM or SIGINT: no new connections, streams close, open calls are answered.
fn end_on_signal(console: Arc<Console>, handle: Handle<SocketAddr>) -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending");
        tell(Stage::Ending);
        console.tasks.end();
        handle.graceful_shutdown(Some(GRACE));
    })
}
