//! Strings.

use std::ops::Deref;
use std::sync::Arc;

/// Text, shared or lent.
#[derive(Clone)]
pub enum Text<'v> {
    /// Of somebody who outlives the evaluation.
    Lent(&'v str),
    /// Counted.
    Shared(Arc<str>),
}

impl<'v> Text<'v> {
    /// The same text for a shorter time, without a copy.
    #[must_use]
    pub fn lend<'a>(&'a self) -> Text<'a>
    where
        'v: 'a,
    {
        match self {
            Self::Lent(text) => Text::Lent(text),
            Self::Shared(text) => Text::Lent(text),
        }
    }

    /// The text without anything lent.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        match self {
            Self::Lent(text) => Text::Shared(Arc::from(text)),
            Self::Shared(text) => Text::Shared(text),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Lent(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Text<'_> {
    fn from(text: &str) -> Self {
        Self::Shared(Arc::from(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::Shared(Arc::from(text))
    }
}

impl From<Arc<str>> for Text<'_> {
    fn from(text: Arc<str>) -> Self {
        Self::Shared(text)
    }
}
