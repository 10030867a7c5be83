//! Where a network really ran, in words.

use delos_infer::Placement;

/// `, cuda:0 for auto, 84 nodes on CUDA, no copies`: what follows the name of a network. Devices are
/// named where they differ, sessions one after the other.
pub(crate) fn obtained(asked: &str, obtained: &str, sessions: &[Placement]) -> String {
    if sessions.is_empty() {
        return String::new();
    }
    let devices =
        if asked == obtained { String::new() } else { format!(", {obtained} for {asked}") };
    let nodes: Vec<String> = sessions.iter().map(Placement::to_string).collect();
    format!("{devices}, {}", nodes.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_infer::Device;

    #[test]
    fn a_device_is_named_where_it_is_another_one() {
        let session = |asked, obtained: Device| Placement {
            network: "net.onnx".into(),
            asked,
            obtained,
            nodes: [(obtained.provider().to_owned(), 7)].into(),
            fallen_back: Vec::new(),
            copies: Some(0),
        };
        let cpu = [session(Device::Cpu, Device::Cpu)];
        assert_eq!(obtained("cpu", "cpu", &cpu), ", 7 nodes on CPU");
        let gpu = [session(Device::Auto, Device::Cuda(0)), session(Device::Auto, Device::Cuda(0))];
        let wanted = ", cuda:0 for auto, 7 nodes on CUDA, no copies; 7 nodes on CUDA, no copies";
        assert_eq!(obtained("auto", "cuda:0", &gpu), wanted);
        assert_eq!(obtained("cpu", "cpu", &[]), "", "files of earlier versions do not tell");
    }
}
