//! Certificates that must not be deployed: the plan says why, cannot be applied, and touches nothing.

use certdeck_shared::api::plan::{Check, CheckStanding, Plan, PlanState};
use certdeck_shared::api::problem::ProblemCode;
use support::daemons;
use support::deck::{item, refusal};
use support::pki::{KeyKind, Pair};
use support::stage::Stage;

/// What is wrong, how it gets into the database, and which check finds it.
struct Case {
    what: &'static str,
    prepare: fn(&Stage) -> Pair,
    code: &'static str,
    words: &'static str,
}

const CASES: [Case; 2] = [
    Case { what: "expired", prepare: |stage| stage.pki.expired_pair("expired.example.org"), code: "dates", words: "expired on" },
    Case {
        what: "a key of 1024 bits",
        prepare: |stage| stage.pki.pair_with("small.example.org", KeyKind::Rsa(1024)),
        code: "key-size",
        words: "2048 bits and more",
    },
];

/// The checks that stop a plan.
pub fn failed(plan: &Plan) -> Vec<&Check> {
    plan.parts.iter().flat_map(|part| &part.checks).filter(|check| check.standing == CheckStanding::Fail).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_certificates_do_not_get_as_far_as_a_file() {
    let stage = Stage::new().await;
    let good = stage.pki.pair("good.example.org");
    let nginx = tokio::task::block_in_place(|| daemons::nginx::start(&good));
    let service = stage.register(&nginx).await;
    let before = std::fs::read(&nginx.files().key).unwrap();
    for case in CASES {
        let what = case.what;
        let bad = (case.prepare)(&stage);
        stage.hold(&bad).await;
        let binding = stage.bind(&service, &bad).await;
        let plan = stage.plan(&[&service]).await;
        assert_eq!(plan.state, PlanState::Blocked, "{what}: {plan:#?}");
        let found = failed(&plan);
        let named = found.iter().find(|check| check.code == case.code).unwrap_or_else(|| panic!("{what}: {found:#?}"));
        assert!(named.words.contains(case.words), "{what}: {named:#?}");
        assert_eq!(refusal(stage.client().apply_plan(&plan.id).await), ProblemCode::PlanNotReady, "{what}");
        assert_eq!(std::fs::read(&nginx.files().key).unwrap(), before, "{what}");
        stage.client().unbind(&service.id, &binding.id).await.unwrap();
    }
    // One without its key is not even bound.
    let keyless = stage.pki.pair("keyless.example.org");
    stage.deck.import(vec![item(keyless.leaf(), &keyless.name, ",,")]).await;
    assert_eq!(refusal(stage.try_bind(&service, &keyless).await), ProblemCode::InvalidInput);
    nginx.until_served(&good.leaf());
}

/// A missing chain stops nothing, as the clients may know the intermediate certificate; it is said, with its name.
#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_breaks_off_is_told_with_the_name_of_what_is_missing() {
    let stage = Stage::new().await;
    let good = stage.pki.pair("good.example.org");
    let nginx = tokio::task::block_in_place(|| daemons::nginx::start(&good));
    let service = stage.register(&nginx).await;
    let lonely = stage.pki.pair("lonely.example.org");
    stage.hold_without_chain(&lonely).await;
    let binding = stage.bind(&service, &lonely).await;
    assert!(binding.problem.unwrap().contains("Certdeck tests intermediate"));
    let plan = stage.plan(&[&service]).await;
    let told = plan.parts[0].checks.iter().find(|check| check.code == "chain-complete").unwrap();
    assert_eq!(told.standing, CheckStanding::Warn);
    assert!(told.words.contains("Certdeck tests intermediate"), "{told:#?}");
}
