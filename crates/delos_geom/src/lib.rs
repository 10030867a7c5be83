//! Geometry of boxes and images: IoU, non-maximum suppression, projection, ego motion
