//! Inference sessions and devices: ONNX Runtime and CUDA, opened safely
