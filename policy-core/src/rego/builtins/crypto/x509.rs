//! `crypto.x509.*` that read and do not verify.

use super::super::call::{Call, Failure};
use super::certificate::{Certificate, der_of_certificates};
use super::{string_operand, to_value};
use crate::rego::value::Value;

/// `crypto.x509.parse_certificates(text)`.
pub(super) fn parse_certificates<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let text = string_operand(arguments, 1)?;
    let der = der_of_certificates(text, call.meter)?;
    let certificates = Certificate::read_all(&der, call.meter)?;
    let mut values = Vec::new();
    for certificate in &certificates {
        // A certificate has about fifty members beside its bytes.
        call.meter.makes(certificate.raw.len().saturating_mul(8).saturating_add(8_192))?;
        values.push(to_value::certificate(certificate, true, call.meter)?);
    }
    Ok(Some(Value::array(values)))
}
