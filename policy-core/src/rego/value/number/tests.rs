#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn number(text: &str) -> Number<'static> {
    Number::parse(text).expect("a number")
}

#[test]
fn keeps_the_text() {
    for text in ["0", "-0", "1.50", "1e2", "1E+5", "-0.0", "9223372036854775807", "9223372036854775808"] {
        assert_eq!(number(text).text(), text);
    }
}

#[test]
fn refuses_what_json_refuses() {
    for text in ["", "-", "01", "-01", "1.", ".5", "1e", "1e+", "+1", "0x1", "1_0", "NaN", "1e9999999", "1 "]
    {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

#[test]
fn compares_by_worth() {
    let order = [
        "-1e300",
        "-2",
        "-1.5",
        "0",
        "1e-400",
        "0.1",
        "1",
        "1.0000000000000000000001",
        "1.5",
        "1e400",
        "1e401",
    ];
    for (i, a) in order.iter().enumerate() {
        for (j, b) in order.iter().enumerate() {
            assert_eq!(number(a).cmp_to(&number(b)), i.cmp(&j), "{a} {b}");
        }
    }
    for (a, b) in
        [("1", "1.0"), ("100", "1e2"), ("0", "-0.0"), ("10.0", "1e1"), ("1e20", "100000000000000000000")]
    {
        assert!(number(a).cmp_to(&number(b)).is_eq(), "{a} {b}");
    }
}

#[test]
fn whole_as_opa_reads_it() {
    assert_eq!(number("1.0").as_i64(), Some(1));
    assert_eq!(number("-10.00").as_i64(), Some(-10));
    assert_eq!(number("1e2").as_i64(), None);
    assert_eq!(number("1.5").as_i64(), None);
    assert_eq!(number("1.000000000000000000000").as_i64(), None);
    assert_eq!(number("9223372036854775808").as_i64(), None);
}

#[test]
fn calculates_as_opa() {
    let sum = |a, b| number(a).plus(&number(b)).expect("a sum").text().into_owned();
    assert_eq!(sum("0.1", "0.2"), "0.3");
    assert_eq!(sum("1e30", "0.5"), "1000000000000000000000000000000");
    assert_eq!(sum("1234567.0", "0.5"), "1.2345675e+06");
    assert_eq!(sum("9223372036854775807", "1"), "9223372036854775808");
    assert_eq!(number("1e30").ceil().expect("ceil").text(), "1000000000000000000024696061952");
    assert_eq!(number("0").divided_by(&number("-5")).expect("quotient").text(), "-0");
    assert_eq!(number("1").divided_by(&number("0.0")).err(), Some(NumberError::DivideByZero));
    assert_eq!(number("1e999999").plus(&number("1")).err(), Some(NumberError::TooLarge));
    assert_eq!(number("1e-999999").plus(&number("1")).err(), Some(NumberError::TooLarge));
}
