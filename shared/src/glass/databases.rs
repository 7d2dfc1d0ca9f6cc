//! Lines that make databases, join them, and bring earlier states back.

use super::keys::modutil;
use super::rest::Call;
use super::shell::Command;
use super::writer::{Writer, place};
use super::{Action, quoted};
use crate::api::database::NewDatabase;
use crate::api::files::FilesChange;
use crate::api::paths;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListDatabases => {
            writer.note("NSS keeps no list of databases: each command is told the directory.");
            writer.call(&Call::get(paths::DATABASES));
        }
        Action::FoundDatabases => {
            writer.command(Command::new("find /etc /opt /var -name cert9.db -o -name cert8.db 2> /dev/null || true"));
            writer.call(&Call::get(paths::FOUND_DATABASES));
        }
        Action::CreateDatabase { body } => add(writer, body),
        Action::ShowDatabase => {
            writer.command(writer.certutil("-L"));
            writer.remarked(writer.certutil_unlocked("-K").raw("|| true"), "fails where there are no keys");
            writer.command(modutil(writer, "-list"));
            writer.call(&Call::get(paths::database(writer.site.database)));
        }
        Action::ShowFiles => {
            writer.note("NSS looks at neither owner nor mode of its files.");
            writer.command(Command::new("ls -la").word(writer.site.directory));
            writer.remarked(Command::new("fuser -v").word(&writer.own_file("cert9.db")).raw("|| true"), "who has it open");
            writer.call(&Call::get(writer.path("files")));
        }
        Action::ChangeFiles { body } => change_files(writer, body),
        Action::ChangeDatabase { body } => {
            writer.note("The name is the console's own; NSS knows the directory.");
            writer.call(&Call::new("PATCH", paths::database(writer.site.database)).json(body));
        }
        Action::ForgetDatabase => {
            writer.note("The console forgets it, and nothing on disk changes: there is nothing for NSS to do.");
            writer.call(&Call::new("DELETE", paths::database(writer.site.database)));
        }
        Action::PreviewConversion => {
            let dbm = ["dbm:", writer.site.directory].concat();
            let old = place(&dbm, "-P", writer.site.prefix);
            writer.command(Command::new("certutil -L -d").raw(&old));
            writer.remarked(Command::new("certutil -K -d").raw(&old).raw("-f \"$CERT_PW_FILE\" || true"), "fails where there are no keys");
            let old = place(&dbm, "-dbprefix", writer.site.prefix);
            writer.command(Command::new("modutil -force -list -dbdir").raw(&old));
            writer.call(&Call::get(writer.path("conversion")));
        }
        Action::ConvertDatabase => {
            convert(writer, writer.site.directory, writer.site.prefix);
            writer.call(&Call::post(writer.path("conversion")).secret("password", "CERT_PW_FILE"));
        }
        Action::MergeDatabase { body, source_directory, source_prefix } => {
            let command = writer.certutil("--merge").raw("-f \"$CERT_PW_FILE\"");
            let source = ["sql:", source_directory].concat();
            let from = command
                .option("--source-dir", &source)
                .maybe("--source-prefix", Some(source_prefix.as_str()).filter(|own| !own.is_empty()));
            writer.remarked(from.raw("-@ \"$SOURCE_PW_FILE\""), "what both have stays as it is here");
            let path = writer.path("merge");
            writer.call(&Call::post([&path, "?preview=true"].concat()).json(body).without("source_password"));
            writer.call(&Call::post(path).json(body).secret("source_password", "SOURCE_PW_FILE"));
        }
        Action::ListSnapshots => {
            writer.note("NSS keeps no copies: whoever wants to go back has made one before.");
            writer.remarked(copy(writer), "before a change");
            writer.call(&Call::get(writer.path("snapshots")));
        }
        Action::RestoreSnapshot { snapshot } => {
            writer.note("NSS keeps no copies. $BACKUP is a directory with one that was made before, and whoever has the database open has to be stopped; the console waits for nobody and takes a snapshot of the state that it replaces.");
            let copied = |file: &str| ["\"$BACKUP\"/", &quoted(&[writer.site.prefix, file].concat())].concat();
            let back = Command::new("cp -p").raw(&copied("cert9.db")).raw(&copied("key4.db")).word(writer.site.directory);
            writer.command(back);
            writer.call(&Call::post(paths::restoration(writer.site.database, snapshot)));
        }
        _ => {}
    }
}

fn copy(writer: &Writer<'_>) -> Command {
    Command::new("cp -p").word(&writer.own_file("cert9.db")).word(&writer.own_file("key4.db")).raw("\"$BACKUP\"")
}

