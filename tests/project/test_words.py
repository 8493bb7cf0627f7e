"""The docstrings of the library and of what lies around it have one style.

A function says in the third person what it does ("Returns the counts."), a
property says what it is ("The number of groups."). Sections come in one order,
and their entries begin with a lower-case word or with code.
"""

import ast
import re
from pathlib import Path

import pytest

import keras_hier

ROOT = Path(keras_hier.__file__).parents[1]
FILES = sorted(
    path
    for package in (
        "keras_hier",
        "tb_plugin",
        "benchmarks",
        "examples",
        "scripts",
        "study",
        "tests/support",
    )
    for path in (ROOT / package).rglob("*.py")
    if "node_modules" not in path.parts and "study/tests" not in str(path)
)
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef

ORDER = (
    "Args", "Attributes", "Returns", "Yields", "Raises", "Example", "Reference"
)  # fmt: skip
# Other spellings of these, so that none hides from the order.
OTHER_HEADS = (
    "Arguments", "Parameters", "Return", "Yield", "Raise", "Examples",
    "References",
)  # fmt: skip
ENTRY_SECTIONS = ("Args", "Attributes", "Raises")
# What is written with a capital letter inside of a sentence, too.
NAMES = {
    "False", "Keras", "None", "NumPy", "Pillow", "Playwright", "TensorBoard",
    "TensorFlow", "True", "WordNet",
}  # fmt: skip


def is_property(function):
    decorators = [ast.unparse(d) for d in function.decorator_list]
    return any(name.endswith("property") for name in decorators)


def documented(tree):
    """Yields the functions and classes of a module, and which are public.

    Functions within functions are left out: nobody reads about them elsewhere.
    """
    waiting = [(tree, True)]
    while waiting:
        parent, is_public = waiting.pop()
        for node in parent.body:
            if isinstance(node, FUNCTIONS | ast.ClassDef):
                public = is_public and not node.name.startswith("_")
                yield node, public
                if isinstance(node, ast.ClassDef):
                    waiting.append((node, public))


def sections(docstring):
    """Yields (head, lines) of the sections of a docstring."""
    heads = "|".join((*ORDER, *OTHER_HEADS))
    parts = re.split(rf"^({heads}):$", docstring, flags=re.MULTILINE)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def faults_of_function(function, docstring):
    """Yields what is wrong with the first words of a function."""
    first, _, rest = docstring.partition(" ")
    if is_property(function):
        if first in ("Return", "Returns", "Get", "Gets", "Tells"):
            yield f"a property is a thing: leave out {first!r}"
    # "Rows of a file" is a noun: a verb that ends in s has another object.
    elif not re.fullmatch("[A-Z][a-z]*s,?", first) or rest.startswith("of "):
        yield (
            "expected a verb in the third person first, such as 'Returns', "
            f"got {docstring.splitlines()[0]!r}"
        )


def faults_of_sections(docstring):
    """Yields what is wrong with the sections of a docstring."""
    heads = [head for head, _ in sections(docstring)]
    unknown = [head for head in heads if head not in ORDER]
    if unknown:
        yield f"expected sections among {ORDER}, got {unknown}"
    elif heads != sorted(set(heads), key=ORDER.index):
        yield f"expected sections in the order {ORDER}, got {heads}"
    for head, text in sections(docstring):
        if head not in ENTRY_SECTIONS:
            continue
        for name, word in re.findall(
            r"^    (\*{0,2}\w+): (A\b|[A-Z][a-z][\w-]*)", text, re.MULTILINE
        ):
            if word not in NAMES:
                yield (
                    f"{head}, {name}: expected a lower-case word or code "
                    f"first, got {word!r}"
                )
            elif word == "True" and f"{name}: True class" in text:
                yield f"{head}, {name}: expected 'true classes'"


def faults(source):
    """Yields (line, fault) of the docstrings of a module."""
    tree = ast.parse(source)
    if not ast.get_docstring(tree) and tree.body:
        yield 1, "the module has no docstring"
    for node, is_public in documented(tree):
        docstring = ast.get_docstring(node)
        if docstring is None:
            if is_public:
                yield node.lineno, f"{node.name} has no docstring"
            continue
        if isinstance(node, FUNCTIONS):
            for fault in faults_of_function(node, docstring):
                yield node.lineno, fault
        for fault in faults_of_sections(docstring):
            yield node.lineno, fault


def test_docstrings_have_one_style():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {fault}"
        for path in FILES
        for line, fault in faults(path.read_text("utf-8"))
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('def f():\n    """Return a number."""', "third person"),
        ('def f():\n    """The number of rows."""', "third person"),
        ('def f():\n    """Rows of a file."""', "third person"),
        ('@property\ndef f(self):\n    """Returns n."""', "is a thing"),
        ("def f(): pass", "f has no docstring"),
        ("class A:\n    '''A.'''\n    def f(self): pass", "f has no docstring"),
        (
            'def f(x):\n    """Makes y.\n\n    Returns:\n        y.\n\n'
            '    Args:\n        x: a number.\n    """',
            "in the order",
        ),
        (
            'def f(x):\n    """Makes y.\n\n    Parameters:\n        x: one.\n'
            '    """',
            "sections among",
        ),
        (
            'def f(x):\n    """Makes y.\n\n    Args:\n        x: A number.\n'
            '    """',
            "lower-case",
        ),
        (
            'def f(x):\n    """Makes y.\n\n    Args:\n        x: True class.\n'
            '    """',
            "true classes",
        ),
    ],
)
def test_each_fault_is_found(body, fault):
    (found,) = [text for _, text in faults(f'"""A module."""\n{body}\n')]
    assert fault in found
