use proptest::prelude::*;

use super::tests::set;
use super::trial::try_names;
use super::*;
use crate::api::certificate_map::{IssuerComparison, MapChange};
use crate::name::DistinguishedName;

fn file() -> impl Strategy<Value = String> {
    let map = ("[a-z]{1,6}", "CN=[A-Za-z ,=]{1,12}", prop::collection::vec(line(), 0..5));
    prop::collection::vec(map, 0..4).prop_map(|maps| {
        maps.iter().fold("certmap default default\n".to_owned(), |text, (name, issuer, lines)| {
            let lines: String = lines.iter().map(|line| line.replace("NAME", &format!("{name}9"))).collect();
            format!("{text}certmap {name}9 {issuer}\n{lines}")
        })
    })
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("# a comment\n".to_owned()),
        Just("\n".to_owned()),
        "[ \t]{0,2}NAME:(DNComps|FilterComps|verifycert|CmapLdapAttr|library|strange)[ \t]{0,3}[a-z ,]{0,10}\r?\n",
    ]
}

proptest! {
    #[test]
    fn any_text_prints_back_or_is_refused(text in "(certmap |default|[a-z:# \t\r\n]){0,60}") {
        if let Ok(file) = MapFile::parse(&text) {
            prop_assert_eq!(file.text(), text.as_str());
            let _ = lint(&file);
        }
    }

    #[test]
    fn a_property_that_is_set_reads_back_and_no_other_line_changes(
        text in file(), which in 0..4_usize, place in any::<prop::sample::Index>(), value in prop_oneof![Just(""), Just("cn, e=mail"), Just("on")],
    ) {
        let file = MapFile::parse(&text).unwrap();
        let map = place.get(file.maps()).clone();
        let property = MapProperty::ALL[which];
        if let Ok(changed) = with_changes(&text, &[set(&map.name, property, value)]) {
            let read = MapFile::parse(&changed).unwrap();
            let now = read.maps().iter().find(|other| other.name == map.name).unwrap();
            prop_assert_eq!(now.value(property), Some(value));
            let ours = |line: &&str| line.trim().to_ascii_lowercase().starts_with(&format!("{}:{}", map.name, property.name()).to_ascii_lowercase());
            let kept: Vec<&str> = text.split_inclusive('\n').filter(|line| !ours(line)).collect();
            let left: Vec<&str> = changed.split_inclusive('\n').filter(|line| !ours(line)).collect();
            prop_assert_eq!(kept, left);
        }
    }

    #[test]
    fn a_map_that_is_added_and_removed_leaves_no_map(text in file()) {
        let add = MapChange::AddMap { map: "grown".to_owned(), issuer: "CN=CA".to_owned() };
        let grown = with_changes(&text, &[add]).unwrap();
        let back = with_changes(&grown, &[MapChange::RemoveMap { map: "grown".to_owned() }]).unwrap();
        prop_assert_eq!(back.trim_end(), text.trim_end());
    }

    #[test]
    fn a_filter_holds_nothing_but_its_own_parentheses(value in any::<String>()) {
        let escaped = escaped_in_filter(&value);
        prop_assert!(!escaped.contains(['(', ')', '*', '\0']));
    }

    #[test]
    fn a_base_is_a_name_with_the_very_values(values in prop::collection::vec("[ -~é]{1,8}", 1..4)) {
        let rdns = values.iter().map(|value| vec![crate::name::AttributeTypeAndValue { oid: "2.5.4.11".into(), value: value.clone() }]).collect();
        let subject = DistinguishedName { rdns };
        let file = MapFile::parse("certmap default default\ndefault:DNComps ou\n").unwrap();
        let trial = try_names(&file, &subject, &"CN=CA".parse().unwrap(), IssuerComparison::Exact);
        let base: DistinguishedName = trial.searches[0].base.as_ref().unwrap().parse().unwrap();
        prop_assert_eq!(base, subject);
    }
}
