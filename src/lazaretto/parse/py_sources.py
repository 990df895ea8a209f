"""Where values come from and where they go: origins of call results, and side effects on files and containers."""

import ast
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_nodes import walk
from lazaretto.parse.py_values import Value
from lazaretto.parse.py_vocabulary import (
    COMMAND_FACTS,
    DOWNLOADS,
    FETCHES,
    HTTP_CLIENTS,
    HTTP_MODULES,
    HTTP_VERBS,
    INSTALLER_COMMANDS,
    MAKES_WALLETS,
    PHRASES,
    PROCESSES,
    PROMPTS,
    SECRET_PATHS,
    SHELLS,
    SOURCES,
)

if TYPE_CHECKING:
    from lazaretto.parse.py_eval import Expressions
    from lazaretto.parse.py_scope import Scope

_PROGRAM = re.compile(
    r"\b(?:exec|eval)\s*\(|\burlopen\b|\bsubprocess\b|\bos\.system\b|\bimport\s+(?:os|sys|requests|socket|base64|urllib)\b"
    r"|CreateObject\(|WScript\.|\bpowershell\b|@echo off|#!/bin/|\bcurl\s+-|\bwget\s|require\(['\"]child_process"
    r"|Invoke-",
    re.IGNORECASE,
)
_ASSET = re.compile(
    r"(\.(?:png|jpe?g|gif|ico|bmp|webp|svg|woff2?|ttf|otf|eot|mp3|mp4|wav|pdf|sqlite3?|db|dict|dll|so|css|md))$",
    re.IGNORECASE,
)
_CONTAINERS = {
    "append", "extend", "add", "update", "insert", "appendleft", "put", "setdefault", "writestr", "add_field",
    "add_embed", "add_file", "attach",
}  # fmt: skip
TELLING = frozenset(HTTP_VERBS) | {
    "read_text", "read_bytes", "decrypt", "decrypt_and_verify", "unpad", "Request", "HTTPSConnection", "HTTPConnection",
    "DiscordWebhook", "Discord", "Webhook", "from_url", "PreparedRequest", "get_command", "strip", "decode", "encode",
    "startswith", "endswith", "isdigit", "exists", "isfile", "isdir", "find", "count", "index", "raise_for_status",
}  # fmt: skip
"""Methods of unknown objects whose result is more than what object and arguments carry."""
_WRITES = {"write", "writelines", "write_bytes", "write_text"}
_KEYS = frozenset({"keys"})
_HOME = re.compile(
    r"^(?:~|%(?:USERPROFILE|HOME|APPDATA|LOCALAPPDATA)%)|(?:^|[/\\])(?:Documents|Desktop|Downloads|\.ssh|\.aws)(?:[/\\]|$)"
)
_WALLET_KEY = frozenset({"param:wallet_key"})
_FILE_TAGS = frozenset({"file:net", "file:code", "file:asset"})


def is_http(call: Call) -> bool:
    """Tell whether a call is an HTTP request by its name, its client object, or a URL as its first argument."""
    name = call.name
    if name:
        if name in FETCHES:
            return True
        owner, _, verb = name.rpartition(".")
        if verb in HTTP_VERBS and (owner in HTTP_MODULES or owner in HTTP_CLIENTS):
            return True
    if call.attr in HTTP_VERBS and call.args:
        for value in call.args[:2]:
            if value.shape.startswith(("http://", "https://")) and call.name != "os.environ.get":
                return True
    return False


