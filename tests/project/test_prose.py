"""The prose of pages, docstrings and comments, as far as it can be counted.

Sentences have at most 35 words and begin with their subject. Words that this
project once made up are not used where the field has its own.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md")),
    *(
        ROOT / "study" / f"{name}.md"
        for name in ("README", "results", "protocol")
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
]
MOST_WORDS = 35
OPENINGS = ("Of ", "That ", "What ")
PRIVATE = (
    "heads asked", "asked too", "asking the heads", "is told", "worth of",
)  # fmt: skip


def sentences(text):
    """Yields the sentences of a page: no code, tables, headings or links."""
    text = re.sub(r"<!--.*?-->|^```.*?^```$", "\n\n", text, flags=re.S | re.M)
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*>#|]|\d+\.)\s?)", text):
        line = " ".join(block.split())
        if not line or line[0] in "#|!:" or line.startswith(("- [", "[")):
            continue
        line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line)
        line = re.sub(r"`[^`]*`", "Code", line.replace("*", ""))
        yield from re.split(r"(?<=[.?!])\s+(?=[A-Z0-9\"(])", line.strip("-> "))


def wrong(found):
    return [
        each
        for each in found
        if len(each.split()) > MOST_WORDS
        or each.startswith(OPENINGS)
        or any(word in each for word in PRIVATE)
    ]


def texts_in(code):
    """Yields the docstrings and the comments of a module."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (
            text := ast.get_docstring(node)
        ):
            yield text
    lines = code.splitlines()
    block, last = [], 0
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type != tokenize.COMMENT:
            continue
        row, column = token.start
        if lines[row - 1][:column].strip():  # beside code
            continue
        if row != last + 1:
            yield " ".join(block)
            block = []
        block.append(token.string.lstrip("# "))
        last = row
    yield " ".join(block)


def sentences_of(text):
    """Yields the sentences of a docstring or comment, without its examples."""
    text = re.sub(r"^ *(>>>|\.\.\.)(.*\n?(?! *$).)*", "\n\n", text, flags=re.M)
    ends = r"\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.|[\w`*]+:)\s)|\n(?=\s*[A-Z]\w+:\n)"
    for block in re.split(ends, text):
        line = " ".join(block.split())
        line = re.sub(r"^([A-Z]\w+:)?\s*([\w`*]+:\s)?", "", line)
        line = re.sub(r"`[^`]*`", "Code", line)
        yield from re.split(r"(?<=[.?!])\s+(?=[A-Z0-9\"(])", line)


def test_docstrings_and_comments_too():
    found = [
        f"{path.relative_to(ROOT)}: {each}"
        for package in ("keras_hier", "tb_plugin")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts
        for text in texts_in(path.read_text("utf-8"))
        for each in wrong(sentences_of(text))
    ]
    assert not found, "\n".join(found)


def test_sentences_are_short_and_begin_with_their_subject():
    found = [
        f"{page.relative_to(ROOT)}: {each}"
        for page in PAGES
        for each in wrong(sentences(page.read_text("utf-8")))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("One. Two words.\n\n| a | b |\n", 2),
        ("# Head\n\n```python\nx = 1.\n```\n- An item.\n- Another\n", 2),
        ("See [a b](c.md). `x` works: 3.5 %. 3 are left.", 3),
    ],
)
def test_what_counts_as_a_sentence(text, number):
    assert len(list(sentences(text))) == number
