"""What a stranger's program writes, made fit for the person's terminal, byte by byte as it comes.

Kept: text in UTF-8, the usual movements, colours and modes (`CSI`), window titles when somebody works in it.
Dropped: everything else that makes a terminal act or answer: the clipboard (`OSC 52`), links, notifications, files
(`OSC 1337`), device control and application strings (`DCS`, `APC`, `PM`, `SOS`), reports (`CSI n`, `CSI c`), media
copy (`CSI i`), window operations (`CSI t`), bidirectional overrides, and C1 controls in any spelling.

Grammar: ECMA-48 and Paul Williams' state machine for DEC terminals.
"""

from enum import Enum, auto

_ESCAPE, _BELL = 0x1B, 0x07
_MOST = 512
"""Bytes of one sequence; a longer one is dropped."""
_STRINGS = frozenset(b"]P_^X")
_TEXT_CONTROLS = frozenset(b"\n\t")
_SCREEN_CONTROLS = frozenset(b"\a\b\t\n\v\f\r\x0e\x0f")
_FINALS = frozenset(b"@ABCDEFGHJKLMPSTXZ`abdefghlmrsu")
"""Last bytes of `CSI` sequences that move, erase, colour or set a mode."""
_SIMPLE = frozenset(b"78=>DEHMc")
_TITLES = (b"\x1b]0;", b"\x1b]2;")
_CHARSETS = frozenset(b"()*+")
_OVERRIDES = frozenset((0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069))


class _State(Enum):
    TEXT = auto()
    ESCAPE = auto()
    CSI = auto()
    STRING = auto()
    STRING_ESCAPE = auto()
    CHARSET = auto()


class Screen:
    """One terminal's filter; it remembers what is unfinished."""

    def __init__(self, *, colour: bool, interactive: bool) -> None:
        """`interactive`: a person works in it, programs may draw; else only lines of text, with colours or without."""
        self._colour, self._interactive = colour, interactive
        self._controls = _SCREEN_CONTROLS if interactive else _TEXT_CONTROLS
        self._state = _State.TEXT
        self._held = bytearray()
        self._letter = bytearray()

    def feed(self, data: bytes) -> bytes:
        """Return what of these bytes, and of those held back, may be shown."""
        out = bytearray()
        for byte in data:
            self._one(byte, out)
        return bytes(out)

    def _one(self, byte: int, out: bytearray) -> None:
        state = self._state
        if state is _State.TEXT:
            self._text(byte, out)
        elif state is _State.ESCAPE:
            self._after_escape(byte, out)
        elif state is _State.CSI:
            self._csi(byte, out)
        elif state is _State.CHARSET:
            self._held.append(byte)
            self._finish(out, keep=self._interactive and byte in b"0AB")
        else:
            self._string(byte, out)

    def _text(self, byte: int, out: bytearray) -> None:
        if self._letter or byte >= 0x80:
            self._unicode(byte, out)
        elif byte == _ESCAPE:
            self._begin(_State.ESCAPE, byte)
        elif (byte >= 0x20 and byte != 0x7F) or byte in self._controls:
            out.append(byte)

    def _unicode(self, byte: int, out: bytearray) -> None:
        """Collect one letter of UTF-8; what is none is dropped, a C1 control is none."""
        if self._letter and byte & 0xC0 != 0x80:
            self._letter.clear()
            self._text(byte, out)
            return
        self._letter.append(byte)
        first = self._letter[0]
        need = 2 if 0xC2 <= first < 0xE0 else 3 if 0xE0 <= first < 0xF0 else 4 if 0xF0 <= first < 0xF5 else 0
        if len(self._letter) < need:
            return
        try:
            letter = self._letter.decode()
        except UnicodeDecodeError:
            letter = ""
        if letter and ord(letter) >= 0xA0 and ord(letter) not in _OVERRIDES:
            out += self._letter
        self._letter.clear()

    def _begin(self, state: _State, byte: int) -> None:
        self._state = state
        self._held[:] = bytes([byte])

    def _after_escape(self, byte: int, out: bytearray) -> None:
        self._held.append(byte)
        if byte == 0x5B:
            self._state = _State.CSI
        elif byte in _STRINGS:
            self._state = _State.STRING
        elif byte in _CHARSETS:
            self._state = _State.CHARSET
        elif byte == _ESCAPE:
            self._held.pop()
        else:
            self._finish(out, keep=self._interactive and byte in _SIMPLE)

    def _csi(self, byte: int, out: bytearray) -> None:
        if byte == _ESCAPE:
            self._begin(_State.ESCAPE, byte)
        elif 0x20 <= byte < 0x40:
            self._held.append(byte)
            if len(self._held) > _MOST:
                self._finish(out, keep=False)
        elif 0x40 <= byte < 0x7F:
            self._held.append(byte)
            inner = self._held[2:-1]
            plain = all(one in b"0123456789;:?" for one in inner)
            wanted = byte == 0x6D if not self._interactive else byte in _FINALS or (byte == 0x71 and inner[-1:] == b" ")
            allowed = self._colour if byte == 0x6D else True
            self._finish(out, keep=wanted and allowed and (plain or byte == 0x71))
        elif byte in self._controls:
            out.append(byte)  # a terminal obeys it in the middle of a sequence

    def _string(self, byte: int, out: bytearray) -> None:
        if self._state is _State.STRING_ESCAPE:
            if byte == 0x5C:
                self._finish(out, keep=self._is_title())
            else:  # an escape ends a string of any kind
                self._begin(_State.ESCAPE, _ESCAPE)
                self._after_escape(byte, out)
        elif byte == _ESCAPE:
            self._state = _State.STRING_ESCAPE
        elif byte == _BELL:
            self._finish(out, keep=self._is_title())
        elif byte in (0x18, 0x1A):
            self._finish(out, keep=False)
        elif len(self._held) <= _MOST:
            self._held.append(byte)

    def _is_title(self) -> bool:
        """Tell whether the string is a window's title, of plain letters."""
        if not self._interactive or len(self._held) > _MOST or not self._held.startswith(_TITLES):
            return False
        if not all(0x20 <= one < 0x7F for one in self._held[4:]):
            return False
        self._held.append(_BELL)
        return True

    def _finish(self, out: bytearray, *, keep: bool) -> None:
        if keep:
            out += self._held
        self._held.clear()
        self._state = _State.TEXT
