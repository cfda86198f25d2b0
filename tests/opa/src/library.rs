//! The C interface of OPA's library: the one file of this crate that is unsafe.
#![expect(unsafe_code, reason = "invariant: the library's C interface, as its Python bindings declare it")]

use std::ffi::{CStr, CString, c_char, c_int};
use std::sync::OnceLock;

use libloading::{Library, Symbol};

use crate::{Error, Result, find};

/// The functions of the library. They may be called from any thread, for one engine at a time from one.
struct Functions {
    new: unsafe extern "C" fn() -> u64,
    destroy: unsafe extern "C" fn(u64),
    free: unsafe extern "C" fn(*mut c_char),
    add_policy: unsafe extern "C" fn(u64, *const c_char, *const c_char) -> *mut c_char,
    add_data: unsafe extern "C" fn(u64, *const c_char, *const c_char) -> *mut c_char,
    evaluate: unsafe extern "C" fn(u64, *const c_char, *const c_char, c_int, c_int) -> *mut c_char,
}

/// The functions, loaded once in this process and never unloaded: the Go runtime in the library cannot be.
fn functions() -> Result<&'static Functions> {
    static FUNCTIONS: OnceLock<Result<Functions>> = OnceLock::new();
    FUNCTIONS.get_or_init(load).as_ref().map_err(Error::clone)
}

fn load() -> Result<Functions> {
    let path = find()?;
    // SAFETY: loading runs the initialisers of the file, which is OPA's own library: pinned by its hash where build.sh
    // fetches it, otherwise named by the user.
    let library =
        unsafe { Library::new(&path) }.map_err(|error| Error(format!("load {}: {error}", path.display())))?;
    // Never unloaded, so that the functions below live as long as the process.
    let library: &'static Library = Box::leak(Box::new(library));
    // SAFETY: the types are those that the wheel's own bindings (_native.py) declare for these names.
    unsafe {
        Ok(Functions {
            new: *symbol(library, "OpaNew")?,
            destroy: *symbol(library, "OpaDestroy")?,
            free: *symbol(library, "OpaFreeString")?,
            add_policy: *symbol(library, "OpaAddPolicy")?,
            add_data: *symbol(library, "OpaAddData")?,
            evaluate: *symbol(library, "OpaEvalDocument")?,
        })
    }
}

/// # Safety
/// `T` is the type of the function of that name.
unsafe fn symbol<T>(library: &'static Library, name: &str) -> Result<Symbol<'static, T>> {
    // SAFETY: as the caller says.
    unsafe { library.get(name.as_bytes()) }
        .map_err(|error| Error(format!("OPA's library has no {name}: {error}")))
}

/// One engine of the library; freed when dropped.
pub struct Handle {
    functions: &'static Functions,
    handle: u64,
}

impl Handle {
    /// A new engine.
    ///
    /// # Errors
    /// The library is not there.
    pub fn new() -> Result<Self> {
        let functions = functions()?;
        // SAFETY: takes nothing, gives a number.
        let handle = unsafe { (functions.new)() };
        Ok(Self { functions, handle })
    }

    /// Adds a module; the library's answer in JSON.
    ///
    /// # Errors
    /// The library gives no answer, or a text has a NUL in it.
    pub fn add_policy(&self, name: &str, source: &str) -> Result<String> {
        let (name, source) = (c_string(name)?, c_string(source)?);
        // SAFETY: the handle is live (it is destroyed on drop only); both texts end in NUL and outlive the call, which
        // copies them.
        let answer = unsafe { (self.functions.add_policy)(self.handle, name.as_ptr(), source.as_ptr()) };
        self.take(answer)
    }

    /// Adds data: JSON, merged below the dotted `path`; the library's answer in JSON.
    ///
    /// # Errors
    /// As [`Self::add_policy`].
    pub fn add_data(&self, path: &str, data: &str) -> Result<String> {
        let (path, data) = (c_string(path)?, c_string(data)?);
        // SAFETY: as in `add_policy`.
        let answer = unsafe { (self.functions.add_data)(self.handle, path.as_ptr(), data.as_ptr()) };
        self.take(answer)
    }

    /// The document at the dotted `path`, in the library's answer in JSON; `input` is JSON, or empty for no input.
    ///
    /// # Errors
    /// As [`Self::add_policy`].
    pub fn evaluate(&self, path: &str, input: &str) -> Result<String> {
        let (path, input) = (c_string(path)?, c_string(input)?);
        // SAFETY: as in `add_policy`; the two numbers say that neither coverage nor a trace is wanted.
        let answer = unsafe { (self.functions.evaluate)(self.handle, path.as_ptr(), input.as_ptr(), 0, 0) };
        self.take(answer)
    }

    fn take(&self, answer: *mut c_char) -> Result<String> {
        if answer.is_null() {
            return Err(Error("OPA's library gave no answer".to_owned()));
        }
        // SAFETY: not null, so it is a text of the library's that ends in NUL and is ours until it is freed.
        let text = unsafe { CStr::from_ptr(answer) }.to_string_lossy().into_owned();
        // SAFETY: the library allocated it, it is freed once, and nothing points into it any more.
        unsafe { (self.functions.free)(answer) };
        Ok(text)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is live and not used again.
        unsafe { (self.functions.destroy)(self.handle) };
    }
}

fn c_string(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error("OPA's library takes no text with a NUL in it".to_owned()))
}
