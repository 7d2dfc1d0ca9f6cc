//! Which certificate of a database an endpoint should serve: the fourth of the four prints, where no binding says it.

use certdeck_shared::api::endpoint::ExpectedCertificate;

use crate::view::*;

/// What is chosen.
#[derive(Clone, Copy)]
pub struct Expecting {
    /// Identifier of the database; empty for no expectation.
    pub database: RwSignal<String>,
    /// Nickname of a certificate there; empty likewise.
    pub nickname: RwSignal<String>,
}

impl Expecting {
    /// Nothing is expected.
    pub fn new() -> Self {
        Self { database: RwSignal::new(String::new()), nickname: RwSignal::new(String::new()) }
    }

    /// What was chosen.
    pub fn certificate(self) -> Option<ExpectedCertificate> {
        let (database, nickname) = (self.database.get(), self.nickname.get());
        (!database.is_empty() && !nickname.is_empty()).then_some(ExpectedCertificate { database, nickname, token: None })
    }
}
