use rstest::rstest;

use super::trial::try_names;
use super::*;
use crate::api::certificate_map::{IssuerComparison, MapChange};

/// The form that is shipped with the servers: one map, everything else in comments.
const SHIPPED: &str = "# How a certificate is mapped to an entry.\n#\n\ncertmap default\t\tdefault\n#default:DNComps\n#default:FilterComps\te, uid\n\
                       #default:verifycert\ton\n#default:CmapLdapAttr\tcertSubjectDN\n#default:library\t<path_to_shared_lib_or_dll>\n";

/// What Directory Server's own tests use, trailing blanks and a library included.
const SEVERAL: &str = "certmap default default\n\ncertmap people o=Ace Industry, c=US    \npeople:library ./plugin.so\npeople:InitFn init\n\
                       people:DNComps  ou o c\n  people:FilterComps l\r\n\ncertmap mail CN=Mail CA,O=Example,C=CH\nmail:DNComps\n\
                       mail:FilterComps\te=mail\nmail:verifycert on\n";

fn tried(text: &str, subject: &str, issuer: &str) -> crate::api::certificate_map::MapTrial {
    let (subject, issuer) = (subject.parse().unwrap(), issuer.parse().unwrap());
    try_names(&MapFile::parse(text).unwrap(), &subject, &issuer, IssuerComparison::Exact)
}

fn one_search(text: &str, subject: &str) -> (Option<String>, String) {
    let trial = tried(text, subject, "CN=CA");
    let [search] = trial.searches.as_slice() else { panic!("{:?}", trial.steps) };
    (search.base.clone(), search.filter.clone())
}

#[test]
fn a_file_is_taken_apart_as_the_servers_do() {
    let file = MapFile::parse(SEVERAL).unwrap();
    assert_eq!(file.text(), SEVERAL);
    let names: Vec<(&str, &str, u32)> = file.maps().iter().map(|map| (map.name.as_str(), map.issuer.as_str(), map.line)).collect();
    assert_eq!(names, [("default", "default", 1), ("people", "o=Ace Industry, c=US", 3), ("mail", "CN=Mail CA,O=Example,C=CH", 9)]);
    let people = &file.maps()[1];
    assert_eq!(people.value(MapProperty::DnComps), Some("ou o c"));
    assert_eq!(people.value(MapProperty::FilterComps), Some("l"));
    assert_eq!(people.own_code().map(|code| code.line), Some(4));
    let mail = &file.maps()[2];
    assert_eq!((mail.value(MapProperty::DnComps), mail.value(MapProperty::CmapLdapAttr)), (Some(""), None));
    assert!(mail.verifies());
    assert!(MapFile::parse(SHIPPED).unwrap().maps()[0].properties.is_empty());
}

#[rstest]
#[case("certmap default default\ncertmap a\n", 2, "no issuer")]
#[case("certmap default default\nother:DNComps cn\n", 2, "neither a map")]
#[case("default:DNComps\n", 1, "neither a map")]
#[case("certmap default default\ndefault:\n", 2, "no name")]
#[case("certmap default default\ndefault:encoded DNComps Zm9v\n", 2, "encoded")]
#[case("certmap\n", 1, "no name")]
#[case("certmap certmap CN=a\n", 1, "cannot be called")]
#[case("\n\ncertmaps a b\n", 3, "neither a map")]
fn what_no_server_reads_is_refused_with_its_line(#[case] text: &str, #[case] line: u32, #[case] words: &str) {
    let refused = MapFile::parse(text).unwrap_err();
    assert_eq!(refused.line, line);
    assert!(refused.words.contains(words), "{refused}");
}

#[test]
fn a_line_that_the_servers_would_cut_is_refused() {
    let long = format!("certmap default default\n# {}\ndefault:FilterComps {}\n", "x".repeat(2_000), "cn,".repeat(400));
    assert_eq!(MapFile::parse(&long).unwrap_err().line, 3);
}

#[rstest]
#[case(SHIPPED, &[])]
#[case("certmap a CN=a\ncertmap default default\n", &["first map must be"])]
#[case("certmap a CN=a\n", &["first map must be"])]
#[case("", &["first map must be"])]
#[case("certmap default default\ndefault:FilterComps e=mail, title\n", &["the attribute title", "e=mail"])]
#[case("certmap default default\ndefault:verifycert maybe\ndefault:verifycert on\n", &["twice", "do not start"])]
#[case("certmap default default\ndefault:library /lib/a.so\n", &["InitFn"])]
#[case("certmap default default\ndefault:DNComps\n", &["Every entry"])]
#[case("certmap default default\ncertmap a CN=a\ncertmap b CN=a\ncertmap c nobody\n", &["never used", "no name"])]
fn what_cannot_work_is_named(#[case] text: &str, #[case] expected: &[&str]) {
    let findings = lint(&MapFile::parse(text).unwrap());
    assert_eq!(findings.len(), expected.len(), "{findings:?}");
    for words in expected {
        assert!(findings.iter().any(|finding| finding.words.contains(words)), "{words}: {findings:?}");
    }
}

