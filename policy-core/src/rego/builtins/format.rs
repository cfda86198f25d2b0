//! Text by a format with verbs, as Go's `fmt.Sprintf` writes it: every verb and flag, and its complaints in the text.

mod float;
mod verb;

use num_bigint::BigInt;

use super::{Failure, Meter};
use verb::Spec;

/// What a verb prints: OPA gives it only these four of Go's types.
pub(super) enum Arg<'a> {
    Int(i64),
    Float(f64),
    Big(BigInt),
    Text(std::borrow::Cow<'a, str>),
}

impl Arg<'_> {
    /// Go's name of the type.
    fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "int64",
            Self::Float(_) => "float64",
            Self::Big(_) => "*big.Int",
            Self::Text(_) => "string",
        }
    }
}

/// The text, paid for.
pub(super) fn format(meter: &mut Meter, format: &str, args: &[Arg<'_>]) -> Result<String, Failure> {
    let mut printer = Printer {
        format,
        at: 0,
        args,
        next: 0,
        is_reordered: false,
        is_index_good: true,
        out: String::new(),
    };
    while printer.item(meter)? {}
    printer.extra(meter)?;
    Ok(printer.out)
}

/// The widest that Go takes; above, it gives up on the rest of the format.
const WIDEST: usize = 1_000_000;

struct Printer<'f, 'a> {
    format: &'f str,
    at: usize,
    args: &'f [Arg<'a>],
    /// The argument for the next verb.
    next: usize,
    /// Arguments were named by number.
    is_reordered: bool,
    is_index_good: bool,
    out: String,
}

impl Printer<'_, '_> {
    /// Text up to a verb, and the verb; `false` at the end.
    fn item(&mut self, meter: &mut Meter) -> Result<bool, Failure> {
        self.is_index_good = true;
        let rest = self.format.get(self.at..).unwrap_or_default();
        let text = rest.find('%').map_or(rest, |verb| rest.get(..verb).unwrap_or_default());
        meter.makes(text.len())?;
        self.out.push_str(text);
        self.at = self.at.saturating_add(text.len());
        if self.peek().is_none() {
            return Ok(false);
        }
        self.skip();
        meter.steps(1)?;
        let mut spec = self.flags();
        let after_index = self.sizes(&mut spec);
        if !after_index {
            self.index();
        }
        let Some(verb) = self.format.get(self.at..).and_then(|rest| rest.chars().next()) else {
            self.out.push_str("%!(NOVERB)");
            return Ok(false);
        };
        self.at = self.at.saturating_add(verb.len_utf8());
        self.verb(meter, verb, spec)?;
        Ok(true)
    }

    fn verb(&mut self, meter: &mut Meter, verb: char, mut spec: Spec) -> Result<(), Failure> {
        let args = self.args;
        match args.get(self.next) {
            _ if verb == '%' => self.out.push('%'),
            _ if !self.is_index_good => self.complain(verb, "(BADINDEX)"),
            None => self.complain(verb, "(MISSING)"),
            Some(arg) => {
                if matches!(verb, 'v' | 'w') {
                    spec = spec.for_values();
                }
                verb::print(meter, &mut self.out, arg, verb, &spec)?;
                self.next = self.next.saturating_add(1);
            }
        }
        Ok(())
    }

    fn complain(&mut self, verb: char, what: &str) {
        self.out.push_str("%!");
        self.out.push(verb);
        self.out.push_str(what);
    }

    fn flags(&mut self) -> Spec {
        let mut spec = Spec::default();
        while let Some(flag) = self.peek() {
            match flag {
                b'#' => spec.sharp = true,
                b'0' => spec.zero = true,
                b'+' => spec.plus = true,
                b'-' => spec.minus = true,
                b' ' => spec.space = true,
                _ => break,
            }
            self.skip();
        }
        spec
    }

