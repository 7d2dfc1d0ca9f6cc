//! What the adapters say of Debian's own configurations, beside what the programs themselves say. Nothing is started.

use std::path::Path;
use std::process::Command;

use certdeck::deploy::adapter::{Observation, adapter};
use certdeck::host::tree::Tree;
use certdeck_shared::api::service::{Endpoint, ServiceKind, TlsMode};

fn said(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").envs(environment.iter().copied());
    let output =
        command.output().unwrap_or_else(|error| panic!("{program} cannot be started ({error}); `.ci/setup packages tests` installs it"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}\n{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn copied(from: &str, to: &Path) {
    said("cp", &["-a", from, to.to_str().unwrap()], &[]);
}

fn observed(kind: ServiceKind, config: &Path) -> Observation {
    adapter(kind).observe(&Tree::of_machine(), config).unwrap()
}

fn values(endpoint: &Endpoint) -> Vec<(&str, &str)> {
    endpoint.pairs.iter().map(|pair| (pair.certificate.value.as_str(), pair.key.value.as_str())).collect()
}

#[test]
fn apache_names_the_same_files_hosts_and_certificates() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("apache2");
    copied("/etc/apache2", &root);
    for (from, to) in [("mods", "ssl.load"), ("mods", "ssl.conf"), ("mods", "socache_shmcb.load"), ("sites", "default-ssl.conf")] {
        let _ = std::os::unix::fs::symlink(format!("../{from}-available/{to}"), root.join(format!("{from}-enabled/{to}")));
    }
    let second = "Define place /etc/ssl\n<IfModule mod_ssl.c>\n<VirtualHost 127.0.0.1:8443 [::1]:8443>\n  ServerName Mail.example.org\n  \
        ServerAlias www.example.org \\\n    web.example.org\n  SSLEngine on\n  SSLCertificateFile \"${place}/certs/ssl-cert-snakeoil.pem\"\n  \
        SSLCertificateKeyFile ${place}/private/ssl-cert-snakeoil.key\n  SSLProtocol -all +TLSv1.3\n</VirtualHost>\n</IfModule>\n\
        <IfModule mod_none.c>\n<VirtualHost *:9>\n</VirtualHost>\n</IfModule>\n";
    std::fs::write(root.join("sites-enabled/second.conf"), second).unwrap();
    let config = root.join("apache2.conf");
    let at = root.to_str().unwrap();
    let place = room.path().to_str().unwrap();
    let environment = [
        ("APACHE_CONFDIR", at),
        ("APACHE_RUN_USER", "www-data"),
        ("APACHE_RUN_GROUP", "www-data"),
        ("APACHE_PID_FILE", place),
        ("APACHE_RUN_DIR", place),
        ("APACHE_LOCK_DIR", place),
        ("APACHE_LOG_DIR", place),
    ];
    let asked = ["-d", at, "-f", config.to_str().unwrap(), "-t", "-D", "DUMP_VHOSTS", "-D", "DUMP_CERTS", "-D", "DUMP_INCLUDES"];
    let told = said("apache2", &asked, &environment);
    let observation = observed(ServiceKind::Apache, &config);
    assert_eq!(observation.remarks, [], "Debian's own configuration is understood");

    // `    (146) /etc/apache2/mods-enabled/alias.load`: the line of the include, and the file.
    let included: Vec<(u32, String)> = told
        .lines()
        .filter_map(|line| line.trim().strip_prefix('(')?.split_once(") "))
        .map(|(line, file)| (line.parse().unwrap_or(0), file.to_owned()))
        .collect();
    let ours: Vec<(u32, String)> =
        observation.config_files.iter().map(|file| (file.included.as_ref().map_or(0, |place| place.line), file.path.clone())).collect();
    assert_eq!(ours, included);

    for endpoint in &observation.endpoints {
        let place = endpoint.place.as_ref().unwrap();
        assert!(told.contains(&format!("({}:{})", place.file, place.line)), "{place:?}\n{told}");
    }
    assert_eq!(observation.endpoints.len(), 3, "the host of a module that is not there is none");
    let certificates =
        told.split_once("Server certificates:").unwrap().1.lines().map(str::trim).filter(|line| line.starts_with('/')).collect::<Vec<_>>();
    let encrypted: Vec<&Endpoint> = observation.endpoints.iter().filter(|endpoint| endpoint.tls == TlsMode::Implicit).collect();
    assert_eq!(encrypted.len(), 2);
    for endpoint in &encrypted {
        assert_eq!(values(endpoint), [("/etc/ssl/certs/ssl-cert-snakeoil.pem", "/etc/ssl/private/ssl-cert-snakeoil.key")]);
        assert!(certificates.contains(&endpoint.pairs[0].certificate.value.as_str()), "{told}");
    }
    let second = encrypted.iter().find(|endpoint| endpoint.addresses.len() == 2).unwrap();
    assert_eq!(second.server_names, ["Mail.example.org", "www.example.org", "web.example.org"]);
    assert_eq!(second.addresses, ["127.0.0.1:8443", "[::1]:8443"]);
    assert_eq!(second.protocols.as_ref().unwrap().value, "-all +TLSv1.3");
    assert_eq!(second.pairs[0].certificate.place.as_ref().unwrap().line, 8);
}

#[test]
fn postfix_takes_the_same_values_for_each_service() {
    let room = tempfile::tempdir().unwrap();
    let main = [
        std::fs::read_to_string("/usr/share/postfix/main.cf.debian").unwrap(),
        std::fs::read_to_string("/usr/share/postfix/main.cf.tls").unwrap(),
    ]
    .concat();
    let more = "\nplace = /etc/ssl\nsmtpd_tls_CAfile = ${place}/ca.pem\nsmtpd_tls_cert_file =\n  # the one of this host\n\n  $place/certs/mail.pem\n\
        smtpd_tls_ciphers = ${place?high}${nothing:er}\ninet_interfaces = loopback-only\n";
    std::fs::write(room.path().join("main.cf"), main + more).unwrap();
    let master = std::fs::read_to_string("/usr/share/postfix/master.cf.dist").unwrap();
    let overrides = "127.0.0.1:10465 inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes\n# between\n  -o { smtpd_tls_cert_file = $place/certs/other.pem }\n\
        \t-o smtpd_tls_req_ccert=yes\nsubmission inet n - n - - smtpd -o smtpd_tls_security_level=encrypt\n";
    std::fs::write(room.path().join("master.cf"), master + overrides).unwrap();
    let at = room.path().to_str().unwrap();
    let observation = observed(ServiceKind::Postfix, room.path());
    assert_eq!(observation.remarks, []);
    let overridden = said("postconf", &["-c", at, "-P"], &[]);
    let global = |name: &str| said("postconf", &["-c", at, "-x", "-h", name], &[]).trim().to_owned();
    let named = |name: &str| observation.endpoints.iter().find(|endpoint| endpoint.name == name).unwrap();

    let smtp = named("smtp");
    assert_eq!((smtp.tls, smtp.addresses.as_slice()), (TlsMode::Starttls, ["localhost:25".to_owned()].as_slice()));
    assert_eq!(values(smtp), [(global("smtpd_tls_cert_file").as_str(), global("smtpd_tls_key_file").as_str())]);
    assert_eq!(smtp.client_ca[0].value, global("smtpd_tls_CAfile"));
    assert_eq!(smtp.ciphers.as_ref().unwrap().value, global("smtpd_tls_ciphers"));

    let wrapped = named("127.0.0.1:10465");
    assert_eq!((wrapped.tls, wrapped.addresses.as_slice()), (TlsMode::Implicit, ["127.0.0.1:10465".to_owned()].as_slice()));
    assert_eq!(wrapped.pairs[0].certificate.value, "/etc/ssl/certs/other.pem");
    assert!(overridden.contains("127.0.0.1:10465/inet/smtpd_tls_cert_file = $place/certs/other.pem"), "{overridden}");
    assert!(overridden.contains("127.0.0.1:10465/inet/smtpd_tls_req_ccert = yes"), "{overridden}");
    assert_eq!(wrapped.client_verification.as_ref().unwrap().value, "yes");
    let place = wrapped.pairs[0].certificate.place.as_ref().unwrap();
    let text = std::fs::read_to_string(&place.file).unwrap();
    assert!(text.lines().nth(place.line as usize - 1).unwrap().contains("other.pem"));
    assert_eq!(wrapped.pairs[0].key.value, global("smtpd_tls_key_file"), "the key is the global one, which does not fit");
    assert_eq!(named("submission").tls, TlsMode::Starttls);
}

#[test]
fn postfix_with_chain_files_passes_over_the_older_parameters() {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(
        room.path().join("main.cf"),
        "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = /old\nsmtpd_tls_chain_files = /rsa.key, /rsa.pem,\n  /ec.key /ec.pem\n",
    )
    .unwrap();
    std::fs::write(room.path().join("master.cf"), "smtp inet n - n - - smtpd\n").unwrap();
    let observation = observed(ServiceKind::Postfix, room.path());
    assert_eq!(values(&observation.endpoints[0]), [("/rsa.pem", "/rsa.key"), ("/ec.pem", "/ec.key")]);
}

#[test]
fn dovecot_serves_the_same_for_each_protocol_and_name() {
    let room = tempfile::tempdir().unwrap();
    copied("/etc/dovecot", &room.path().join("dovecot"));
    let root = room.path().join("dovecot");
    let local = "protocol pop3 {\n  ssl_cert = </etc/ssl/pop.pem # for the old ones\n  ssl_key = $ssl_cert\n}\nlocal_name mail.example.org {\n  ssl_cert = </etc/ssl/mail.pem\n  \
        ssl_key = </etc/ssl/mail.key\n}\nservice imap-login {\n  inet_listener imap {\n    port = 0\n  }\n  inet_listener imaps {\n    port = 1993\n    address = 127.0.0.1\n  }\n}\n\
        ssl_min_protocol = TLSv1.3\n";
    std::fs::write(root.join("local.conf"), local).unwrap();
    let config = root.join("dovecot.conf");
    let observation = observed(ServiceKind::Dovecot, &config);
    assert_eq!(observation.remarks, []);
    let doveconf = |filters: &[&str], name: &str| {
        let mut arguments = vec!["-c", config.to_str().unwrap()];
        for filter in filters {
            arguments.extend(["-f", *filter]);
        }
        arguments.extend(["-h", name]);
        said("doveconf", &arguments, &[]).trim().trim_start_matches('<').to_owned()
    };
    let of = |name: &str, server_name: Option<&str>| {
        let fits = |endpoint: &&Endpoint| endpoint.name == name && endpoint.server_names.first().map(String::as_str) == server_name;
        observation.endpoints.iter().find(fits).unwrap_or_else(|| panic!("{name} {server_name:?} {:#?}", observation.endpoints))
    };
    assert!(!observation.endpoints.iter().any(|endpoint| endpoint.name == "imap"), "port 0 is off");
    for (name, protocol, port) in
        [("imaps", "protocol=imap", "127.0.0.1:1993"), ("pop3s", "protocol=pop3", "*:995"), ("pop3", "protocol=pop3", "*:110")]
    {
        let endpoint = of(name, None);
        assert_eq!(endpoint.pairs[0].certificate.value, doveconf(&[protocol], "ssl_cert"), "{name}");
        // doveconf leaves variables as they are.
        assert_eq!(endpoint.pairs[0].key.value, doveconf(&[protocol], "ssl_key").replace("$ssl_cert", "/etc/ssl/pop.pem"), "{name}");
        assert_eq!(endpoint.protocols.as_ref().unwrap().value, doveconf(&[protocol], "ssl_min_protocol"));
        assert_eq!(endpoint.addresses, [port]);
        assert_eq!(endpoint.tls, if name == "pop3" { TlsMode::Starttls } else { TlsMode::Implicit });
    }
    for (name, protocol) in [("imaps", "protocol=imap"), ("pop3s", "protocol=pop3")] {
        let endpoint = of(name, Some("mail.example.org"));
        assert_eq!(endpoint.pairs[0].certificate.value, doveconf(&[protocol, "lname=mail.example.org"], "ssl_cert"), "{name}");
        assert_eq!(endpoint.pairs[0].key.value, doveconf(&[protocol, "lname=mail.example.org"], "ssl_key"), "{name}");
        assert!(endpoint.pairs[0].certificate.place.as_ref().unwrap().file.ends_with("local.conf"));
    }
}

/// The form of 2.4, of which Debian 12 has no program.
#[test]
fn dovecot_of_2_4_is_read_too() {
    let room = tempfile::tempdir().unwrap();
    let config = room.path().join("dovecot.conf");
    let text = "dovecot_config_version = 2.4.0\nprotocols {\n  imap = yes\n  pop3 = no\n}\nssl = required\nssl_server {\n  cert_file = /etc/ssl/mail.pem\n  key_file = mail.key\n}\n\
        local_name other.example.org {\n  ssl_server_cert_file = /etc/ssl/other.pem\n  ssl_server_key_file = /etc/ssl/other.key\n}\n";
    std::fs::write(&config, text).unwrap();
    let observation = observed(ServiceKind::Dovecot, &config);
    assert_eq!(observation.remarks, []);
    let names: Vec<&str> = observation.endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
    assert_eq!(names, ["imap", "imap", "imaps", "imaps"]);
    assert_eq!(values(&observation.endpoints[0]), [("/etc/ssl/mail.pem", room.path().join("mail.key").to_str().unwrap())]);
    assert_eq!(values(&observation.endpoints[1]), [("/etc/ssl/other.pem", "/etc/ssl/other.key")]);
}

#[test]
fn nginx_reads_the_same_files_and_what_a_server_inherits_is_found() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("nginx");
    copied("/etc/nginx", &root);
    let text = std::fs::read_to_string(root.join("nginx.conf")).unwrap();
    let log = room.path().join("log");
    let text = text.replace("/etc/nginx/", &format!("{}/", root.display())).replace("/var/log/nginx", log.to_str().unwrap());
    std::fs::create_dir(&log).unwrap();
    said(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=www.example.org",
            "-keyout",
            root.join("www.key").to_str().unwrap(),
            "-out",
            root.join("www.crt").to_str().unwrap(),
        ],
        &[],
    );
    std::fs::write(root.join("nginx.conf"), format!("pid {}/pid;\n{}", room.path().display(), text.replace("pid /run/nginx.pid;", "")))
        .unwrap();
    let server = "ssl_certificate_key www.key;\nserver {\n  listen 127.0.0.1:9443 ssl;\n  server_name 'www.example.org' # first\n    web.example.org;\n  ssl_protocols TLSv1.3;\n  \
        location ~ ^/a{2};?$ { return 404; }\n}\nserver { listen 9080; }\nssl_certificate www.crt;\n";
    // Quotes keep the braces of a pattern together.
    let server = server.replace("^/a{2};?$", "\"^/a{2};?$\"");
    std::fs::write(root.join("conf.d/www.conf"), server).unwrap();
    std::fs::remove_file(root.join("sites-enabled/default")).unwrap();
    let config = root.join("nginx.conf");
    let told = said("nginx", &["-p", "/usr/share/nginx", "-c", config.to_str().unwrap(), "-T"], &[]);
    let observation = observed(ServiceKind::Nginx, &config);
    assert_eq!(observation.remarks, []);
    let mut theirs: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("# configuration file ")?.strip_suffix(':')).collect();
    let mut ours: Vec<&str> = observation.config_files.iter().map(|file| file.path.as_str()).collect();
    theirs.sort_unstable();
    ours.sort_unstable();
    assert_eq!(ours, theirs);
    let secure = &observation.endpoints[0];
    assert_eq!((secure.tls, secure.addresses[0].as_str()), (TlsMode::Implicit, "127.0.0.1:9443"));
    assert_eq!(secure.server_names, ["www.example.org", "web.example.org"]);
    assert_eq!(values(secure), [(root.join("www.crt").to_str().unwrap(), root.join("www.key").to_str().unwrap())]);
    assert_eq!(secure.pairs[0].key.place.as_ref().unwrap().line, 1);
    assert_eq!((observation.endpoints[1].tls, observation.endpoints[1].addresses[0].as_str()), (TlsMode::Off, "*:9080"));
}

