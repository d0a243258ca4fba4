//! Counts what is taken from the heap, by whichever language: the C library's own functions stand
//! behind these.
#![allow(unsafe_code, reason = "it takes the place of the C library's functions")]

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static TAKEN: AtomicU64 = AtomicU64::new(0);

/// How often something was taken since the program began.
pub fn taken() -> u64 {
    TAKEN.load(Relaxed)
}

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(old: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(align: usize, size: usize) -> *mut c_void;
}

/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    TAKEN.fetch_add(1, Relaxed);
    unsafe { __libc_malloc(size) }
}

/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    TAKEN.fetch_add(1, Relaxed);
    unsafe { __libc_calloc(count, size) }
}

/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(old: *mut c_void, size: usize) -> *mut c_void {
    TAKEN.fetch_add(1, Relaxed);
    unsafe { __libc_realloc(old, size) }
}

/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_memalign(out: *mut *mut c_void, align: usize, size: usize) -> c_int {
    TAKEN.fetch_add(1, Relaxed);
    let block = unsafe { __libc_memalign(align, size) };
    unsafe { *out = block };
    if block.is_null() { 12 } else { 0 }
}
