//! The libraries in C, by the few functions that are needed of each.
#![allow(unsafe_code, reason = "they are in C")]

use crate::contestants::Convert;
use std::ffi::{c_char, c_double, c_int, c_longlong, c_uint, c_ulong, c_void};
use std::ptr::{null, null_mut};

/// Room for what may come out of one frame: a library may hold back and then give much at once.
const ROOM: usize = 16_384;

#[repr(C)]
struct IoSpec {
    itype: c_int,
    otype: c_int,
    scale: c_double,
    e: *mut c_void,
    flags: c_ulong,
}

#[repr(C)]
struct QualitySpec {
    precision: c_double,
    phase_response: c_double,
    passband_end: c_double,
    stopband_begin: c_double,
    e: *mut c_void,
    flags: c_ulong,
}

#[link(name = "soxr")]
unsafe extern "C" {
    fn soxr_io_spec(itype: c_int, otype: c_int) -> IoSpec;
    fn soxr_quality_spec(recipe: c_ulong, flags: c_ulong) -> QualitySpec;
    fn soxr_create(
        from: c_double,
        to: c_double,
        channels: c_uint,
        error: *mut *const c_char,
        io: *const IoSpec,
        quality: *const QualitySpec,
        runtime: *const c_void,
    ) -> *mut c_void;
    fn soxr_process(
        soxr: *mut c_void,
        input: *const c_void,
        input_length: usize,
        input_done: *mut usize,
        output: *mut c_void,
        output_length: usize,
        output_done: *mut usize,
    ) -> *const c_char;
    fn soxr_delete(soxr: *mut c_void);
}

#[link(name = "speexdsp")]
unsafe extern "C" {
    fn speex_resampler_init(
        channels: c_uint,
        from: c_uint,
        to: c_uint,
        quality: c_int,
        error: *mut c_int,
    ) -> *mut c_void;
    fn speex_resampler_process_int(
        state: *mut c_void,
        channel: c_uint,
        input: *const i16,
        input_length: *mut c_uint,
        output: *mut i16,
        output_length: *mut c_uint,
    ) -> c_int;
    fn speex_resampler_destroy(state: *mut c_void);
}

#[link(name = "swresample")]
unsafe extern "C" {
    fn swr_alloc_set_opts(
        swr: *mut c_void,
        out_layout: c_longlong,
        out_format: c_int,
        out_rate: c_int,
        in_layout: c_longlong,
        in_format: c_int,
        in_rate: c_int,
        log_offset: c_int,
        log: *mut c_void,
    ) -> *mut c_void;
    fn swr_init(swr: *mut c_void) -> c_int;
    fn swr_convert(
        swr: *mut c_void,
        output: *mut *mut u8,
        output_length: c_int,
        input: *mut *const u8,
        input_length: c_int,
    ) -> c_int;
    fn swr_free(swr: *mut *mut c_void);
}

#[link(name = "avutil")]
unsafe extern "C" {
    fn av_opt_set_int(object: *mut c_void, name: *const c_char, value: i64, flags: c_int) -> c_int;
}

/// libsoxr.
pub struct Soxr(*mut c_void);

impl Drop for Soxr {
    fn drop(&mut self) {
        unsafe { soxr_delete(self.0) };
    }
}

impl Soxr {
    /// `recipe`: 1 LQ, 2 MQ, 4 HQ, 6 VHQ.
    pub fn convert(from: u32, to: u32, recipe: u32) -> Convert {
        const INT16: c_int = 3;
        let mut error = null();
        let inner = unsafe {
            let (io, quality) = (soxr_io_spec(INT16, INT16), soxr_quality_spec(recipe.into(), 0));
            soxr_create(from.into(), to.into(), 1, &mut error, &io, &quality, null())
        };
        assert!(!inner.is_null() && error.is_null(), "soxr cannot be made");
        let soxr = Self(inner);
        let mut room = vec![0_i16; ROOM];
        Box::new(move |input, out| {
            let soxr = &soxr;
            let (mut taken, mut given) = (0, 0);
            let error = unsafe {
                soxr_process(
                    soxr.0,
                    input.as_ptr().cast(),
                    input.len(),
                    &mut taken,
                    room.as_mut_ptr().cast(),
                    ROOM,
                    &mut given,
                )
            };
            assert!(error.is_null() && taken == input.len(), "soxr left something");
            out.extend_from_slice(&room[..given]);
        })
    }
}

/// libspeexdsp.
pub struct Speex(*mut c_void);

impl Drop for Speex {
    fn drop(&mut self) {
        unsafe { speex_resampler_destroy(self.0) };
    }
}

impl Speex {
    /// `quality`: 0 to 10.
    pub fn convert(from: u32, to: u32, quality: i32) -> Convert {
        let mut error = 0;
        let inner = unsafe { speex_resampler_init(1, from, to, quality, &mut error) };
        assert!(!inner.is_null() && error == 0, "speexdsp cannot be made");
        let speex = Self(inner);
        let mut room = vec![0_i16; ROOM];
        Box::new(move |mut input, out| {
            let speex = &speex;
            while !input.is_empty() {
                let (mut taken, mut given) = (input.len() as c_uint, ROOM as c_uint);
                let error = unsafe {
                    speex_resampler_process_int(
                        speex.0,
                        0,
                        input.as_ptr(),
                        &mut taken,
                        room.as_mut_ptr(),
                        &mut given,
                    )
                };
                assert!(error == 0, "speexdsp: {error}");
                out.extend_from_slice(&room[..given as usize]);
                input = &input[taken as usize..];
            }
        })
    }
}

/// libswresample.
pub struct Swr(*mut c_void);

impl Drop for Swr {
    fn drop(&mut self) {
        unsafe { swr_free(&mut self.0) };
    }
}

impl Swr {
    /// `taps`: its `filter_size`.
    pub fn convert(from: u32, to: u32, taps: i64) -> Convert {
        const MONO: c_longlong = 4;
        const S16: c_int = 1;
        let inner = unsafe {
            let inner = swr_alloc_set_opts(
                null_mut(),
                MONO,
                S16,
                to as c_int,
                MONO,
                S16,
                from as c_int,
                0,
                null_mut(),
            );
            assert!(!inner.is_null(), "swresample cannot be made");
            assert!(av_opt_set_int(inner, c"filter_size".as_ptr(), taps, 0) >= 0, "filter_size");
            assert!(swr_init(inner) >= 0, "swresample cannot begin");
            inner
        };
        let swr = Self(inner);
        let mut room = vec![0_i16; ROOM];
        Box::new(move |input, out| {
            let swr = &swr;
            let mut output = room.as_mut_ptr().cast::<u8>();
            let mut from = input.as_ptr().cast::<u8>();
            let given = unsafe {
                swr_convert(swr.0, &mut output, ROOM as c_int, &mut from, input.len() as c_int)
            };
            assert!(given >= 0, "swresample: {given}");
            out.extend_from_slice(&room[..given as usize]);
        })
    }
}
