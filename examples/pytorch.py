"""A training in PyTorch whose epochs are logged: a loop to start from.

    python examples/pytorch.py FOLDER TREE.csv

FOLDER holds train/<class>/*.jpg and val/<class>/*.jpg. TREE.csv names the
groups of every class, the coarsest first; leave it out if you have none, and
the errors make one afterwards:

    class,group1,group2
    tabby,animals,cats
    husky,animals,dogs
    bus,vehicles,road vehicles

Put in your own network and data: what is logged are the lines with `log`. They
need neither TensorFlow nor Keras.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

import keras_hier as kh

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("folder", type=Path)
parser.add_argument("tree", type=Path, nargs="?")
parser.add_argument("--logdir", type=Path, default=Path("runs/pytorch"))
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--image-size", type=int, default=64)
parser.add_argument("--batch-size", type=int, default=128)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()
if any(args.logdir.glob("*/events.out.tfevents.*")):
    raise SystemExit(f"{args.logdir} holds a run: choose another --logdir.")
for split in ("train", "val"):
    if not (args.folder / split).is_dir():
        raise SystemExit(
            f"{args.folder / split} is no folder. Expected train/<class>/ and "
            f"val/<class>/ in {args.folder}."
        )


class ClassFolders(torch.utils.data.Dataset):
    """Images and labels, numbered as torchvision's ImageFolder does it."""

    def __init__(self, folder: Path) -> None:
        self.classes = sorted(p.name for p in folder.iterdir() if p.is_dir())
        if not self.classes:
            raise SystemExit(f"{folder} holds no class folders.")
        found = [
            (path, label)
            for label, name in enumerate(self.classes)
            for path in sorted((folder / name).iterdir())
            if path.suffix.lower() in Image.registered_extensions()
        ]
        self.paths = [path for path, _ in found]
        self.labels = [label for _, label in found]
        if empty := {*range(len(self.classes))} - {*self.labels}:
            empty_class = self.classes[min(empty)]
            raise SystemExit(f"{folder / empty_class} holds no images.")

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, at: int) -> tuple[torch.Tensor, int]:
        size = (args.image_size, args.image_size)
        with Image.open(self.paths[at]) as image:
            pixels = np.asarray(image.convert("RGB").resize(size), np.float32)
        return torch.from_numpy(pixels).permute(2, 0, 1) / 255, self.labels[at]


def network(classes: int, widths: tuple[int, ...] = (32, 64, 128, 256)) -> Any:
    """Returns a small network: convolutions, each of which halves the image."""
    layers: list[nn.Module] = []
    for before, width in zip((3, *widths), widths, strict=False):
        layers += [
            nn.Conv2d(before, width, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        ]
    pool = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, *pool, nn.Linear(widths[-1], classes))


torch.manual_seed(args.seed)
train = ClassFolders(args.folder / "train")
val = ClassFolders(args.folder / "val")
if val.classes != train.classes:
    raise SystemExit("train and val hold different classes.")
if args.tree:
    try:
        hierarchy = kh.Hierarchy.from_csv(args.tree, classes=train.classes)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{args.tree}: {error}") from error
else:  # all classes side by side
    hierarchy = kh.Hierarchy.from_nested(train.classes, classes=train.classes)
print(hierarchy)

device = "cuda" if torch.cuda.is_available() else "cpu"
model = network(len(train.classes)).to(device)
batches = torch.utils.data.DataLoader(train, args.batch_size, shuffle=True)
held_out = torch.utils.data.DataLoader(val, args.batch_size)
optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, 1e-2, epochs=args.epochs, steps_per_epoch=len(batches)
)
loss_of = nn.CrossEntropyLoss()
# Who always names the class of most images is right as often as this.
guess = np.bincount(val.labels).max() / len(val)

with kh.BlocksWriter(args.logdir, hierarchy) as log:
    for epoch in range(1, args.epochs + 1):
        model.train()
        for images, labels in batches:
            optimizer.zero_grad()
            loss = loss_of(model(images.to(device)), labels.to(device))
            loss.backward()
            optimizer.step()
            schedule.step()
        model.eval()
        with torch.inference_mode():
            logits = torch.cat([model(x.to(device)).cpu() for x, _ in held_out])
        log.predictions(val.labels, logits, step=epoch)  # [N], [N, C]
        log.flush()
        right = (logits.argmax(1) == torch.tensor(val.labels)).float().mean()
        print(
            f"epoch {epoch}: {right:.1%} of the validation images are right "
            f"(a blind guess: {guess:.1%})"
        )
    # Every sample of the last epoch, and the first 50 pictures of each class.
    names = [f"{path.parent.name}/{path.name}" for path in val.paths]
    index = log.samples(
        val.labels, logits, step=epoch, ids=names, from_logits=True
    )
    log.pictures(index, val.paths)

print(f"Now look: tensorboard --logdir {args.logdir.parent}")
if not args.tree:
    print(
        "A tree of the errors: keras-hier tree "
        f"{args.logdir} --from-confusions --relog {args.logdir}-by-errors"
    )
