//! slapd as user openldap: with cn=config from the package's `slapd.init.ldif`, or with a `slapd.conf`.

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Files, Instance, Manner, Parts, words};
use super::ports;
use super::room::Room;
use crate::pki::Pair;
use crate::run;

/// Suffix of the database.
pub const SUFFIX: &str = "dc=example,dc=com";
/// Who may write everything there.
pub const ROOT_DN: &str = "cn=admin,dc=example,dc=com";
/// Their password.
pub const ROOT_PASSWORD: &str = "admiral";

/// With cn=config, to be changed over ldapi by root.
pub fn start(pair: &Pair) -> Instance {
    let (room, files, modify) = with_directory(pair);
    launched(room, files, "-F", "etc/ldap/slapd.d", Some(modify))
}

/// The same, without `ldaps://`, and started by a script that takes its addresses from `etc/default/slapd` in its directory, as Debian's does.
pub fn start_by_defaults(pair: &Pair) -> Instance {
    let (room, files, modify) = with_directory(pair);
    let plain = ports::free();
    std::fs::create_dir(room.join("etc/default")).unwrap();
    let addresses = format!("# where it listens\nSLAPD_SERVICES=\"ldap://127.0.0.1:{}/ {}\"\n", plain.number, url(&room));
    std::fs::write(room.join("etc/default/slapd"), addresses).unwrap();
    let at = room.text("etc/ldap/slapd.d");
    let script =
        format!(". {}; exec /usr/sbin/slapd -d 0 -F {at} -h \"$SLAPD_SERVICES\" -u openldap -g openldap", room.text("etc/default/slapd"));
    Instance::start(Parts {
        kind: ServiceKind::Slapd,
        config: room.join("etc/ldap/slapd.d"),
        files,
        endpoints: vec![Endpoint::new("ldap", Protocol::Ldap, TlsMode::Starttls, &plain)],
        command: words(["/bin/sh", "-c", &script]),
        environment: Vec::new(),
        pid_file: room.join("run/slapd.pid"),
        manner: Manner::Own,
        check: None,
        reload: Some(modify),
        ports: vec![plain],
        room,
    })
}

/// Its configuration in `slapd.d`, and what makes it read the files of its pair anew.
fn with_directory(pair: &Pair) -> (Room, Files, Vec<String>) {
    let (room, files) = prepared(pair);
    std::fs::copy("/usr/share/slapd/slapd.init.ldif", room.join("init.ldif")).unwrap();
    let authority = room.text(AUTHORITY);
    let settings = format!(
        "olcLogLevel: stats\nolcTLSCACertificateFile: {authority}\nolcTLSCertificateFile: {}\nolcTLSCertificateKeyFile: {}",
        files.certificate.display(),
        files.key.display()
    );
    room.edit(
        "init.ldif",
        &[
            ("@SUFFIX@", SUFFIX),
            ("@PASSWORD@", ROOT_PASSWORD),
            ("olcLogLevel: none", &settings),
            ("/var/lib/ldap", &room.text("data")),
            ("/var/run/slapd", &room.text("run")),
            ("olcDbMaxSize: 1073741824", "olcDbMaxSize: 10485760"),
        ],
    );
    std::fs::create_dir(room.join("etc/ldap/slapd.d")).unwrap();
    given(&room, &["data", "run", "etc/ldap/slapd.d"]);
    // As the daemon's user, so that every file is its own.
    let slapadd = ["/usr/sbin/slapadd", "-n0", "-F", &room.text("etc/ldap/slapd.d"), "-l", &room.text("init.ldif")];
    run::must("setpriv", &[&["--reuid", "openldap", "--regid", "openldap", "--init-groups"], slapadd.as_slice()].concat());
    // slapd builds its context anew when these are written, with the same values, too.
    let reload = format!(
        "dn: cn=config\nchangetype: modify\nreplace: olcTLSCertificateKeyFile\nolcTLSCertificateKeyFile: {}\n-\n\
         replace: olcTLSCertificateFile\nolcTLSCertificateFile: {}\n-\nreplace: olcTLSCACertificateFile\nolcTLSCACertificateFile: {authority}\n",
        files.key.display(),
        files.certificate.display()
    );
    std::fs::write(room.join("reload.ldif"), reload).unwrap();
    let modify = words(["/usr/bin/ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", &url(&room), "-f", &room.text("reload.ldif")]);
    (room, files, modify)
}

