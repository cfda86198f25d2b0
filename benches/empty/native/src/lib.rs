//! A dynamic module that does nothing: what Envoy itself spends on having one. It has the hooks that Envoy asks for, as
//! `filter/native/src/hooks.rs` has them, and calls nothing.
#![expect(unsafe_code, reason = "the proxy calls functions by their names")]

use std::ffi::{CStr, c_char, c_void};

const ABI_VERSION: &CStr = c"v0.2.0";
/// What every hook answers: on to the next filter.
const CONTINUE: u32 = 0;
/// What stands for a configuration and for a stream's filter: the proxy only wants it not to be null.
static SOMETHING: u8 = 0;

type Host = *mut c_void;
type Ours = *const c_void;
type Parts = *const c_void;

#[repr(C)]
struct Buffer {
    data: *const u8,
    length: usize,
}

fn something() -> Ours {
    (&raw const SOMETHING).cast()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
    ABI_VERSION.as_ptr()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
    _: Host,
    _name: Buffer,
    _document: Buffer,
) -> Ours {
    something()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_new(
    _name: Buffer,
    _document: Buffer,
) -> Ours {
    something()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_new(_: Ours, _: Host) -> Ours {
    something()
}

/// Hooks that go on to the next filter.
macro_rules! goes_on {
    ($($hook:ident($($argument:ty),*);)*) => { $(
        #[unsafe(no_mangle)]
        extern "C" fn $hook($(_: $argument),*) -> u32 {
            CONTINUE
        }
    )* };
}

/// Hooks that answer nothing.
macro_rules! nothing {
    ($($hook:ident($($argument:ty),*);)*) => { $(
        #[unsafe(no_mangle)]
        extern "C" fn $hook($(_: $argument),*) {}
    )* };
}

goes_on! {
    envoy_dynamic_module_on_http_filter_request_headers(Host, Ours, bool);
    envoy_dynamic_module_on_http_filter_request_body(Host, Ours, bool);
    envoy_dynamic_module_on_http_filter_request_trailers(Host, Ours);
    envoy_dynamic_module_on_http_filter_response_headers(Host, Ours, bool);
    envoy_dynamic_module_on_http_filter_response_body(Host, Ours, bool);
    envoy_dynamic_module_on_http_filter_response_trailers(Host, Ours);
}

nothing! {
    envoy_dynamic_module_on_http_filter_config_destroy(Ours);
    envoy_dynamic_module_on_http_filter_per_route_config_destroy(Ours);
    envoy_dynamic_module_on_http_filter_destroy(Ours);
    envoy_dynamic_module_on_http_filter_stream_complete(Host, Ours);
    envoy_dynamic_module_on_http_filter_http_callout_done(Host, Ours, u64, u32, Parts, usize, Parts, usize);
    envoy_dynamic_module_on_http_filter_http_stream_headers(Host, Ours, u64, Parts, usize, bool);
    envoy_dynamic_module_on_http_filter_http_stream_data(Host, Ours, u64, Parts, usize, bool);
    envoy_dynamic_module_on_http_filter_http_stream_trailers(Host, Ours, u64, Parts, usize);
    envoy_dynamic_module_on_http_filter_http_stream_complete(Host, Ours, u64);
    envoy_dynamic_module_on_http_filter_http_stream_reset(Host, Ours, u64, u32);
    envoy_dynamic_module_on_http_filter_scheduled(Host, Ours, u64);
    envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark(Host, Ours);
    envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark(Host, Ours);
}
