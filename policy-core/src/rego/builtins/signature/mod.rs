//! The names, argument types and result types of OPA's built-in functions.

mod table;

/// The type of an argument or a result, as a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) enum Shape {
    /// Every value.
    Any,
    Null,
    Boolean,
    Number,
    String,
    /// An array of any length with such elements.
    Array(&'static Shape),
    /// An array with exactly these elements.
    Tuple(&'static [Shape]),
    /// An object with these properties, and others if their keys and values have the given types.
    Object(&'static [(&'static str, Shape)], Option<(&'static Shape, &'static Shape)>),
    /// A set with such elements.
    Set(&'static Shape),
    /// One of these; in the order null, boolean, number, string, array, object, set.
    Union(&'static [Shape]),
}

/// What is known of a built-in function before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) struct Signature {
    /// `count`, `net.cidr_contains`; an operator has a name too: `plus`.
    pub(in crate::rego) name: &'static str,
    /// The operator that stands for it: `+`.
    pub(in crate::rego) infix: Option<&'static str>,
    pub(in crate::rego) args: &'static [Shape],
    /// The type of every further argument, if there may be any number of them.
    pub(in crate::rego) variadic: Option<Shape>,
    /// `None`: it gives no value, and is only an expression of its own.
    pub(in crate::rego) result: Option<Shape>,
    /// Gives any number of results, one after the other: `walk`.
    pub(in crate::rego) relation: bool,
    /// Refused in modules of Rego v1.
    pub(in crate::rego) deprecated: bool,
    /// Depends on more than its arguments.
    pub(in crate::rego) nondeterministic: bool,
}

impl Signature {
    const fn new(name: &'static str, args: &'static [Shape], result: Option<Shape>) -> Self {
        Self {
            name,
            infix: None,
            args,
            variadic: None,
            result,
            relation: false,
            deprecated: false,
            nondeterministic: false,
        }
    }

    const fn infix(self, operator: &'static str) -> Self {
        Self { infix: Some(operator), ..self }
    }

    const fn variadic(self, further: Shape) -> Self {
        Self { variadic: Some(further), ..self }
    }

    const fn relation(self) -> Self {
        Self { relation: true, ..self }
    }

    const fn deprecated(self) -> Self {
        Self { deprecated: true, ..self }
    }

    const fn nondeterministic(self) -> Self {
        Self { nondeterministic: true, ..self }
    }

    /// The number of arguments, without the result and without those that may follow.
    pub(in crate::rego) const fn arity(&self) -> usize {
        self.args.len()
    }

    /// Whether it gives no value.
    pub(in crate::rego) const fn is_void(&self) -> bool {
        self.result.is_none()
    }
}

/// The built-in function of this name: `plus`, not `+`.
pub(in crate::rego) fn find(name: &str) -> Option<&'static Signature> {
    table::TABLE.binary_search_by(|entry| entry.name.cmp(name)).ok().and_then(|index| table::TABLE.get(index))
}

/// All built-in functions, by name.
pub(in crate::rego) fn all() -> &'static [Signature] {
    &table::TABLE
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_entry_is_found() {
        assert!(all().windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(all().iter().all(|entry| find(entry.name) == Some(entry)));
        assert_eq!(find("no.such"), None);
        assert_eq!(find("+"), None);
    }

    #[test]
    fn the_flags_are_those_of_opa() {
        let with = |flag: fn(&Signature) -> bool| all().iter().filter(|entry| flag(entry)).count();
        assert_eq!(with(|entry| entry.deprecated), 11);
        assert_eq!(with(|entry| entry.nondeterministic), 9);
        assert_eq!(with(|entry| entry.relation), 1);
        assert_eq!(with(|entry| entry.infix.is_some()), 17);
        assert_eq!(with(Signature::is_void), 3);
        assert_eq!(find("net.cidr_contains").map(Signature::arity), Some(2));
        assert_eq!(find("opa.runtime").map(Signature::arity), Some(0));
        assert_eq!(find("print").and_then(|entry| entry.variadic), Some(Shape::Any));
    }

    /// A union is searched by halves, as it is in OPA.
    #[test]
    fn unions_are_in_order() {
        fn order(shape: &Shape) -> u8 {
            match shape {
                Shape::Null => 0,
                Shape::Boolean => 1,
                Shape::Number => 2,
                Shape::String => 3,
                Shape::Array(_) => 4,
                Shape::Tuple(_) => 4,
                Shape::Object(..) => 5,
                Shape::Set(_) => 6,
                Shape::Any | Shape::Union(_) => 7,
            }
        }
        for entry in all() {
            for shape in entry.args.iter().chain(entry.result.as_ref()) {
                if let Shape::Union(of) = shape {
                    assert!(of.windows(2).all(|pair| order(&pair[0]) <= order(&pair[1])), "{}", entry.name);
                }
            }
        }
    }
}
