//! Performs requests in the worker: opens what they need, and names what went wrong.

use std::time::{Duration, Instant};

use certdeck_shared::api::database::DatabaseFormat;
use cryptoki::session::UserType;

use super::{
    algorithms, authority, bulk, census, certificates, create,
    error::TokenError,
    files::DatabaseFiles,
    import, keys, module, module_database, password,
    progress::Progress,
    protocol::{PrivateBytes, Request, Response, SecretOnTheWire},
    records, refusal, revocation_lists,
    secret::Secret,
    session::TokenSession,
    signer,
    slots::Slots,
    softoken::Softoken,
    take_over,
    types::TokenStatus,
};
use crate::host::confinement::Confinement;

/// softoken waits this long and longer for a lock before it gives up; nothing else takes it so long to fail.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// The worker's one database.
pub(crate) struct Desk {
    confinement: Confinement,
    slots: Option<Slots>,
    /// What the token was last unlocked with, for opening it anew.
    password: Option<Secret>,
}

impl Desk {
    /// With nothing open yet, in a process that is confined like this.
    pub(crate) fn new(confinement: Confinement) -> Self {
        Self { confinement, slots: None, password: None }
    }

    /// Performs a request.
    pub(crate) fn perform(&mut self, request: Request, progress: &mut Progress<'_>) -> Result<Response, TokenError> {
        if let Request::Open { directory, prefix, format, softoken } = request {
            if self.slots.is_none() {
                let files = DatabaseFiles::new(directory, prefix, format)?;
                self.slots = Some(Slots::new(Softoken::load(softoken.as_deref())?, files)?);
            }
            return Ok(Response::Opened(self.confinement.clone()));
        }
        if let Request::ProbeModule { library, parameters, nss } = request {
            return module::probe(library.as_deref(), parameters.as_deref(), nss).map(Response::Module);
        }
        if let Request::OpenToken { library, parameters, token } = request {
            if self.slots.is_none() {
                self.slots = Some(Slots::of_token(Softoken::load_module(&library, parameters.as_deref())?, token));
            }
            return Ok(Response::Opened(self.confinement.clone()));
        }
        let slots = self.slots.as_mut().ok_or_else(|| TokenError::crashed("no database was opened"))?;
        let tried = match &request {
            Request::Login { password } | Request::Create { password } | Request::ChangePassword { new: password, .. } => {
                Some(reveal(password))
            }
            Request::Logout => {
                self.password = None;
                None
            }
            _ => None,
        };
        let started = Instant::now();
        let result = handle(slots, self.password.as_ref(), request, progress);
        if let (Ok(_), Some(password)) = (&result, tried) {
            self.password = Some(password);
        }
        if matches!(result, Err(TokenError::TokenAbsent)) {
            // Sessions of a token that was taken out are dead, also when it comes back.
            slots.close();
        }
        result.map_err(|error| explain(slots, error, started.elapsed()))
    }
}

/// softoken says "general error" and "device error" for everything that SQLite complains of.
fn explain(slots: &Slots, error: TokenError, after: Duration) -> TokenError {
    match error {
        TokenError::WriteProtected { reason } => TokenError::WriteProtected { reason: slots.files().obstacle().unwrap_or(reason) },
        // What could not be opened may be what could not be made.
        TokenError::Unusable { .. } if slots.files().is_disk_full() => TokenError::DiskFull,
        error if refusal::may_be_a_lock(&error) => {
            if slots.files().is_disk_full() {
                TokenError::DiskFull
            } else if let Some(reason) = slots.files().obstacle() {
                TokenError::WriteProtected { reason }
            } else if after > LOCK_WAIT || slots.files().is_locked() {
                TokenError::DatabaseLocked
            } else {
                error
            }
        }
        other => other,
    }
}

