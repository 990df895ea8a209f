"""Whose file it is."""

import pytest

from lazaretto.detect.loaded import is_code, package_of


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("/w/node_modules/esbuild/lib/main.js", "npm:esbuild"),
        ("node_modules/esbuild/lib/main.js", "npm:esbuild"),
        ("/w/node_modules/a/node_modules/@s/b/index.js", "npm:@s/b"),
        ("/w/node_modules/.pnpm/left@1.0.0/node_modules/left/x.js", "npm:left"),
        ("/w/node_modules/.bin/tsc", ""),
        ("/w/node_modules/x", ""),
        ("/usr/lib/python3/dist-packages/six.py", "pypi:six"),
        ("/v/lib/python3.11/site-packages/numpy/core/x.so", "pypi:numpy"),
        ("/v/lib/python3.11/site-packages/numpy-2.dist-info/METADATA", ""),
        ("/w/src/x.js", ""),
        ("/w/node_modules/", ""),
        ("", ""),
        ("/node_modules/" * 500, ""),
        ("@/" * 2000, ""),
        ("\udcff\0", ""),
    ],
)
def test_whose_file(path, package):
    assert package_of(path) == package


def test_what_is_code():
    assert is_code("/w/node_modules/x/index.js")
    assert not is_code("/w/node_modules/x/package.json")
