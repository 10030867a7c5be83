"""The table of trees that the program reads (`crates/delos_detect/src/lidar/trees.rs`)."""

from dataclasses import dataclass

import numpy as np

VERSION = 1
DIGITS = 5
# The program looks at the sum of so many trees first, and no further below this sum.
GLANCE, HOPELESS = 20, -4.5


@dataclass
class Tree:
    """Questions and leaves: values up to `threshold[i]` go to `low[i]`, others to `high[i]`; a child below zero is leaf
    `-1 - child`."""

    number: list
    threshold: list
    low: list
    high: list
    leaf: list


@dataclass
class Kind:
    """A class: its trees, and slope and offset from their sum to the logarithm of the odds."""

    name: str
    line: tuple
    trees: list

    def sums(self, evidence):
        """Sums of the leaves, as the program computes them."""
        glance = sum((answers(tree, evidence) for tree in self.trees[:GLANCE]), np.zeros(len(evidence)))
        rest = sum((answers(tree, evidence) for tree in self.trees[GLANCE:]), np.zeros(len(evidence)))
        return glance + np.where(glance < HOPELESS, 0, rest)

    def shares(self, evidence):
        return share(self.line, self.sums(evidence))


def answers(tree, evidence):
    """The leaf of one tree for each row."""
    at = np.zeros(len(evidence), int) if tree.number else np.full(len(evidence), -1)
    while (going := at >= 0).any():
        node = at[going]
        values = evidence[np.flatnonzero(going), np.take(tree.number, node)]
        low = values <= np.take(np.array(tree.threshold, np.float32), node)
        at[going] = np.where(low, np.take(tree.low, node), np.take(tree.high, node))
    return np.take(tree.leaf, -1 - at)


def share(line, sums):
    return 1 / (1 + np.exp(-(line[0] * sums + line[1])))


def tree_of(structure):
    """A tree out of LightGBM's description. Parents come before their children."""
    tree = Tree([], [], [], [], [])

    def add(node):
        if "leaf_value" in node:
            tree.leaf.append(round(node["leaf_value"], DIGITS))
            return -len(tree.leaf)
        place = len(tree.number)
        tree.number.append(node["split_feature"])
        tree.threshold.append(at_most(node["threshold"]))
        tree.low.append(0)
        tree.high.append(0)
        tree.low[place] = add(node["left_child"])
        tree.high[place] = add(node["right_child"])
        return place

    add(structure)
    return tree


def at_most(value):
    """The largest f32 that is no larger: numbers of 32 bits compare with it as with the value itself."""
    single = np.float32(value)
    return single if float(single) <= value else np.nextafter(single, np.float32(-np.inf))


def write_table(path, names, kinds, origin):
    with open(path, "w", newline="\n") as out:
        out.write(f"# {origin}\nversion = {VERSION}\nevidence = [\n")
        out.writelines(f'    "{name}",\n' for name in names)
        out.write("]\n")
        for kind in kinds:
            slope, offset = kind.line
            out.write(f'\n[[kind]]\nname = "{kind.name}"\nline = [{slope:.4f}, {offset:.4f}]\ntree = [\n')
            out.writelines(f"    {row(tree)},\n" for tree in kind.trees)
            out.write("]\n")


def row(tree):
    lists = {"number": tree.number, "threshold": [short(v) for v in tree.threshold], "low": tree.low,
             "high": tree.high, "leaf": tree.leaf}
    return "{ " + ", ".join(f"{name} = [{', '.join(map(str, values))}]" for name, values in lists.items()) + " }"


def short(value):
    """The shortest decimal that is this f32 again; TOML wants a point in it."""
    return np.format_float_positional(value, unique=True, trim="0")
