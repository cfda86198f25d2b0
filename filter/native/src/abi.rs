//! The part of Envoy's dynamic-module interface that we use, as Envoy 1.39 and later export it. Types and
//! declarations only; whoever calls these is in [`crate::envoy`].
//!
//! Source: the `abi.h` of Envoy's dynamic modules. Released names, signatures, layouts and numbers are frozen there;
//! newer ones are added beside them. Every function that is declared here is in the oldest supported Envoy, since
//! one that is not would keep the module from loading.

use std::ffi::c_void;

/// Bytes that belong to whoever made them, for the time of one call.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Buffer {
    pub(crate) data: *const u8,
    pub(crate) length: usize,
}

impl Buffer {
    pub(crate) const EMPTY: Self = Self { data: std::ptr::null(), length: 0 };

    /// Lends bytes to the proxy. They must outlive the call that they are passed to. Also a value that is empty is there:
    /// an empty slice's pointer is never null, as that of [`Buffer::EMPTY`] is.
    pub(crate) const fn lend(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr(), length: bytes.len() }
    }
}

/// A header line, as [`Buffer`] is.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) name: Buffer,
    pub(crate) value: Buffer,
}

/// The proxy's side of a filter configuration. Never dereferenced here.
pub(crate) type ConfigHost = *mut c_void;
/// The proxy's side of one HTTP stream. Never dereferenced here.
pub(crate) type StreamHost = *mut c_void;
/// What we gave the proxy to keep for us.
pub(crate) type Ours = *const c_void;

/// Which header map.
pub(crate) const REQUEST_HEADERS: u32 = 0;
/// Which header map.
pub(crate) const RESPONSE_HEADERS: u32 = 2;

/// What a hook answers: on to the next filter.
pub(crate) const CONTINUE: u32 = 0;
/// What a hook answers: the request stops here.
pub(crate) const STOP: u32 = 1;

/// A metric call that worked.
pub(crate) const METRIC_OK: u32 = 0;

/// Places in `envoy_dynamic_module_type_attribute_id`.
pub(crate) mod attribute {
    pub(crate) const REQUEST_PROTOCOL: u32 = 10;
    pub(crate) const SOURCE_ADDRESS: u32 = 24;
    pub(crate) const SOURCE_PORT: u32 = 25;
    pub(crate) const DESTINATION_ADDRESS: u32 = 26;
    pub(crate) const DESTINATION_PORT: u32 = 27;
    pub(crate) const CONNECTION_ID: u32 = 28;
    pub(crate) const CONNECTION_MTLS: u32 = 29;
    pub(crate) const URI_SAN_LOCAL_CERTIFICATE: u32 = 36;
    pub(crate) const SHA256_PEER_CERTIFICATE_DIGEST: u32 = 38;
    pub(crate) const XDS_ROUTE_NAME: u32 = 61;
}

/// Levels of the proxy's log.
pub(crate) mod level {
    pub(crate) const DEBUG: u32 = 1;
    pub(crate) const INFO: u32 = 2;
    pub(crate) const WARN: u32 = 3;
    pub(crate) const ERROR: u32 = 4;
}

unsafe extern "C" {
    pub(crate) fn envoy_dynamic_module_callback_log(level: u32, message: Buffer);
    pub(crate) fn envoy_dynamic_module_callback_log_enabled(level: u32) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_get_concurrency() -> u32;

    pub(crate) fn envoy_dynamic_module_callback_http_get_header(
        host: StreamHost,
        map: u32,
        name: Buffer,
        value: *mut Buffer,
        index: usize,
        count: *mut usize,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_get_headers_size(host: StreamHost, map: u32) -> usize;
    pub(crate) fn envoy_dynamic_module_callback_http_get_headers(
        host: StreamHost,
        map: u32,
        headers: *mut Header,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_set_header(
        host: StreamHost,
        map: u32,
        name: Buffer,
        value: Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_add_header(
        host: StreamHost,
        map: u32,
        name: Buffer,
        value: Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_send_response(
        host: StreamHost,
        status: u32,
        headers: *const Header,
        headers_size: usize,
        body: Buffer,
        details: Buffer,
    );

    pub(crate) fn envoy_dynamic_module_callback_http_filter_get_attribute_string(
        host: StreamHost,
        attribute: u32,
        value: *mut Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_get_attribute_int(
        host: StreamHost,
        attribute: u32,
        value: *mut u64,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_get_attribute_bool(
        host: StreamHost,
        attribute: u32,
        value: *mut bool,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_get_filter_state_bytes(
        host: StreamHost,
        key: Buffer,
        value: *mut Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_set_dynamic_metadata_string(
        host: StreamHost,
        namespace: Buffer,
        key: Buffer,
        value: Buffer,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_set_dynamic_metadata_number(
        host: StreamHost,
        namespace: Buffer,
        key: Buffer,
        value: f64,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_set_dynamic_metadata_bool(
        host: StreamHost,
        namespace: Buffer,
        key: Buffer,
        value: bool,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_add_dynamic_metadata_list_string(
        host: StreamHost,
        namespace: Buffer,
        key: Buffer,
        value: Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_get_most_specific_route_config(host: StreamHost) -> Ours;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_get_worker_index(host: StreamHost) -> u32;

    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_define_counter(
        host: ConfigHost,
        name: Buffer,
        labels: *const Buffer,
        labels_size: usize,
        id: *mut usize,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_define_histogram(
        host: ConfigHost,
        name: Buffer,
        labels: *const Buffer,
        labels_size: usize,
        id: *mut usize,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_increment_counter(
        host: StreamHost,
        id: usize,
        labels: *const Buffer,
        labels_size: usize,
        offset: u64,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_record_histogram_value(
        host: StreamHost,
        id: usize,
        labels: *const Buffer,
        labels_size: usize,
        value: u64,
    ) -> u32;
}

#[cfg(test)]
mod tests {
    use std::mem::{align_of, offset_of, size_of};

    use super::*;

    /// The layouts of `abi.h` on a 64-bit machine: a pointer, a length, without padding.
    #[test]
    fn layouts_are_those_of_the_interface() {
        assert_eq!((size_of::<Buffer>(), align_of::<Buffer>()), (16, 8));
        assert_eq!((offset_of!(Buffer, data), offset_of!(Buffer, length)), (0, 8));
        assert_eq!((size_of::<Header>(), align_of::<Header>()), (32, 8));
        assert_eq!((offset_of!(Header, name), offset_of!(Header, value)), (0, 16));
    }
}
