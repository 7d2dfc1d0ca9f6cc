//! Folders that look like hosts: what runs and what lies where is found, and what is wrong is named with its place.

use std::os::unix::fs::symlink;
use std::path::Path;

use certdeck::deploy::adapter::adapter;
use certdeck::deploy::discovery;
use certdeck::host::tree::Tree;
use certdeck_shared::api::service::{Remark, ServiceKind, TlsMode};

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path.trim_start_matches('/'));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn process(root: &Path, id: u32, parent: u32, program: &str, arguments: &[&str]) {
    write(root, &format!("proc/{id}/cmdline"), &(arguments.join("\0") + "\0"));
    write(root, &format!("proc/{id}/stat"), &format!("{id} (x) S {parent} 0 0"));
    symlink(program, root.join(format!("proc/{id}/exe"))).unwrap();
    symlink("/srv", root.join(format!("proc/{id}/cwd"))).unwrap();
}

#[test]
fn services_are_found_by_what_runs_and_by_the_usual_places() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for path in [
        "/srv/web/my.conf",
        "/srv/ftp.conf",
        "/srv/imap.conf",
        "/opt/apache/apache2.conf",
        "/etc/dovecot/dovecot.conf",
        "/etc/postfix/main.cf",
        "/srv/post/main.cf",
        "/srv/ldap/cn=config.ldif",
        "/srv/cat/conf/server.xml",
    ] {
        write(root, path, "");
    }
    process(root, 10, 1, "/usr/sbin/nginx", &["nginx: master process /usr/sbin/nginx -p /srv/web -c my.conf"]);
    process(root, 11, 10, "/usr/sbin/nginx", &["nginx: worker process"]);
    process(root, 20, 1, "/usr/sbin/vsftpd", &["/usr/sbin/vsftpd", "ftp.conf"]);
    process(root, 30, 1, "/usr/sbin/dovecot", &["/usr/sbin/dovecot", "-F", "-c", "/srv/imap.conf"]);
    process(root, 40, 1, "/usr/sbin/apache2", &["/usr/sbin/apache2", "-d", "/opt/apache", "-k", "start"]);
    process(root, 41, 40, "/usr/sbin/apache2", &["/usr/sbin/apache2", "-d", "/opt/apache", "-k", "start"]);
    process(root, 50, 1, "/usr/lib/postfix/sbin/master", &["/usr/lib/postfix/sbin/master", "-w"]);
    write(root, "proc/50/environ", "PATH=/bin\0MAIL_CONFIG=/srv/post\0");
    process(root, 60, 1, "/usr/sbin/vsftpd", &["/usr/sbin/vsftpd", "/in/a/container.conf"]);
    let ldap = ["/usr/sbin/slapd", "-h", "ldap:/// ldaps://127.0.0.1:1636/ ldapi:///", "-u", "ldap", "-F", "/srv/ldap"];
    process(root, 70, 1, "/usr/sbin/slapd", &ldap);
    process(
        root,
        80,
        1,
        "/usr/lib/jvm/java",
        &["/usr/bin/java", "-Xmx1g", "-Dcatalina.base=/srv/cat", "org.apache.catalina.startup.Bootstrap"],
    );
    let found: Vec<(ServiceKind, String, Vec<u32>)> = discovery::found(&Tree::rooted(root))
        .into_iter()
        .map(|found| (found.kind, found.config.display().to_string(), found.processes))
        .collect();
    let expected = [
        (ServiceKind::Nginx, "/srv/web/my.conf", vec![10]),
        (ServiceKind::Vsftpd, "/srv/ftp.conf", vec![20]),
        (ServiceKind::Dovecot, "/srv/imap.conf", vec![30]),
        (ServiceKind::Apache, "/opt/apache/apache2.conf", vec![40]),
        (ServiceKind::Postfix, "/srv/post", vec![50]),
        (ServiceKind::Slapd, "/srv/ldap", vec![70]),
        (ServiceKind::Tomcat, "/srv/cat/conf/server.xml", vec![80]),
        (ServiceKind::Dovecot, "/etc/dovecot/dovecot.conf", vec![]),
        (ServiceKind::Postfix, "/etc/postfix", vec![]),
    ];
    assert_eq!(found, expected.map(|(kind, config, processes)| (kind, config.to_owned(), processes)));

    // Where slapd listens, and as whom it reads the key, stands in its arguments.
    write(root, "/srv/ldap/cn=config.ldif", "dn: cn=config\nolcTLSCertificateFile:: L3Nydi9sZGFwLnBlbQ==\n");
    let observation = adapter(ServiceKind::Slapd).observe(&Tree::rooted(root), Path::new("/srv/ldap")).unwrap();
    let told: Vec<(TlsMode, &str)> = observation.endpoints.iter().map(|endpoint| (endpoint.tls, endpoint.addresses[0].as_str())).collect();
    assert_eq!(told, [(TlsMode::Starttls, "*:389"), (TlsMode::Implicit, "127.0.0.1:1636")]);
    assert_eq!(observation.endpoints[0].pairs[0].certificate.value, "/srv/ldap.pem");
    assert_eq!(observation.key_reader.user, "ldap");

    // When it does not run, nobody knows, but for a configuration that a script starts it with.
    std::fs::remove_dir_all(root.join("proc/70")).unwrap();
    let observation = adapter(ServiceKind::Slapd).observe(&Tree::rooted(root), Path::new("/srv/ldap")).unwrap();
    let told: Vec<(&str, TlsMode, usize)> =
        observation.endpoints.iter().map(|endpoint| (endpoint.name.as_str(), endpoint.tls, endpoint.addresses.len())).collect();
    assert_eq!(told, [("ldap", TlsMode::Starttls, 0), ("ldaps", TlsMode::Implicit, 0)]);
    write(root, "etc/default/slapd", "SLAPD_CONF=/srv/ldap\nSLAPD_SERVICES=\"ldaps:///\"\n");
    let observation = adapter(ServiceKind::Slapd).observe(&Tree::rooted(root), Path::new("/srv/ldap")).unwrap();
    let told: Vec<&[String]> = observation.endpoints.iter().map(|endpoint| endpoint.addresses.as_slice()).collect();
    assert_eq!(told, [["*:636".to_owned()]]);
}

