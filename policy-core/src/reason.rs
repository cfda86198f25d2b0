//! Why a request was refused: one type for every cause, with a stable code and whose fault it is.

use crate::identity::IdentityError;
use crate::jwt::{BearerError, JwtError};
use crate::request::{HeaderError, PathError};

/// Whose fault a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The caller sent something that is not accepted.
    Client,
    /// An issuer of tokens or certificates made something that is not accepted.
    Issuer,
    /// The configuration or the policy.
    Operator,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Header lines over a limit, or a repeated header that may occur once.
    Headers(HeaderError),
    /// The method is missing or not a token.
    Method,
    /// The path has no single meaning.
    Path(PathError),
    /// The host name is missing where it is needed, repeated or not one.
    Authority,
    /// The query cannot be parsed, and the policy reads it.
    Query,
    /// The host selected a route by a name that the configuration does not have.
    RouteUnknown,
    /// A route is found by the name of the proxy's own route, and the proxy has none for this request.
    RouteNameMissing,
    /// The caller's identity.
    Identity(IdentityError),
    /// A required token is missing.
    TokenMissing,
    /// The header that should carry a token.
    Bearer(BearerError),
    /// A token.
    Token(JwtError),
    /// A token of which no configured provider is the issuer.
    TokenIssuer,
    /// Claims that are not a value of the policy language within its limits.
    TokenClaims,
    /// The policy's decision is false.
    PolicyDenied,
    /// The policy's decision is undefined.
    PolicyUndefined,
    /// The policy's evaluation failed or reached a limit.
    PolicyError,
    /// The policy's decision is neither a boolean nor a well-formed decision object.
    PolicyDecision,
    /// The input is larger or deeper than the policy's engine takes.
    Input,
}

impl Reason {
    /// Stable name for logs, metrics and response details: lower-case words joined by `_`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Headers(error) => error.code(),
            Self::Method => "method_malformed",
            Self::Path(error) => error.code(),
            Self::Authority => "host_malformed",
            Self::Query => "query_malformed",
            Self::RouteUnknown => "route_unknown",
            Self::RouteNameMissing => "route_name_missing",
            Self::Identity(error) => error.code(),
            Self::TokenMissing => "token_missing",
            Self::Bearer(error) => error.code(),
            Self::Token(error) => error.code(),
            Self::TokenIssuer => "jwt_issuer",
            Self::TokenClaims => "jwt_claims",
            Self::PolicyDenied => "policy_denied",
            Self::PolicyUndefined => "policy_undefined",
            Self::PolicyError => "policy_error",
            Self::PolicyDecision => "policy_decision_malformed",
            Self::Input => "input_too_large",
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Headers(_)
            | Self::Method
            | Self::Path(_)
            | Self::Authority
            | Self::Query
            | Self::RouteNameMissing
            | Self::Identity(_)
            | Self::TokenMissing
            | Self::Bearer(_)
            | Self::Token(_)
            | Self::TokenIssuer
            | Self::TokenClaims
            | Self::PolicyDenied
            | Self::Input => Fault::Client,
            Self::RouteUnknown | Self::PolicyUndefined | Self::PolicyError | Self::PolicyDecision => {
                Fault::Operator
            }
        }
    }

    /// The HTTP status of the refusal, unless the policy chose one.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            // RFC 6585, section 5.
            Self::Headers(HeaderError::TooMany | HeaderError::TooLarge) => 431,
            Self::Headers(HeaderError::Repeated) | Self::Method | Self::Authority | Self::Query => 400,
            // RFC 9110, section 15.5.15.
            Self::Path(PathError::TooLong) => 414,
            Self::Path(_) => 400,
            // RFC 6750, section 3.1: a malformed request is 400, a bad token 401.
            Self::Bearer(_) => 400,
            Self::TokenMissing | Self::Token(_) | Self::TokenIssuer | Self::TokenClaims => 401,
            Self::Identity(_) | Self::PolicyDenied | Self::PolicyUndefined => 403,
            Self::PolicyError | Self::PolicyDecision | Self::Input => 403,
            // As every fault of the configuration: the request is refused, and how is nobody's business but the record's.
            Self::RouteUnknown | Self::RouteNameMissing => 403,
        }
    }
}
