//! `doorward.wasm`: the proxy-wasm adapter.
//!
//! The SDK gives the callbacks ([`proxy_wasm::traits`]); the calls to the host are our own declarations in
//! [`hostcall`], since the SDK's panic where a host answers anything unexpected, and a panic here is an outage.
#![expect(missing_docs, reason = "the SDK's macro makes a public function")]

mod hostcall;
mod marshal;
mod metrics;
mod root;
mod stream;

use proxy_wasm::traits::RootContext;

proxy_wasm::main! {{
    hostcall::set_panic_hook();
    doorward_flow::install_logger(hostcall::log_enabled, hostcall::log);
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(root::Root::new()) });
}}
