"""The gate's store: decisions, examinations, leases, approvals, first sightings, epochs (SQLite or PostgreSQL)."""

from lazaretto.adapters.gate_store.place import GateStoreError, Trouble, gate_place
from lazaretto.adapters.gate_store.store import GateStore

__all__ = ["GateStore", "GateStoreError", "Trouble", "gate_place"]
