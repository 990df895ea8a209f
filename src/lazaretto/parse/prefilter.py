"""Many byte strings searched in one pass, to tell what a file is worth.

    Prefilter([(rule.needles, rule.fold_case), ...]).holding(data)  ->  {0, 3}    which rules of one view
    Words([b"example.test", ...]).may_stand_in(data)                ->  False     whether to look closer at all
    Learned().held(data)                                            ->  {1, 7}    which sets of words, once asked for

One pass by YARA-X costs 0.5 to 3 ms a megabyte, one `in` for each needle 85 (2026-11-25, 8.5 MB of Python source, all
needles). Compiling costs some 4 ms, so a set is compiled once a few files of its kind were met; until then, and for
needles that are no good to YARA-X (two bytes, or one byte over and over), `in` gives the same answer.
"""

from collections.abc import Iterable, Sequence
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
LEARNED_WARM_UPS = (96 << 10, 2 << 20, 16 << 20)
"""Bytes after which `Learned` compiles what it was asked until then: by the first most rules have asked once."""
SECONDS = 5
"""Longest pass over one file; then `in` decides."""

Wish = tuple[tuple[bytes, ...], bool]
"""Needles, and whether they are compared as lower-case ASCII. No needles: every file is wanted."""


class Prefilter:
    """The needles of one view's rules and finders of layers."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        """`wishes` in the order of the numbers that `holding` gives."""
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
        found = set(self._always)
        if not self._wishes:
            return found
        if self._scanner is None and self._cold >= 0:
            self._cold -= len(data)
            if self._cold < 0:
                self._scanner = _compiled(self._wishes)
        if self._scanner is None:
            _search(data, self._ascii if data.isascii() else self._wishes, found)
        elif _scan(self._scanner, data, found):
            _search(data, self._rest, found)
        else:
            _search(data, self._wishes, found)
        return found


class Words:
    """Many words in lower case, of which few files hold any."""

    def __init__(self, words: Iterable[bytes]) -> None:
        """Each word has at least `SHORTEST` bytes; nothing is compiled yet."""
        self._words = tuple(sorted(set(words)))
        self._cold = WORDS_WARM_UP if all(_is_searched(word, folded=True) for word in self._words) else 1 << 62
        self._scanner: Scanner | None = None

    def may_stand_in(self, data: bytes) -> bool:
        """False only when none of them stands in `data`, compared as lower-case ASCII."""
        if not self._words:
            return False
        if self._scanner is None:
            self._cold -= len(data)
            if self._cold >= 0:
                return True
            self._scanner = _compiled([(0, self._words, True)])
        found: set[int] = set()
        return not _scan(self._scanner, data, found) or bool(found)


class Learned:
    """Sets of words that rules ask for: once files of some size were met, one pass answers all that were asked."""

    def __init__(self, warm_ups: Sequence[int] = LEARNED_WARM_UPS) -> None:
        """Compile when so many bytes have been seen, and again for the sets that were first asked later."""
        self._numbers: dict[tuple[bytes, ...], int] = {}
        self._left = list(warm_ups)
        self._seen = 0
        self._compiled: dict[tuple[bytes, ...], int] = {}
        self._scanner: Scanner | None = None

    def held(self, data: bytes) -> tuple[int, set[int]] | None:
        """Return the highest number that was searched, and those of which a word stands in `data`.

        None: `in` has to decide.
        """
        self._seen += len(data)
        if self._left and self._seen > self._left[0]:
            del self._left[0]
            if len(self._numbers) > len(self._compiled):
                self._compiled = dict(self._numbers)
                self._scanner = _compiled([(number, words, False) for words, number in self._compiled.items()])
        found: set[int] = set()
        if self._scanner is None or not _scan(self._scanner, data, found):
            return None
        return len(self._compiled) - 1, found

    def number(self, words: tuple[bytes, ...]) -> int | None:
        """Return the number of a set that is searched; None: `in` has to decide."""
        found = self._compiled.get(words)
        if found is None and self._left and words not in self._numbers:
            if all(_is_searched(word, folded=False) for word in words):
                self._numbers[words] = len(self._numbers)
        return found


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
