"""Read YAML safely into a tree that remembers the file, line and column of every key and value.

The subset is what a rule file needs: mappings, lists, text, numbers, true and false, nothing.
Anchors, aliases, tags, directives, a second document and a key written twice are problems, not
features: what is read is what is written. Whole decimal numbers are numbers, and so is ``1.5``;
``+200``, ``09:00``, ``2026-12-24``, ``yes`` and ``on`` stay text. Size and depth are limited before
anything else is done. Nothing here knows what the rules mean.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from router.rules.problems import Place, Problems

MAX_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 16
MAX_NODES: Final = 200_000

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_HALF = re.compile("[\ud800-\udfff]")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_CONSTANTS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}


class Scalar(msgspec.Struct):
    """A single value: what it means, its characters, and how they stand in the file."""

    place: Place
    value: str | int | float | bool | None
    text: str = ""
    source: str = ""

    def spot(self, offset: int) -> Place:
        """Find the place in the file of a character of this text, whatever its quoting."""
        at = _aligned(self.source, self.text, offset=offset)
        before = self.source[:at]
        lines = before.count("\n")
        if not lines:
            return Place(self.place.file, self.place.line, self.place.column + at)
        return Place(self.place.file, self.place.line + lines, at - before.rindex("\n"))


class Entry(msgspec.Struct):
    """A key, where it stands, and its value."""

    name: str
    place: Place
    value: "Node"


class Mapping(msgspec.Struct):
    """Keys and values in the order of the file; no key twice."""

    place: Place
    entries: dict[str, Entry] = {}

    def get(self, name: str) -> "Node | None":
        """Find the value of a key."""
        entry = self.entries.get(name)
        return None if entry is None else entry.value


class Sequence(msgspec.Struct):
    """A list."""

    place: Place
    items: "list[Node]" = []


Node = Scalar | Mapping | Sequence


def plain(node: Node) -> Any:
    """Turn a tree into dictionaries, lists and plain values."""
    match node:
        case Mapping(entries=entries):
            return {name: plain(each.value) for name, each in entries.items()}
        case Sequence(items=items):
            return [plain(each) for each in items]
        case Scalar(value=value):
            return value


def read_bounded(path: Path) -> bytes:
    """Read a file, one byte more than is allowed where it is too large; raises ``OSError``."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def decoded(content: bytes, name: str, *, problems: Problems) -> str | None:
    """Decode a file; None where it is no UTF-8 text, which is then reported where it begins to be none.

    What is too large may be cut within a character; it is refused as too large when it is read.
    """
    try:
        return content.decode("utf-8-sig", "ignore" if len(content) > MAX_BYTES else "strict")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n")
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace"))
        problems.error(Place(name, line + 1, column + 1), "not UTF-8 text", "save it as UTF-8")
        return None


def read(text: str, name: str, *, problems: Problems) -> Mapping | None:
    """Read one rule file; None where it holds no mapping at all."""
    root = read_tree(text, name, problems=problems)
    if root is not None and not isinstance(root, Mapping):
        problems.error(root.place, "a rule file is a list of keys such as `version:` and `queues:`")
    return root if isinstance(root, Mapping) else None


