//! Passwords, modules and tokens of a database.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::key::CreatedKey;
use crate::api::module::{
    CertificateForToken, KeyForToken, Module, ModuleChange, NewModule, Token, TokenCertificate, TokenCertificateChange, TokenKey,
};
use crate::api::password::{PasswordChange, PasswordChanged, PasswordReport, TokenPassword, TokenPasswordChange, TokenPasswordChanged};
use crate::api::paths;

impl<T: Transport> Client<T> {
    /// `GET …/password`: the files that hold the password, and what is wrong with them.
    pub async fn password_report(&self, id: &str) -> Result<PasswordReport, ClientError> {
        self.get(paths::password(id)).await
    }

    /// `PUT …/password`: changes the password together with the files that hold it.
    pub async fn change_password(&self, id: &str, change: &PasswordChange) -> Result<PasswordChanged, ClientError> {
        self.value(Request::new(Method::Put, paths::password(id)).json(change)).await
    }

    /// `GET …/modules`: the PKCS#11 modules with their slots and tokens.
    pub async fn modules(&self, id: &str) -> Result<Vec<Module>, ClientError> {
        self.get(paths::of_database(id, "modules")).await
    }

    /// `GET …/modules/{module}`.
    pub async fn module(&self, id: &str, name: &str) -> Result<Module, ClientError> {
        self.get(paths::module(id, name)).await
    }

    /// `POST …/modules`: adds a module after it has been tried.
    pub async fn add_module(&self, id: &str, module: &NewModule) -> Result<Module, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "modules")).json(module)).await
    }

    /// `PATCH …/modules/{module}`: switches slots on or off, sets default mechanisms.
    pub async fn change_module(&self, id: &str, name: &str, change: &ModuleChange) -> Result<Module, ClientError> {
        self.value(Request::new(Method::Patch, paths::module(id, name)).json(change)).await
    }

    /// `DELETE …/modules/{module}`: takes it out of the list; its tokens keep what is on them.
    pub async fn remove_module(&self, id: &str, name: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::module(id, name))).await
    }

    /// `GET …/tokens`: all tokens, the internal one first.
    pub async fn tokens(&self, id: &str) -> Result<Vec<Token>, ClientError> {
        self.get(paths::of_database(id, "tokens")).await
    }

    /// `PUT …/tokens/{token}/password`: changes the password of a token of another module.
    pub async fn change_token_password(
        &self,
        id: &str,
        token: &str,
        change: &TokenPasswordChange,
    ) -> Result<TokenPasswordChanged, ClientError> {
        self.value(Request::new(Method::Put, paths::of_token(id, token, "password")).json(change)).await
    }

    /// `PUT …/tokens/{token}/password-line`: writes the token's line into `sslpassword.conf`.
    pub async fn write_token_password(&self, id: &str, token: &str, password: &TokenPassword) -> Result<(), ClientError> {
        self.done(Request::new(Method::Put, paths::of_token(id, token, "password-line")).json(password)).await
    }

    /// `DELETE …/tokens/{token}/password-line`: takes the token's line out of `sslpassword.conf`.
    pub async fn remove_token_password(&self, id: &str, token: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::of_token(id, token, "password-line"))).await
    }

    /// `GET …/tokens/{token}/certificates`.
    pub async fn token_certificates(&self, id: &str, token: &str) -> Result<Vec<TokenCertificate>, ClientError> {
        self.get(paths::of_token(id, token, "certificates")).await
    }

    /// `POST …/tokens/{token}/certificates`: puts a certificate on the token.
    pub async fn add_token_certificate(
        &self,
        id: &str,
        token: &str,
        certificate: &CertificateForToken,
    ) -> Result<TokenCertificate, ClientError> {
        self.value(Request::new(Method::Post, paths::of_token(id, token, "certificates")).json(certificate)).await
    }

    /// `PATCH …/tokens/{token}/certificates/{fingerprint}`: trust, kept in the internal database.
    pub async fn change_token_certificate(
        &self,
        id: &str,
        token: &str,
        fingerprint_sha256: &str,
        change: &TokenCertificateChange,
    ) -> Result<TokenCertificate, ClientError> {
        self.value(Request::new(Method::Patch, paths::on_token(id, token, "certificates", fingerprint_sha256)).json(change)).await
    }

    /// `DELETE …/tokens/{token}/certificates/{fingerprint}`: from the token; its key stays.
    pub async fn delete_token_certificate(&self, id: &str, token: &str, fingerprint_sha256: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::on_token(id, token, "certificates", fingerprint_sha256))).await
    }

    /// `GET …/tokens/{token}/keys`.
    pub async fn token_keys(&self, id: &str, token: &str) -> Result<Vec<TokenKey>, ClientError> {
        self.get(paths::of_token(id, token, "keys")).await
    }

    /// `POST …/tokens/{token}/keys`: makes a key pair that stays on the token.
    pub async fn create_token_key(&self, id: &str, token: &str, key: &KeyForToken) -> Result<CreatedKey, ClientError> {
        self.value(Request::new(Method::Post, paths::of_token(id, token, "keys")).json(key)).await
    }

    /// `DELETE …/tokens/{token}/keys/{key}`.
    pub async fn delete_token_key(&self, id: &str, token: &str, key_id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::on_token(id, token, "keys", key_id))).await
    }
}
