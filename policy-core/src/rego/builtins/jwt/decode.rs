//! `io.jwt.decode`: the parts of a token that nobody verified.

use super::super::call::{Call, Failure};
use super::super::crypto::string_operand;
use super::token::{Token, object};
use crate::rego::value::Value;

/// A member has a type at which OPA ends the evaluation, in every mode.
pub(super) const WRONG_TYPE: Failure =
    Failure::Limit("a member of a token has a type that ends the evaluation");

/// `io.jwt.decode(token)`: header, payload and signature, of the innermost token.
pub(super) fn decode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let mut text = string_operand(arguments, 1)?.as_bytes().to_vec();
    loop {
        let token = Token::split(&text, call.meter)?;
        let header = token.decode_header(call.meter)?;
        let payload = token.decode_payload(call.meter)?;
        match header.get("cty") {
            Some(Value::String(kind)) if kind.as_str() == "JWT" => {
                // Some write the inner token in quotes.
                let inner = trim_quotes(&payload).to_vec();
                text = inner;
                continue;
            }
            None | Some(Value::String(_)) => {}
            Some(_) => return Err(WRONG_TYPE),
        }
        let payload = object(&payload, "invalid JSON", call.meter)?;
        let signature = token.decode_signature(call.meter)?;
        call.meter.makes(signature.len().saturating_mul(2))?;
        let signature = Value::from(super::super::crypto::hex(&signature));
        return Ok(Some(Value::array(vec![header, payload, signature])));
    }
}

fn trim_quotes(mut text: &[u8]) -> &[u8] {
    while let [b'"' | b'\'', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b'"' | b'\''] = text {
        text = rest;
    }
    text
}
