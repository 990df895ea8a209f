"""Many byte strings searched in one pass, to tell what a file is worth.

    Prefilter([(rule.needles, rule.fold_case), ...]).holding(data)  ->  {0, 3}          which rules
    Prefilter(wishes, asked).sift(data)                             ->  {0, 3}, Held    and which sets of words besides
    Words([b"example.test", ...]).may_stand_in(data)                ->  False           whether to look closer at all

One pass by YARA-X costs 0.5 to 3 ms a megabyte, one `in` for each needle 85 (2026-11-25, 8.5 MB of Python source, all
needles). Compiling costs some 4 ms, so a set is compiled once a few files of its kind were met; until then, and for
needles that are no good to YARA-X (two bytes, or one byte over and over), `in` gives the same answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yara_x import Scanner

SHORTEST = 3
"""Bytes; shorter needles stand everywhere, and looking for them is what `in` does fastest."""
FEWEST = 30
"""Needles from which one pass is worth its compilation, and the 80 MB of address space that a scanner reserves."""
WARM_UP = 48 << 10
"""Bytes that are searched by `in` before the set is compiled."""
WORDS_WARM_UP = 1 << 20
"""Bytes for which `Words` gives no answer: compiling a thousand takes 15 ms."""
SECONDS = 5
"""Longest pass over one file; then `in` decides."""

Wish = tuple[tuple[bytes, ...], bool]
"""Needles, and whether they are compared as lower-case ASCII. No needles: every file is wanted."""


class Terms:
    """Words that somebody asks for together. Made once, when a module is loaded; the object itself is the key."""

    __slots__ = ("folded", "rest", "searched", "words")

    def __init__(self, words: Iterable[bytes], *, folded: bool = False) -> None:
        """`folded`: compared as lower-case ASCII."""
        self.words = tuple(words)
        self.folded = folded
        self.searched = tuple(word for word in self.words if _is_searched(word, folded=folded))
        self.rest = tuple(word for word in self.words if word not in self.searched)


class Held:
    """Which `Terms` one pass over a file found."""

    __slots__ = ("_data", "_found", "_numbers")

    def __init__(self, numbers: Mapping[Terms, int], found: set[int], data: bytes) -> None:
        """`numbers` of all terms that were searched; those in `found` have a word in the file."""
        self._numbers = numbers
        self._found = found
        self._data = data

    def any_of(self, terms: Terms) -> bool | None:
        """Tell whether one of the words stands in the file; None when they were not searched."""
        number = self._numbers.get(terms)
        if number is None:
            return None
        return number in self._found or any(word in self._data for word in terms.rest)


Asked = Callable[[], Iterable[Terms]]
"""Gives the terms that files may be asked for; called once, before the first pass."""


class Prefilter:
    """The needles of rules and finders of layers, and the words that rules ask for later."""

    def __init__(self, wishes: Sequence[Wish], asked: Asked = tuple, late: Asked = tuple) -> None:
        """`wishes` in the order of the numbers that `holding` and `sift` give.

        `late` are asked for so many words that they are searched only once much was read (`WORDS_WARM_UP`).
        """
        self._asked = asked
        self._late: Asked | None = late if late is not tuple else None
        self._seen = 0
        self._numbers: dict[Terms, int] = {}
        self._first = len(wishes)
        self._always = frozenset(number for number, (needles, _) in enumerate(wishes) if not needles)
        self._wishes = [(number, needles, folded) for number, (needles, folded) in enumerate(wishes) if needles]
        self._ascii = [
            (number, kept, folded)
            for number, needles, folded in self._wishes
            if (kept := tuple(needle for needle in needles if needle.isascii()))
        ]
        self._rest = [
            (number, kept, folded)
            for number, needles, folded in self._wishes
            if (kept := tuple(needle for needle in needles if not _is_searched(needle, folded=folded)))
        ]
        self._ascii_rest = [
            (number, left, folded)
            for number, kept, folded in self._rest
            if (left := tuple(needle for needle in kept if needle.isascii()))
        ]
        searched = {
            (needle, folded)
            for _, needles, folded in self._wishes
            for needle in needles
            if _is_searched(needle, folded=folded)
        }
        self._cold = WARM_UP if len(searched) >= FEWEST else -1
        self._scanner: Scanner | None = None

    def holding(self, data: bytes) -> set[int]:
        """Return the numbers of the wishes of which at least one needle stands in `data`."""
        return self.sift(data)[0]

    def sift(self, data: bytes) -> tuple[set[int], Held | None]:
        """Return what `holding` returns (higher numbers mean nothing), and what is asked for besides.

        The second is None as long as nothing is compiled.
        """
        found = set(self._always)
        if not self._wishes:
            return found, None
        self._seen += len(data)
        if self._scanner is None and self._seen > self._cold >= 0:
            self._compile(self._asked())
        elif self._late is not None and self._scanner is not None and self._seen > WORDS_WARM_UP:
            self._compile((*self._asked(), *self._late()))
            self._late = None
        if self._scanner is None:
            _search(data, self._ascii if data.isascii() else self._wishes, found)
            return found, None
        if not _scan(self._scanner, data, found):
            _search(data, self._wishes, found)
            return found, None
        if self._rest:
            _search(data, self._ascii_rest if data.isascii() else self._rest, found)
        return found, Held(self._numbers, found, data) if self._numbers else None

    def _compile(self, asked: Iterable[Terms]) -> None:
        searched = [terms for terms in asked if terms.searched and not (terms.folded and terms.rest)]
        self._numbers = {terms: number for number, terms in enumerate(searched, self._first)}
        more = [(number, terms.searched, terms.folded) for terms, number in self._numbers.items()]
        self._scanner = _compiled([*self._wishes, *more])


class Words:
    """Many words in lower case, of which few files hold any."""

    def __init__(self, words: Iterable[bytes]) -> None:
        """Each word has at least `SHORTEST` bytes; nothing is compiled yet."""
        self.terms = Terms(sorted(set(words)), folded=True)
        self._cold = WORDS_WARM_UP if not self.terms.rest else 1 << 62
        self._scanner: Scanner | None = None

    def may_stand_in(self, data: bytes) -> bool:
        """False only when none of them stands in `data`, compared as lower-case ASCII."""
        if not self.terms.words:
            return False
        if self._scanner is None:
            self._cold -= len(data)
            if self._cold >= 0:
                return True
            self._scanner = _compiled([(0, self.terms.words, True)])
        found: set[int] = set()
        return not _scan(self._scanner, data, found) or bool(found)


def _is_searched(needle: bytes, *, folded: bool) -> bool:
    """Tell whether YARA-X gives the answer that `in` gives, and faster."""
    return len(needle) >= SHORTEST and len(set(needle)) > 1 and not (folded and needle != needle.lower())


def _search(data: bytes, wishes: list[tuple[int, tuple[bytes, ...], bool]], found: set[int]) -> None:
    lower: bytes | None = None
    known: dict[tuple[bool, bytes], bool] = {}  # rules share needles
    for number, needles, folded in wishes:
        if number in found:
            continue
        text = data
        if folded:
            lower = text = data.lower() if lower is None else lower
        for needle in needles:
            key = (folded, needle)
            holds = known.get(key)
            if holds is None:
                holds = known[key] = needle in text
            if holds:
                found.add(number)
                break


def _compiled(wishes: list[tuple[int, tuple[bytes, ...], bool]]) -> "Scanner":
    import yara_x

    source = []
    for number, needles, folded in wishes:
        texts = ["".join(f"\\x{byte:02x}" for byte in one) for one in needles if _is_searched(one, folded=folded)]
        strings = " ".join(f'$ = "{text}"{" nocase" if folded else ""}' for text in texts)
        if strings:
            source.append(f"rule r{number} {{ strings: {strings} condition: any of them }}")
    scanner = yara_x.Scanner(yara_x.compile("\n".join(source)))
    scanner.set_timeout(SECONDS)
    scanner.max_matches_per_pattern(1)
    return scanner


def _scan(scanner: "Scanner", data: bytes, found: set[int]) -> bool:
    """Add what one pass finds; False when it took too long."""
    import yara_x

    try:
        found.update(int(rule.identifier[1:]) for rule in scanner.scan(data).matching_rules)
    except yara_x.TimeoutError:
        return False
    return True
