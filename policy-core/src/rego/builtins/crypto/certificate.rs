use super::super::call::{Failure, Meter};
use super::public_key::{KeyError, PublicKey};
pub(in crate::rego::builtins) fn certificate_key(_der: &[u8], _meter: &mut Meter) -> Result<Option<PublicKey>, KeyError> { Err(KeyError::Broken("x")) }
pub(in crate::rego::builtins) fn certificate_key_in_base64(_text: &str, _meter: &mut Meter) -> Result<(), Failure> { Err(super::refused("x")) }
