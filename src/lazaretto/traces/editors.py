"""Editors of the VS Code family: folders that were trusted and opened, and installed extensions.

    User/globalStorage/state.vscdb          SQLite `ItemTable`: `content.trust.model.key` (trusted folders),
                                            `history.recentlyOpenedPathsList`
    User/workspaceStorage/ID/workspace.json {"folder": "file:///..."}
    extensions/PUBLISHER.NAME-VERSION, extensions/extensions.json

A folder is no hit by itself. Where a hit lies in a folder that was trusted, the editor ran what the folder starts by
itself (`app/hunt_trust.py` puts both together). A folder that has the name of a recorded lure repository is one.
"""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import FOLDER, Rung, Trace
from lazaretto.traces.place import SMALL, Place, Tree, Wanted, iso, join, partly

TRUST = "content.trust.model.key"
RECENT = "history.recentlyOpenedPathsList"
_EXTENSION = re.compile(r"([\w-]{1,100}\.[\w.-]{1,150}?)-(\d+\.\d+\.\d+[\w.+]{0,60})(?:-[\w-]{1,40})?")
TRUSTED = N_("an editor trusts the folder {folder}")
"""Of a trusted folder's trace: `app/hunt_trust.py` knows it by that."""
_OPENED = N_("the folder {folder} was opened in an editor")


def read_state(tree: Tree, path: str, _wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read a `state.vscdb`."""
    at = iso(tree.time(path))
    for key, value in tree.rows(path, (TRUST, RECENT)):
        try:
            document = json.loads(value)
        except (ValueError, RecursionError):
            yield partly(path, N_("the entry {key} of the editor's state is not readable"), {"key": key})
            continue
        if key == TRUST:
            entries = document.get("uriTrustInfo") if isinstance(document, dict) else None
            for entry in entries if isinstance(entries, list) else ():
                uri = entry.get("uri") if isinstance(entry, dict) and entry.get("trusted") is True else None
                folder = uri.get("path") or uri.get("fsPath") if isinstance(uri, dict) else None
                if isinstance(folder, str):
                    yield from _folder(folder, path, at, TRUSTED, Confidence.MEDIUM)
        else:
            entries = document.get("entries") if isinstance(document, dict) else None
            for entry in entries if isinstance(entries, list) else ():
                uri = entry.get("folderUri") if isinstance(entry, dict) else None
                if isinstance(uri, str):
                    yield from _folder(_path(uri), path, at, _OPENED, Confidence.LOW)


def read_workspaces(tree: Tree, path: str, _wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read a `workspaceStorage` folder."""
    for name in tree.list(path)[0]:
        file = f"{path}/{name}/workspace.json"
        blob = tree.read(file, SMALL) if tree.has(file) else None
        if blob is None:
            continue
        try:
            document = json.loads(blob.text)
        except (ValueError, RecursionError):
            yield partly(file, N_("not readable as JSON"))
            continue
        uri = (document.get("folder") or document.get("workspace")) if isinstance(document, dict) else None
        if isinstance(uri, str):
            yield from _folder(_path(uri), file, iso(tree.time(file)), _OPENED, Confidence.LOW)


def read_extensions(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read an editor's `extensions` folder."""
    for name in tree.list(path)[0]:
        match = _EXTENSION.fullmatch(name)
        if match and wanted.named("vscode-extension", match[1].lower()):
            file = join(path, name)
            detail = Message.of(N_("an installed extension of the editor"))
            yield Trace(
                "vscode-extension",
                match[1].lower(),
                match[2],
                Rung.INSTALLED,
                EXTENSIONS.id,
                file,
                0,
                iso(tree.time(file)),
                detail=detail,
            )
    record = tree.read(join(path, "extensions.json"), 8 << 20) if tree.has(join(path, "extensions.json")) else None
    if record is not None:
        yield from _record(record.path, record.text, iso(tree.time(record.path)), wanted)


def _record(path: str, text: str, at: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        yield partly(path, N_("not readable as JSON"))
        return
    for row in rows if isinstance(rows, list) else ():
        identifier = row.get("identifier") if isinstance(row, dict) else None
        name = identifier.get("id") if isinstance(identifier, dict) else None
        if not isinstance(name, str) or not wanted.named("vscode-extension", name.lower()):
            continue
        metadata = row.get("metadata")
        stamp = metadata.get("installedTimestamp") if isinstance(metadata, dict) else None
        when = iso(stamp / 1000) if isinstance(stamp, (int, float)) else at
        version = row.get("version")
        detail = Message.of(N_("an installed extension of the editor"))
        yield Trace(
            "vscode-extension",
            name.lower(),
            version if isinstance(version, str) else "",
            Rung.INSTALLED,
            EXTENSIONS.id,
            path,
            0,
            when,
            detail=detail,
        )


def _path(uri: str) -> str:
    path = unquote(uri.removeprefix("file://"))
    return path[1:] if re.match(r"/[A-Za-z]:/", path) else path


def _folder(folder: str, path: str, at: str, template: str, confidence: Confidence) -> Iterator[Trace]:
    folder = folder.rstrip("/")
    if not folder:
        return
    detail = Message.of(template, {"folder": folder})
    yield Trace(FOLDER, folder, "", Rung.FETCHED, STATE.id, path, 0, at, confidence, detail)
    yield Trace(
        "repository-name", folder.rpartition("/")[2], "", Rung.FETCHED, STATE.id, path, 0, at, confidence, detail
    )


_USERS = ("Code", "Code - Insiders", "Cursor", "VSCodium", "Windsurf")
STATE = Place(
    "editor-state",
    N_("folders that an editor opened or trusted"),
    (Rung.FETCHED, Rung.EXECUTED),
    read_state,
    files=("state.vscdb",),
    locations={
        "linux": tuple(f"{{config}}/{name}/User" for name in _USERS),
        "macos": tuple(f"{{home}}/Library/Application Support/{name}/User" for name in _USERS),
        "windows": tuple(f"{{appdata}}/{name}/User" for name in _USERS),
    },
)
WORKSPACES = Place(
    "editor-workspaces",
    N_("workspaces that an editor remembers"),
    (Rung.FETCHED,),
    read_workspaces,
    folders=("workspaceStorage",),
)
_FOLDERS = (
    ".vscode",
    ".vscode-insiders",
    ".vscode-oss",
    ".vscode-server",
    ".cursor",
    ".cursor-server",
    ".windsurf",
    ".positron",
    ".trae",
    ".kiro",
    ".antigravity",
)
EXTENSIONS = Place(
    "editor-extensions",
    N_("installed extensions of editors"),
    (Rung.INSTALLED,),
    read_extensions,
    folders=tuple(f"{name}/extensions" for name in _FOLDERS),
    locations=dict.fromkeys(("linux", "macos", "windows"), ("{home}/.vscode/extensions", "{home}/.cursor/extensions")),
)
PLACES = (STATE, WORKSPACES, EXTENSIONS)