def result_tags(call: Call) -> frozenset[str]:
    """Return the origins of what a call returns."""
    name = call.name
    tags: set[str] = set()
    source = SOURCES.get(name)
    if source:
        tags.add(source)
    if is_http(call):
        tags.add("net")
        url = call.arg(0, "url").shape
        if (
            "ipify" in url
            or "ifconfig." in url
            or "icanhazip" in url
            or "ipinfo.io" in url
            or "ip-api.com" in url
            or "checkip." in url
        ):
            tags = {"host:ip"}
        elif "169.254.169.254" in url or "metadata.google.internal" in url:
            tags.add("secret:cloud")
    elif source == "host:files" and call.args:
        tags |= secrets_in(f"{call.args[0].shape}/")
    elif name in PROMPTS or call.attr == "askstring":
        asked = " ".join(value.shape for value in call.args[:2])
        if PHRASES.search(asked):
            tags.add("typed:phrase")
        elif "getpass" in name or "assword" in asked:
            tags.add("typed:password")
    elif name in DOWNLOADS:
        tags.add("file:net")
    elif name in {"socket.gethostbyname", "socket.gethostbyname_ex"} and "host:name" in call.tags():
        tags.add("host:ip")
    elif name[:1] == "." and call.args and call.args[0].shape.startswith(("http://", "https://")):
        tags.add("net")  # a helper of another file that is given an address
    elif name in SHELLS or name in PROCESSES:
        tags.add("cmd")
        command = call.arg(0, "args", "cmd", "command").command()
        for pattern, tag in COMMAND_FACTS:
            if pattern.search(command):
                tags.add(tag)
    elif name in {"open", "io.open", "codecs.open", "os.open", "sqlite3.connect", "pathlib.Path().open"}:
        mode = call.arg(1, "mode").text or "r"
        if "w" not in mode:
            tags.add("file")
            tags |= secrets_in(call.arg(0, "file").shape)
    elif call.attr in {"read_text", "read_bytes"}:
        tags.add("file")
        tags |= secrets_in(call.receiver.shape)
    elif call.attr in {"decrypt", "decrypt_and_verify", "unpad"} or name.endswith("decryptor().update"):
        tags.add("crypt")
        if "ernet" in name:
            tags.add("dec:fernet")
        if any(
            (isinstance(value.const, str | bytes) and len(value.const) >= 24) or "lit" in value.tags
            for value in call.args
        ):
            tags.add("lit")
    return frozenset(tags) if tags else _NO_TAGS


_NO_TAGS: frozenset[str] = frozenset()


def result_shape(call: Call) -> str | None:
    """Return the address that an object made by a call stands for (a request, a client, a webhook), if any."""
    if call.attr in {
        "Request",
        "HTTPSConnection",
        "HTTPConnection",
        "DiscordWebhook",
        "Discord",
        "Webhook",
        "from_url",
        "PreparedRequest",
        "TeleBot",
        "Bot",
        "ZipFile",
        "FTP",
        "FTP_TLS",
        "SMTP",
        "SMTP_SSL",
        "ServerProxy",
    }:
        return call.arg(0, "url", "host", "full_url", "uri", "token", "file").shape
    if call.name in {"os.getenv", "os.environ.get"} and call.args and call.args[0].text:
        return f"%{call.args[0].text}%"
    if call.name in {"tempfile.gettempdir", "tempfile.mkdtemp"}:
        return "%TEMP%"
    if call.attr in {"get_command", "strip", "decode", "encode"} and call.receiver.shape != "\0":
        return call.receiver.shape
    return None


_WHO = {
    "USER": "host:user", "USERNAME": "host:user", "LOGNAME": "host:user", "USERDOMAIN": "host:name",
    "COMPUTERNAME": "host:name", "HOSTNAME": "host:name",
}  # fmt: skip


def env_tags(name: str | None) -> frozenset[str]:
    """Return the tags of one variable of the environment."""
    return frozenset({"env", _WHO[name]}) if name in _WHO else _ENV


_ENV = frozenset({"env"})


def secrets_in(path: str) -> set[str]:
    """Return `secret:KIND` tags for a path."""
    return {f"secret:{kind}" for pattern, kind in SECRET_PATHS if pattern.search(path)}


def asset_tags(path: str) -> frozenset[str]:
    """Return `asset:SUFFIX` when a path ends like an image, a font or another file that is no program."""
    found = _ASSET.search(path)
    return frozenset({f"asset:{found[1].lower()}"}) if found else frozenset()


def looks_like_program(value: Value) -> bool:
    """Tell whether a written constant is program text, or an embedded binary."""
    if "lit" in value.tags and any(tag.startswith(("dec:", "crypt")) for tag in value.tags):
        return True
    shape = value.shape
    if isinstance(value.const, bytes) and value.const[:2] in {b"MZ", b"\x7fE"}:
        return True
    return len(shape) >= 24 and _PROGRAM.search(shape) is not None