def read_tree(text: str, name: str, *, problems: Problems) -> Node | None:
    """Read any file of the subset; None where nothing can be read, which is then reported."""
    start = Place(name)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        problems.error(start, f"the file is larger than {MAX_BYTES // 1024} KiB")
        return None
    reader = _Reader(name, text, problems=problems)
    try:
        root = reader.tree(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        place = start if mark is None else Place(name, mark.line + 1, mark.column + 1)
        problems.error(place, *_in_plain_words(broken, text, place=place))
        return None
    except ReaderError as broken:
        line = text.count("\n", 0, broken.position)
        column = broken.position - (text.rfind("\n", 0, broken.position) + 1)
        problems.error(
            Place(name, line + 1, column + 1), "a character that no text file should hold"
        )
        return None
    except YAMLError as broken:
        problems.error(start, f"not readable as YAML: {broken}")
        return None
    except _LimitError as much:
        problems.error(much.place, much.message)
        return None
    if root is None:
        problems.error(start, "the file is empty")
    return root


class _LimitError(Exception):
    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


class _Reader:
    """Build the tree from the parser's events, without recursion."""

    def __init__(self, name: str, text: str, *, problems: Problems) -> None:
        self._name = name
        self._text = text
        self._problems = problems
        self._nodes = 0
        self._documents = 0
        self._root: Node | None = None
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Scalar | None] = []

    def tree(self, events: Iterable[Event]) -> Node | None:
        for event in events:
            match event:
                case DocumentStartEvent():
                    self._document(event)
                case AliasEvent():
                    self._error(event, "aliases (`*name`) are not read; write the value out")
                    if self._keys:
                        self._keys[-1] = None
                case ScalarEvent():
                    self._put(self._scalar(event))
                case MappingStartEvent() | SequenceStartEvent():
                    self._unadorned(event)
                    kind = Mapping if isinstance(event, MappingStartEvent) else Sequence
                    node = kind(self._place(event))
                    self._put(node)
                    self._open.append(node)
                    self._keys.append(None)
                    if len(self._open) > MAX_DEPTH:
                        raise _LimitError(node.place, f"nested deeper than {MAX_DEPTH} levels")
                case MappingEndEvent() | SequenceEndEvent():
                    self._open.pop()
                    self._keys.pop()
        return self._root

    def _place(self, event: Event) -> Place:
        return Place(self._name, event.start_mark.line + 1, event.start_mark.column + 1)

    def _error(self, event: Event, message: str) -> None:
        self._problems.error(self._place(event), message)

    def _document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents == 2:
            raise _LimitError(self._place(event), "a second document; one file holds one")
        if event.version or event.tags:
            self._error(event, "directives (`%`) are not read")

    def _unadorned(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.anchor is not None:
            self._error(event, f"anchors (`&{event.anchor}`) are not read")
        if event.ctag is not None:
            self._error(event, "tags (`!`) are not read")

    def _scalar(self, event: ScalarEvent) -> Scalar:
        self._unadorned(event)
        source = self._text[event.start_mark.index : event.end_mark.index]
        bare = event.style is None and not source.startswith(('"', "'"))
        text = event.value if bare else self._whole(event)
        return Scalar(self._place(event), _understood(text) if bare else text, text, source)

    def _whole(self, event: ScalarEvent) -> str:
        """Join what JSON writes as two halves of a character; half a one is none."""
        text: str = event.value
        halves = _HALF.findall(text)
        if not halves:
            return text
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            written = f"\\u{ord(halves[0]):04x}"
            self._error(event, f"`{written}` is half a character, and no text holds one alone")
            return _HALF.sub("\ufffd", text)

    def _put(self, node: Node) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _LimitError(node.place, f"more than {MAX_NODES} values")
        if not self._open:
            self._root = node
            return
        parent, key = self._open[-1], self._keys[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is None:
            self._keys[-1] = self._key(node)
        else:
            self._keys[-1] = None
            self._enter(parent, key, value=node)

    def _key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar) and node.text:
            return node
        self._problems.error(node.place, "a key is a name")
        return Scalar(node.place, None)

    def _enter(self, parent: Mapping, key: Scalar, *, value: Node) -> None:
        if not key.text:
            return
        first = parent.entries.setdefault(key.text, Entry(key.text, key.place, value))
        if first.value is not value:
            self._problems.error(
                key.place, f"`{key.text}` is written twice (first on line {first.place.line})"
            )


def _understood(text: str) -> str | int | float | bool | None:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _aligned(source: str, text: str, *, offset: int) -> int:
    """Find where in the source the character at ``offset`` of the text it stands for is.

    Walks both side by side: white space stands for any white space (folded lines), and what the
    source has besides (quotes, escapes, indentation) is passed over. 0 where they do not agree.
    """
    at = 1 if source[:1] in {'"', "'"} else 0
    for index, wanted in enumerate(text[: offset + 1]):
        while at < len(source) and not _same(source[at], wanted):
            at += 1
        if at == len(source):
            return 0
        if index < offset:
            at += 1
    return at


def _same(written: str, wanted: str) -> bool:
    return written == wanted or (written.isspace() and wanted.isspace())


def _in_plain_words(broken: MarkedYAMLError, text: str, *, place: Place) -> tuple[str, str]:
    problem = str(broken.problem)
    lines = text.split("\n")
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    here = line[place.column - 1 : place.column]
    if "mapping values are not allowed" in problem:
        return "a `:` that ends no key", "put the whole text in quotes, or indent the line"
    if here == "\t":
        return "a tab; indent with spaces", ""
    if here == ">" or "chomping" in problem:
        return "a comparison without quotes", 'write it as ">= 2"'
    if here and "cannot start any token" in problem:
        return f"a text that begins with `{here}`", "put it in quotes"
    if "expected ',' or" in problem and broken.context_mark is not None:
        return f"the bracket opened on line {broken.context_mark.line + 1} is not closed here", ""
    if "expected <block end>" in problem:
        return (
            "this does not belong to what stands before it",
            "check the indentation; a text that holds quotes is put in single quotes as a whole",
        )
    return f"not readable as YAML: {problem}", ""