    /// Width and precision; whether an argument was named last.
    fn sizes(&mut self, spec: &mut Spec) -> bool {
        let mut after_index = self.index();
        if self.peek() == Some(b'*') {
            self.skip();
            match self.size_from_arg() {
                Some(width) => {
                    spec.width = usize::try_from(width.unsigned_abs()).ok();
                    if width < 0 {
                        spec.minus = true;
                        spec.zero = false;
                    }
                }
                None => self.out.push_str("%!(BADWIDTH)"),
            }
            after_index = false;
        } else {
            spec.width = self.number();
            if after_index && spec.width.is_some() {
                self.is_index_good = false;
            }
        }
        let is_precise = self.peek() == Some(b'.') && self.format.len() > self.at.saturating_add(1);
        if is_precise {
            self.skip();
            if after_index {
                self.is_index_good = false;
            }
            after_index = self.index();
            if self.peek() == Some(b'*') {
                self.skip();
                spec.precision = self.size_from_arg().and_then(|precision| usize::try_from(precision).ok());
                if spec.precision.is_none() {
                    self.out.push_str("%!(BADPREC)");
                }
                after_index = false;
            } else {
                spec.precision = Some(self.number().unwrap_or(0));
            }
        }
        after_index
    }

    /// `[3]`: the next argument. Whether there was one.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.is_reordered = true;
        let rest = self.format.get(self.at..).unwrap_or_default();
        let close = if rest.len() < 3 { None } else { rest.find(']') };
        let Some(close) = close else {
            self.is_index_good = false;
            self.skip();
            return false;
        };
        let digits = rest.get(1..close).unwrap_or_default();
        self.at = self.at.saturating_add(close).saturating_add(1);
        let number =
            read_number(digits.as_bytes()).filter(|(_, length)| *length == digits.len() && *length > 0);
        match number.map(|(number, _)| number.checked_sub(1)) {
            Some(Some(index)) if index < self.args.len() => {
                self.next = index;
                true
            }
            read => {
                self.is_index_good = false;
                read.is_some()
            }
        }
    }

    /// Digits; a number that is too large swallows the rest of the format.
    fn number(&mut self) -> Option<usize> {
        let rest = self.format.as_bytes().get(self.at..).unwrap_or_default();
        match read_number(rest) {
            Some((number, length)) => {
                self.at = self.at.saturating_add(length);
                (length > 0).then_some(number)
            }
            None => {
                self.at = self.format.len();
                None
            }
        }
    }

    /// A width or precision that an argument says.
    fn size_from_arg(&mut self) -> Option<i64> {
        let arg = self.args.get(self.next)?;
        self.next = self.next.saturating_add(1);
        match arg {
            Arg::Int(size) if usize::try_from(size.unsigned_abs()).is_ok_and(|size| size <= WIDEST) => {
                Some(*size)
            }
            _ => None,
        }
    }

    /// Arguments that no verb printed.
    fn extra(&mut self, meter: &mut Meter) -> Result<(), Failure> {
        let args = self.args;
        let left = args.get(self.next..).unwrap_or_default();
        if self.is_reordered || left.is_empty() {
            return Ok(());
        }
        self.out.push_str("%!(EXTRA ");
        for (index, arg) in left.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            meter.makes(16)?;
            self.out.push_str(arg.kind());
            self.out.push('=');
            verb::print(meter, &mut self.out, arg, 'v', &Spec::default())?;
        }
        self.out.push(')');
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.format.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self) {
        self.at = self.at.saturating_add(1);
    }
}

/// Leading digits, and how many; `None` if the number is too large.
fn read_number(text: &[u8]) -> Option<(usize, usize)> {
    let mut number: usize = 0;
    let mut length: usize = 0;
    for digit in text.iter().take_while(|digit| digit.is_ascii_digit()) {
        if number > WIDEST {
            return None;
        }
        number = number.saturating_mul(10).saturating_add(usize::from(digit.wrapping_sub(b'0')));
        length = length.saturating_add(1);
    }
    Some((number, length))
}

#[cfg(test)]
mod tests;
