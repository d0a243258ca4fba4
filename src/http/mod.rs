//! HTTP: health, metrics, registration of calls, hand-back.