fn remarks(kind: ServiceKind, files: &[(&str, &str)]) -> Vec<(String, u32, String)> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    let observation = adapter(kind).observe(&Tree::rooted(folder.path()), Path::new(files[0].0)).unwrap();
    let told = |remark: Remark| (remark.place.file, remark.place.line, remark.words);
    observation.remarks.into_iter().map(told).collect()
}

fn told(file: &str, line: u32, words: &str) -> (String, u32, String) {
    (file.to_owned(), line, words.to_owned())
}

#[test]
fn circles_missing_files_and_what_is_not_closed_are_named_with_their_place() {
    assert_eq!(
        remarks(
            ServiceKind::Nginx,
            &[
                ("/n/nginx.conf", "http {\n include a.conf;\n include gone.conf;\n include none/*.conf;\n"),
                ("/n/a.conf", "server {\n}\n}\ninclude nginx.conf;\n")
            ]
        ),
        [
            told("/n/a.conf", 3, "A } closes nothing."),
            told("/n/a.conf", 4, "/n/nginx.conf includes itself."),
            told("/n/nginx.conf", 3, "/n/gone.conf cannot be read: No such file or directory (os error 2)."),
            told("/n/nginx.conf", 1, "http { is not closed."),
        ]
    );
    assert_eq!(
        remarks(
            ServiceKind::Apache,
            &[
                ("/a/apache2.conf", "Include b.conf\nIncludeOptional c/*.conf\n<VirtualHost *:1>\n"),
                ("/a/b.conf", "</Directory>\nInclude apache2.conf\nInclude none/*\n")
            ]
        ),
        [
            told("/a/b.conf", 1, "</Directory> closes nothing."),
            told("/a/b.conf", 2, "/a/apache2.conf includes itself."),
            told("/a/b.conf", 3, "No file matches /a/none/*."),
            told("/a/apache2.conf", 3, "<VirtualHost> is not closed."),
        ]
    );
    assert_eq!(
        remarks(ServiceKind::Dovecot, &[("/d/dovecot.conf", "!include dovecot.conf\n!include_try gone.conf\nnonsense\nprotocol imap {\n")]),
        [
            told("/d/dovecot.conf", 1, "/d/dovecot.conf includes itself."),
            told("/d/dovecot.conf", 3, "There is neither = nor { behind the name."),
            told("/d/dovecot.conf", 4, "A block is not closed."),
        ]
    );
}

#[test]
fn what_postfix_cannot_read_is_named_and_a_value_by_comparison_is_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "/p/main.cf", "  stray = 1\nsmtpd_tls_security_level = ${{$a} == {b} ? {may} : {none}}\nno equals\n");
    write(folder.path(), "/p/master.cf", "smtp inet n - n\nsmtps inet n - n - - smtpd -o nothing\n");
    let observation = adapter(ServiceKind::Postfix).observe(&Tree::rooted(folder.path()), Path::new("/p")).unwrap();
    let places: Vec<String> = observation.remarks.iter().map(|remark| format!("{}:{}", remark.place.file, remark.place.line)).collect();
    assert_eq!(places, ["/p/main.cf:1", "/p/main.cf:3", "/p/master.cf:1", "/p/master.cf:2", "/p/main.cf:2"]);
}

#[test]
fn a_main_file_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ServiceKind::ALL {
        let error = adapter(kind).observe(&Tree::rooted(folder.path()), Path::new("/nowhere")).unwrap_err();
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }
}

#[test]
fn debians_tomcat_is_found_once_and_its_relative_paths_begin_at_the_base_that_links_to_its_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let text = r#"<Server><Connector port="8443" SSLEnabled="true"><SSLHostConfig><Certificate certificateFile="conf/a.pem"
        certificateKeyFile="${catalina.base}/a.key"/></SSLHostConfig></Connector></Server>"#;
    write(root, "/etc/tomcat10/server.xml", text);
    write(root, "/var/lib/tomcat10/lib/none", "");
    symlink("/etc/tomcat10", root.join("var/lib/tomcat10/conf")).unwrap();
    process(root, 20, 1, "/usr/lib/jvm/java-17/bin/java", &["java", "-Dcatalina.base=/var/lib/tomcat10"]);
    let tree = Tree::rooted(root);
    let found: Vec<_> = discovery::found(&tree).into_iter().map(|found| (found.config, found.processes)).collect();
    assert_eq!(found, [("/var/lib/tomcat10/conf/server.xml".into(), vec![20])]);
    for config in ["/etc/tomcat10/server.xml", "/var/lib/tomcat10/conf/server.xml"] {
        let observation = adapter(ServiceKind::Tomcat).observe(&tree, Path::new(config)).unwrap();
        let pair = &observation.endpoints[0].pairs[0];
        let files = (pair.certificate.value.as_str(), pair.key.value.as_str());
        assert_eq!(files, ("/var/lib/tomcat10/conf/a.pem", "/var/lib/tomcat10/a.key"), "{config}");
    }
}
