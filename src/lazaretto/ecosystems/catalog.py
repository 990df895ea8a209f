"""All package worlds whose names and versions Lazaretto understands. A test asserts that every one is listed."""

from lazaretto.ecosystems.ecosystem import Ecosystem
from lazaretto.ecosystems.npm import ECOSYSTEM as NPM
from lazaretto.ecosystems.pypi import ECOSYSTEM as PYPI

ECOSYSTEMS: tuple[Ecosystem, ...] = (NPM, PYPI)