/// With `slapd.conf`, which is read when it starts and never again.
pub fn start_with_slapd_conf(pair: &Pair) -> Instance {
    let (room, files) = prepared(pair);
    let schemata: String =
        ["core", "cosine", "nis", "inetorgperson"].iter().map(|name| format!("include\t\t/etc/ldap/schema/{name}.schema\n")).collect();
    let config = format!(
        "{schemata}pidfile\t\t{0}/run/slapd.pid\nargsfile\t{0}/run/slapd.args\nloglevel\tstats\nmodulepath\t/usr/lib/ldap\nmoduleload\tback_mdb\n\n\
         TLSCACertificateFile\t{1}\nTLSCertificateFile\t{2}\nTLSCertificateKeyFile\t{3}\n\n\
         database\tmdb\nsuffix\t\t\"{SUFFIX}\"\nrootdn\t\t\"{ROOT_DN}\"\nrootpw\t\t{ROOT_PASSWORD}\ndirectory\t\"{0}/data\"\nmaxsize\t\t10485760\n",
        room.path().display(),
        room.text(AUTHORITY),
        files.certificate.display(),
        files.key.display()
    );
    std::fs::write(room.join("etc/ldap/slapd.conf"), config).unwrap();
    given(&room, &["data", "run"]);
    launched(room, files, "-f", "etc/ldap/slapd.conf", None)
}

/// The address by which root is known to an instance as who it is.
pub fn ldapi(instance: &Instance) -> String {
    url_of(&instance.directory().join("run/ldapi"))
}

const AUTHORITY: &str = "etc/ldap/ssl/certs/ca.crt";

fn prepared(pair: &Pair) -> (Room, Files) {
    let room = Room::new("slapd", &["etc/ldap", "data"]);
    let files = room.place(pair, "etc/ldap/ssl", "ldap", Some("openldap"));
    std::fs::write(room.join(AUTHORITY), pair.root_file()).unwrap();
    (room, files)
}

fn given(room: &Room, names: &[&str]) {
    names.iter().for_each(|name| drop(run::must("chown", &["openldap:openldap", &room.text(name)])));
}

fn url(room: &Room) -> String {
    url_of(&room.join("run/ldapi"))
}

fn url_of(socket: &std::path::Path) -> String {
    format!("ldapi://{}", socket.to_str().unwrap().replace('/', "%2F"))
}

fn launched(room: Room, files: Files, option: &str, config: &str, reload: Option<Vec<String>>) -> Instance {
    let ports = [ports::free(), ports::free()];
    let [plain, encrypted] = &ports;
    let urls = format!("ldap://127.0.0.1:{}/ ldaps://127.0.0.1:{}/ {}", plain.number, encrypted.number, url(&room));
    let at = room.text(config);
    let as_its_user = ["/usr/bin/setpriv", "--reuid", "openldap", "--regid", "openldap", "--init-groups"];
    let check = [as_its_user.as_slice(), &["/usr/sbin/slaptest", "-u", option, &at]].concat();
    Instance::start(Parts {
        kind: ServiceKind::Slapd,
        config: room.join(config),
        files,
        endpoints: vec![
            Endpoint::new("ldap", Protocol::Ldap, TlsMode::Starttls, plain),
            Endpoint::new("ldaps", Protocol::Ldap, TlsMode::Implicit, encrypted),
        ],
        // With a debug level it stays in the foreground.
        command: words(["/usr/sbin/slapd", "-d", "0", option, &at, "-h", &urls, "-u", "openldap", "-g", "openldap"]),
        environment: Vec::new(),
        pid_file: room.join("run/slapd.pid"),
        manner: Manner::Own,
        check: Some(check.into_iter().map(str::to_owned).collect()),
        reload,
        ports: ports.into(),
        room,
    })
}
