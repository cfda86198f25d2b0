//! The engines that are compared: the same question to each, from the parts of a request to the answer.

mod doorward;
mod hand;
#[cfg(not(target_family = "wasm"))]
mod opa;
#[cfg(not(target_family = "wasm"))]
mod regorus;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::cases::{Engine, Fields, Policy, Suite};

/// An engine with a policy, ready to be asked again and again.
pub(crate) trait Asked {
    /// Builds the engine's input and asks. Only `true` allows.
    ///
    /// # Errors
    /// The evaluation came to no answer.
    fn allows(&mut self, fields: &Fields) -> Result<bool, String>;
}

/// What is loaded once and asked in several cases: some policies take an engine seconds to load.
pub(crate) type Loaded = Rc<RefCell<dyn Asked>>;

/// The engines of one run.
#[derive(Default)]
pub struct Engines(BTreeMap<(String, Engine), Loaded>);

impl Engines {
    pub(crate) fn loaded(&mut self, suite: &Suite, engine: Engine, policy: &str) -> Result<Loaded, String> {
        let key = (policy.to_owned(), engine);
        if let Some(loaded) = self.0.get(&key) {
            return Ok(Rc::clone(loaded));
        }
        let policy = suite.policies.get(policy).ok_or_else(|| format!("no policy {policy}"))?;
        let loaded = load(engine, policy)?;
        self.0.insert(key, Rc::clone(&loaded));
        Ok(loaded)
    }
}

fn load(engine: Engine, policy: &Policy) -> Result<Loaded, String> {
    Ok(match engine {
        Engine::Doorward => Rc::new(RefCell::new(doorward::Doorward::load(policy)?)),
        Engine::ByHand => Rc::new(RefCell::new(hand::ByHand::load(policy)?)),
        #[cfg(not(target_family = "wasm"))]
        Engine::Interpreter => Rc::new(RefCell::new(regorus::Interpreter::load(policy)?)),
        #[cfg(not(target_family = "wasm"))]
        Engine::Bytecode => Rc::new(RefCell::new(regorus::Bytecode::load(policy)?)),
        #[cfg(not(target_family = "wasm"))]
        Engine::Opa => Rc::new(RefCell::new(opa::Opa::load(policy)?)),
        #[cfg(target_family = "wasm")]
        Engine::Interpreter | Engine::Bytecode | Engine::Opa => {
            return Err("compared natively only".to_owned());
        }
    })
}
