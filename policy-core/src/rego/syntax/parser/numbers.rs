//! Numbers.

use super::super::nodes::{NodeId, NodeKind};
use super::super::token::Token;
use super::Parser;
use crate::rego::syntax::ast::Name;

/// Binary digits before or behind the point beyond which OPA takes no number: printing it would cost too much.
const BINARY_EXPONENT: f64 = 1e5;

impl Parser<'_> {
    /// `1`, `-1.5`, `.5e3`: the parser stays at the digits.
    pub(super) fn number(&mut self) -> Option<NodeId> {
        let at = self.at();
        let mut digits = String::new();
        if self.token() == Token::Sub {
            digits.push('-');
            self.scan();
        }
        let has_no_whole_part = self.token() == Token::Dot;
        if has_no_whole_part {
            digits.push('.');
            self.scan();
        }
        if self.token() != Token::Number {
            self.illegal("expected number");
            return None;
        }
        let content = self.content();
        if !has_no_whole_part && has_leading_zero(content) {
            self.illegal("expected number without leading zero");
            return None;
        }
        digits.push_str(content);
        match binary_exponent(&digits) {
            None => {
                self.illegal("invalid float");
                None
            }
            Some(exponent) if exponent.abs() > BINARY_EXPONENT => {
                self.error(self.at(), "number too big");
                None
            }
            Some(_) => self.node(at, NodeKind::Number(Name::from(digits))),
        }
    }
}

/// `01`, but not `0`, `0.1` or `0e1`.
fn has_leading_zero(digits: &str) -> bool {
    digits.strip_prefix('0').is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['.', 'e', 'E']))
}

/// The power of two that a number has, such that it is that and a factor between a half and one; 0 for zero. `None` if
/// it is no number.
fn binary_exponent(number: &str) -> Option<f64> {
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    let (digits, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let exponent: f64 = exponent.parse().ok()?;
    let all = || whole.chars().chain(fraction.chars());
    let Some(zeros) = all().position(|digit| digit != '0') else { return Some(0.0) };
    let leading: String = all().skip(zeros).take(17).collect();
    let factor: f64 = leading.parse().ok()?;
    let before_point = length(whole)? - length_of(zeros)? - length(&leading)? + exponent;
    Some((factor.log2() + before_point * std::f64::consts::LOG2_10).floor() + 1.0)
}

fn length(text: &str) -> Option<f64> {
    length_of(text.len())
}

fn length_of(length: usize) -> Option<f64> {
    u32::try_from(length).ok().map(f64::from)
}
