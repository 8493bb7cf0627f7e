"""Class folders: one folder of images per class."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

IMAGE_SUFFIXES = frozenset(
    (
        *(".jpeg", ".jpg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"),
        *(".ppm", ".pgm", ".jfif", ".jpe"),
    )
)
# Usual names of the folders of splits.
SPLIT_FOLDERS = {
    "train": ("train", "training"),
    "validation": ("validation", "val", "valid"),
    "test": ("test", "testing"),
}


def split_folder(source: Path, split: str) -> Path:
    """Returns the folder that holds the class folders of a split."""
    if not source.is_dir():
        raise ValueError(f"{source} is not a folder.")
    inside = _folders_in(source)
    for name in SPLIT_FOLDERS.get(split, (split,)):
        if not (source / name).is_dir():
            continue
        if len(inside) > 1 and not _folders_in(source / name):
            raise ValueError(
                f"{source / name} holds no class folders. If {name!r} is a "
                "class and no split, ask for a split that is named like no "
                "class: `split`, or --split of the command."
            )
        return source / name
    kinds = [inside.intersection(names) for names in SPLIT_FOLDERS.values()]
    found = set().union(*kinds)
    # One may be a class, as in CIFAR-100, which has trains.
    if found and (found == inside or sum(map(bool, kinds)) > 1):
        raise ValueError(
            f"{source} holds the splits {sorted(found)}, none of which is "
            f"{split!r}. Give the folder that holds the class folders."
        )
    return source


def _folders_in(folder: Path) -> set[str]:
    return {
        path.name
        for path in folder.iterdir()
        if path.is_dir() and not path.name.startswith(".")
    }


def class_folders(folder: Path) -> tuple[str, ...]:
    """Returns the class ids in label order: the folders' names, sorted."""
    classes = tuple(sorted(_folders_in(folder)))
    if not classes:
        raise ValueError(
            f"{folder} holds no class folders. Expected one folder per class, "
            "named by the class id, with the images inside."
        )
    for name in classes:
        if as_text(name) != name:
            raise ValueError(
                f"The class folder {as_text(name)!r} in {folder} is not named "
                "in UTF-8, as class ids must be. Rename it."
            )
    return classes


def as_text(name: str) -> str:
    """Returns a file name as UTF-8 text, with other bytes escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def find_images(folder: Path, classes: Sequence[str]) -> list[str]:
    """Lists the images of the classes, also in folders further down.

    Links are followed, hidden files and folders left out. Paths start at
    `folder`, have slashes and are sorted: the first part is the class.
    """
    files = [
        f"{name}/{file}"
        for name in classes
        for file in _files_below(folder / name)
        if Path(file).suffix.lower() in IMAGE_SUFFIXES
    ]
    if not files:
        raise ValueError(
            f"The class folders of {folder} hold no images. Expected files "
            f"that end in one of {sorted(IMAGE_SUFFIXES)}."
        )
    return files


def without_images(folder: Path, classes: Sequence[str]) -> str:
    """Says which files are in class folders without images."""
    kinds = Counter(
        as_text(Path(file).suffix.lower()) or "without a suffix"
        for file in _files_below(folder / classes[0])
    )
    others = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(5))
    more = f", nor do {len(classes) - 1} more" if len(classes) > 1 else ""
    return (
        f"The class folder {folder / classes[0]} holds no images{more}. "
        f"Files passed over in it: {others or 'none'}. Images end in one of "
        f"{sorted(IMAGE_SUFFIXES)}."
    )


def _files_below(
    folder: str | os.PathLike[str], around: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Yields the files in a folder inside `around` and further down, sorted."""
    place = os.path.realpath(folder)
    if place in around:  # a link back to one of them
        return
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.startswith("."):
            continue
        # Only a link takes another look, and one in a circle is no folder.
        is_link = entry.is_symlink()
        if os.path.isdir(entry.path) if is_link else entry.is_dir():
            for file in _files_below(entry.path, around | {place}):
                yield f"{entry.name}/{file}"
        else:
            yield entry.name