#[test]
fn debians_vsftpd_is_off_and_another_is_on() {
    let observation = observed(ServiceKind::Vsftpd, Path::new("/etc/vsftpd.conf"));
    assert_eq!((observation.endpoints[0].tls, observation.remarks.as_slice()), (TlsMode::Off, [].as_slice()));
    let room = tempfile::tempdir().unwrap();
    let config = room.path().join("vsftpd.conf");
    let text = std::fs::read_to_string("/etc/vsftpd.conf").unwrap().replace("ssl_enable=NO", "ssl_enable=YES");
    std::fs::write(&config, text + "listen_port=2121\nrsa_cert_file=/first\nrsa_cert_file=/last\nssl_ciphers = HIGH\n").unwrap();
    let observation = observed(ServiceKind::Vsftpd, &config);
    let endpoint = &observation.endpoints[0];
    assert_eq!((endpoint.tls, endpoint.addresses[0].as_str()), (TlsMode::Starttls, "*:2121"));
    assert_eq!(values(endpoint), [("/last", "/etc/ssl/private/ssl-cert-snakeoil.key")]);
    assert_eq!(observation.remarks.len(), 1, "{:?}", observation.remarks);
    assert!(observation.remarks[0].words.contains("no space round"));
}

#[test]
fn slapd_has_the_same_values_in_both_of_its_forms() {
    let room = tempfile::tempdir().unwrap();
    let at = |name: &str| room.path().join(name).display().to_string();
    let long = format!("{}.pem", "a-name-that-slapd-folds-".repeat(4));
    said(
        "openssl",
        &["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=ldap.example.org", "-keyout", &at("ldap.key"), "-out", &at(&long)],
        &[],
    );
    std::fs::create_dir(room.path().join("slapd.d")).unwrap();
    let more = format!("TLSCertificateKeyFile\n  {}\n\n# a comment\n TLSVerifyClient never\nTLSVerifyClient demand\n", at("ldap.key"));
    std::fs::write(at("tls.conf"), more).unwrap();
    let conf = format!(
        "include /etc/ldap/schema/core.schema\nTLSCertificateFile \"{0}\"\nTLSCACertificateFile {0}\ninclude {1}\ndatabase ldif\nsuffix dc=x\ndirectory {2}\n",
        at(&long),
        at("tls.conf"),
        room.path().display()
    );
    std::fs::write(at("slapd.conf"), conf).unwrap();
    said("slaptest", &["-f", &at("slapd.conf"), "-F", &at("slapd.d")], &[]);
    let told = said("slapcat", &["-n", "0", "-F", &at("slapd.d"), "-o", "ldif-wrap=no", "-a", "(cn=config)"], &[]);
    let value =
        |name: &str| told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("{name}\n{told}"));
    for form in ["slapd.conf", "slapd.d"] {
        let observation = observed(ServiceKind::Slapd, Path::new(&at(form)));
        assert_eq!(observation.remarks, [], "{form}");
        let endpoint = &observation.endpoints[0];
        // Where it listens is known when it runs.
        assert_eq!((endpoint.name.as_str(), endpoint.tls, endpoint.addresses.len()), ("ldap", TlsMode::Starttls, 0), "{form}");
        assert_eq!(values(endpoint), [(value("olcTLSCertificateFile"), value("olcTLSCertificateKeyFile"))], "{form}");
        assert_eq!(endpoint.client_ca[0].value, value("olcTLSCACertificateFile"), "{form}");
        assert_eq!(endpoint.client_verification.as_ref().unwrap().value, value("olcTLSVerifyClient"), "{form}");
    }
}