def after_call(reader: "Expressions", call: Call, node: ast.Call, scope: "Scope", result: Value) -> None:
    """Note what a call does besides returning: writes, downloads, copies, growing containers, command classes."""
    name, attr = call.name, call.attr
    function = node.func
    if attr in _CONTAINERS and isinstance(function, ast.Attribute):
        tags = call.tags()
        if tags:
            taint(reader, function.value, tags, scope)
    elif attr == "write" and name.startswith("zipfile.ZipFile()") and call.args:
        path = call.receiver.shape
        kept = {tag for tag in call.tags() if tag.startswith("secret:")} | secrets_in(call.args[0].shape)
        if kept and path.strip("\0/ ."):
            reader.files[path] = reader.files.get(path, _NO_TAGS) | kept
    elif attr in _WRITES and isinstance(function, ast.Attribute):
        _written(reader, call, function, scope)
    elif name in DOWNLOADS:
        _mark_path(reader, node, DOWNLOADS[name], ("filename", "out", "output"), frozenset({"file:net"}), scope)
    elif name == "shutil.copyfileobj" and len(call.args) >= 2 and "net" in call.args[0].tags and len(node.args) >= 2:
        _mark_handle(reader, node.args[1], frozenset({"file:net"}), scope)
    elif (
        name in {"os.rename", "shutil.move", "shutil.copy", "shutil.copyfile", "shutil.copy2", "os.replace"}
        and len(call.args) >= 2
    ):
        tags = call.args[0].tags & _FILE_TAGS
        if tags:
            _mark_path(reader, node, 1, ("dst",), tags, scope)
    elif attr in {"extractall", "extract"} and {"net", "file:net"} & call.receiver.all_tags():
        _mark_path(reader, node, 0 if attr == "extractall" else 1, ("path",), frozenset({"file:net"}), scope)
    elif attr in {"read", "read_file", "readfp"} and name.startswith("configparser.") and call.args:
        kinds = secrets_in(call.args[0].shape) | call.args[0].tags
        if kinds and isinstance(function, ast.Attribute):
            taint(reader, function.value, frozenset(kinds | {"file"}), scope)
    elif attr == "save" and call.receiver.tags & {"screen", "camera"} and call.args:
        path = call.args[0].shape
        reader.files[path] = reader.files.get(path, _NO_TAGS) | (call.receiver.tags & {"screen", "camera"})
    elif SOURCES.get(name) == "keys":
        # the function that is told each key
        for told in (*call.args, *call.kwargs.values()):
            target = reader.functions.get(told.name[1:]) if told.name[:1] == "~" else None
            if target is not None:
                reader.invoke(target, (Value(tags=_KEYS),), {})
    elif name == "shutil.make_archive" and len(call.args) >= 3:
        root = call.args[2].shape
        if _HOME.search(root):
            path = f"{call.args[0].shape}.{call.args[1].shape}"
            reader.files[path] = reader.files.get(path, _NO_TAGS) | {"secret:home"}
    elif attr in MAKES_WALLETS and node.args and call.args[0].shape == "\0":
        given = call.args[0]
        if not given.tags and not given.name and isinstance(node.args[0], ast.Name):
            taint(reader, node.args[0], _WALLET_KEY, scope)
    elif name in {"open", "io.open"} and node.args:
        reader.handles[id(result)] = (result, node.args[0])
    elif name in SHELLS or name in PROCESSES:
        _saved_by(reader, call.arg(0, "args", "cmd").command())
        _carried_programs(reader, call, scope)
    elif name in {"setuptools.setup", "distutils.core.setup", "setup"} or attr == "setup":
        for value in (call.kwargs.get("cmdclass"), call.kwargs.get("**")):
            for item in (value.items or ()) if value is not None else ():
                keys = reader.facts.commands.get(item.name[1:])
                if item.name.startswith("~") and (keys is None or keys & INSTALLER_COMMANDS):
                    reader.facts.install_classes.add(item.name[1:])


_SAVES = re.compile(
    r"(?:\bcurl|\bwget|Invoke-WebRequest|\biwr)\b[^|;&\n]{0,600}?\s(?:-o|-O|--output|-OutFile|-out|>)\s+[\"']?([^\s\"';|&]{3,300})",
    re.IGNORECASE,
)


def _saved_by(reader: "Expressions", command: str) -> None:
    """Note the file that a `curl -o` or `wget -O` writes."""
    for found in _SAVES.finditer(command):
        path = found[1]
        reader.files[path] = reader.files.get(path, frozenset()) | {"file:net"}