fn handle(slots: &mut Slots, password: Option<&Secret>, request: Request, progress: &mut Progress<'_>) -> Result<Response, TokenError> {
    match request {
        Request::Open { .. } | Request::OpenToken { .. } | Request::ProbeModule { .. } => Ok(Response::Nothing),
        Request::ChangePassword { current, new } => {
            writable(slots)?;
            password::change(slots, &reveal(&current), &reveal(&new)).map(nothing)
        }
        Request::Status => status(slots).map(Response::Status),
        Request::Create { password } => create::create(slots, &reveal(&password)).map(nothing),
        Request::Login { password } => login(slots, &reveal(&password)).map(nothing),
        Request::Logout => match slots.open_writer_if_any() {
            Some(session) => session.logout().map(nothing),
            None => Ok(Response::Nothing),
        },
        Request::VerifyPassword { password } => {
            slots.on_extra_slot(|session| session.login(UserType::User, &reveal(&password))).map(nothing)
        }
        Request::List => list(slots),
        Request::ListKeys => keys::list(slots.writer()?).map(Response::Keys),
        Request::Import { certificates } => {
            let session = writable(slots)?;
            let imported = if certificates.len() < bulk::MANY || !session.softoken().is_nss() {
                import::import(session, certificates, progress)
            } else {
                bulk::import(slots, password, certificates, progress)
            };
            imported.map(Response::Imported)
        }
        Request::SetTrust { changes } => certificates::set_trust(writable(slots)?, &changes, progress).map(nothing),
        Request::Rename { der, nickname } => certificates::rename(writable(slots)?, &der, &nickname, progress).map(nothing),
        Request::DeleteCertificates { certificates, with_keys } => {
            certificates::delete(writable(slots)?, &certificates, with_keys, progress).map(nothing)
        }
        Request::GenerateKey { algorithm, label } => keys::generate(writable(slots)?, algorithm, &label).map(Response::Generated),
        Request::DeleteKey { id } => keys::delete(writable(slots)?, &id).map(nothing),
        Request::SignPkcs10 { key_id, certification_request_info } => {
            signer::sign_request(slots.writer()?, &key_id, &certification_request_info).map(Response::Bytes)
        }
        Request::SignSelfSigned { key_id, to_be_signed } => {
            signer::sign_self_signed(slots.writer()?, &key_id, &to_be_signed).map(Response::Bytes)
        }
        Request::PrivateKey { key_id } => {
            keys::pkcs8(slots.writer()?, &key_id).map(|mut octets| Response::Private(PrivateBytes(std::mem::take(&mut octets))))
        }
        Request::Algorithms => algorithms::offered(slots.reader()?).map(Response::Algorithms),
        Request::SignCertificate { key_id, issuer, to_be_signed } => {
            authority::sign_certificate(slots.writer()?, &key_id, &issuer, &to_be_signed).map(Response::Bytes)
        }
        Request::SignRevocationList { key_id, issuer, to_be_signed } => {
            authority::sign_revocation_list(slots.writer()?, &key_id, &issuer, &to_be_signed).map(Response::Bytes)
        }
        Request::RevocationLists => revocation_lists::list(slots.reader()?).map(Response::Many),
        Request::StoreRevocationList { issuer, list } => revocation_lists::store(writable(slots)?, &issuer, &list).map(nothing),
        Request::DeleteRevocationList { list } => revocation_lists::delete(writable(slots)?, &list).map(nothing),
        Request::Census => see(slots, census::count).map(Response::Census),
        Request::Modules => module_database::modules(slots.library(), slots.files()).map(Response::Modules),
        Request::AuthenticTrust { certificates } => certificates::authentic_trust(slots.writer()?, &certificates).map(Response::Authentic),
        Request::TakeOver { goods } => take_over::take_over(writable(slots)?, goods, progress).map(Response::Imported),
        Request::Records => see(slots, records::list).map(Response::Records),
        Request::ReleaseKey { password, key_id } => release(slots, &reveal(&password), &key_id),
    }
}

/// Looks with the session for reading, and with the other one where that is open and sees private objects.
fn see<T>(slots: &mut Slots, look: impl FnOnce(&TokenSession, Option<&TokenSession>) -> Result<T, TokenError>) -> Result<T, TokenError> {
    slots.reader()?;
    let unlocked = match slots.open_writer_if_any() {
        Some(session) => session.is_unlocked()?,
        None => false,
    };
    slots.list_with(|reader, writer| look(reader, writer.filter(|_| unlocked)))
}

fn nothing((): ()) -> Response {
    Response::Nothing
}

fn reveal(password: &SecretOnTheWire) -> Secret {
    Secret::new(password.0.clone())
}

/// The session for writing, unless writing is known to fail.
fn writable(slots: &mut Slots) -> Result<&TokenSession, TokenError> {
    match slots.files().obstacle() {
        Some(reason) => Err(TokenError::WriteProtected { reason }),
        None => slots.writer(),
    }
}

fn status(slots: &mut Slots) -> Result<TokenStatus, TokenError> {
    let (label, login_required) = slots.reader()?.token()?;
    let unlocked = match slots.open_writer_if_any() {
        _ if !login_required => true,
        Some(session) => session.is_logged_in()?,
        None => false,
    };
    Ok(TokenStatus {
        label: label.trim_end().to_owned(),
        login_required,
        unlocked,
        write_protected: slots.files().obstacle().is_some(),
        softoken_version: slots.version(),
    })
}

pub(super) fn login(slots: &mut Slots, password: &Secret) -> Result<(), TokenError> {
    if slots.is_token() {
        // One login for all sessions of the token: a login that stands would hide a wrong password.
        let session = slots.writer()?;
        session.logout()?;
        return session.login(UserType::User, password);
    }
    // On a slot of its own first: a wrong password must not end a login that stands.
    slots.on_extra_slot(|session| session.login(UserType::User, password))?;
    let session = slots.writer()?;
    if session.is_logged_in()? { Ok(()) } else { session.login(UserType::User, password) }
}

/// On a slot of its own: the password is proved by the very call that hands out the key, and no login stays behind. A token has one login,
/// and counts wrong passwords: what keeps the key from leaving is found out before, where that can be seen.
fn release(slots: &mut Slots, password: &Secret, key_id: &[u8]) -> Result<Response, TokenError> {
    let private = |session: &TokenSession| {
        keys::pkcs8(session, key_id).map(|mut octets| Response::Private(PrivateBytes(std::mem::take(&mut octets))))
    };
    if slots.is_token() {
        let session = slots.writer()?;
        if session.is_unlocked()? {
            keys::needs_extractable(session, key_id)?;
        }
        login(slots, password)?;
        return private(slots.writer()?);
    }
    slots.on_extra_slot(|session| {
        session.login(UserType::User, password)?;
        private(session)
    })
}

fn list(slots: &mut Slots) -> Result<Response, TokenError> {
    let first = list_once(slots);
    match first {
        // A journal that somebody left meanwhile: opening anew repairs it.
        Err(error) if refusal::may_be_a_lock(&error) => {
            slots.close();
            list_once(slots)
        }
        other => other,
    }
}

fn list_once(slots: &mut Slots) -> Result<Response, TokenError> {
    let one_by_one = slots.files().format() == DatabaseFormat::Dbm;
    see(slots, |reader, unlocked| certificates::list(reader, unlocked, one_by_one)).map(Response::Certificates)
}
