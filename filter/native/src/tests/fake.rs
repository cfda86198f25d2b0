//! A proxy in memory, behind the same symbols as the real one.
#![expect(unsafe_code, reason = "it stands in for foreign functions")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::c_void;

use crate::abi::{Buffer, ConfigHost, Header, Ours, REQUEST_HEADERS, StreamHost, attribute};
use crate::hooks;

thread_local! {
    static LOG: RefCell<Vec<(u32, String)>> = const { RefCell::new(Vec::new()) };
}

/// What this thread logged since the last call.
pub(super) fn take_log() -> Vec<(u32, String)> {
    LOG.with(RefCell::take)
}

/// A stream of the proxy.
#[derive(Default)]
pub(super) struct FakeStream {
    pub(super) request: RefCell<Vec<(Vec<u8>, Vec<u8>)>>,
    pub(super) response: RefCell<Vec<(Vec<u8>, Vec<u8>)>>,
    pub(super) texts: BTreeMap<u32, Vec<u8>>,
    pub(super) connection: Option<u64>,
    pub(super) mtls: Option<bool>,
    pub(super) filter_state: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) route: Cell<Option<Ours>>,
    pub(super) worker: u32,
    pub(super) refuses_changes: bool,
    /// Ends the stream while it takes the answer, as Envoy before 1.40 could.
    pub(super) destroys: Cell<Option<Ours>>,
    pub(super) replies: RefCell<Vec<(u32, String)>>,
    pub(super) counted: RefCell<Vec<String>>,
    pub(super) metadata: RefCell<BTreeMap<String, String>>,
}

impl FakeStream {
    pub(super) fn with_headers(headers: &[(&str, &str)]) -> Self {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let lines = headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
        Self { request: RefCell::new(lines), worker: 1, ..Self::default() }
    }

    pub(super) fn host(&self) -> StreamHost {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        first(&self.request, name)
    }

    /// A header of the answer.
    pub(super) fn reply_header(&self, name: &str) -> Option<String> {
        first(&self.response, name)
    }
}

fn first(lines: &RefCell<Vec<(Vec<u8>, Vec<u8>)>>, name: &str) -> Option<String> {
    let lines = lines.borrow();
    let line = lines.iter().find(|(line, _)| line == name.as_bytes());
    line.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
}

fn stream<'a>(host: StreamHost) -> &'a FakeStream {
    // SAFETY: the tests pass only `FakeStream::host`, of a stream that outlives the hook.
    unsafe { &*host.cast::<FakeStream>().cast_const() }
}

fn bytes(buffer: Buffer) -> Vec<u8> {
    // SAFETY: the module lends readable bytes.
    unsafe { crate::envoy::copy(buffer) }
}

fn text(buffer: Buffer) -> String {
    String::from_utf8(bytes(buffer)).unwrap()
}

