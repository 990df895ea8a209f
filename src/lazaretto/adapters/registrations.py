"""Questions to registries about domains (RDAP), over HTTP as the user's clients are configured.

The table of registries is fetched once, when the first domain is asked about.
"""

from dataclasses import dataclass
from pathlib import Path

from lazaretto.adapters.http_client import Fetcher, FetchError
from lazaretto.parse import rdap

TABLE_BYTES, ANSWER_BYTES = 4 << 20, 1 << 20
_ACCEPT = {"Accept": "application/rdap+json, application/json"}


class RegistryError(Exception):
    """A registry did not tell. The text is one English phrase, without credentials."""


@dataclass(slots=True)
class Registries:
    """All registries that the table names."""

    bootstrap: str
    """Address or path of the table (RFC 9224)."""
    fetcher: Fetcher
    _table: dict[str, tuple[str, ...]] | None = None

    def ask(self, domain: str) -> rdap.Registration | None:
        """Ask about one registrable domain; None when the registry says that there is no such.

        Raises:
            RegistryError: no registry is known for it, or it gave no good answer.
        """
        places = rdap.servers(self.table(), domain)
        if not places:
            raise RegistryError("no registry is known for its ending")
        try:
            _, _, body = self.fetcher.get(f"{places[0].rstrip('/')}/domain/{domain}", ANSWER_BYTES, _ACCEPT)
            return rdap.registration(body, domain)
        except FetchError as error:
            if error.status == 404:
                return None
            raise RegistryError(str(error)) from error
        except rdap.RdapError as error:
            raise RegistryError(f"its answer is not one: {error}") from error

    def table(self) -> dict[str, tuple[str, ...]]:
        """Return the table.

        Raises:
            RegistryError: it cannot be had.
        """
        if self._table is None:
            try:
                if self.bootstrap.startswith(("https://", "http://")):
                    _, _, body = self.fetcher.get(self.bootstrap, TABLE_BYTES, _ACCEPT)
                else:
                    with Path(self.bootstrap).open("rb") as stream:
                        body = stream.read(TABLE_BYTES)
                self._table = rdap.bootstrap(body)
            except (FetchError, OSError, rdap.RdapError) as error:
                self._table = {}
                raise RegistryError(f"the table of registries cannot be had: {error}") from error
        return self._table
