#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn write(text: &str, args: &[Arg<'_>]) -> String {
    format(&mut Meter::new(1_000_000, 1_000_000), text, args).expect("within the limits")
}

#[test]
fn complains_in_the_text() {
    assert_eq!(write("%d", &[]), "%!d(MISSING)");
    assert_eq!(write("a%", &[]), "a%!(NOVERB)");
    assert_eq!(write("%d", &[Arg::Text("a".into())]), "%!d(string=a)");
    assert_eq!(write("x", &[Arg::Int(1), Arg::Text("b".into())]), "x%!(EXTRA int64=1, string=b)");
    assert_eq!(write("%[3]d", &[Arg::Int(1)]), "%!d(BADINDEX)");
}

#[test]
fn pays_for_the_width_first() {
    let printed = format(&mut Meter::new(1_000_000, 1_000), "%1000000d", &[Arg::Int(1)]);
    assert!(matches!(printed, Err(Failure::Limit(_))));
}
