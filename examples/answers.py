"""Answers by a class, a group or nothing, at a promised accuracy.

    python examples/answers.py

Draws figures of 48 classes, trains a small network, chooses on figures kept
aside how sure an answer must be, and answers new ones. Takes a minute on a
laptop. Writes the samples for the tab, and a model that answers.
"""

import argparse
from pathlib import Path

import keras

import keras_hier as kh

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("--logdir", type=Path, default=Path("runs/answers"))
parser.add_argument("--accuracy", type=float, default=0.9, help="to promise")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--train", type=int, default=100, help="images a class")
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()
if any(args.logdir.glob("*/events.out.tfevents.*")):
    raise SystemExit(f"{args.logdir} holds a run: choose another --logdir.")

keras.utils.set_random_seed(args.seed)
hierarchy = kh.data.shapes.hierarchy()
# The network sees the first figures only; the second ones calibrate.
train, held_out, new = (
    kh.data.shapes.load(count, seed=args.seed + part)
    for part, count in enumerate((args.train, 20, 20))
)
model = keras.Sequential(
    [
        keras.layers.Rescaling(1 / 255),
        keras.layers.Conv2D(32, 5, 2, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(48, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(*train, epochs=args.epochs, verbose=2)

answers = kh.Answers.fit(
    model.predict(held_out[0], verbose=0), held_out[1], hierarchy, args.accuracy
)
scores = model.predict(new[0], verbose=0)
said = answers(scores)
found = answers.score(said, new[1])
alone = (scores.argmax(axis=1) == new[1]).mean()
print(f"Always a class: {alone:.1%} right.")
print(
    f"A class in {found.classes:.0%}, a group in {found.groups:.0%}, nothing "
    f"in {found.nothing:.0%}: {found.accuracy:.1%} right, {args.accuracy:.0%} "
    "promised."
)
numbering = kh.NodeLabels(hierarchy)
for true, label, sure in list(zip(new[1], *said, strict=True))[:10]:
    print(f"{hierarchy.names[true]}: {numbering.name(label)} ({sure:.0%} sure)")

kh.log_predictions(args.logdir, new[1], scores=scores, hierarchy=hierarchy)
kh.answering_model(model, answers).save(args.logdir / "answering.keras")
print(f"Now look: tensorboard --logdir {args.logdir.parent}")
