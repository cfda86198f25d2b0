//! What the proxy calls. Every hook contains its panics; what it cannot do is refused.
//!
//! Ownership: a configuration is an [`Arc`] that the proxy keeps until `config_destroy`, a stream's filter an [`Rc`]
//! until `destroy`. A hook holds one more count while it runs, since an answer may make the proxy destroy the filter
//! before the hook has returned.
#![expect(unsafe_code, reason = "the proxy calls foreign functions and passes pointers")]

use std::ffi::{CStr, c_char, c_void};
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;

use crate::abi::{Buffer, CONTINUE, ConfigHost, Header, Ours, STOP, StreamHost};
use crate::config::{Configuration, Shared, report};
use crate::envoy;
use crate::envoy::{Making, Stream, copy};
use crate::fault::{contained, report_panics};
use crate::metrics::Metrics;
use crate::route::Route;
use crate::stream::Filter;

/// Version of the interface that the module was written for. The proxy compares it only to warn.
const ABI_VERSION: &CStr = c"v0.2.0";

/// The first call, once a load of the module.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
    let ready = contained(|| {
        report_panics();
        doorward_flow::install_logger(envoy::log_enabled, envoy::log);
    });
    if ready.is_some() { ABI_VERSION.as_ptr() } else { std::ptr::null() }
}

/// Makes a configuration; null refuses it, and the proxy keeps what it has.
///
/// # Safety
/// The proxy passes its configuration and two readable buffers.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
    host: ConfigHost,
    name: Buffer,
    document: Buffer,
) -> Ours {
    let made = contained(|| {
        // SAFETY: by this hook's contract.
        let (name, document) = unsafe { (copy(name), copy(document)) };
        let shared = Shared::load(&name, &document)?;
        // SAFETY: this is the hook that makes a configuration.
        let metrics = Metrics::define(&unsafe { Making::new(host) });
        Ok(Arc::into_raw(Arc::new(Configuration { shared, metrics })).cast::<c_void>())
    });
    accepted(made, "configuration")
}

/// What is given to the proxy, or null and the reasons in the log.
fn accepted(made: Option<Result<Ours, String>>, place: &str) -> Ours {
    match made {
        Some(Ok(ours)) => ours,
        Some(Err(reasons)) => {
            report(place, &reasons);
            std::ptr::null()
        }
        None => {
            report(place, "internal fault while loading it; the place is in the line before");
            std::ptr::null()
        }
    }
}

/// # Safety
/// `ours` is what `config_new` returned; it is not used again.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_destroy(ours: Ours) {
    if !ours.is_null() {
        // SAFETY: by this hook's contract it is the count that config_new gave away.
        let configuration = unsafe { Arc::from_raw(ours.cast::<Configuration>()) };
        drop_contained(configuration);
    }
}

fn drop_contained<T>(value: T) {
    if contained(|| drop(value)).is_none() {
        envoy::log(doorward_flow::Level::Error, "doorward: internal fault while something was dropped");
    }
}

/// Makes what a route says for itself; null refuses it.
///
/// # Safety
/// The proxy passes two readable buffers.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_new(
    name: Buffer,
    document: Buffer,
) -> Ours {
    let made = contained(|| {
        // SAFETY: by this hook's contract.
        let (name, document) = unsafe { (copy(name), copy(document)) };
        Ok(Arc::into_raw(Arc::new(Route::load(&name, &document)?)).cast::<c_void>())
    });
    accepted(made, "configuration of a route")
}

/// # Safety
/// `ours` is what `per_route_config_new` returned; it is not used again.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_destroy(ours: Ours) {
    if !ours.is_null() {
        // SAFETY: by this hook's contract it is the count that per_route_config_new gave away.
        drop_contained(unsafe { Arc::from_raw(ours.cast::<Route>()) });
    }
}

/// Makes the filter of a stream; null makes the proxy answer 500.
///
/// # Safety
/// `ours` is a configuration that is not destroyed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn envoy_dynamic_module_on_http_filter_new(
    ours: Ours,
    _host: StreamHost,
) -> Ours {
    if ours.is_null() {
        return std::ptr::null();
    }
    let made = contained(|| {
        // SAFETY: by this hook's contract; the proxy keeps its own count.
        let configuration = ManuallyDrop::new(unsafe { Arc::from_raw(ours.cast::<Configuration>()) });
        Rc::into_raw(Rc::new(Filter::new(Arc::clone(&configuration)))).cast::<c_void>()
    });
    made.unwrap_or(std::ptr::null())
}

