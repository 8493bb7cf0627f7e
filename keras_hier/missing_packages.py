"""Names the command that installs a missing package.

Keras need not be installed: only training needs it.
"""

# The modules that `pip install keras-hier` brings along.
_OWN = (
    *("keras", "tensorflow", "tensorboard", "numpy", "scipy", "threadpoolctl"),
    *("nltk", "PIL", "tqdm"),
)
# Packages of another name than their module.
_CALLED = {"fpdf": "fpdf2"}


def named(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Returns an error that says what to install.

    A module of this package that is not there is a fault, and no package.
    """
    package = (error.name or "").partition(".")[0]
    if package in ("", "keras_hier", "tb_plugin"):
        return error
    package = _CALLED.get(package, package)
    command = f"pip install {'keras-hier' if package in _OWN else package}"
    return ModuleNotFoundError(
        f"this needs the package {package!r}, which is not installed: "
        f"{command}",
        name=error.name,
        path=error.path,
    )
