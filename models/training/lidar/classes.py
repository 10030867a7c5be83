"""Classes of the network, in the order of its class numbers, and the classes of the simulator they stand for."""

CLASSES = ("car", "large_vehicle", "pedestrian", "cyclist")
CAR, LARGE, PEDESTRIAN, CYCLIST = range(4)
VEHICLES, PEOPLE = (CAR, LARGE), (PEDESTRIAN, CYCLIST)

# Numbers of the simulator: car, van, truck, bus, pedestrian, cyclist, motorcycle, anything else.
SIM_CAR, SIM_VAN, SIM_OTHER = 0, 1, 7
NO_CLASS = -1
OF_SIM = (CAR, LARGE, LARGE, LARGE, PEDESTRIAN, CYCLIST, CYCLIST, NO_CLASS)


def alike(number):
    """The classes that one of this class may be taken for."""
    return VEHICLES if number in VEHICLES else PEOPLE