/// # Safety
/// `ours` is what `new` returned; it is not used again.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn envoy_dynamic_module_on_http_filter_destroy(ours: Ours) {
    if !ours.is_null() {
        // SAFETY: by this hook's contract it is the count that `new` gave away.
        drop_contained(unsafe { Rc::from_raw(ours.cast::<Filter>()) });
    }
}

/// One more count of a stream's filter, for as long as a hook runs.
///
/// # Safety
/// `ours` is what `new` returned, and not destroyed.
unsafe fn hold(ours: Ours) -> Option<Rc<Filter>> {
    let filter = ours.cast::<Filter>();
    if filter.is_null() {
        return None;
    }
    // SAFETY: by this function's contract; the count that is added is the one that is taken.
    unsafe {
        Rc::increment_strong_count(filter);
        Some(Rc::from_raw(filter))
    }
}

/// The request's head is complete.
///
/// # Safety
/// The proxy passes its stream and what `new` returned.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn envoy_dynamic_module_on_http_filter_request_headers(
    host: StreamHost,
    ours: Ours,
    _end_of_stream: bool,
) -> u32 {
    // SAFETY: by this hook's contract.
    let (Some(filter), Some(stream)) = (unsafe { hold(ours) }, unsafe { Stream::new(host) }) else {
        return STOP;
    };
    let route = stream.route().cast::<Route>();
    let route = if route.is_null() {
        None
    } else {
        // SAFETY: the proxy keeps a route's configuration while a stream uses the route; it is ours, since Envoy gives
        // each filter only what was made for it. One more count keeps it whatever an answer sets off.
        unsafe {
            Arc::increment_strong_count(route);
            Some(Arc::from_raw(route))
        }
    };
    let goes_on = filter.on_request_headers(&stream, route.as_deref());
    if contained(|| drop((filter, route))).is_none() {
        return STOP;
    }
    if goes_on { CONTINUE } else { STOP }
}

/// The response's head is complete.
///
/// # Safety
/// As the request's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn envoy_dynamic_module_on_http_filter_response_headers(
    host: StreamHost,
    ours: Ours,
    _end_of_stream: bool,
) -> u32 {
    // SAFETY: by this hook's contract.
    if let (Some(filter), Some(stream)) = (unsafe { hold(ours) }, unsafe { Stream::new(host) }) {
        filter.on_response_headers(&stream);
        drop_contained(filter);
    }
    CONTINUE
}

// What follows is asked for by the proxy and has nothing to do here. A request that was stopped at its head has no
// body passed on: the proxy holds it back, whatever is answered here.

/// Nothing to do.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_request_body(
    _: StreamHost,
    _: Ours,
    _: bool,
) -> u32 {
    CONTINUE
}

/// Nothing to do.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_request_trailers(_: StreamHost, _: Ours) -> u32 {
    CONTINUE
}

/// Nothing to do.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_response_body(
    _: StreamHost,
    _: Ours,
    _: bool,
) -> u32 {
    CONTINUE
}

/// Nothing to do.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_response_trailers(
    _: StreamHost,
    _: Ours,
) -> u32 {
    CONTINUE
}

/// Nothing to do.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_stream_complete(_: StreamHost, _: Ours) {}

/// No call-out is made.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_http_callout_done(
    _: StreamHost,
    _: Ours,
    _id: u64,
    _result: u32,
    _headers: *const Header,
    _headers_size: usize,
    _body: *const Buffer,
    _body_size: usize,
) {
}

/// No stream is opened.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_headers(
    _: StreamHost,
    _: Ours,
    _id: u64,
    _headers: *const Header,
    _headers_size: usize,
    _end_of_stream: bool,
) {
}

/// No stream is opened.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_data(
    _: StreamHost,
    _: Ours,
    _id: u64,
    _body: *const Buffer,
    _body_size: usize,
    _end_of_stream: bool,
) {
}

/// No stream is opened.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_trailers(
    _: StreamHost,
    _: Ours,
    _id: u64,
    _trailers: *const Header,
    _trailers_size: usize,
) {
}

/// No stream is opened.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_complete(
    _: StreamHost,
    _: Ours,
    _id: u64,
) {
}

/// No stream is opened.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_reset(
    _: StreamHost,
    _: Ours,
    _id: u64,
    _reason: u32,
) {
}

/// Nothing is scheduled.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_scheduled(_: StreamHost, _: Ours, _event: u64) {}

/// Nothing is written that could be slowed down.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark(
    _: StreamHost,
    _: Ours,
) {
}

/// Nothing is written that could be slowed down.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark(
    _: StreamHost,
    _: Ours,
) {
}