/// Tomcat tells nobody what it has read; the settings of real files are compared with another reader's.
#[test]
fn tomcats_connectors_are_read_in_both_forms() {
    let room = tempfile::tempdir().unwrap();
    let conf = room.path().join("conf");
    std::fs::create_dir(&conf).unwrap();
    std::fs::write(conf.join("catalina.properties"), "# ports\nhttps.port=9443\n").unwrap();
    let text = r#"<?xml version="1.0"?>
<Server port="-1">
 <Service name="Catalina">
  <Connector port="9080"/>
  <!-- <Connector port="1" SSLEnabled="true"/> -->
  <Connector port='${https.port}' SSLEnabled="true"
     defaultSSLHostConfigName="a.example.org">
   <SSLHostConfig hostName="a.example.org" certificateVerification="required" caCertificateFile="conf/ca.pem">
    <Certificate certificateFile="${catalina.base}/conf/a.pem"
      certificateKeyFile="conf/a&amp;b.key"/>
   </SSLHostConfig>
   <SSLHostConfig hostName="b.example.org"><Certificate certificateKeystoreFile="conf/b.p12" certificateKeystorePassword="secret"/></SSLHostConfig>
  </Connector>
  <Connector port="8443" address="127.0.0.1" SSLEnabled="true" keystoreFile="conf/old.jks" clientAuth="want" keystorePass="${gone}"/>
 </Service>
</Server>
"#;
    std::fs::write(conf.join("server.xml"), text).unwrap();
    let observation = observed(ServiceKind::Tomcat, &conf.join("server.xml"));
    let at = |name: &str| conf.join(name).display().to_string();
    let [plain, first, second, old] = observation.endpoints.as_slice() else { panic!("{:#?}", observation.endpoints) };
    assert_eq!((plain.tls, plain.addresses[0].as_str()), (TlsMode::Off, "*:9080"));
    assert_eq!((first.tls, first.addresses[0].as_str()), (TlsMode::Implicit, "*:9443"));
    assert_eq!(values(first), [(at("a.pem").as_str(), at("a&b.key").as_str())]);
    assert_eq!(first.pairs[0].key.place.as_ref().unwrap().line, 10);
    assert_eq!((first.client_ca[0].value.clone(), first.client_verification.as_ref().unwrap().value.as_str()), (at("ca.pem"), "required"));
    assert_eq!(second.server_names, ["b.example.org"]);
    assert_eq!(values(second), [(at("b.p12").as_str(), at("b.p12").as_str())]);
    assert_eq!((old.addresses[0].as_str(), values(old)), ("127.0.0.1:8443", vec![(at("old.jks").as_str(), at("old.jks").as_str())]));
    let lines: Vec<u32> = observation.remarks.iter().map(|remark| remark.place.line).collect();
    assert_eq!(lines, [14], "{:?}", observation.remarks);
    assert!(!format!("{observation:?}").contains("secret"));
}