pub(super) fn set(map: &str, property: MapProperty, value: &str) -> MapChange {
    MapChange::SetProperty { map: map.to_owned(), property, value: value.to_owned() }
}

#[test]
fn a_change_touches_its_own_line_alone() {
    let changed =
        with_changes(SEVERAL, &[set("mail", MapProperty::FilterComps, "e, uid"), set("people", MapProperty::FilterComps, "")]).unwrap();
    assert_eq!(changed, SEVERAL.replace("e=mail", "e, uid").replace("FilterComps l\r\n", "FilterComps\r\n"));
    let there = with_changes(SEVERAL, &[set("mail", MapProperty::DnComps, "o, c")]).unwrap();
    assert_eq!(there, SEVERAL.replace("mail:DNComps\n", "mail:DNComps\to, c\n"));
    let new = with_changes(SHIPPED, &[set("default", MapProperty::Verifycert, "on")]).unwrap();
    assert_eq!(new, SHIPPED.replace("default\t\tdefault\n", "default\t\tdefault\ndefault:verifycert\ton\n"));
    let gone = with_changes(SEVERAL, &[MapChange::RemoveProperty { map: "mail".to_owned(), property: MapProperty::DnComps }]).unwrap();
    assert_eq!(gone, SEVERAL.replace("mail:DNComps\n", ""));
    assert_eq!(with_changes(SEVERAL, &[set("mail", MapProperty::Verifycert, "on")]).unwrap(), SEVERAL);
}

#[test]
fn maps_come_and_go() {
    let add = MapChange::AddMap { map: "staff".to_owned(), issuer: "CN=Staff CA,O=Example".to_owned() };
    let grown = with_changes(SEVERAL, &[add.clone(), set("staff", MapProperty::DnComps, "")]).unwrap();
    assert_eq!(grown, format!("{SEVERAL}\ncertmap staff\t\tCN=Staff CA,O=Example\nstaff:DNComps\n"));
    assert_eq!(
        with_changes("certmap default default", &[add]).unwrap(),
        "certmap default default\n\ncertmap staff\t\tCN=Staff CA,O=Example\n"
    );
    let gone = with_changes(SEVERAL, &[MapChange::RemoveMap { map: "mail".to_owned() }]).unwrap();
    assert_eq!(gone, SEVERAL.split("certmap mail").next().unwrap());
    let default = MapChange::AddMap { map: "default".to_owned(), issuer: "default".to_owned() };
    let first = with_changes("# ours\ncertmap a CN=a\n", &[default]).unwrap();
    assert_eq!(first, "# ours\ncertmap default\t\tdefault\n\ncertmap a CN=a\n");
    let issuer = MapChange::SetIssuer { map: "people".to_owned(), issuer: "O=Ace Industry,C=US".to_owned() };
    assert_eq!(with_changes(SEVERAL, &[issuer]).unwrap(), SEVERAL.replace("o=Ace Industry, c=US", "O=Ace Industry,C=US"));
}

#[rstest]
#[case(MapChange::RemoveMap { map: "people".to_owned() }, "library")]
#[case(MapChange::RemoveMap { map: "default".to_owned() }, "stays")]
#[case(MapChange::RemoveMap { map: "nobody".to_owned() }, "no map called")]
#[case(MapChange::SetIssuer { map: "default".to_owned(), issuer: "CN=a".to_owned() }, "default map")]
#[case(MapChange::SetIssuer { map: "mail".to_owned(), issuer: "nobody".to_owned() }, "such as CN=")]
#[case(MapChange::SetIssuer { map: "mail".to_owned(), issuer: "CN=a\ncertmap b CN=b".to_owned() }, "such as CN=")]
#[case(MapChange::AddMap { map: "mail".to_owned(), issuer: "CN=a".to_owned() }, "There is a map")]
#[case(MapChange::AddMap { map: "a b".to_owned(), issuer: "CN=a".to_owned() }, "without blanks")]
#[case(set("mail", MapProperty::Verifycert, ""), "on or off")]
#[case(set("mail", MapProperty::FilterComps, "title"), "title")]
#[case(set("mail", MapProperty::CmapLdapAttr, "a b"), "one attribute")]
#[case(set("mail", MapProperty::DnComps, "cn\nmail:library x"), "control characters")]
fn what_is_not_ours_or_would_break_the_file_is_refused(#[case] change: MapChange, #[case] words: &str) {
    let refused = with_changes(SEVERAL, &[change]).unwrap_err();
    assert!(refused.to_string().contains(words), "{refused}");
}

