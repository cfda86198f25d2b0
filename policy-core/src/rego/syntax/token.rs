//! The tokens of Rego.

/// What the scanner found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Illegal,
    Eof,
    Whitespace,
    Comment,
    Ident,
    Number,
    /// `"text"` and `` `text` ``.
    String,
    /// A piece of a template string that ends at `{`.
    TemplatePart,
    /// The last piece of a template string.
    TemplateEnd,
    /// The same of a raw one, between backticks.
    RawTemplatePart,
    RawTemplateEnd,

    Package,
    Import,
    As,
    Default,
    Else,
    Not,
    Some,
    With,
    Null,
    True,
    False,
    In,
    Every,
    Contains,
    If,
    /// `and` and `or` between expressions, of `import future.keywords`.
    LogicalAnd,
    LogicalOr,

    LBrack,
    RBrack,
    LBrace,
    RBrace,
    LParen,
    RParen,
    Comma,
    Colon,
    Semicolon,
    Dot,

    Add,
    Sub,
    Mul,
    Quo,
    Rem,
    And,
    Or,
    Unify,
    Equal,
    Assign,
    Neq,
    Gt,
    Lt,
    Gte,
    Lte,
}

impl Token {
    /// The name that OPA's messages give it; of an infix operator also the name of its built-in function.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Illegal => "illegal",
            Self::Eof => "eof",
            Self::Whitespace => "whitespace",
            Self::Comment => "comment",
            Self::Ident => "identifier",
            Self::Number => "number",
            Self::String => "string",
            Self::TemplatePart | Self::RawTemplatePart => "template-string-part",
            Self::TemplateEnd | Self::RawTemplateEnd => "template-string-end",
            Self::Package => "package",
            Self::Import => "import",
            Self::As => "as",
            Self::Default => "default",
            Self::Else => "else",
            Self::Not => "not",
            Self::Some => "some",
            Self::With => "with",
            Self::Null => "null",
            Self::True => "true",
            Self::False => "false",
            Self::In => "in",
            Self::Every => "every",
            Self::Contains => "contains",
            Self::If => "if",
            Self::LogicalAnd => "and",
            Self::LogicalOr => "or",
            Self::LBrack => "[",
            Self::RBrack => "]",
            Self::LBrace => "{",
            Self::RBrace => "}",
            Self::LParen => "(",
            Self::RParen => ")",
            Self::Comma => ",",
            Self::Colon => ":",
            Self::Semicolon => ";",
            Self::Dot => ".",
            Self::Add => "plus",
            Self::Sub => "minus",
            Self::Mul => "mul",
            Self::Quo => "div",
            Self::Rem => "rem",
            Self::And => "and",
            Self::Or => "or",
            Self::Unify => "eq",
            Self::Equal => "equal",
            Self::Assign => "assign",
            Self::Neq => "neq",
            Self::Gt => "gt",
            Self::Lt => "lt",
            Self::Gte => "gte",
            Self::Lte => "lte",
        }
    }

    /// Whether it is a word with a meaning of its own.
    pub(super) fn is_keyword(self) -> bool {
        matches!(
            self,
            Self::Package
                | Self::Import
                | Self::As
                | Self::Default
                | Self::Else
                | Self::Not
                | Self::Some
                | Self::With
                | Self::Null
                | Self::True
                | Self::False
                | Self::In
                | Self::Every
                | Self::Contains
                | Self::If
                | Self::LogicalAnd
                | Self::LogicalOr
        )
    }
}

/// The words that only some modules have as keywords: those of v1, and those that a v0 module imports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Keywords {
    has_in: bool,
    has_every: bool,
    has_contains: bool,
    has_if: bool,
    has_and: bool,
    has_or: bool,
    /// `not` takes a body in braces too.
    has_not: bool,
}

impl Keywords {
    /// Those that every version has.
    pub(super) const V0: Self = Self {
        has_in: false,
        has_every: false,
        has_contains: false,
        has_if: false,
        has_and: false,
        has_or: false,
        has_not: false,
    };
    /// Those of v1.
    pub(super) const V1: Self =
        Self { has_in: true, has_every: true, has_contains: true, has_if: true, ..Self::V0 };

    /// Adds those of v1.
    pub(super) fn add_v1(&mut self) {
        (self.has_in, self.has_every, self.has_contains, self.has_if) = (true, true, true, true);
    }

    /// Adds all there are.
    pub(super) fn add_all(&mut self) {
        self.add_v1();
        (self.has_and, self.has_or, self.has_not) = (true, true, true);
    }

    /// Whether `not` takes a body in braces.
    pub(super) fn has_not_bodies(self) -> bool {
        self.has_not
    }

    /// Adds the keyword of `import future.keywords.<name>`; whether there is one.
    pub(super) fn add(&mut self, name: &str) -> bool {
        match name {
            "in" => self.has_in = true,
            // `every` cannot be written without `in`.
            "every" => (self.has_every, self.has_in) = (true, true),
            "contains" => self.has_contains = true,
            "if" => self.has_if = true,
            "and" => self.has_and = true,
            "or" => self.has_or = true,
            "not" => self.has_not = true,
            _ => return false,
        }
        true
    }

    /// The token of a word.
    pub(super) fn token(self, word: &str) -> Token {
        match word {
            "package" => Token::Package,
            "import" => Token::Import,
            "as" => Token::As,
            "default" => Token::Default,
            "else" => Token::Else,
            "not" => Token::Not,
            "some" => Token::Some,
            "with" => Token::With,
            "null" => Token::Null,
            "true" => Token::True,
            "false" => Token::False,
            "in" if self.has_in => Token::In,
            "every" if self.has_every => Token::Every,
            "contains" if self.has_contains => Token::Contains,
            "if" if self.has_if => Token::If,
            "and" if self.has_and => Token::LogicalAnd,
            "or" if self.has_or => Token::LogicalOr,
            _ => Token::Ident,
        }
    }
}

/// Whether a module of v1 cannot have a rule of this name.
pub(super) fn is_v1_keyword(word: &str) -> bool {
    Keywords::V1.token(word) != Token::Ident
}

/// Whether a module of v0 cannot.
pub(super) fn is_v0_keyword(word: &str) -> bool {
    Keywords::V0.token(word) != Token::Ident
}
