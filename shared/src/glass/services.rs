//! Lines about the services that use certificates: the programs themselves tell how they are configured, NSS's tools know nothing of it.

use super::Action;
use super::action::ConfiguredService;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::paths;
use crate::api::service::ServiceKind;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListServices => {
            for program in ["apache2ctl -S", "postconf -n", "postconf -P", "doveconf -n", "nginx -T"] {
                writer.command(Command::new(program));
            }
            writer.call(&Call::get(paths::SERVICES));
        }
        Action::FoundServices => {
            writer.command(Command::new("ps -e -o pid,comm | grep -E 'apache2|httpd|dovecot|nginx|master|vsftpd' || true"));
            writer.call(&Call::get(paths::FOUND_SERVICES));
        }
        Action::CreateService { body } => {
            match &body.description {
                None => own_words(writer, body.kind, &body.config),
                Some(description) => {
                    writer.note("The console keeps the description in a file of its own; nothing of the service changes.");
                    writer.command(
                        Command::new("openssl x509 -noout -subject -enddate -fingerprint -sha256 -in").word(&description.certificate),
                    );
                }
            }
            writer.call(&Call::post(paths::SERVICES).json(body));
        }
        Action::ShowService { service, configured } => {
            if let Some(ConfiguredService { kind, config, certificates }) = configured {
                own_words(writer, *kind, config);
                for file in certificates {
                    writer.command(Command::new("openssl x509 -noout -subject -enddate -fingerprint -sha256 -in").word(file));
                }
            }
            writer.call(&Call::get(paths::service(service)));
        }
        Action::ChangeService { service, body } => {
            writer.note("Only the console knows it; nothing of the service changes.");
            writer.call(&Call::new("PATCH", paths::service(service)).json(body));
        }
        Action::ForgetService { service } => {
            writer.note("The console forgets it, and nothing on disk changes.");
            writer.call(&Call::new("DELETE", paths::service(service)));
        }
        _ => {}
    }
}

/// What the program says of its configuration.
fn own_words(writer: &mut Writer<'_>, kind: ServiceKind, config: &str) {
    let postconf = |option: &str| Command::new("postconf -c").word(config).raw(option);
    match kind {
        ServiceKind::Apache => {
            writer.command(Command::new("apache2 -f").word(config).raw("-t -D DUMP_VHOSTS -D DUMP_CERTS -D DUMP_INCLUDES"));
        }
        ServiceKind::Dovecot => writer.command(Command::new("doveconf -c").word(config).raw("-n")),
        ServiceKind::Generic => writer.command(Command::new("cat").word(config)),
        ServiceKind::Nginx => writer.command(Command::new("nginx -c").word(config).raw("-T")),
        ServiceKind::Postfix => {
            writer.command(postconf("-n"));
            writer.command(postconf("-P"));
        }
        ServiceKind::Slapd => {
            writer.command(Command::new("ldapsearch -Y EXTERNAL -H ldapi:/// -b cn=config -s base"));
            writer.command(Command::new("slapcat -n 0 -F").word(config));
        }
        ServiceKind::SunCalendar => writer.command(Command::new("grep -n -E '^(encryption|local.ssldbpath|service.http)'").word(config)),
        ServiceKind::SunMessaging => {
            writer.command(Command::new("configutil | grep -i ssl"));
            writer.command(
                Command::new("grep -n -i -E 'port|tls|ssl'").word(&format!("{config}/msg.conf")).word(&format!("{config}/dispatcher.cnf")),
            );
        }
        ServiceKind::Tomcat => writer.command(Command::new("grep -n -E 'SSL|[cC]ertificate|[kK]eystore'").word(config)),
        ServiceKind::Vsftpd => writer.command(Command::new("grep -n -E '^[^#]*(ssl|cert|key|ciphers|listen)'").word(config)),
    }
}
