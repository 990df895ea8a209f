import json

import pytest

from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import FileInfo, Project
from lazaretto.parse.blob import Blob


@pytest.fixture
def examine():
    """Run one project rule over files given as texts, with the packages and signals of the documents."""

    def run(rule, files, packages=(), signals=()):
        blobs = {
            path: Blob(path, (text if isinstance(text, str) else json.dumps(text, indent=1)).encode())
            for path, text in files.items()
        }
        infos = {path: FileInfo(len(blob.data), "") for path, blob in blobs.items()}
        result = run_rule(rule, Project(infos, signals=signals, packages=packages, read=blobs.get), "subject")
        assert not result.gaps
        return [
            (f.severity.name, f.confidence.name, f.locations[0].path, f.locations[0].line, f.message.english())
            for f in result.findings
        ]

    return run
