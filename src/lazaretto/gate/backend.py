"""What a gate keeps: its store (decisions, examinations, approvals), its files, its documents."""

from dataclasses import dataclass
from pathlib import Path

from lazaretto.adapters.cache import default_path
from lazaretto.adapters.gate_blobs import Blobs
from lazaretto.adapters.gate_documents import Documents
from lazaretto.adapters.gate_store.store import GateStore
from lazaretto.gate.settings import Settings

DOCUMENT_SHARE = 8
"""One part in so many of the cache is for documents."""


@dataclass(frozen=True, slots=True)
class Backend:
    """Everything that outlives the process. All methods of its parts block: call them in a thread."""

    store: GateStore
    blobs: Blobs
    documents: Documents

    @classmethod
    def open(cls, settings: Settings) -> "Backend":
        """Open all of it.

        Raises:
            GateStoreError, CacheError: it cannot be used.
        """
        folder = settings.cache or default_folder()
        store = GateStore(settings.store)
        try:
            blobs = Blobs(folder, settings.cache_bytes)
            return cls(store, blobs, Documents(folder, max(64 << 20, settings.cache_bytes // DOCUMENT_SHARE)))
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Close everything."""
        self.blobs.close()
        self.store.close()


def default_folder() -> Path:
    """Return where files are kept: beside the examination cache of `check`."""
    return default_path().parent / "gate"
