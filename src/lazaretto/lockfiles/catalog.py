"""All document formats that name packages. A test asserts that every module of the folder is listed."""

from lazaretto.lockfiles.lockfile import Format

FORMATS: tuple[Format, ...] = ()
