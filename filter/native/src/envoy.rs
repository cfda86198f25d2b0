//! The calls to the proxy, made safe: what it answers is copied or lent for as long as it stands, and every status is
//! a value. All `unsafe` of calling is here; all of being called is in [`crate::hooks`].
#![expect(unsafe_code, reason = "the proxy's functions are foreign functions")]

use std::marker::PhantomData;
use std::ptr::NonNull;

use doorward_flow::{HeaderBlock, HostError, Level};

use crate::abi::{self, Buffer, ConfigHost, Header, StreamHost, level};
use crate::grpc;

/// What we answer ourselves where the proxy only says that it did not work.
const REFUSED: HostError = HostError(1);

/// Most header lines that are asked for at once: Envoy's own limit is 100 by default, and a configuration of ours
/// refuses a request above its `limits.headers`. More than this is refused unread.
const HEADER_LINES: usize = 16_384;

const fn done(worked: bool) -> Result<(), HostError> {
    if worked { Ok(()) } else { Err(REFUSED) }
}

const fn number(level: Level) -> u32 {
    match level {
        Level::Debug => level::DEBUG,
        Level::Info => level::INFO,
        Level::Warn => level::WARN,
        Level::Error => level::ERROR,
    }
}

/// Writes a line to the proxy's log.
pub(crate) fn log(level: Level, line: &str) {
    // SAFETY: the line outlives the call.
    unsafe { abi::envoy_dynamic_module_callback_log(number(level), Buffer::lend(line.as_bytes())) }
}

/// Whether the proxy writes lines of this level.
pub(crate) fn log_enabled(level: Level) -> bool {
    // SAFETY: no memory is passed.
    unsafe { abi::envoy_dynamic_module_callback_log_enabled(number(level)) }
}

/// How many workers the proxy runs.
pub(crate) fn concurrency() -> usize {
    // SAFETY: no memory is passed.
    usize::try_from(unsafe { abi::envoy_dynamic_module_callback_get_concurrency() }).unwrap_or(0)
}

/// Copies bytes of the proxy.
///
/// # Safety
/// The buffer is empty, or its bytes are readable now.
pub(crate) unsafe fn copy(buffer: Buffer) -> Vec<u8> {
    // SAFETY: by this function's contract.
    unsafe { bytes(&buffer) }.to_vec()
}

/// # Safety
/// As [`copy`], and the bytes stay as they are for as long as the result is used.
unsafe fn bytes(buffer: &Buffer) -> &[u8] {
    if buffer.data.is_null() {
        return &[];
    }
    // SAFETY: by this function's contract.
    unsafe { std::slice::from_raw_parts(buffer.data, buffer.length) }
}

/// A metric that was defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MetricId(usize);

/// The proxy's side of a configuration, while that is made: only then can metrics be defined.
pub(crate) struct Making<'a> {
    host: ConfigHost,
    during: PhantomData<&'a mut ()>,
}

impl Making<'_> {
    /// # Safety
    /// `host` is what the proxy passed to the hook that makes a configuration, and that hook is running.
    pub(crate) const unsafe fn new(host: ConfigHost) -> Self {
        Self { host, during: PhantomData }
    }

    /// A counter with these labels.
    pub(crate) fn counter(&self, name: &str, labels: &[&str]) -> Option<MetricId> {
        let labels: Vec<Buffer> = labels.iter().map(|label| Buffer::lend(label.as_bytes())).collect();
        let (name, mut id) = (Buffer::lend(name.as_bytes()), 0);
        // SAFETY: `host` is valid by the constructor's contract; names and places outlive the call.
        let status = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_config_define_counter(
                self.host,
                name,
                labels.as_ptr(),
                labels.len(),
                &raw mut id,
            )
        };
        (status == abi::METRIC_OK).then_some(MetricId(id))
    }

    /// A histogram.
    pub(crate) fn histogram(&self, name: &str) -> Option<MetricId> {
        let (name, mut id) = (Buffer::lend(name.as_bytes()), 0);
        // SAFETY: as above.
        let status = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_config_define_histogram(
                self.host,
                name,
                std::ptr::null(),
                0,
                &raw mut id,
            )
        };
        (status == abi::METRIC_OK).then_some(MetricId(id))
    }
}

/// The proxy's side of one HTTP stream, during one call of a hook.
pub(crate) struct Stream<'a> {
    host: NonNull<std::ffi::c_void>,
    during: PhantomData<&'a mut ()>,
}

