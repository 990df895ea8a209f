"""The world that scripts live in: which calls reach the network, which undo an encoding, which pass things on.

Callee paths are those of `js_flow.Path`: module or global name first, then properties, `()` for a call.
"""

import re

NETWORK_MODULES = frozenset(
    [
        "axios",
        "node-fetch",
        "got",
        "request",
        "request-promise",
        "request-promise-native",
        "needle",
        "superagent",
        "undici",
        "cross-fetch",
        "isomorphic-fetch",
        "isomorphic-unfetch",
        "unfetch",
        "phin",
        "bent",
        "ky",
        "ky-universal",
        "wretch",
        "ofetch",
        "centra",
        "urllib",
        "http",
        "https",
        "http2",
        "follow-redirects",
        "make-fetch-happen",
        "minipass-fetch",
        "npm-registry-fetch",
        "teeny-request",
        "@octokit/request",
        "simple-get",
        "httpie",
        "r2",
        "tiny-json-http",
        "whatwg-fetch",
        "fetch-retry",
        "axios-retry",
        "popsicle",
        "fetch",
        "$fetch",
        "nodeFetch",
        "XMLHttpRequest",
        "request-json-light",
        "reqwest",
        "zlib-fetch",
        "hyperquest",
        "download",
    ]
)
_NOT_CALLS = frozenset(
    [
        "create",
        "extend",
        "defaults",
        "interceptors",
        "isAxiosError",
        "isCancel",
        "CancelToken",
        "jar",
        "agent",
        "Agent",
        "use",
        "createServer",
        "Server",
        "Headers",
        "Request",
        "Response",
        "FormData",
        "METHODS",
        "STATUS_CODES",
        "globalAgent",
        "cookie",
        "forever",
        "debug",
        "promisify",
        "setGlobalDispatcher",
        "ProxyAgent",
        "EnvHttpProxyAgent",
        "MockAgent",
        "createSecureServer",
        "validateHeaderName",
        "isStream",
        "IncomingMessage",
        "ClientRequest",
        "ServerResponse",
        "OutgoingMessage",
        "toString",
        "mergeConfig",
        "AxiosError",
        "AxiosHeaders",
        "constants",
        "spread",
        "stream_",
        "setCookie",
        "abort",
        "on",
        "once",
    ]
)
_VERBS = frozenset(
    [
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "request",
        "all",
        "text",
        "json",
        "stream",
        "fetch",
        "send()",
        "del",
        "options",
    ]
)
_HTTP = frozenset({"http", "https", "http2", "follow-redirects"})
_JQUERY = frozenset({"get", "post", "ajax", "getJSON", "getScript"})
_CHAIN_MODULES = frozenset({"web3", "ethers", "tronweb", "@solana/web3.js", "aptos", "viem", "@aptos-labs/ts-sdk"})
_CHAIN_CALLS = frozenset(
    [
        "getTransaction",
        "getTransactionReceipt",
        "getStorageAt",
        "getPastLogs",
        "getLogs",
        "getSignaturesForAddress",
        "getAccountInfo",
        "getParsedTransaction",
        "getMemo",
        "call",
        "getCode",
        "readContract",
        "getAccountTransactions",
    ]
)
UNPACKERS = frozenset(
    [
        "gunzipSync",
        "gunzip",
        "inflateSync",
        "inflate",
        "inflateRawSync",
        "inflateRaw",
        "brotliDecompressSync",
        "brotliDecompress",
        "unzipSync",
        "ungzip",
        "unzip",
        "createDecipheriv",
        "createDecipher",
        "decrypt",
        "decompress",
        "decompressFromBase64",
        "decompressFromUTF16",
        "decompressFromEncodedURIComponent",
        "privateDecrypt",
        "decipher",
        "AES.decrypt",
    ]
)
DECODERS = frozenset(
    [
        "base64decode",
        "decodeBase64",
        "base64Decode",
        "fromBase64",
        "b64decode",
        "b64DecodeUnicode",
        "base64ToString",
        "hexToString",
        "hex2a",
        "hexToUtf8",
        "hexToAscii",
        "hexToBytes",
        "toUtf8",
        "toAscii",
        "hexToString",
        "decode64",
        "decodeHex",
        "xorDecode",
        "deobfuscate",
        "decodeString",
        "rot13",
    ]
)
ITERATORS = frozenset(["map", "forEach", "filter", "find", "flatMap", "reduce", "some", "every", "each"])
ENVIRONMENT_KEEPERS = frozenset(
    {"JSON", "Object", "assign", "stringify", "entries", "fromEntries", "URLSearchParams", "qs", "querystring", "btoa"}
    | {"encodeURIComponent", "FormData", "append", "Blob", "structuredClone", "cloneDeep", "inspect"}
)
_HOST_FACTS = frozenset({"hostname", "userInfo", "platform", "homedir", "networkInterfaces", "release", "arch", "type"})