/// The examples of the manuals: what base and filter become.
#[rstest]
#[case("", Some("cn=Ada,ou=People,o=Example,c=CH"), "(objectclass=*)")]
#[case("default:DNComps\ndefault:FilterComps e, uid\n", None, "(&(uid=ada)(mail=ada@example.org))")]
#[case("default:DNComps\ndefault:FilterComps e=mail\n", None, "(mail=ada@example.org)")]
#[case("default:DNComps\ndefault:FilterComps E=rfc822Mailbox\n", None, "(rfc822Mailbox=ada@example.org)")]
#[case("default:DNComps o, c, ou\n", Some("ou=People,o=Example,c=CH"), "(objectclass=*)")]
#[case("default:DNComps c o\ndefault:FilterComps mail\n", Some("o=Example,c=CH"), "(mail=ada@example.org)")]
fn base_and_filter_follow_the_properties(#[case] properties: &str, #[case] base: Option<&str>, #[case] filter: &str) {
    let subject =
        if properties.is_empty() { "CN=Ada,OU=People,O=Example,C=CH" } else { "UID=ada,E=ada@example.org,CN=Ada,OU=People,O=Example,C=CH" };
    let found = one_search(&format!("certmap default default\n{properties}"), subject);
    assert_eq!((found.0.as_deref(), found.1.as_str()), (base, filter));
}

#[rstest]
#[case("default:FilterComps uid\n")]
#[case("default:DNComps dc\n")]
#[case("default:DNComps title\n")]
#[case("default:InitFn init\n")]
fn a_certificate_without_the_attributes_leads_nowhere(#[case] properties: &str) {
    assert!(tried(&format!("certmap default default\n{properties}"), "CN=Ada,O=Example", "CN=CA").searches.is_empty());
}

#[test]
fn the_subject_is_looked_for_first_where_an_attribute_holds_it() {
    let text = "certmap default default\ndefault:CmapLdapAttr certSubjectDN\ndefault:DNComps\ndefault:FilterComps uid\n";
    let trial = tried(text, "UID=ada,O=Ex*mple", "CN=CA");
    let filters: Vec<&str> = trial.searches.iter().map(|search| search.filter.as_str()).collect();
    assert_eq!(filters, ["(certSubjectDN=UID=ada,O=Ex\\2ample)", "(uid=ada)"]);
    // Without a filter every entry would be found: only the attribute is asked.
    let text = "certmap default default\ndefault:CmapLdapAttr certSubjectDN\ndefault:DNComps\n";
    assert_eq!(tried(text, "UID=ada,O=Example", "CN=CA").searches.len(), 1);
}

#[rstest]
#[case("CN=Mail CA,O=Example,C=CH", IssuerComparison::Exact, true)]
#[case("CN=Mail CA, O=Example, C=CH", IssuerComparison::Exact, true)]
#[case("CN=Mail CA, O=Example,C=CH", IssuerComparison::Exact, false)]
#[case("cn=mail ca,o=example,c=ch", IssuerComparison::Exact, false)]
#[case("cn=mail ca , o=example,c=ch", IssuerComparison::AsNames, true)]
#[case("CN=Other CA,O=Example,C=CH", IssuerComparison::AsNames, false)]
fn issuers_are_compared_letter_for_letter_or_as_names(#[case] written: &str, #[case] comparison: IssuerComparison, #[case] applies: bool) {
    let file = MapFile::parse(&format!("certmap default default\ncertmap mail {written}\n")).unwrap();
    let (subject, issuer) = ("CN=Ada".parse().unwrap(), "CN=Mail CA,O=Example,C=CH".parse().unwrap());
    let trial = try_names(&file, &subject, &issuer, comparison);
    assert_eq!(trial.map.as_deref(), Some(if applies { "mail" } else { "default" }), "{:?}", trial.steps);
    let spelled_otherwise = trial.steps.iter().any(|step| step.contains("letter for letter"));
    assert_eq!(spelled_otherwise, !applies && comparison == IssuerComparison::Exact);
}

#[rstest]
#[case("verifycert on", true)]
#[case("verifycert ON", true)]
#[case("verifycert", true)]
#[case("verifycert off", false)]
#[case("cn x", false)]
fn an_empty_verifycert_is_on(#[case] property: &str, #[case] verifies: bool) {
    let text = format!("certmap default default\ndefault:{property}\n");
    assert_eq!(tried(&text, "CN=Ada", "CN=CA").verifies, verifies);
}
