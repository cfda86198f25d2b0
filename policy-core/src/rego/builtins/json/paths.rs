//! `json.filter` and `json.remove`: parts of a document by paths.

use super::super::operands::{Answer, error, items, object, takes};
use super::super::{Call, Failure, Meter};
use crate::rego::value::{Object, ObjectBuilder, Value};

/// What paths say of a place.
enum Paths<'v> {
    /// A path ends here: all that is below.
    Whole,
    /// Paths go on, by key.
    Below(Vec<(Value<'v>, Paths<'v>)>),
}

impl<'v> Paths<'v> {
    /// A shorter path covers a longer one; an empty one says nothing.
    fn of(meter: &mut Meter, paths: Vec<Vec<Value<'v>>>) -> Result<Self, Failure> {
        let mut root = Paths::Below(Vec::new());
        for path in paths {
            if !path.is_empty() {
                root.add(meter, path)?;
            }
        }
        Ok(root)
    }

    fn add(&mut self, meter: &mut Meter, path: Vec<Value<'v>>) -> Result<(), Failure> {
        let mut node = self;
        for key in path {
            let Paths::Below(below) = node else { return Ok(()) };
            takes(meter, 4)?;
            let place = match below.binary_search_by(|(known, _)| known.cmp_to(&key)) {
                Ok(place) => place,
                Err(place) => {
                    meter.steps(u64::try_from(below.len()).unwrap_or(u64::MAX) / 16)?;
                    below.insert(place, (key, Paths::Below(Vec::new())));
                    place
                }
            };
            let Some((_, next)) = below.get_mut(place) else { return Ok(()) };
            node = next;
        }
        *node = Paths::Whole;
        Ok(())
    }

    fn get(&self, key: &Value<'_>) -> Option<&Self> {
        let Paths::Below(below) = self else { return None };
        let place = below.binary_search_by(|(known, _)| known.cmp_to(key)).ok()?;
        below.get(place).map(|(_, paths)| paths)
    }

    /// Items of an array are named by text.
    fn item(&self, index: usize) -> Option<&Self> {
        self.get(&Value::text(&index.to_string()))
    }
}

pub(super) fn filter<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (document, paths) = operands(call, args)?;
    keep(call.meter, &Value::Object(document), &paths).map(Some)
}

/// The parts that paths name. What is no collection stays, whatever paths go on there.
fn keep<'v>(meter: &mut Meter, value: &Value<'v>, paths: &Paths<'v>) -> Result<Value<'v>, Failure> {
    if matches!(paths, Paths::Whole) {
        return Ok(value.clone());
    }
    Ok(match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        Value::Array(items) => {
            takes(meter, items.len())?;
            let mut kept = Vec::new();
            for (index, item) in items.iter().enumerate() {
                if let Some(paths) = paths.item(index) {
                    kept.push(keep(meter, item, paths)?);
                }
            }
            Value::array(kept)
        }
        Value::Set(items) => {
            takes(meter, items.len())?;
            let mut kept = Vec::new();
            for item in items.iter() {
                if let Some(paths) = paths.get(item) {
                    kept.push(keep(meter, item, paths)?);
                }
            }
            Value::Set(kept.into_iter().collect())
        }
        Value::Object(object) => {
            takes(meter, object.len().saturating_mul(2))?;
            let mut kept = ObjectBuilder::new();
            for (key, value) in object.entries() {
                if let Some(paths) = paths.get(key) {
                    kept.insert(key.clone(), keep(meter, value, paths)?);
                }
            }
            Value::Object(kept.build())
        }
    })
}

pub(super) fn remove<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (document, paths) = operands(call, args)?;
    without(call.meter, &Value::Object(document), Some(&paths))
}

/// All but the parts that paths name; `None` if that is the whole.
fn without<'v>(meter: &mut Meter, value: &Value<'v>, paths: Option<&Paths<'v>>) -> Answer<'v> {
    let paths = match paths {
        None => return Ok(Some(value.clone())),
        Some(Paths::Whole) => return Ok(None),
        Some(paths) => paths,
    };
    Ok(Some(match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        Value::Array(items) => {
            takes(meter, items.len())?;
            let mut kept = Vec::new();
            for (index, item) in items.iter().enumerate() {
                kept.extend(without(meter, item, paths.item(index))?);
            }
            Value::array(kept)
        }
        Value::Set(items) => {
            takes(meter, items.len())?;
            let mut kept = Vec::new();
            for item in items.iter() {
                kept.extend(without(meter, item, paths.get(item))?);
            }
            Value::Set(kept.into_iter().collect())
        }
        Value::Object(object) => {
            takes(meter, object.len().saturating_mul(2))?;
            let mut kept = ObjectBuilder::new();
            for (key, value) in object.entries() {
                if let Some(value) = without(meter, value, paths.get(key))? {
                    kept.insert(key.clone(), value);
                }
            }
            Value::Object(kept.build())
        }
    }))
}

fn operands<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Result<(Object<'v>, Paths<'v>), Failure> {
    let document = object(args, 1)?;
    let items = items(args, 2, "one of {set, array}")?;
    let paths: Result<Vec<_>, _> = items.iter().map(|path| parse(call.meter, path)).collect();
    Ok((document.clone(), Paths::of(call.meter, paths?)?))
}

/// Parts of a path. Trees of paths are as deep as their paths are long, and so is what is put at the end of one.
pub(super) const PARTS: usize = 256;

fn within(parts: usize) -> Result<(), Failure> {
    if parts > PARTS { Err(Failure::Limit("a path has more than 256 parts")) } else { Ok(()) }
}

/// A path: `/a/b` (RFC 6901, but all slashes in front count as one), or an array of keys.
pub(super) fn parse<'v>(meter: &mut Meter, path: &Value<'v>) -> Result<Vec<Value<'v>>, Failure> {
    match path {
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        Value::String(text) => {
            meter.makes(text.len())?;
            let parts = text.trim_start_matches('/').split('/');
            within(parts.clone().count())?;
            takes(meter, parts.clone().count())?;
            Ok(parts.map(|part| Value::from(part.replace("~1", "/").replace("~0", "~"))).collect())
        }
        Value::Array(keys) => {
            within(keys.len())?;
            takes(meter, keys.len())?;
            Ok(keys.to_vec())
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) | Value::Set(_)) => {
            Err(error(format!(
                "operand 2 must be one of {{set, array}} containing string paths or array of path segments but got {}",
                other.type_name()
            )))
        }
    }
}
