//! The subcommands and their options, as the Messaging Server's manual has them.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::connection::Connection;
use super::help;

/// The Messaging Server's certificate command, over REST: `certdeck msgcert --help`.
#[derive(Args)]
#[command(disable_help_flag = true, disable_help_subcommand = true, override_help = help::MSGCERT)]
pub(in crate::command) struct Msgcert {
    /// Displays SUBCMD help.
    #[arg(short = '?', long = "help", action = ArgAction::Help, global = true)]
    help: Option<bool>,
    #[command(flatten)]
    pub(super) connection: Connection,
    #[command(subcommand)]
    pub(super) subcommand: Subcommand,
}

#[derive(clap::Subcommand)]
pub(super) enum Subcommand {
    /// Adds a certificate to the certificate database
    #[command(override_usage = "msgcert add-cert [-W CERT_PW_FILE] [-C] CERT_ALIAS CERT_FILE")]
    AddCert(AddCert),
    /// Creates and adds a selfsign certificate to the certificate database; it is valid for three months
    #[command(override_usage = "msgcert add-selfsign-cert [-W CERT_PW_FILE] {-S DN|--name NAME [--org ORG] [--org-unit ORG-UNIT] \
                                [--city CITY] [--state STATE] [--country COUNTRY]} CERT_ALIAS")]
    AddSelfsignCert(AddSelfsignCert),
    /// Exports a certificate and its keys from the database
    #[command(override_usage = "msgcert export-cert [-W CERT_PW_FILE] [-o OUTPUT_FILE] CERT_ALIAS")]
    ExportCert(ExportCert),
    /// Creates Messaging Server Databases cert9.db key4.db pkcs11.txt and sslpassword.conf, and the selfsign certificate Server-Cert
    #[command(name = "generate-certDB", aliases = ["generate-CertDB", "generate-certdb"])]
    #[command(override_usage = "msgcert --database DIRECTORY generate-certDB [-W CERT_PW_FILE]")]
    GenerateCertDb(GenerateCertDb),
    /// Adds a new certificate and its keys to the cert database
    #[command(override_usage = "msgcert import-cert [-W CERT_PW_FILE] CERT_FILE")]
    ImportCert(ImportCert),
    /// Adds a new selfsign certificate and its keys to the cert database
    #[command(override_usage = "msgcert import-selfsign-cert [-W CERT_PW_FILE] CERT_FILE")]
    ImportSelfsignCert(ImportCert),
    /// Lists all certificates in the Certificate database
    #[command(override_usage = "msgcert list-certs [-W CERT_PW_FILE] [-C]")]
    ListCerts(ListCerts),
    /// Removes a certificate from the database; its private key stays
    #[command(override_usage = "msgcert remove-cert [-W CERT_PW_FILE] CERT_ALIAS")]
    RemoveCert(OfAlias),
    /// Renews a certificate
    #[command(override_usage = "msgcert renew-cert [-W CERT_PW_FILE] CERT_ALIAS CERT_FILE")]
    RenewCert(RenewCert),
    /// Renews a selfsign certificate
    #[command(override_usage = "msgcert renew-selfsign-cert [-W CERT_PW_FILE] CERT_ALIAS")]
    RenewSelfsignCert(OfAlias),
    /// Generates a certificate request
    #[command(
        override_usage = "msgcert request-cert [-W CERT_PW_FILE] {-S DN|--name NAME [--org ORG] [--org-unit ORG-UNIT] [--city CITY] \
                                [--state STATE] [--country COUNTRY]} [-F FORMAT] [-o OUTPUT_FILE]"
    )]
    RequestCert(RequestCert),
    /// Displays a certificate
    #[command(override_usage = "msgcert show-cert [-W CERT_PW_FILE] CERT_ALIAS")]
    ShowCert(OfAlias),
}

/// The option that every subcommand has.
#[derive(Args)]
pub(super) struct PasswordFile {
    /// Reads the certificate database password from CERT_PW_FILE (Default: prompt for password)
    #[arg(short = 'W', id = "certificate_password_file", value_name = "CERT_PW_FILE")]
    pub(super) file: Option<PathBuf>,
}

