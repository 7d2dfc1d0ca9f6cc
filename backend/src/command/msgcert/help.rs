//! What `--help` prints: the words of the Messaging Server's manual, and what is ours below them.

/// `msgcert --help`.
pub(super) const MSGCERT: &str = "\
Manages the Messaging Servers Certificate Database
Usage: msgcert SUBCMD [GLOBAL_OPTS] [SUBCMD_OPTS] [SUBCMD_OPERANDS]

The accepted values for SUBCMD are:

add-cert              Adds a certificate to the certificate database
add-selfsign-cert     Creates and adds a selfsign certificate to the
                      certificate database
export-cert           Exports a certificate and its keys from the database
generate-certDB       Creates Messaging Server Databases cert9.db key4.db
                      pkcs11.txt and sslpassword.conf
import-cert           Adds a new certificate and its keys to the cert database
import-selfsign-cert  Adds a new selfsign certificate and its keys to the
                      cert database
list-certs            Lists all certificates in the Certificate database
remove-cert           Removes a certificate from the database
renew-cert            Renews a certificate
renew-selfsign-cert   Renews a selfsign certificate
request-cert          Generates a certificate request
show-cert             Displays a certificate

The accepted values for GLOBAL_OPTS are:

-?, --help            Displays SUBCMD help
--database DATABASE   Directory, label or identifier of the database
                      (CERTDECK_DATABASE); not needed where there is one
--url URL             Address of the console (CERTDECK_URL);
                      https://127.0.0.1:8443 when absent
--cacert FILE         Trusts this certificate of the console (CERTDECK_CACERT)
--fingerprint SHA256  Trusts the certificate with this fingerprint, as the
                      console prints it at its start (CERTDECK_FINGERPRINT)
--token-file FILE     File that holds an API token (CERTDECK_TOKEN_FILE);
                      CERTDECK_TOKEN holds the token itself
--user NAME           Account instead of a token (CERTDECK_USER); its password
                      is read from --user-password-file, or asked for

NOTE: Servers that have the database open see a change when they open it anew:
restart them afterwards. They need not be stopped before.
";
