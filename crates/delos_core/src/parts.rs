//! The parts that a component's work falls into, for whoever measures it.

/// Bringing a sensor's data to a device.
pub const UPLOAD: &str = "upload";
/// Asking a device for its work and waiting for it, as far as its own clock does not account for it.
pub const LAUNCH: &str = "launch and wait";
/// Bringing a device's answer back.
pub const DOWNLOAD: &str = "download";
/// Making a sensor's data into a network's input.
pub const PREPROCESS: &str = "preprocess";
/// Running a network.
pub const NETWORK: &str = "network";
/// Making a network's answer into objects.
pub const POSTPROCESS: &str = "postprocess";
/// Making a scan into a raster of the ground.
pub const RASTER: &str = "raster";
/// Sorting a scan's points into pillars.
pub const VOXELISE: &str = "voxelise";
/// Running the network that describes each pillar.
pub const PILLAR_NETWORK: &str = "pillar net";
/// Laying what is said of the pillars over the ground.
pub const SCATTER: &str = "scatter";
/// Making the answer of a LiDAR network into objects.
pub const DECODE: &str = "decode";
/// Bringing the objects of network and clusters together.
pub const JOIN: &str = "join";
/// Finding ground and clusters in a scan.
pub const CLUSTERS: &str = "clusters";

/// Is told where the parts of a piece of work begin. Algorithms call it and know no clock;
/// the runtime, which has one, listens.
pub trait Parts {
    /// The part before ends here, and the one of this name begins. A part may come again.
    fn part(&mut self, name: &'static str);

    /// What the present part has to do at least: bytes that it must read or write in memory, and
    /// operations on numbers (a multiplication with addition counts as two). Says how far the
    /// time it takes lies above what the machine allows.
    fn load(&mut self, bytes: u64, operations: u64) {
        let _ = (bytes, operations);
    }

    /// The work of a device that has just ended, as its own clock measured it: the parts of what ended last, one after
    /// the other. What the processor did meanwhile is not told apart from them; what they leave of the present part
    /// stays with it.
    fn device_parts(&mut self, parts: &[DevicePart]) {
        let _ = parts;
    }
}

/// A part of a device's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DevicePart {
    /// Its name.
    pub name: &'static str,
    /// When it began by the device's clock, nanoseconds after the device's work as a whole began: where several
    /// streams run side by side, the parts told are not those that began it.
    pub start: u64,
    /// How long it took by the same clock, nanoseconds.
    pub nanos: u64,
    /// Bytes that it must read or write at least; 0 where nobody says.
    pub bytes: u64,
}

/// Listens to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unmeasured;

impl DevicePart {
    /// When it ended, nanoseconds after the device's work as a whole began.
    pub const fn end(&self) -> u64 {
        self.start.saturating_add(self.nanos)
    }
}

impl Parts for Unmeasured {
    fn part(&mut self, _name: &'static str) {}
}