impl Stream<'_> {
    /// The stream of a running hook; `None` where the proxy passed none.
    ///
    /// # Safety
    /// `host` is what the proxy passed to a hook of a stream, and that hook is running.
    pub(crate) unsafe fn new(host: StreamHost) -> Option<Self> {
        NonNull::new(host).map(|host| Self { host, during: PhantomData })
    }

    const fn host(&self) -> StreamHost {
        self.host.as_ptr()
    }

    /// A header map, copied.
    pub(crate) fn headers(&self, map: u32) -> Result<HeaderBlock, HostError> {
        // SAFETY: `host` is valid by the constructor's contract, here and below.
        let count = unsafe { abi::envoy_dynamic_module_callback_http_get_headers_size(self.host(), map) };
        if count > HEADER_LINES {
            return Err(REFUSED);
        }
        let mut lines = vec![Header { name: Buffer::EMPTY, value: Buffer::EMPTY }; count];
        // SAFETY: there is room for as many lines as the proxy said that there are, and nothing changed since.
        done(unsafe {
            abi::envoy_dynamic_module_callback_http_get_headers(self.host(), map, lines.as_mut_ptr())
        })?;
        let size = lines.iter().map(|line| line.name.length.saturating_add(line.value.length));
        let mut block = HeaderBlock::with_capacity(lines.len(), size.fold(0, usize::saturating_add));
        for line in &lines {
            // SAFETY: the lines stand until a header is changed, which nobody does meanwhile.
            let (name, value) = unsafe { (bytes(&line.name), bytes(&line.value)) };
            block.push(name, value);
        }
        Ok(block)
    }

    /// Replaces a header; no value removes it.
    pub(crate) fn set_header(&self, map: u32, name: &str, value: Option<&str>) -> Result<(), HostError> {
        let value = value.map_or(Buffer::EMPTY, |value| Buffer::lend(value.as_bytes()));
        // SAFETY: the slices outlive the call.
        done(unsafe {
            abi::envoy_dynamic_module_callback_http_set_header(
                self.host(),
                map,
                Buffer::lend(name.as_bytes()),
                value,
            )
        })
    }

    /// Adds a header line.
    pub(crate) fn add_header(&self, map: u32, name: &str, value: &str) -> Result<(), HostError> {
        // SAFETY: the slices outlive the call.
        done(unsafe {
            abi::envoy_dynamic_module_callback_http_add_header(
                self.host(),
                map,
                Buffer::lend(name.as_bytes()),
                Buffer::lend(value.as_bytes()),
            )
        })
    }

    /// Answers the stream. The proxy may call hooks of this stream before it returns.
    pub(crate) fn reply(&self, status: u16, headers: &[(String, String)], body: &str, details: &str) {
        let lend = |text: &str| Buffer::lend(text.as_bytes());
        let mut headers: Vec<Header> =
            headers.iter().map(|(name, value)| Header { name: lend(name), value: lend(value) }).collect();
        if self.is_grpc() {
            headers.push(Header { name: lend(grpc::STATUS), value: lend(grpc::status(status)) });
        }
        // SAFETY: the slices outlive the call, which copies them.
        unsafe {
            abi::envoy_dynamic_module_callback_http_send_response(
                self.host(),
                status.into(),
                headers.as_ptr(),
                headers.len(),
                Buffer::lend(body.as_bytes()),
                Buffer::lend(details.as_bytes()),
            );
        }
    }

    /// Whether Envoy will answer in gRPC's way.
    fn is_grpc(&self) -> bool {
        let mut value = Buffer::EMPTY;
        // SAFETY: name and place outlive the call; no count is asked for.
        let there = unsafe {
            abi::envoy_dynamic_module_callback_http_get_header(
                self.host(),
                abi::REQUEST_HEADERS,
                Buffer::lend(b"content-type"),
                &raw mut value,
                0,
                std::ptr::null_mut(),
            )
        };
        // SAFETY: the proxy's text stands until the header is changed.
        there && grpc::is_request(unsafe { bytes(&value) })
    }

    /// An attribute that is text; `None` when it is not there or empty.
    pub(crate) fn text(&self, attribute: u32) -> Option<Vec<u8>> {
        self.text_or_empty(attribute).filter(|value| !value.is_empty())
    }

    /// An attribute that is text and may be empty; `None` when it is not there.
    pub(crate) fn text_or_empty(&self, attribute: u32) -> Option<Vec<u8>> {
        let mut value = Buffer::EMPTY;
        // SAFETY: the place outlives the call.
        let there = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_get_attribute_string(
                self.host(),
                attribute,
                &raw mut value,
            )
        };
        // SAFETY: the proxy's text stands until the hook ends.
        there.then(|| unsafe { copy(value) })
    }

    /// An attribute that is a number.
    pub(crate) fn number(&self, attribute: u32) -> Option<u64> {
        let mut value = 0;
        // SAFETY: the place outlives the call.
        let there = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_get_attribute_int(
                self.host(),
                attribute,
                &raw mut value,
            )
        };
        there.then_some(value)
    }

    /// An attribute that is yes or no.
    pub(crate) fn flag(&self, attribute: u32) -> Option<bool> {
        let mut value = false;
        // SAFETY: the place outlives the call.
        let there = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_get_attribute_bool(
                self.host(),
                attribute,
                &raw mut value,
            )
        };
        there.then_some(value)
    }

    /// The text of a filter-state object; `None` when it is not there or empty.
    pub(crate) fn filter_state(&self, key: &str) -> Option<Vec<u8>> {
        let mut value = Buffer::EMPTY;
        // SAFETY: key and place outlive the call.
        let there = unsafe {
            abi::envoy_dynamic_module_callback_http_get_filter_state_bytes(
                self.host(),
                Buffer::lend(key.as_bytes()),
                &raw mut value,
            )
        };
        // SAFETY: the proxy's text stands until the object is changed or the hook ends.
        there.then(|| unsafe { copy(value) }).filter(|value| !value.is_empty())
    }

    /// Dynamic metadata: text.
    pub(crate) fn metadata_text(&self, namespace: &str, key: &str, value: &str) {
        let [namespace, key, value] = [namespace, key, value].map(|text| Buffer::lend(text.as_bytes()));
        // SAFETY: the slices outlive the call.
        unsafe {
            abi::envoy_dynamic_module_callback_http_set_dynamic_metadata_string(
                self.host(),
                namespace,
                key,
                value,
            );
        }
    }

    /// Dynamic metadata: a number.
    pub(crate) fn metadata_number(&self, namespace: &str, key: &str, value: f64) {
        let [namespace, key] = [namespace, key].map(|text| Buffer::lend(text.as_bytes()));
        // SAFETY: the slices outlive the call.
        unsafe {
            abi::envoy_dynamic_module_callback_http_set_dynamic_metadata_number(
                self.host(),
                namespace,
                key,
                value,
            );
        }
    }

    /// Dynamic metadata: yes or no.
    pub(crate) fn metadata_flag(&self, namespace: &str, key: &str, value: bool) {
        let [namespace, key] = [namespace, key].map(|text| Buffer::lend(text.as_bytes()));
        // SAFETY: the slices outlive the call.
        unsafe {
            abi::envoy_dynamic_module_callback_http_set_dynamic_metadata_bool(
                self.host(),
                namespace,
                key,
                value,
            );
        }
    }

    /// Dynamic metadata: one more text of a list.
    pub(crate) fn metadata_list_text(&self, namespace: &str, key: &str, value: &str) {
        let [namespace, key, value] = [namespace, key, value].map(|text| Buffer::lend(text.as_bytes()));
        // A list that the proxy does not take is metadata that is missing, not a request that fails.
        // SAFETY: the slices outlive the call.
        let _untaken = unsafe {
            abi::envoy_dynamic_module_callback_http_add_dynamic_metadata_list_string(
                self.host(),
                namespace,
                key,
                value,
            )
        };
    }

    /// The worker that runs this stream, counted from 0.
    pub(crate) fn worker(&self) -> usize {
        // SAFETY: no memory is passed.
        let index = unsafe { abi::envoy_dynamic_module_callback_http_filter_get_worker_index(self.host()) };
        usize::try_from(index).unwrap_or(usize::MAX)
    }

    /// What we gave the proxy for this stream's route, the most specific.
    pub(crate) fn route(&self) -> abi::Ours {
        // SAFETY: no memory is passed.
        unsafe { abi::envoy_dynamic_module_callback_get_most_specific_route_config(self.host()) }
    }

    /// Adds one to a counter.
    pub(crate) fn increment(&self, id: MetricId, labels: &[&str]) {
        let lent = labels.iter().map(|label| Buffer::lend(label.as_bytes()));
        let mut values = [Buffer::EMPTY; 1];
        let count = values.iter_mut().zip(lent).map(|(place, label)| *place = label).count();
        // A count that is lost is not worth a request.
        // SAFETY: the slices outlive the call.
        let _uncounted = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_increment_counter(
                self.host(),
                id.0,
                values.as_ptr(),
                count,
                1,
            )
        };
    }

    /// Records a histogram's value.
    pub(crate) fn record(&self, id: MetricId, value: u64) {
        // SAFETY: no memory is passed.
        let _unrecorded = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_record_histogram_value(
                self.host(),
                id.0,
                std::ptr::null(),
                0,
                value,
            )
        };
    }
}
