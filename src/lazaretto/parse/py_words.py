"""Words that rules ask Python files for, before they ask for anything that has to be read.

    WORDS = terms(b"pickle", b"dill")           when a rule's module is loaded
    module.mentions(WORDS)                      does one of them stand in the bytes?
    module.speaks("net", "exec")                words of whole families, and what stands for them

All of them are searched in the pass that looks for the rules' needles (`prefilter`). Until that is compiled, a file's
vocabulary answers: a tenth of its size.
"""

import re
from functools import lru_cache

from lazaretto.parse.prefilter import Terms

ASKED: list[Terms] = []
"""Everything that was made by `terms`."""


def terms(*words: bytes) -> Terms:
    """Return words for `PythonModule.mentions`. Called when a rule's module is loaded, never while files are read."""
    made = Terms(words)
    ASKED.append(made)
    return made


FAMILIES: dict[str, Terms] = {
    "decode": terms(
        b"b64decode", b"b32decode", b"b16decode", b"b85decode", b"a85decode", b"decodebytes", b"decodestring",
        b"fromhex", b"unhexlify",
        b"decompress", b"marshal", b"rot13", b"rot_13", b"Fernet", b"fernet", b"decrypt", b"chr(", b"chr,", b"[::-1]",
        b"[::- 1]", b"maketrans",
        b"ernet(", b"'ernet", b'"ernet', b"a2b_", b"codecs.decode", b"base64",
    ),
    "disguise": terms(
        b"\\145", b"bytes([", b"bytes((", b"to_bytes", b"map(chr",
        b"reversed(", b"zlib", b"codecs.d", b"codecs.e", b"codecs.g", b"codecs import",
        b"codecs as", b"codecs,", b"codecs .", b"= codecs", b"=codecs", b"'codecs'", b'"codecs"', b"(codecs",
        b"codecs.__",
    ),
    "net": terms(
        b"requests.", b"import requests", b"from requests", b"urllib.request", b"urllib2", b"urlopen",
        b"urlretrieve", b"httpx", b"aiohttp",
        b"http.client", b"httplib", b"HTTPSConnection", b"socket.", b"socket import", b"websocket", b"smtplib",
        b"ftplib", b"curl", b"wget",
        b"webhook", b"dhooks", b"telebot", b"api.telegram", b"dns.resolver", b"nslookup",
        b" dig ", b"'dig ", b'"dig ', b"`dig ", b"(dig ", b"/dig ", b";dig ", b"|dig ", b"&dig ", b"\ndig ",
        b"\\ndig ", b"'dig'", b'"dig"',
        b"ping -", b"'ping ", b'"ping ', b"'ping'", b'"ping"', b"xmlrpc",
        b"cloudscraper", b"tls_client", b"curl_cffi", b"urllib3", b"urllib.urlopen",
        b"Invoke-WebRequest", b"DownloadString", b"DownloadFile", b"'requests'", b'"requests"', b"requests as",
        b", requests",
    ),
    "process": terms(
        b"subprocess", b"os.system", b".system(", b" system(", b"=system", b"import system", b"popen", b"Popen",
        b"startfile", b"ShellExecute", b"WinExec", b"CreateProcess",
        b"os.spawn", b"pty.spawn", b"import spawn", b"spawn(", b"os.exec", b"execv", b"execl(", b"getoutput",
        b"import pty", b"from pty", b",pty", b", pty", b"'pty'", b'"pty"', b"runpy",
        b"system as", b", system",
    ),
    "host": terms(
        b"gethostname", b"getuser", b"getlogin", b"uname", b"platform.node", b"whoami", b"getcwd", b"getnode",
        b"getfqdn", b"'hostname", b'"hostname', b"`hostname", b"(hostname", b"; hostname", b"& hostname",
        b"hostname -", b"hostname;", b"ipify",
        b"ipinfo", b"ip-api", b"ifconfig", b"ipconfig", b"Path.home", b"check_output", b"net_if_addrs",
    ),
    "environ": terms(b"os.environ", b"import environ", b"as environ", b"printenv", b"('env')", b'("env")',
                b"['env']", b'["env"]', b"env |", b"$(env", b"`env"),
    "exec": terms(
        b"__import__", b"builtins", b"FunctionType", b"runpy", b"marshal", b"exec_module", b"execfile",
        b"import_module",
    ),
}  # fmt: skip


LOOKS_UP = terms(
    b"getattr", b"__dict__", b"vars(", b"globals()", b"locals()", b"attrgetter", b"getstatusoutput", b"posix_spawn",
    b"sh.Command", b"import sh", b"from sh ", b"from os import *", b"system",
)  # fmt: skip
VOCABULARY_BYTES = 1 << 20
"""Files beyond this are searched as they are, rather than by their vocabulary."""
_BLANKED = bytes(code if (code < 128 and chr(code).isalnum()) or code == 95 else 32 for code in range(256))
_PART = re.compile(rb"[A-Za-z0-9_]{2,}")

Groups = tuple[tuple[bytes, tuple[bytes, ...]], ...]


def vocabulary(data: bytes) -> bytes:
    """Return every identifier, keyword and word of a file once: what is not in it is not in the file either."""
    if len(data) > VOCABULARY_BYTES:
        return data
    return b" ".join(set(data.translate(_BLANKED).split()))


def stand_in(words: Terms, data: bytes, known: bytes) -> bool:
    """Tell whether one of the words stands in `data`, whose vocabulary is `known`."""
    return any(part in known and (not rest or any(word in data for word in rest)) for part, rest in _grouped(words))


@lru_cache(maxsize=256)
def _grouped(asked: Terms) -> Groups:
    """Group words by the identifier in them; no words where the identifier itself is one; `` where there is none."""
    groups: dict[bytes, list[bytes]] = {}
    for word in asked.words:
        groups.setdefault(max(_PART.findall(word), key=len, default=b""), []).append(word)
    return tuple((part, () if part in group else tuple(group)) for part, group in groups.items())