/// NSS converts what is opened as `sql:` for writing (-X) and has no files of that format.
fn convert(writer: &mut Writer<'_>, directory: &str, prefix: &str) {
    let sql = ["sql:", directory].concat();
    let opened = Command::new("certutil -K -X -d").raw(&place(&sql, "-P", prefix)).raw("-f \"$CERT_PW_FILE\" || true");
    writer.remarked(opened, "opened as sql: for writing, with the password, NSS makes cert9.db, key4.db and pkcs11.txt");
    writer.remarked(Command::new("modutil -force -list -dbdir").raw(&place(&sql, "-dbprefix", prefix)), "the modules that came over");
}

fn add(writer: &mut Writer<'_>, new: &NewDatabase) {
    let call = Call::post(paths::DATABASES).json(new);
    // The directory is that of the new database, whatever the site is.
    let (NewDatabase::Create { path, .. } | NewDatabase::Register { path, .. } | NewDatabase::Convert { path, .. }) = new;
    let sql = quoted(&["sql:", path].concat());
    let beside = |file: &str| [path.trim_end_matches('/'), "/", file].concat();
    match new {
        NewDatabase::Create { owner, group, mode, password_files, .. } => {
            writer.command(Command::new("install -d").option("-m", mode.as_deref().unwrap_or("0700")).word(path));
            writer.command(Command::new("certutil -N -d").raw(&sql).raw("-f \"$CERT_PW_FILE\""));
            if password_files.plain {
                writer.command(Command::new("install -m 0600 \"$CERT_PW_FILE\"").word(&beside("password.txt")));
            }
            if password_files.sslpassword_conf {
                let line = Command::new("(umask 077; { printf 'Internal (Software) Token:'; cat \"$CERT_PW_FILE\"; } >");
                writer.command(line.raw(&[&quoted(&beside("sslpassword.conf")), ")"].concat()));
            }
            let owner = [owner.as_deref().unwrap_or_default(), ":", group.as_deref().unwrap_or_default()].concat();
            if owner != ":" {
                writer.command(Command::new("chown -R").word(owner.trim_end_matches(':')).word(path));
            }
            let command = Command::new("certdeck msgcert --database").word(path).raw("generate-certDB -W \"$CERT_PW_FILE\"");
            writer.lines.msgcert.push(command.remarked("with a self-signed certificate Server-Cert in it"));
            writer.call(&call.secret("password", "CERT_PW_FILE"));
        }
        NewDatabase::Register { prefix, .. } => {
            writer.note("NSS keeps no list of databases; this shows what is there.");
            writer.command(Command::new("certutil -L -d").raw(&place(path, "-P", prefix.as_deref().unwrap_or_default())));
            writer.call(&Call::get(paths::FOUND_DATABASES));
            writer.call(&call);
        }
        NewDatabase::Convert { prefix, .. } => {
            convert(writer, path, prefix.as_deref().unwrap_or_default());
            writer.call(&call.secret("password", "CERT_PW_FILE"));
        }
    }
}

/// Whose the files are: directory, databases, list of modules, password files.
fn change_files(writer: &mut Writer<'_>, change: &FilesChange) {
    writer.note("NSS looks at neither owner nor mode of its files. The console changes all of them or none, and only those that belong to the database.");
    let own = ["cert9.db", "key4.db"].map(|file| writer.own_file(file));
    let beside = ["pkcs11.txt", "password.txt", "sslpassword.conf"].map(|file| writer.beside(file));
    let each = |command: &str, word: &str| {
        let files = own.iter().chain(&beside).map(|file| [" ", &quoted(file)].concat()).collect::<String>();
        Command::new(
            &[
                "for file in ",
                &quoted(writer.site.directory),
                &files,
                "; do [ ! -e \"$file\" ] || ",
                command,
                " ",
                &quoted(word),
                " \"$file\"; done",
            ]
            .concat(),
        )
    };
    let owner = [change.owner.as_deref().unwrap_or_default(), ":", change.group.as_deref().unwrap_or_default()].concat();
    let mut lines = Vec::new();
    if owner != ":" {
        lines.push(each("chown", owner.trim_end_matches(':')));
    }
    if let Some(mode) = &change.mode {
        lines.push(Command::new("chmod").word(mode).word(writer.site.directory));
        // Files get the mode without the execute bits; what holds keys or the password nothing for others.
        let bits = u32::from_str_radix(mode, 8).unwrap_or(0o700) & 0o666;
        let octal = |bits: u32| ["0", &format!("{bits:o}")].concat();
        let [certificates, keys] = &own;
        let [modules, plain, servers] = &beside;
        let there = |mode: String, file: &String| Command::new(&["[ ! -e ", &quoted(file), " ] || chmod"].concat()).word(&mode).word(file);
        let modes = [(bits & 0o664, certificates), (bits & 0o660, keys), (bits & 0o664, modules), (0o600, plain), (0o600, servers)];
        lines.extend(modes.map(|(bits, file)| there(octal(bits), file)));
    }
    for line in lines {
        writer.command(line);
    }
    let path = writer.path("files");
    writer.call(&Call::new("PATCH", [&path, "?preview=true"].concat()).json(change));
    writer.call(&Call::new("PATCH", path).json(change));
}