fn give(place: *mut Buffer, value: &[u8]) -> bool {
    // SAFETY: the module passes a place for one buffer.
    unsafe { place.write(Buffer::lend(value)) };
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_log(level: u32, message: Buffer) {
    LOG.with(|log| log.borrow_mut().push((level, text(message))));
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_log_enabled(_level: u32) -> bool {
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_get_concurrency() -> u32 {
    2
}

fn map<'a>(host: StreamHost, map: u32) -> &'a RefCell<Vec<(Vec<u8>, Vec<u8>)>> {
    let stream = stream(host);
    if map == REQUEST_HEADERS { &stream.request } else { &stream.response }
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_get_headers_size(host: StreamHost, kind: u32) -> usize {
    map(host, kind).borrow().len()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_get_headers(
    host: StreamHost,
    kind: u32,
    headers: *mut Header,
) -> bool {
    for (at, (name, value)) in map(host, kind).borrow().iter().enumerate() {
        let header = Header { name: Buffer::lend(name), value: Buffer::lend(value) };
        // SAFETY: the module has room for as many as `get_headers_size` said.
        unsafe { headers.add(at).write(header) };
    }
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_get_header(
    host: StreamHost,
    kind: u32,
    name: Buffer,
    value: *mut Buffer,
    index: usize,
    _total: *mut usize,
) -> bool {
    let name = bytes(name);
    let lines = map(host, kind).borrow();
    let found = lines.iter().filter(|(line, _)| *line == name).nth(index);
    found.is_some_and(|(_, text)| give(value, text))
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_set_header(
    host: StreamHost,
    kind: u32,
    name: Buffer,
    value: Buffer,
) -> bool {
    let name = bytes(name);
    let mut lines = map(host, kind).borrow_mut();
    lines.retain(|(line, _)| *line != name);
    if !value.data.is_null() {
        lines.push((name, bytes(value)));
    }
    !stream(host).refuses_changes
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_add_header(
    host: StreamHost,
    kind: u32,
    name: Buffer,
    value: Buffer,
) -> bool {
    map(host, kind).borrow_mut().push((bytes(name), bytes(value)));
    !stream(host).refuses_changes
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_send_response(
    host: StreamHost,
    status: u32,
    headers: *const Header,
    headers_size: usize,
    _body: Buffer,
    details: Buffer,
) {
    let stream = stream(host);
    // SAFETY: the module passes as many lines as it says.
    let lines = (0..headers_size).map(|at| unsafe { headers.add(at).read() });
    stream.response.borrow_mut().extend(lines.map(|line| (bytes(line.name), bytes(line.value))));
    stream.replies.borrow_mut().push((status, text(details)));
    if let Some(filter) = stream.destroys.take() {
        hooks::envoy_dynamic_module_on_http_filter_stream_complete(host, filter);
        // SAFETY: the filter is the test's, destroyed once, here.
        unsafe { hooks::envoy_dynamic_module_on_http_filter_destroy(filter) };
    }
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_get_attribute_string(
    host: StreamHost,
    attribute: u32,
    value: *mut Buffer,
) -> bool {
    stream(host).texts.get(&attribute).is_some_and(|text| give(value, text))
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_get_attribute_int(
    host: StreamHost,
    attribute: u32,
    value: *mut u64,
) -> bool {
    let Some(id) = stream(host).connection.filter(|_| attribute == attribute::CONNECTION_ID) else {
        return false;
    };
    // SAFETY: the module passes a place for one number.
    unsafe { value.write(id) };
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_get_attribute_bool(
    host: StreamHost,
    attribute: u32,
    value: *mut bool,
) -> bool {
    let Some(flag) = stream(host).mtls.filter(|_| attribute == attribute::CONNECTION_MTLS) else {
        return false;
    };
    // SAFETY: the module passes a place for one flag.
    unsafe { value.write(flag) };
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_get_filter_state_bytes(
    host: StreamHost,
    key: Buffer,
    value: *mut Buffer,
) -> bool {
    stream(host).filter_state.get(&bytes(key)).is_some_and(|text| give(value, text))
}

fn note(host: StreamHost, namespace: Buffer, key: Buffer, value: String) {
    let key = format!("{}.{}", text(namespace), text(key));
    let mut metadata = stream(host).metadata.borrow_mut();
    let before = metadata.remove(&key);
    metadata.insert(key, before.map_or_else(|| value.clone(), |before| format!("{before},{value}")));
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_set_dynamic_metadata_string(
    host: StreamHost,
    namespace: Buffer,
    key: Buffer,
    value: Buffer,
) {
    note(host, namespace, key, text(value));
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_set_dynamic_metadata_number(
    host: StreamHost,
    namespace: Buffer,
    key: Buffer,
    value: f64,
) {
    note(host, namespace, key, value.to_string());
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_set_dynamic_metadata_bool(
    host: StreamHost,
    namespace: Buffer,
    key: Buffer,
    value: bool,
) {
    note(host, namespace, key, value.to_string());
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_add_dynamic_metadata_list_string(
    host: StreamHost,
    namespace: Buffer,
    key: Buffer,
    value: Buffer,
) -> bool {
    note(host, namespace, key, text(value));
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_get_most_specific_route_config(host: StreamHost) -> Ours {
    stream(host).route.get().unwrap_or(std::ptr::null())
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_get_worker_index(host: StreamHost) -> u32 {
    stream(host).worker
}

thread_local! {
    static METRICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn define(name: Buffer, id: *mut usize) -> u32 {
    METRICS.with(|metrics| {
        let mut metrics = metrics.borrow_mut();
        // SAFETY: the module passes a place for one number.
        unsafe { id.write(metrics.len()) };
        metrics.push(text(name));
    });
    0
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_define_counter(
    _host: ConfigHost,
    name: Buffer,
    _labels: *const Buffer,
    _labels_size: usize,
    id: *mut usize,
) -> u32 {
    define(name, id)
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_define_histogram(
    _host: ConfigHost,
    name: Buffer,
    _labels: *const Buffer,
    _labels_size: usize,
    id: *mut usize,
) -> u32 {
    define(name, id)
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_increment_counter(
    host: StreamHost,
    id: usize,
    labels: *const Buffer,
    labels_size: usize,
    _offset: u64,
) -> u32 {
    // SAFETY: the module passes as many labels as it says.
    let labels = (0..labels_size).map(|at| unsafe { labels.add(at).read() });
    let labels: Vec<String> = labels.map(text).collect();
    let name = METRICS.with(|metrics| metrics.borrow()[id].clone());
    stream(host).counted.borrow_mut().push(format!("{name}({})", labels.join(",")));
    0
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_record_histogram_value(
    host: StreamHost,
    id: usize,
    _labels: *const Buffer,
    _labels_size: usize,
    _value: u64,
) -> u32 {
    let name = METRICS.with(|metrics| metrics.borrow()[id].clone());
    stream(host).counted.borrow_mut().push(name);
    0
}

/// A configuration's host: never looked at.
pub(super) fn config_host() -> *mut c_void {
    std::ptr::without_provenance_mut(8)
}
