"""The clauses, in the order in which they are looked at; among equals the first one speaks."""

from typing import Final

from lazaretto.judge.gate_clauses import (
    age,
    builds,
    deny,
    deprecated,
    examination,
    internal,
    licence,
    malware,
    mismatch,
    new_package,
    no_date,
    provenance,
    publisher,
    registry,
    scripts,
    typosquat,
    yanked,
)
from lazaretto.judge.gate_clauses.clause import GateClause

CLAUSES: Final[tuple[GateClause, ...]] = (
    mismatch.CLAUSE,
    malware.CLAUSE,
    internal.CLAUSE,
    deny.CLAUSE,
    registry.CLAUSE,
    provenance.CLAUSE,
    examination.CLAUSE,
    typosquat.CLAUSE,
    new_package.CLAUSE,
    age.CLAUSE,
    no_date.CLAUSE,
    scripts.CLAUSE,
    builds.CLAUSE,
    licence.CLAUSE,
    publisher.CLAUSE,
    yanked.CLAUSE,
    deprecated.CLAUSE,
)

BY_ID: Final = {clause.id: clause for clause in CLAUSES}
ALLOW: Final = "allow"
"""Not a clause: the id under which a ruling tells that the allow list spoke."""
