//! The data document: JSON's values.

use super::reader::Reader;
use super::writer::Writer;
use super::{CompiledError, DATA_DEPTH};
use crate::rego::value::{Number, ObjectBuilder, Text, Value};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const NUMBER: u8 = 3;
const STRING: u8 = 4;
const ARRAY: u8 = 5;
const OBJECT: u8 = 6;

impl Writer {
    pub(super) fn value(&mut self, value: &Value<'static>) -> Result<(), CompiledError> {
        if value.depth(DATA_DEPTH) >= DATA_DEPTH {
            return Err(CompiledError::TooLarge("levels of data"));
        }
        self.write_value(value)
    }

    fn write_value(&mut self, value: &Value<'static>) -> Result<(), CompiledError> {
        match value {
            Value::Null => self.byte(NULL),
            Value::Bool(value) => self.byte(if *value { TRUE } else { FALSE }),
            Value::Number(number) => {
                self.byte(NUMBER);
                self.text(&number.text());
            }
            Value::String(text) => {
                self.byte(STRING);
                self.text(text);
            }
            Value::Array(items) => {
                self.byte(ARRAY);
                self.items(items.items(), Self::write_value)?;
            }
            Value::Object(object) => {
                self.byte(OBJECT);
                self.items(object.entries(), |writer, (key, value)| {
                    writer
                        .text(key.as_str().ok_or(CompiledError::Malformed("a key of the data is no text"))?);
                    writer.write_value(value)
                })?;
            }
            Value::Set(_) => return Err(CompiledError::Malformed("the data has a set")),
        }
        Ok(())
    }
}

impl Reader<'_> {
    pub(super) fn value(&mut self) -> Result<Value<'static>, CompiledError> {
        self.value_at(DATA_DEPTH)
    }

    fn value_at(&mut self, levels: usize) -> Result<Value<'static>, CompiledError> {
        self.node()?;
        let below = levels.checked_sub(1).ok_or(CompiledError::TooLarge("levels of data"))?;
        Ok(match self.byte()? {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            NUMBER => {
                let number = Number::parse(&self.text()?);
                Value::Number(number.ok_or(CompiledError::Malformed("a number of the data is none"))?)
            }
            STRING => Value::String(Text::Shared(self.text()?)),
            ARRAY => Value::array(self.items(|reader| reader.value_at(below))?),
            OBJECT => {
                let entries = self.items(|reader| Ok((reader.text()?, reader.value_at(below)?)))?;
                let size = entries.len();
                let mut object = ObjectBuilder::new();
                for (key, value) in entries {
                    object.insert(Value::String(Text::Shared(key)), value);
                }
                let object = object.build();
                if object.len() != size {
                    return Err(CompiledError::Malformed("a key of the data comes twice"));
                }
                Value::Object(object)
            }
            _ => return Err(CompiledError::Malformed("a value of the data is of no kind")),
        })
    }
}
