"""A user's program in which it finds each line that is marked."""

import keras_hier as kh
from keras_hier.analysis import evidence

tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog")])
size: int = tree.num_classes
wrong: int = tree.classes  # wrong
kh.ConfusionMatrix(hierarchy=5)  # wrong
kh.ConfusionMatrix(tree, foo=1)  # wrong
kh.ConfusionMatrix(tree)
a = kh.NoSuchThing  # wrong
b = kh.data.no_such_thing  # wrong
c = kh.analysis.no_such_thing  # wrong
d = evidence.no_such_thing  # wrong
kh.log_predictions("run", [0], [1], hierarchy="imagenet")  # wrong
kh.log_predictions("run", [0], [1], tree)  # wrong
kh.BlocksCallback("run", every="epoch")  # wrong
kh.BlocksWriter("run")  # wrong
kh.RunLog("run").matrix(epoch="last")  # wrong
kh.apply_verdicts([0], "verdicts.csv", [1])  # wrong
kh.Hierarchy.from_wordnet(["lion"], senses=[1])  # wrong
tree.cut(4)  # wrong
kh.Hierarchy.imagenet().cut(groups="4")  # wrong
kh.compile_args(object(), tree, label_mode="ids")  # wrong
kh.targets(object(), label_mode="nodes")
kh.losses.HierarchicalCrossentropy(tree.classes)  # wrong
kh.heads.hidden(unit=128)  # wrong
