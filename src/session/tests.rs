//! The session as its users see it.