/// Whom a certificate is about.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(super) struct Subject {
    /// Whole subject DN: CN=host.example.com,O=Example,C=US
    #[arg(short = 'S', value_name = "DN", conflicts_with_all = ["name", "org", "org_unit", "city", "state", "country"])]
    pub(super) distinguished_name: Option<String>,
    /// Name of the server (CN)
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Organization (O)
    #[arg(long, value_name = "ORG", requires = "name")]
    pub(super) org: Option<String>,
    /// Organizational unit (OU)
    #[arg(long, value_name = "ORG-UNIT", requires = "name")]
    pub(super) org_unit: Option<String>,
    /// City or locality (L)
    #[arg(long, value_name = "CITY", requires = "name")]
    pub(super) city: Option<String>,
    /// State or province (ST)
    #[arg(long, value_name = "STATE", requires = "name")]
    pub(super) state: Option<String>,
    /// Country, two letters (C)
    #[arg(long, value_name = "COUNTRY", requires = "name")]
    pub(super) country: Option<String>,
}

#[derive(Args)]
pub(super) struct AddCert {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    /// The certificate is a trusted Certificate Authority certificate
    #[arg(short = 'C')]
    pub(super) authority: bool,
    /// Alias of the certificate
    #[arg(value_name = "CERT_ALIAS")]
    pub(super) alias: String,
    /// File that holds it: PEM with any text around it, DER or PKCS#7; further certificates in it are added without trust
    #[arg(value_name = "CERT_FILE")]
    pub(super) file: PathBuf,
}

#[derive(Args)]
pub(super) struct AddSelfsignCert {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    #[command(flatten)]
    pub(super) subject: Subject,
    /// Alias of the certificate
    #[arg(value_name = "CERT_ALIAS")]
    pub(super) alias: String,
}

#[derive(Args)]
pub(super) struct ExportCert {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    /// File for the certificate and its keys, PKCS#12; CERT_ALIAS.p12 when absent
    #[arg(short = 'o', value_name = "OUTPUT_FILE")]
    pub(super) output: Option<PathBuf>,
    /// File that holds the password for the PKCS#12 file (Default: prompt for password)
    #[arg(long, value_name = "FILE")]
    pub(super) file_password_file: Option<PathBuf>,
    /// Alias of the certificate
    #[arg(value_name = "CERT_ALIAS")]
    pub(super) alias: String,
}

#[derive(Args)]
pub(super) struct GenerateCertDb {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    /// Name of the server in the certificate Server-Cert; this host's name when absent
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Accepts a password that is too weak
    #[arg(long)]
    pub(super) accept_weak_password: bool,
}

#[derive(Args)]
pub(super) struct ImportCert {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    /// File that holds the password of the PKCS#12 file (Default: prompt for password)
    #[arg(long, value_name = "FILE")]
    pub(super) file_password_file: Option<PathBuf>,
    /// File that holds certificate and keys, PKCS#12
    #[arg(value_name = "CERT_FILE")]
    pub(super) file: PathBuf,
}

#[derive(Args)]
pub(super) struct ListCerts {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    /// Lists trusted CA certificates instead of server certificates
    #[arg(short = 'C')]
    pub(super) authorities: bool,
}

#[derive(Args)]
pub(super) struct OfAlias {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    /// Alias of the certificate
    #[arg(value_name = "CERT_ALIAS")]
    pub(super) alias: String,
}

#[derive(Args)]
pub(super) struct RenewCert {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    /// Alias of the certificate
    #[arg(value_name = "CERT_ALIAS")]
    pub(super) alias: String,
    /// File that holds the updated certificate from the CA
    #[arg(value_name = "CERT_FILE")]
    pub(super) file: PathBuf,
}

/// Form of a request.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum RequestFormat {
    /// DER.
    Binary,
    /// PEM.
    Ascii,
}

#[derive(Args)]
pub(super) struct RequestCert {
    #[command(flatten)]
    pub(super) password: PasswordFile,
    #[command(flatten)]
    pub(super) subject: Subject,
    /// Format of the request
    #[arg(short = 'F', value_name = "FORMAT", default_value = "binary", ignore_case = true)]
    pub(super) format: RequestFormat,
    /// File for the request; standard output when absent
    #[arg(short = 'o', value_name = "OUTPUT_FILE")]
    pub(super) output: Option<PathBuf>,
}
