"""Classes of the network, in the order of its class numbers, by their names in KITTI files and in delos."""

CLASSES = ("Car", "Van", "Truck", "Bus", "Cyclist", "Pedestrian")
DELOS_NAMES = tuple(name.lower() for name in CLASSES)