_DASH_C = re.compile(r"(?:python[\w.]*|%PYTHON%)['\"]?\s+-c\s+(['\"])(.{8,100000})\1", re.DOTALL)


def _carried_programs(reader: "Expressions", call: Call, scope: "Scope") -> None:
    """Read the program of `python -c PROGRAM`, and the programs that the file wrote before it starts one."""
    first = call.arg(0, "args", "cmd")
    texts: list[str] = []
    items = first.items or ()
    for flag, program in pairwise(items):
        if flag.const == "-c" and isinstance(program.const, str):
            texts.append(program.const)
    if first.items is None and isinstance(first.const, str):
        found = _DASH_C.search(first.const)
        if found:
            texts.append(found[2])
    command = first.command()
    named = any("file:code" in tags and len(path) > 4 and path in command for path, tags in reader.files.items())
    if reader.programs and (named or "file:code" in call.tags()):
        texts += reader.programs
        reader.programs = []
    for text in texts:
        reader.read_layer(text, reader.apart(scope), call.line)


def _written(reader: "Expressions", call: Call, function: ast.Attribute, scope: "Scope") -> None:
    data = call.args[0] if call.args else None
    if data is None:
        return
    tags: set[str] = set()
    if {"net", "net~"} & data.all_tags():
        tags.add("file:net")
    if any(tag.startswith("asset:") for tag in data.all_tags()):
        tags.add("file:asset")
    if looks_like_program(data):
        tags.add("file:code")
        if data.text is not None and len(reader.programs) < 8:
            reader.programs.append(data.text)
    if tags:
        if call.attr in {"write_bytes", "write_text"}:
            taint(reader, function.value, frozenset(tags), scope)
            reader.files[call.receiver.shape] = reader.files.get(call.receiver.shape, frozenset()) | tags
        else:
            _mark_handle(reader, function.value, frozenset(tags), scope)


def _mark_handle(reader: "Expressions", node: ast.expr, tags: frozenset[str], scope: "Scope") -> None:
    handle = reader.eval(node, scope)
    taint(reader, node, tags, scope)
    kept = reader.handles.get(id(handle))
    if kept is not None:
        _mark_expression(reader, kept[1], tags, scope)


def _mark_path(
    reader: "Expressions",
    node: ast.Call,
    position: int,
    names: tuple[str, ...],
    tags: frozenset[str],
    scope: "Scope",
) -> None:
    target: ast.expr | None = node.args[position] if position < len(node.args) else None
    if target is None:
        target = next((keyword.value for keyword in node.keywords if keyword.arg in names), None)
    if target is not None:
        _mark_expression(reader, target, tags, scope)


def _mark_expression(reader: "Expressions", target: ast.expr, tags: frozenset[str], scope: "Scope") -> None:
    shape = reader.eval(target, scope).shape
    if shape.strip("\0/ ."):
        reader.files[shape] = reader.files.get(shape, frozenset()) | tags
    if isinstance(target, ast.Name | ast.Attribute):
        taint(reader, target, tags, scope)
    elif isinstance(target, ast.Call | ast.BinOp | ast.JoinedStr):
        # os.path.join(folder, name), folder / name: the last variable names the file
        names = [part for part in walk(target) if isinstance(part, ast.Name)][:8]
        for part in names[-1:]:
            taint(reader, part, tags, scope)


def taint(reader: "Expressions", node: ast.expr, tags: frozenset[str], scope: "Scope") -> None:
    """Add tags to the variable or attribute that an expression names."""
    if isinstance(node, ast.Name):
        owner: Scope | None = scope
        while owner is not None and node.id not in owner.names:
            owner = owner.parent
        if owner is not None:
            old = owner.names[node.id]
            new = old.with_tags(tags)
            owner.names[node.id] = new
            if new is not old:
                reader.version += 1
            if id(old) in reader.handles:
                reader.handles[id(new)] = (new, reader.handles[id(old)][1])
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
        key = (scope.qual.rpartition(".")[0], node.attr)
        if key in reader.attrs:
            reader.attrs[key] = reader.attrs[key].with_tags(tags)
            reader.version += 1
    elif isinstance(node, ast.Subscript):
        taint(reader, node.value, tags, scope)
