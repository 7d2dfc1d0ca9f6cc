//! Databases: made, shown, converted, merged, their password, their snapshots.

use certdeck_shared::api::database::{DatabaseChange, NewDatabase, PasswordFiles};
use certdeck_shared::api::files::FilesChange;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::merge::Merge;
use certdeck_shared::glass::Action;
use support::certificates::Authority;
use support::database::{Database, PASSWORD};
use support::deck::item;
use support::run;

use super::{Shell, elsewhere};

#[tokio::test(flavor = "multi_thread")]
async fn databases_are_made_and_registered_the_same_by_each_line() {
    let shell = Shell::new().await;
    let path = |name: &str| shell.deck.room.path().join(name).display().to_string();
    let create = |path: String| Action::CreateDatabase {
        body: NewDatabase::Create {
            path,
            label: None,
            password: String::new(),
            owner: None,
            group: None,
            mode: Some("0750".to_owned()),
            password_files: PasswordFiles::default(),
            accept_weak_password: false,
        },
    };
    let (by_tools, by_rest) = (path("by tools"), path("by rest"));
    shell.run(&shell.deck.client.console_command_lines(&create(by_tools.clone())).await.unwrap().commands);
    shell.run(&shell.deck.client.console_command_lines(&create(by_rest.clone())).await.unwrap().rest);
    let files = |directory: &str| {
        run::must("sh", &["-c", &format!("cd \"{directory}\" && stat -c '%n %a' . * && cat password.txt sslpassword.conf")])
    };
    // Who opens pkcs11.txt, and modes of databases that certutil leaves to the umask, do not matter.
    let known = |said: String| {
        said.lines().filter(|line| !line.contains("pkcs11.txt") && !line.contains(".db ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(known(files(&by_tools)), known(files(&by_rest)));
    for directory in [&by_tools, &by_rest] {
        let database = Database::at(std::path::Path::new(directory), PASSWORD, shell.deck.room.path());
        database.certutil_must(&["-G", "-k", "ec", "-q", "nistp256", "-z", "/etc/hostname"]);
    }
    let register = Action::CreateDatabase { body: NewDatabase::Register { path: by_tools.clone(), prefix: None, label: None } };
    let lines = shell.deck.client.console_command_lines(&register).await.unwrap();
    shell.run(&lines.commands);
    shell.run(&lines.rest);
    let said = shell.run(&shell.deck.client.console_command_lines(&Action::ListDatabases).await.unwrap().rest);
    assert!(said.contains("by tools") && said.contains("by rest"));
    let found = shell.deck.client.console_command_lines(&Action::FoundDatabases).await.unwrap();
    shell.run(&found.commands);
    shell.run(&found.rest);
    let (_, tools, rest) = shell.both(&Action::ShowDatabase).await;
    assert!(tools.contains("NSS Internal PKCS #11 Module") && rest.contains(&shell.deck.id));
    let (_, tools, rest) = shell.both(&Action::ShowFiles).await;
    assert!(tools.contains("key4.db") && rest.contains("key4.db"));
    let body = FilesChange { mode: Some("0755".to_owned()), ..FilesChange::default() };
    let (copy, _, _) = shell.both(&Action::ChangeFiles { body }).await;
    let modes = |directory: &str| run::must("sh", &["-c", &format!("cd \"{directory}\" && stat -c '%n %a' . *.db *.txt *.conf")]);
    assert_eq!(modes(&copy.database.path()), modes(&shell.deck.database.path()));
    let body = DatabaseChange { label: "Another name".to_owned() };
    assert!(shell.both(&Action::ChangeDatabase { body }).await.2.contains("Another name"));
    shell.run(&shell.lines(&Action::ForgetDatabase).await.rest);
    assert!(shell.deck.database.directory().join("cert9.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn old_databases_are_shown_and_converted_the_same_by_each_line() {
    let mut shell = Shell::new().await;
    let old = Database::made_in_format("dbm");
    let authority = Authority::new("An old CA");
    let file = old.password_file().with_file_name("old.der");
    std::fs::write(&file, &authority.certificate).unwrap();
    let directory = format!("dbm:{}", old.path());
    let password = old.password_file().to_str().unwrap();
    run::must("certutil", &["-A", "-d", &directory, "-f", password, "-n", "An old CA", "-t", "CT,,", "-i", file.to_str().unwrap()]);
    let register = NewDatabase::Register { path: old.path(), prefix: None, label: None };
    shell.deck.id = shell.deck.client.add_database(&register).await.unwrap().id;
    let preview = shell.lines(&Action::PreviewConversion).await;
    assert!(shell.run(&preview.commands).contains("An old CA") && shell.run(&preview.rest).contains("\"certificates\":1"));
    // The line that only converts when the database is added.
    let converting = NewDatabase::Convert { path: old.path(), prefix: None, label: None, password: String::new() };
    let also = shell.deck.client.console_command_lines(&Action::CreateDatabase { body: converting }).await.unwrap();
    let lines = shell.lines(&Action::ConvertDatabase).await;
    assert_eq!(lines.commands, also.commands);
    let copy = shell.deck.room.path().join("old copy").display().to_string();
    run::must("cp", &["-rp", &old.path(), &copy]);
    let moved: Vec<_> = elsewhere(&lines.commands, &old.path(), &copy)
        .into_iter()
        .map(|line| certdeck_shared::glass::CommandLine {
            command: line.command.replace(&format!("sql:{copy}"), &format!("'sql:{copy}'")),
            ..line
        })
        .collect();
    shell.run(&moved);
    shell.run(&lines.rest);
    let by_tools = Database::at(std::path::Path::new(&copy), PASSWORD, shell.deck.room.path());
    assert_eq!(by_tools.listing(), Database::at(old.directory(), PASSWORD, shell.deck.room.path()).listing());
    assert!(by_tools.directory().join("pkcs11.txt").exists() && old.directory().join("pkcs11.txt").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn merging_is_the_same_by_each_line() {
    let shell = Shell::new().await;
    let source = Database::made_by_certutil();
    let authority = Authority::new("A CA of the source");
    source.add("A CA of the source", "CT,C,", &authority.certificate);
    source.certutil_must(&["-S", "-x", "-n", "box", "-s", "CN=box", "-t", "P,,", "-k", "rsa", "-g", "2048", "-z", "/etc/hostname"]);
    let id = shell.deck.client.add_database(&NewDatabase::Register { path: source.path(), prefix: None, label: None }).await.unwrap().id;
    let body = Merge { source: id, source_password: Some("left out".to_owned()) };
    let action = Action::MergeDatabase { body, source_directory: source.path(), source_prefix: String::new() };
    assert!(!format!("{:?}", shell.lines(&action).await).contains("left out"));
    let (copy, _, rest) = shell.both(&action).await;
    assert!(rest.contains("\"applied\":false") && rest.contains("\"applied\":true"));
    assert_eq!(copy.database.listing(), shell.deck.database.listing());
    assert_eq!(copy.database.keys().into_keys().collect::<Vec<_>>(), shell.deck.database.keys().into_keys().collect::<Vec<_>>());
    assert_eq!(shell.deck.database.trust()["box"], "Pu,u,u");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_changes_in_database_and_files_by_each_line() {
    let shell = Shell::new().await;
    let (_, _, rest) = shell.both(&Action::ShowPassword).await;
    assert!(rest.contains("sslpassword.conf"));
    shell.run(&shell.lines(&Action::LockToken { token: "internal".to_owned() }).await.rest);
    shell.both(&Action::UnlockToken { token: "internal".to_owned() }).await;
    let (copy, _, _) = shell.both(&Action::ChangePassword).await;
    let new = "a long walk by the sea, 1851";
    for directory in [copy.database.directory(), shell.deck.database.directory()] {
        let read = |name: &str| std::fs::read_to_string(directory.join(name)).unwrap();
        assert_eq!(read("password.txt").trim_end(), new);
        assert_eq!(read("sslpassword.conf").trim_end(), format!("Internal (Software) Token:{new}"));
        let changed = Database::at(directory, new, shell.deck.room.path());
        changed.certutil_must(&["-G", "-k", "ec", "-q", "nistp256", "-z", "/etc/hostname"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_state_comes_back_by_each_line() {
    let mut shell = Shell::new().await;
    let authority = Authority::new("A CA");
    let backup = shell.deck.room.path().join("backup");
    std::fs::create_dir(&backup).unwrap();
    shell.environment.push(("BACKUP".to_owned(), backup.display().to_string()));
    shell.deck.import(vec![item(authority.certificate.clone(), "A CA", "C,,")]).await;
    let listed = shell.lines(&Action::ListSnapshots).await;
    shell.run(&listed.commands);
    assert!(shell.run(&listed.rest).contains("taken_at"));
    shell.deck.client.create_key(&shell.deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    let snapshot = shell.deck.client.snapshots(&shell.deck.id).await.unwrap().remove(0).id;
    let (copy, _, _) = shell.both(&Action::RestoreSnapshot { snapshot }).await;
    for database in [&copy.database, &shell.deck.database] {
        assert_eq!((database.listing().len(), database.keys().len()), (1, 0));
    }
}
