"""From the HTML of an e-mail to its words; what was quoted gets the marks that plain e-mails give it."""

import re
from html import unescape

_UNSEEN = frozenset({"head", "script", "style", "title", "template"})
_LINES = frozenset({
    "address", "article", "blockquote", "br", "div", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:]{0,20})")
_BLANKS = re.compile(r"[ \t\r\n\f\v\xa0]+")
_MANY_LINES = re.compile(r"\n{3,}")
DEEPEST_QUOTE = 20


def html_to_text(html: str) -> str:
    """Return the words of `html`, one line for each of its lines; nothing in it is run, fetched or followed.

    Read in one pass: the standard library's parser takes minutes for what a stranger can put into an e-mail.
    """
    reader = _Reader()
    place = 0
    tag_end = -1
    while (start := html.find("<", place)) >= 0:
        reader.add_words(html[place:start])
        is_comment = html.startswith("<!--", start)
        if tag_end < start:
            tag_end = html.find(">", start)
        end = html.find("-->", start) if is_comment else tag_end
        if end < 0:
            # Never ended: what follows a comment's sign is the comment's, anything else is words.
            return reader.text() if is_comment else reader.text(html[start:])
        tag = _TAG.match(html, start)
        if tag is None and not is_comment and not html.startswith(("<!", "<?"), start):
            # A sign of comparison, not a tag
            reader.add_words("<")
            place = start + 1
            continue
        if tag:
            reader.take_tag(tag["name"].casefold(), is_end=bool(tag["end"]))
        place = end + (3 if is_comment else 1)
    return reader.text(html[place:])


class _Reader:
    """Gathers words line by line."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []
        self._quoted = 0
        self._unseen = 0

    def take_tag(self, name: str, *, is_end: bool) -> None:
        """Begin or end a line, a quotation, or something that nobody sees."""
        step = -1 if is_end else 1
        if name == "body":
            # A head that was never closed must not hide the letter.
            self._unseen = 0
        if name in _UNSEEN:
            self._unseen = max(self._unseen + step, 0)
        if name in _LINES:
            self._end_line(is_paragraph=name in _PARAGRAPHS)
        if name == "blockquote":
            self._quoted = max(self._quoted + step, 0)

    def add_words(self, words: str) -> None:
        """Add words to the line."""
        if words and not self._unseen:
            self._words.append(words)

    def text(self, last_words: str = "") -> str:
        """Return everything that was gathered, up to some last words."""
        self.add_words(last_words)
        self._end_line(is_paragraph=False)
        return _MANY_LINES.sub("\n\n", "\n".join(self._lines)).strip()

    def _end_line(self, *, is_paragraph: bool) -> None:
        """Put the words so far on a line of their own; after a paragraph comes an empty one."""
        words = _BLANKS.sub(" ", unescape("".join(self._words))).strip()
        self._words.clear()
        mark = "> " * min(self._quoted, DEEPEST_QUOTE)
        if words:
            self._lines.append(mark + words)
        if is_paragraph and self._lines and self._lines[-1].strip("> "):
            self._lines.append(mark.strip())