def network_call(path: tuple[str, ...]) -> bool:
    """Tell whether calling `path` sends a request over the network."""
    base = path[0]
    last = path[-1]
    if "()" in path and path[path.index("()") - 1] not in ("create", "extend", "instance", "defaults"):
        return base in _CHAIN_MODULES and last in _CHAIN_CALLS  # a method of an answer, not another request
    if base in _HTTP:
        return last in ("get", "request") and len(path) <= 3
    if base in ("$", "jQuery", "jquery"):
        return len(path) == 2 and last in _JQUERY
    if base in NETWORK_MODULES:
        return last not in _NOT_CALLS and (len(path) == 1 or last in _VERBS or last in ("default", "axios", "got"))
    if base in ("dns", "dns/promises"):
        return last.startswith("resolve")
    return base in _CHAIN_MODULES and last in _CHAIN_CALLS


def chain_call(path: tuple[str, ...]) -> bool:
    """Tell whether calling `path` asks a blockchain node."""
    return path[0] in _CHAIN_MODULES


def socket_call(path: tuple[str, ...]) -> bool:
    """Tell whether calling `path` opens a connection that brings messages later."""
    base, last = path[0], path[-1]
    return (
        base in ("socket.io-client", "WebSocket", "EventSource", "reconnecting-websocket")
        or (base == "ws" and last in ("ws", "WebSocket"))
        or (base in ("net", "tls") and last in ("connect", "createConnection"))
        or (base == "io" and len(path) <= 2)
        or (base == "net" and path[-1] == "Socket")
    )


WHO = {
    "hostname": "host name",
    "userInfo": "user name",
    "homedir": "home directory",
    "networkInterfaces": "addresses",
    "cwd": "working directory",
}
"""What tells one machine or person from others; kept as tags `who:NAME`."""
_SECRET_FILES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("registry tokens", re.compile(r"\.npmrc|\.pypirc|_authToken|\.yarnrc")),
    ("SSH keys", re.compile(r"\.ssh\b|id_rsa|id_ed25519|id_ecdsa")),
    ("cloud keys", re.compile(r"\.aws\b|\.kube\b|application_default_credentials|\.azure\b|gcloud")),
    ("stored tokens", re.compile(r"\.git-credentials|\.netrc|\.docker/config|hosts\.yml|\.vault-token")),
    ("wallets", re.compile(r"(?i)wallet\.dat|exodus|electrum|/solana/id\.json|keystore|metamask")),
    ("browser logins", re.compile(r"Login Data|logins\.json|key4\.db|Cookies\b")),
)


def who(path: tuple[str, ...]) -> str:
    """Return what fact about machine or person a path names; empty for other paths."""
    if path[0] == "os" and len(path) >= 2:
        return WHO.get(path[1], "")
    return WHO["cwd"] if path == ("process", "cwd") else ""


def secret_files(spelled: str) -> tuple[str, ...]:
    """Return the kinds of secrets that a file's spelled-out path promises."""
    return tuple(name for name, pattern in _SECRET_FILES if pattern.search(spelled))


def host_fact(path: tuple[str, ...]) -> bool:
    """Tell whether `path` names the machine or its user."""
    return path[0] == "os" and len(path) >= 2 and path[1] in _HOST_FACTS
