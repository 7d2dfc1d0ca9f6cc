//! A database of thousands in a second: certutil makes the first certificate's row, the others are written beside it in one SQLite
//! transaction, each with its own bytes, subject, serial number, nickname and key identifier.

use certdeck_shared::x509::parse;
use rusqlite::{Connection, params};
use support::certificates::Template;
use support::database::Database;

/// Identifiers of objects are random numbers below 2³⁰; ours stay clear of the few that certutil drew.
const FIRST_ID: u32 = 0x0100_0000;

/// A database with this many certificates of one issuer, without trust of their own.
pub fn database(count: u32) -> Database {
    let template = Template::new();
    let database = Database::made_by_certutil();
    database.add(&Template::nickname(0), ",,", &template.numbered(0));
    let mut connection = Connection::open(database.directory().join("cert9.db")).unwrap();
    let columns = columns(&connection);
    let own = ["id", "a3", "a11", "a82", "a101", "a102"];
    let copied: Vec<_> = columns.iter().filter(|column| !own.contains(&column.as_str())).cloned().collect();
    let copied = copied.join(", ");
    let transaction = connection.transaction().unwrap();
    // CKA_LABEL, CKA_VALUE, CKA_SERIAL_NUMBER, CKA_SUBJECT, CKA_ID; the other columns are those of the first row.
    let insert = format!(
        "INSERT INTO nssPublic (id, a3, a11, a82, a101, a102, {copied}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, {copied} FROM nssPublic WHERE a3 = ?7"
    );
    let mut statement = transaction.prepare(&insert).unwrap();
    for number in 1..count {
        let der = template.numbered(number);
        let names = parse::raw_names(&der).unwrap();
        let mut key_id = [0x5a_u8; 20];
        key_id[..4].copy_from_slice(&number.to_be_bytes());
        let nickname = Template::nickname(number);
        let first = Template::nickname(0);
        statement
            .execute(params![
                FIRST_ID + number,
                nickname.as_bytes(),
                der,
                names.serial_number,
                names.subject,
                key_id.as_slice(),
                first.as_bytes()
            ])
            .unwrap();
    }
    drop(statement);
    transaction.commit().unwrap();
    database
}

/// The columns of the table, which newer versions of NSS have more of.
fn columns(connection: &Connection) -> Vec<String> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info('nssPublic')").unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certutil_reads_every_clone() {
        let database = database(30);
        assert_eq!(database.trust().into_keys().collect::<Vec<_>>(), (0..30).map(Template::nickname).collect::<Vec<_>>());
        assert_eq!(database.der(&Template::nickname(29)), certificate(&database, 29));
    }

    /// The bytes beside a nickname, read past NSS.
    fn certificate(database: &Database, number: u32) -> Vec<u8> {
        let connection = Connection::open(database.directory().join("cert9.db")).unwrap();
        let nickname = Template::nickname(number);
        connection.query_row("SELECT a11 FROM nssPublic WHERE a3 = ?1", [nickname.as_bytes()], |row| row.get(0)).unwrap()
    }
}
