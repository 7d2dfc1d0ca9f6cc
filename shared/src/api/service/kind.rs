//! Which program a service is.

use serde::{Deserialize, Serialize};

/// A program the console can read the configuration of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ServiceKind {
    /// Apache HTTP Server: `apache2.conf` or `httpd.conf`.
    Apache,
    /// Dovecot: `dovecot.conf`.
    Dovecot,
    /// Any other program, by a file that describes it: its files, and the ports that it has.
    Generic,
    /// nginx: `nginx.conf`.
    Nginx,
    /// Postfix: the directory of `main.cf` and `master.cf`.
    Postfix,
    /// OpenLDAP: `slapd.conf`, or the directory `slapd.d`.
    Slapd,
    /// Sun Java System Calendar Server: `ics.conf`.
    SunCalendar,
    /// Sun Java System Messaging Server: the directory of `msg.conf`, `dispatcher.cnf` and `imta.cnf`.
    SunMessaging,
    /// Tomcat: `server.xml`.
    Tomcat,
    /// vsftpd: `vsftpd.conf`.
    Vsftpd,
}

impl ServiceKind {
    /// All kinds, in the order of their names.
    pub const ALL: [Self; 10] = [
        Self::Apache,
        Self::Dovecot,
        Self::Nginx,
        Self::Slapd,
        Self::Postfix,
        Self::SunCalendar,
        Self::SunMessaging,
        Self::Tomcat,
        Self::Vsftpd,
        Self::Generic,
    ];

    /// As it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Apache => "apache",
            Self::Dovecot => "dovecot",
            Self::Generic => "generic",
            Self::Nginx => "nginx",
            Self::Postfix => "postfix",
            Self::Slapd => "slapd",
            Self::SunCalendar => "sun-calendar",
            Self::SunMessaging => "sun-messaging",
            Self::Tomcat => "tomcat",
            Self::Vsftpd => "vsftpd",
        }
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Apache => "Apache",
            Self::Dovecot => "Dovecot",
            Self::Generic => "Another program",
            Self::Nginx => "nginx",
            Self::Postfix => "Postfix",
            Self::Slapd => "OpenLDAP",
            Self::SunCalendar => "Sun Calendar Server",
            Self::SunMessaging => "Sun Messaging Server",
            Self::Tomcat => "Tomcat",
            Self::Vsftpd => "vsftpd",
        }
    }

    /// What of it is registered.
    #[must_use]
    pub fn config_words(self) -> &'static str {
        match self {
            Self::Apache => "apache2.conf or httpd.conf",
            Self::Dovecot => "dovecot.conf",
            Self::Generic => "a description (TOML) with certificate, key and [[port]]",
            Self::Nginx => "nginx.conf",
            Self::Postfix => "the directory of main.cf and master.cf",
            Self::Slapd => "slapd.conf, or the directory slapd.d",
            Self::SunCalendar => "ics.conf",
            Self::SunMessaging => "the directory of msg.conf",
            Self::Tomcat => "server.xml",
            Self::Vsftpd => "vsftpd.conf",
        }
    }
}
