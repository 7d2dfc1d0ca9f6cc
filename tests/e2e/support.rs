//! The ground the other tests stand on: certutil takes what the support makes.

use ::support::certificates::{Template, debian};
use ::support::database::Database;

#[test]
fn certificates_from_the_template_are_ones_certutil_takes() {
    let (database, template) = (Database::made_by_certutil(), Template::new());
    for number in [1, 99_999_999] {
        database.add(&Template::nickname(number), "P,,", &template.numbered(number));
    }
    assert_eq!(database.trust()["host-99999999"], "P,,");
    assert_eq!(database.der("host-00000001"), template.numbered(1));
    assert!(database.is_whole());
}

#[test]
fn debian_brings_more_than_a_hundred_certificates() {
    assert!(debian().len() > 100);
}
