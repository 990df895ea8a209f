import gzip
import io
import json
import tarfile

import pytest

from lazaretto.adapters.hunt_image import layers


def tar(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def save(tmp_path, layer, name="x.tar", **more):
    manifest = [{"Config": "c.json", "Layers": ["l/layer.tar"]}]
    members = {
        "manifest.json": json.dumps(manifest).encode(),
        "c.json": b'{"history": [{"created_by": "RUN x"}]}',
        "l/layer.tar": layer,
    }
    path = tmp_path / name
    path.write_bytes(tar({**members, **more}))
    return str(path)


@pytest.fixture
def gaps():
    return []


@pytest.fixture
def note(gaps):
    def take(stage, path, reason, *, partial=False):
        gaps.append((path, reason.english()))

    return take


def test_a_layer_is_a_tree(tmp_path, note, gaps):
    path = save(tmp_path, tar({"a/b/package.json": b"{}", "a/b/c.js": b"x", "a/.wh.gone": b"", "d/.wh..wh..opq": b""}))
    (layer,) = layers(path, note)
    assert layer.root == f"{path}!/l"
    assert layer.command == "x"
    assert layer.removed == {"a/gone", "d"}
    assert layer.tree.list(layer.root) == (["a"], [])
    assert layer.tree.list(f"{layer.root}/a/b") == ([], ["c.js", "package.json"])
    assert layer.tree.read(f"{layer.root}/a/b/package.json").data == b"{}"
    assert layer.tree.read(f"{layer.root}/a/b/c.js") is None
    assert layer.tree.has(f"{layer.root}/a/b/c.js")
    assert layer.tree.has(f"{layer.root}/a/b")
    assert gaps == []


def test_packed_layers_and_a_packed_image(tmp_path, note):
    path = save(tmp_path, gzip.compress(tar({"package.json": b"{}"})))
    (layer,) = layers(path, note)
    assert layer.tree.list(layer.root)[1] == ["package.json"]
    packed = tmp_path / "y.tar.gz"
    packed.write_bytes(gzip.compress((tmp_path / "x.tar").read_bytes()))
    (layer,) = layers(str(packed), note)
    assert layer.tree.list(layer.root)[1] == ["package.json"]


@pytest.mark.parametrize(
    "data", [b"", b"x" * 2000, gzip.compress(b"x" * 2000, mtime=0), tar({"package/index.js": b"x"})]
)
def test_what_is_no_image_says_nothing(tmp_path, note, gaps, data):
    (tmp_path / "x.tar").write_bytes(data)
    assert list(layers(str(tmp_path / "x.tar"), note)) == []
    assert len(gaps) <= 1


def test_damage_is_told(tmp_path, note, gaps):
    path = save(tmp_path, b"\x1f\x8bdamaged" * 100)
    list(layers(path, note))
    assert gaps == [] or gaps[0][0].startswith(path)
    whole = (tmp_path / "x.tar").read_bytes()
    (tmp_path / "x.tar").write_bytes(whole[: len(whole) // 3])
    list(layers(path, note))
    (tmp_path / "z.tar").write_bytes(tar({"manifest.json": b"[]"}))
    assert list(layers(str(tmp_path / "z.tar"), note)) == []
    assert gaps[-1][1] == "an image without a manifest that can be read"


def test_a_layer_that_is_missing(tmp_path, note, gaps):
    (tmp_path / "x.tar").write_bytes(tar({"manifest.json": b'[{"Config": "", "Layers": ["gone/layer.tar"]}]'}))
    (layer,) = layers(str(tmp_path / "x.tar"), note)
    assert layer.tree is None
    assert gaps[0][1] == "the layer is not in the image"
