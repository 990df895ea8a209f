"""What the configuration files around a folder say, as far as pointing a client needs it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_toml
from lazaretto.parse.manifests import ClientConfig
from lazaretto.parse.views import ParseError

_SCOPED = (".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", ".bunfig.toml")
_LARGEST = 1 << 20


def scopes(folder: Path, environment: Mapping[str, str], home: Path) -> tuple[str, ...]:
    """Return every npm scope that a file of the project, the user or the machine gives a registry of its own."""
    found: set[str] = set()
    for path in _files(folder, environment, home, _SCOPED):
        blob = _read(path)
        try:
            found |= {source.scope for source in ClientConfig(blob).sources if source.scope} if blob else set()
        except ParseError:
            continue
    return tuple(sorted(found))


def index_names(folder: Path, environment: Mapping[str, str], home: Path) -> tuple[str, ...]:
    """Return the names that `[[tool.uv.index]]` tables give to indexes."""
    found: set[str] = set()
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    for path in (*_files(folder, environment, home, ("pyproject.toml", "uv.toml")), config / "uv/uv.toml"):
        blob = _read(path)
        try:
            root = as_mapping(load_toml(blob)) if blob else {}
        except ParseError:
            continue
        table = as_mapping(as_mapping(root.get("tool")).get("uv")) if path.name == "pyproject.toml" else root
        found |= {name for row in as_sequence(table.get("index")) if (name := as_text(as_mapping(row).get("name")))}
    return tuple(sorted(name for name in found if name.replace("-", "").replace("_", "").replace(".", "").isalnum()))


def upwards(folder: Path, home: Path) -> Iterator[Path]:
    """Yield a folder and those above it, up to the repository's root or the home folder."""
    for place in (folder, *folder.parents):
        yield place
        if (place / ".git").exists() or place == home:
            return


def _files(folder: Path, environment: Mapping[str, str], home: Path, names: tuple[str, ...]) -> Iterator[Path]:
    places = dict.fromkeys([*upwards(folder, home), home])
    for place in places:
        for name in names:
            yield place / name
    for variable in (
        "NPM_CONFIG_USERCONFIG",
        "npm_config_userconfig",
        "NPM_CONFIG_GLOBALCONFIG",
        "npm_config_globalconfig",
    ):
        if environment.get(variable):
            yield Path(environment[variable])
    yield from map(Path, ("/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc", "/opt/homebrew/etc/npmrc"))


def _read(path: Path) -> Blob | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        name = ".npmrc" if path.name == "npmrc" else path.name.removeprefix(".") if "bunfig" in path.name else path.name
        return Blob(name, path.read_bytes())
    except OSError:
        return None
