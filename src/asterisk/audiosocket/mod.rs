//! AudioSocket: frame, connection, server.
