"""The JSON schema of the policy file, made from the clauses themselves, for editors that complete and check TOML.

It is shipped as `reports/schema/gate-policy-1.schema.json`, and a test compares.
What a schema cannot say (a waiver's longest life, a version range) `load_policy` still checks.
"""

from typing import Any

from lazaretto.judge.gate_clauses.catalog import CLAUSES
from lazaretto.judge.gate_clauses.clause import GateClause, Key, Kind
from lazaretto.judge.gate_terms import Action, Mode

Json = dict[str, Any]

_TEXT: Json = {"type": "string", "minLength": 1}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _one_or_many(shape: Json) -> Json:
    return {"oneOf": [shape, {"type": "array", "items": shape}]}


_NAME, _NAMES, _SUBJECT, _SUBJECTS = _ref("name"), _ref("names"), _ref("subject"), _ref("subjects")
_TEXTS, _DURATION, _DAY, _VARIABLE = _ref("texts"), _ref("duration"), _ref("day"), _ref("variable")
_DEFS: Json = {
    "texts": _one_or_many(_TEXT),
    "duration": {"oneOf": [{"type": "string", "pattern": "^(0|[0-9]{1,6} ?[mhdw])$"}, {"const": 0}]},
    "name": {"type": "string", "pattern": "^(npm|pypi):\\S.*$"},
    "names": _one_or_many(_NAME),
    "subject": {"type": "string", "pattern": "^((npm|pypi):\\S.*|sha(256|512)[:-][0-9A-Za-z+/=]+)$"},
    "subjects": _one_or_many(_SUBJECT),
    "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"},
    "variable": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "description": "Name of a variable."},
}


def schema() -> Json:
    """Return the schema (draft 2020-12). Days are texts there: TOML dates reach a checker of JSON as texts."""
    team = _team()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:lazaretto:schema:gate-policy-1",
        "title": "Lazaretto gate policy, version 1",
        "description": "The TOML file of `lazaretto gate`. A key that is not there has its default.",
        "$defs": {**_DEFS, **{f"clause-{clause.id}": _clause(clause) for clause in CLAUSES if clause.settable}},
        **_object({
            "name": _TEXT,
            "waiver-days": {"type": "integer", "minimum": 1, "maximum": 3660, "default": 90},
            "require-token": {"type": "boolean", "default": False},
            **team,
            "internal": _object({"names": _NAMES}),
            "teams": {
                "type": "object",
                "propertyNames": {"pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"},
                "additionalProperties": _object({
                    "tokens": {"type": "array", "items": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}},
                    **team,
                }),
            },
            "upstreams": _many(
                {
                    "id": _TEXT,
                    "ecosystem": {"enum": ["npm", "pypi"]},
                    "url": {"type": "string", "pattern": "^https?://[^@?#\\s]+$"},
                    "serves": _NAMES,
                    "private": {"type": "boolean", "default": False},
                    "token-env": _VARIABLE,
                    "username-env": _VARIABLE,
                    "password-env": _VARIABLE,
                    "ca-file": _TEXT,
                },
                "id", "ecosystem", "url",
            ),
            "waivers": _many(
                {
                    "id": _TEXT,
                    "subject": _SUBJECT,
                    "clauses": {"type": "array", "items": {"enum": [clause.id for clause in CLAUSES]}},
                    "reason": _TEXT,
                    "owner": _TEXT,
                    "created": _DAY,
                    "expires": _DAY,
                    "team": _TEXT,
                    "approved-by": _TEXTS,
                },
                "subject", "reason", "owner", "created", "expires",
            ),
        }),
    }  # fmt: skip


def _team() -> Json:
    return {
        "mode": {"enum": [mode.value for mode in Mode], "default": "enforce"},
        **{clause.id: _ref(f"clause-{clause.id}") for clause in CLAUSES if clause.settable},
        "deny": _with(_many(
            {
                "match": _SUBJECTS,
                "publishers": _one_or_many({"type": "string", "pattern": "^(npm|pypi):\\S+$"}),
                "action": _action(Action.OBSERVE, Action.BLOCK),
                "reason": _TEXT,
                "owner": _TEXT,
                "expires": _DAY,
            },
            "reason",
        ), anyOf=[{"required": ["match"]}, {"required": ["publishers"]}]),
        "allow": _many(
            {"match": _NAME, "digest": _SUBJECT, "reason": _TEXT, "owner": _TEXT, "expires": _DAY},
            "match", "digest", "reason",
        ),
    }  # fmt: skip


def _clause(clause: GateClause) -> Json:
    keys: Json = {
        "action": _action(clause.least, clause.action),
        "except": {**_SUBJECTS, "description": "What the clause does not look at."},
        "private": {
            "type": "boolean",
            "default": clause.private,
            "description": "Does it look at packages of private upstreams?",
        },
    }
    return {"description": clause.title, **_object(keys | {key.name: _key(key) for key in clause.keys})}


def _key(key: Key) -> Json:
    shape: Json
    match key.kind:
        case Kind.ACTION:
            assert isinstance(key.default, Action)
            shape = _action(key.least, key.default)
        case Kind.DURATION:
            shape = _DURATION
        case Kind.FLAG:
            shape = {"type": "boolean", "default": key.default}
        case Kind.SUBJECTS:
            shape = _SUBJECTS
        case Kind.TEXTS:
            shape = _TEXTS
        case Kind.OVERRIDES:
            durations = dict.fromkeys(("minimum", "new-package", "security-fix"), _DURATION)
            shape = _with(_many({"match": _NAMES, **durations}, "match"), minProperties=2)
    return {**shape, "description": key.doc}


def _action(least: Action, default: Action) -> Json:
    return {"enum": [one.word for one in Action if one >= least], "default": default.word}


def _with(shape: Json, **more: object) -> Json:
    return {**shape, "items": {**shape["items"], **more}}


def _object(keys: Json, *needed: str) -> Json:
    shape: Json = {"type": "object", "properties": keys, "additionalProperties": False}
    return shape | {"required": list(needed)} if needed else shape


def _many(keys: Json, *needed: str) -> Json:
    return {"type": "array", "items": _object(keys, *needed)}
