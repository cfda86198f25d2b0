//! The calls to the host: every status is a value, no answer of the host can panic. All `unsafe` of the filter.
#![expect(unsafe_code, reason = "the host's functions are foreign functions")]

use doorward_flow::{HostError, Level};

/// proxy-wasm's `Ok`.
const OK: u32 = 0;
/// Header map of the request.
pub(crate) const REQUEST_HEADERS: u32 = 0;
/// Header map of the response.
pub(crate) const RESPONSE_HEADERS: u32 = 2;
/// The plugin's configuration.
const PLUGIN_CONFIGURATION: u32 = 7;
/// No gRPC status of our own: Envoy derives it from the HTTP status.
const GRPC_STATUS_UNSET: i32 = -1;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_log(level: u32, message: *const u8, size: usize) -> u32;
    fn proxy_get_log_level(level: *mut u32) -> u32;
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
    fn proxy_get_buffer_bytes(
        kind: u32,
        start: usize,
        max: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_replace_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        size: usize,
    ) -> u32;
    fn proxy_add_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        size: usize,
    ) -> u32;
    fn proxy_remove_header_map_value(map: u32, key: *const u8, key_size: usize) -> u32;
    fn proxy_get_property(path: *const u8, path_size: usize, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: i32,
    ) -> u32;
    fn proxy_define_metric(kind: u32, name: *const u8, size: usize, id: *mut u32) -> u32;
    fn proxy_increment_metric(id: u32, offset: i64) -> u32;
    fn proxy_record_metric(id: u32, value: u64) -> u32;
}

fn check(status: u32) -> Result<(), HostError> {
    if status == OK { Ok(()) } else { Err(HostError(status)) }
}

/// Takes over a buffer that the host allocated through the SDK's `proxy_on_memory_allocate`, which makes a boxed
/// slice of exactly `size` bytes. The host gives a null pointer for an empty value.
///
/// # Safety
/// `data` must be null, or come from that function with that `size` and be taken once.
unsafe fn take(data: *mut u8, size: usize) -> Vec<u8> {
    if data.is_null() {
        return Vec::new();
    }
    // SAFETY: by this function's contract the memory is ours, of this length and capacity.
    unsafe { Vec::from_raw_parts(data, size, size) }
}

fn receive(call: impl FnOnce(*mut *mut u8, *mut usize) -> u32) -> Result<Vec<u8>, HostError> {
    let mut data = std::ptr::null_mut();
    let mut size = 0;
    check(call(&raw mut data, &raw mut size))?;
    // SAFETY: the host wrote both together, once.
    Ok(unsafe { take(data, size) })
}

const fn level_number(level: Level) -> u32 {
    match level {
        Level::Debug => 1,
        Level::Info => 2,
        Level::Warn => 3,
        Level::Error => 4,
    }
}

/// Writes a line to the proxy's log.
pub(crate) fn log(level: Level, message: &str) {
    // A log that cannot be written has nowhere to say so.
    // SAFETY: the slice lives during the call.
    let _unwritten = unsafe { proxy_log(level_number(level), message.as_ptr(), message.len()) };
}

/// Whether the proxy writes lines of this level; yes when it does not say.
pub(crate) fn log_enabled(level: Level) -> bool {
    let mut least = 0;
    // SAFETY: the place lives during the call.
    let status = unsafe { proxy_get_log_level(&raw mut least) };
    status != OK || level_number(level) >= least
}

/// Says where a panic was, and not what: the message may hold what a client sent.
pub(crate) fn set_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        log(Level::Error, &format!("doorward: internal fault{place}; this worker's filter restarts"));
    }));
}

/// Wall-clock time, nanoseconds since 1970.
pub(crate) fn now_nanos() -> Result<u64, HostError> {
    let mut time = 0;
    // SAFETY: the place lives during the call.
    check(unsafe { proxy_get_current_time_nanoseconds(&raw mut time) })?;
    Ok(time)
}

/// The plugin's configuration.
pub(crate) fn configuration() -> Result<Vec<u8>, HostError> {
    // SAFETY: the places live during the call.
    receive(|data, size| unsafe { proxy_get_buffer_bytes(PLUGIN_CONFIGURATION, 0, usize::MAX, data, size) })
}

/// A whole header map, marshalled.
pub(crate) fn header_pairs(map: u32) -> Result<Vec<u8>, HostError> {
    // SAFETY: the places live during the call.
    receive(|data, size| unsafe { proxy_get_header_map_pairs(map, data, size) })
}

/// A property; `None` when it does not exist or is empty.
pub(crate) fn property(path: &[&str]) -> Option<Vec<u8>> {
    property_or_empty(path).filter(|value| !value.is_empty())
}

/// The same where an empty value means something else than none.
pub(crate) fn property_or_empty(path: &[&str]) -> Option<Vec<u8>> {
    let path = path.join("\0");
    // SAFETY: the path and the places live during the call.
    receive(|data, size| unsafe { proxy_get_property(path.as_ptr(), path.len(), data, size) }).ok()
}

/// Replaces a header.
pub(crate) fn set_header(map: u32, name: &str, value: &str) -> Result<(), HostError> {
    // SAFETY: the slices live during the call.
    check(unsafe {
        proxy_replace_header_map_value(map, name.as_ptr(), name.len(), value.as_ptr(), value.len())
    })
}

/// Adds a header line.
pub(crate) fn add_header(map: u32, name: &str, value: &str) -> Result<(), HostError> {
    // SAFETY: the slices live during the call.
    check(unsafe { proxy_add_header_map_value(map, name.as_ptr(), name.len(), value.as_ptr(), value.len()) })
}

/// Removes a header.
pub(crate) fn remove_header(map: u32, name: &str) -> Result<(), HostError> {
    // SAFETY: the slice lives during the call.
    check(unsafe { proxy_remove_header_map_value(map, name.as_ptr(), name.len()) })
}

/// Answers the request; `headers` are marshalled.
pub(crate) fn reply(status: u16, details: &str, body: &str, headers: &[u8]) -> Result<(), HostError> {
    // SAFETY: the slices live during the call.
    check(unsafe {
        proxy_send_local_response(
            status.into(),
            details.as_ptr(),
            details.len(),
            body.as_ptr(),
            body.len(),
            headers.as_ptr(),
            headers.len(),
            GRPC_STATUS_UNSET,
        )
    })
}

/// Defines a metric: 0 a counter, 2 a histogram.
pub(crate) fn define_metric(kind: u32, name: &str) -> Result<u32, HostError> {
    let mut id = 0;
    // SAFETY: the slice and the place live during the call.
    check(unsafe { proxy_define_metric(kind, name.as_ptr(), name.len(), &raw mut id) })?;
    Ok(id)
}

/// Adds one to a counter.
pub(crate) fn increment(id: u32) {
    // A count that is lost is not worth a request.
    // SAFETY: no memory is passed.
    let _uncounted = unsafe { proxy_increment_metric(id, 1) };
}

/// Records a histogram's value.
pub(crate) fn record(id: u32, value: u64) {
    // SAFETY: no memory is passed.
    let _unrecorded = unsafe { proxy_record_metric(id, value) };
}
