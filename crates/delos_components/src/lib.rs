//! One small adapter per component, and the registry
