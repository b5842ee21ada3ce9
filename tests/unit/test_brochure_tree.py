"""Markdown as a tree: what an editor types stays a text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treatments.brochure.tree import Node, Tree

PAGE = "https://clinic.example/en/treatments/x/"


def tree() -> Tree:
    return Tree({"NG59": 1, "S1": 2}, PAGE, lambda name: {"kind": "drawing", "name": name} if name == "known" else None)


def words(value: Any) -> str:
    """Return all texts of a tree, in their order."""
    if isinstance(value, list):
        return "".join(words(item) for item in value)
    if isinstance(value, dict):
        return str(value.get("text", "")) + (" " if value.get("kind") == "space" else "") + words(list(value.values()))
    return ""


def only(nodes: list[Node]) -> Node:
    assert len(nodes) == 1
    return nodes[0]


def test_citations_become_numbers_and_unknown_ones_vanish() -> None:
    inlines = only(tree().blocks("Relief fades.[^S1][^NG59][^GONE] Always."))["inlines"]
    assert inlines == [
        {"kind": "text", "text": "Relief fades."},
        {"kind": "cite", "number": 2},
        {"kind": "cite", "number": 1},
        {"kind": "text", "text": " Always."},
    ]


def test_lists_nest_and_keep_their_start() -> None:
    found = only(tree().blocks("3. a\n\n   - b\n4. c"))
    assert (found["kind"], found["ordered"], found["start"]) == ("list", True, 3)
    assert [block["kind"] for block in found["items"][0]] == ["paragraph", "list"]
    assert words(found) == "abc"


def test_table_has_a_head_and_rows() -> None:
    found = only(tree().blocks("| a | b |\n|---|---|\n| **c** | d |"))
    assert [words(cell) for cell in found["head"]] == ["a", "b"]
    assert [[words(cell) for cell in row] for row in found["rows"]] == [["c", "d"]]


def test_quotes_code_rules_and_headings() -> None:
    kinds = [block["kind"] for block in tree().blocks("# h\n\n> q\n\n---\n\n```\nx\n```\n\nlast\\\nline `y`")]
    assert kinds == ["heading", "quote", "rule", "code", "paragraph"]


def test_known_drawing_stands_alone_and_other_pictures_vanish() -> None:
    assert tree().blocks("![](illustration:known)") == [{"kind": "drawing", "name": "known"}]
    assert tree().blocks("![](illustration:other)") == []
    assert tree().blocks("![](https://evil.example/x.png)") == []


@pytest.mark.parametrize(
    ("markdown", "url"),
    [
        ("[a](https://nice.org.uk/x)", "https://nice.org.uk/x"),
        ("[a](/en/)", "https://clinic.example/en/"),
        ("[a](#risks)", PAGE + "#risks"),
        ("<mailto:a@b.example>", "mailto:a@b.example"),
    ],
)
def test_links_carry_their_whole_address(markdown: str, url: str) -> None:
    assert only(only(tree().blocks(markdown))["inlines"])["url"] == url


@pytest.mark.parametrize(
    "markdown", ["[a](javascript:alert)", "[a](file:///etc/passwd)", "[a]()", "[](https://x.example)"]
)
def test_links_that_lead_nowhere_are_words(markdown: str) -> None:
    assert '"link"' not in json.dumps(tree().blocks(markdown))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_makes_a_tree(text: str) -> None:
    json.dumps(tree().blocks(text))


@given(st.text(alphabet="#$<>@{}()=/\"'x ", max_size=60))
def test_signs_of_typst_stay_signs(text: str) -> None:
    """Between two letters, so that Markdown itself finds nothing in them."""
    line = " ".join(f"a{text}b".split())
    shown = words(tree().blocks(f"a{line}b"))
    assert shown.startswith("a")
    assert set(shown) <= set(line) | {"a", "b"}
