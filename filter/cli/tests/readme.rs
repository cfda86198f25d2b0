//! The README's configuration reference is the schema's.

const START: &str = "<!-- doorward schema --reference -->\n";
const END: &str = "<!-- end -->";

#[test]
fn the_readme_has_the_reference_of_the_schema() {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once(START).expect("the start mark");
    let (found, _) = rest.split_once(END).expect("the end mark");
    let reference = doorward_cli::reference::reference(&policy_core::json_schema());
    assert!(found == reference, "put the output of `doorward schema --reference` between the marks in README.md");
}
