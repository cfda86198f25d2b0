//! regorus: its interpreter, and its bytecode machine. The input is built from the request's parts in the cheapest way it
//! has: objects with keys that are made once.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::{Engine, PolicyLengthConfig, Value};

use super::Asked;
use crate::cases::{Fields, Policy};

const DECISION: &str = "data.bench.allow";

/// Steps of the bytecode machine: more than any of the policies takes.
const INSTRUCTIONS: usize = 10_000_000;

/// The keys of the input.
struct Keys {
    source: Value,
    spiffe_id: Value,
    request: Value,
    method: Value,
    path: Value,
    host: Value,
}

impl Keys {
    fn new() -> Self {
        let key = |name: &str| Value::from(name);
        Self {
            source: key("source"),
            spiffe_id: key("spiffe_id"),
            request: key("request"),
            method: key("method"),
            path: key("path"),
            host: key("host"),
        }
    }

    fn input(&self, fields: &Fields) -> Result<Value, String> {
        let text = |text: &str| Value::from(text);
        let source = object([(&self.spiffe_id, text(&fields.spiffe_id))])?;
        let request = object([
            (&self.method, text(&fields.method)),
            (&self.path, text(&fields.path)),
            (&self.host, text(&fields.host)),
        ])?;
        object([(&self.source, source), (&self.request, request)])
    }
}

fn object<const N: usize>(entries: [(&Value, Value); N]) -> Result<Value, String> {
    let mut value = Value::new_object();
    let object = value.as_object_mut().map_err(|error| error.to_string())?;
    for (key, entry) in entries {
        object.insert(key.clone(), entry);
    }
    Ok(value)
}

fn engine(policy: &Policy) -> Result<Engine, String> {
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(false);
    engine.set_policy_length_config(PolicyLengthConfig {
        max_col: NonZeroU32::MAX,
        max_file_bytes: NonZeroUsize::MAX,
        max_lines: NonZeroUsize::MAX,
    });
    engine.add_policy("bench.rego".to_owned(), policy.module.clone()).map_err(|error| error.to_string())?;
    engine.add_data(data(policy)?).map_err(|error| error.to_string())?;
    Ok(engine)
}

fn data(policy: &Policy) -> Result<Value, String> {
    Value::from_json_str(&policy.data.to_string()).map_err(|error| error.to_string())
}

pub(super) struct Interpreter {
    engine: Engine,
    keys: Keys,
}

impl Interpreter {
    pub(super) fn load(policy: &Policy) -> Result<Self, String> {
        Ok(Self { engine: engine(policy)?, keys: Keys::new() })
    }
}

impl Asked for Interpreter {
    fn allows(&mut self, fields: &Fields) -> Result<bool, String> {
        self.engine.set_input(self.keys.input(fields)?);
        let value = self.engine.eval_rule(DECISION.to_owned()).map_err(|error| error.to_string())?;
        Ok(value == Value::from(true))
    }
}

pub(super) struct Bytecode {
    machine: RegoVM,
    keys: Keys,
}

impl Bytecode {
    pub(super) fn load(policy: &Policy) -> Result<Self, String> {
        let compiled = engine(policy)?
            .compile_with_entrypoint(&Arc::from(DECISION))
            .map_err(|error| error.to_string())?;
        let program =
            Compiler::compile_from_policy(&compiled, &[DECISION]).map_err(|error| error.to_string())?;
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_data(data(policy)?).map_err(|error| error.to_string())?;
        machine.set_max_instructions(INSTRUCTIONS);
        Ok(Self { machine, keys: Keys::new() })
    }
}

impl Asked for Bytecode {
    fn allows(&mut self, fields: &Fields) -> Result<bool, String> {
        self.machine.set_input(self.keys.input(fields)?);
        let value = self.machine.execute_entry_point_by_name(DECISION).map_err(|error| error.to_string())?;
        Ok(value == Value::from(true))
    }
}
