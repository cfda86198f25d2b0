//! Envoy's `x-forwarded-client-cert` header (XFCC), in its text and its JSON form.
//!
//! Each proxy on the path may append an element that says who *its* peer was. The header is an ordinary one:
//! whoever reaches us can send it. [`Xfcc::parse`] only reads it; [`XfccRule`] says when it may be believed.
//!
//! The reader is strict: what two readers could understand in two ways is an error.

mod element;
mod error;
mod json;
#[cfg(test)]
mod properties;
mod rule;
mod text;
mod trust;

pub use self::element::{XfccElement, url_decode};
pub use self::error::{XfccError, XfccRefusal, XfccRuleError};
pub use self::rule::XfccRule;
pub use self::trust::XfccIdentity;

use super::limits::{MAX_XFCC_BYTES, MAX_XFCC_ELEMENTS};

/// The two forms of the header's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XfccForm {
    /// `By=...;Hash=...;URI=...,By=...`: Envoy neither quotes nor escapes what it writes after `By`, `URI` and
    /// `DNS`, so a certificate with a `;` or a `,` in a name writes pairs and elements of its own.
    Text,
    /// `[{"by":["..."],"hash":"...","uri":["..."]}]`, since Envoy 1.38.
    Json,
}

/// The elements of one header value, from the oldest to the youngest. Nothing of it is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xfcc<'a> {
    form: XfccForm,
    elements: Vec<XfccElement<'a>>,
}

impl<'a> Xfcc<'a> {
    /// Reads a header value; one that begins with `[` is in the JSON form, as Envoy itself tells them apart.
    ///
    /// # Errors
    /// The first thing in it that is malformed, or the limit that it exceeds.
    pub fn parse(value: &'a [u8]) -> Result<Self, XfccError> {
        if value.len() > MAX_XFCC_BYTES {
            return Err(XfccError::TooLong { length: value.len() });
        }
        let value = std::str::from_utf8(value)
            .map_err(|error| XfccError::NotUtf8 { position: error.valid_up_to() })?;
        if let Some(position) = value.bytes().position(|byte| byte.is_ascii_control()) {
            return Err(XfccError::ControlByte { position });
        }
        let (form, elements) = if value.starts_with('[') {
            (XfccForm::Json, json::elements(value)?)
        } else {
            (XfccForm::Text, text::elements(value)?)
        };
        if elements.is_empty() {
            return Err(XfccError::Empty);
        }
        if elements.len() > MAX_XFCC_ELEMENTS {
            return Err(XfccError::TooManyElements);
        }
        Ok(Self { form, elements })
    }

    /// The form in which the value was written.
    #[must_use]
    pub fn form(&self) -> XfccForm {
        self.form
    }

    /// The elements, from the oldest to the youngest: each proxy appends at the end. There is at least one.
    #[must_use]
    pub fn elements(&self) -> &[XfccElement<'a>] {
        &self.elements
    }
}
