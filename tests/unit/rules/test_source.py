"""A rule file is read as it is written: no surprise of YAML gets in, and every place is known."""

import pytest

from router.rules.problems import Place, Problems
from router.rules.source import MAX_BYTES, Mapping, Scalar, plain, read


def tree(text: str) -> Mapping:
    problems = Problems()
    found = read(text, "r.yaml", problems=problems)
    assert not list(problems)
    assert found is not None
    return found


def complaints(text: str) -> list[str]:
    problems = Problems()
    read(text, "r.yaml", problems=problems)
    return [each.message for each in problems]


def test_words_numbers_and_times_stay_what_they_look_like() -> None:
    found = plain(
        tree(
            "a: 12\nb: -3\nc: 1.5\nd: true\ne: false\nf: null\ng: ~\nh:\n"
            "i: yes\nj: on\nk: 09:00\nl: +200\nm: 2026-12-24\nn: 1..3\no: 0x1F\np: 010\nq: 1e3\n"
            'r: "12"\n'
        )
    )
    assert found == {
        "a": 12,
        "b": -3,
        "c": 1.5,
        "d": True,
        "e": False,
        "f": None,
        "g": None,
        "h": None,
        "i": "yes",
        "j": "on",
        "k": "09:00",
        "l": "+200",
        "m": "2026-12-24",
        "n": "1..3",
        "o": "0x1F",
        "p": "010",
        "q": "1e3",
        "r": "12",
    }


def test_keys_are_always_names() -> None:
    assert plain(tree("12: a\ntrue: b\n2026-12-24: c\nnull: d\n")) == {
        "12": "a",
        "true": "b",
        "2026-12-24": "c",
        "null": "d",
    }


def test_every_key_and_value_knows_its_place() -> None:
    found = tree("queues:\n  billing:\n    takes: true\n")
    queues = found.get("queues")
    assert isinstance(queues, Mapping)
    assert queues.entries["billing"].place == Place("r.yaml", 2, 3)
    billing = queues.get("billing")
    assert isinstance(billing, Mapping)
    takes = billing.get("takes")
    assert takes is not None
    assert takes.place == Place("r.yaml", 3, 12)


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [
        ("a: one two\n", "two", (1, 8)),
        ("a: 'one \"two\"'\n", "two", (1, 10)),
        ('a: "one \\"two\\""\n', "two", (1, 11)),
        ("a:\n  one\n  two\n", "two", (3, 3)),
        ("a: >\n  one\n  two\n", "two", (3, 3)),
        ("a: |\n    one\n    two\n", "two", (3, 5)),
        ("a: 'it''s two'\n", "two", (1, 11)),
    ],
)
def test_a_spot_in_a_text_is_found_whatever_its_quoting(
    text: str, word: str, place: tuple[int, int]
) -> None:
    value = tree(text).get("a")
    assert isinstance(value, Scalar)
    assert value.spot(value.text.index(word)) == Place("r.yaml", *place)


def test_half_a_character_is_refused_where_it_stands() -> None:
    message = "`\\ud83d` is half a character, and no text holds one alone"
    assert complaints('a: "\\ud83d"\n') == [message]
    assert complaints('"\\ud83d": 1\n') == [message]


def test_a_character_in_two_halves_as_json_writes_it_is_one() -> None:
    assert plain(tree('{"\\ud83d\\ude00": "a \\ud83d\\ude00"}\n')) == {"\U0001f600": "a \U0001f600"}


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert complaints("a: " + "x" * MAX_BYTES) == ["the file is larger than 1024 KiB"]


def test_deep_nesting_ends_early() -> None:
    assert complaints("[" * 100_000) == ["nested deeper than 16 levels"]


def test_several_troubles_of_one_file_are_told_together() -> None:
    assert complaints("a: !!int 1\nb: &x 2\nb: 3\n") == [
        "tags (`!`) are not read",
        "anchors (`&x`) are not read",
        "`b` is written twice (first on line 2)",
    ]


def test_a_byte_order_mark_is_no_trouble() -> None:
    assert plain(tree("\ufeffversion: 1\n")) == {"version": 1}
