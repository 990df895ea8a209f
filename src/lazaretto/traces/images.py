"""Container images: `docker save` and OCI archives, OCI layouts. Every layer is a tree of its own, read like a machine.

What a later layer removes (whiteouts, `.wh.NAME` and `.wh..wh..opq`) is still in the earlier one: it was *fetched* by
whoever built or pulled the image, though a container does not have it. Commands of the build are read like a history.
"""

from collections.abc import Iterator
from dataclasses import replace

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import FOLDER, Rung, Trace
from lazaretto.traces.commands import uses
from lazaretto.traces.place import Layer, Place, Tree, Wanted
from lazaretto.traces.redact import redact


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one image: all its layers, from the lowest."""
    layers = list(tree.layers(path))
    for number, layer in enumerate(layers):
        later = (
            frozenset().union(*(one.removed for one in layers[number + 1 :])) if layers[number + 1 :] else frozenset()
        )
        yield from _layer(layer, later, wanted)


def _layer(layer: Layer, later: frozenset[str], wanted: Wanted) -> Iterator[Trace | Gap]:
    from lazaretto.traces.walk import Walker  # the catalogue that it asks lists this module

    for use in uses(layer.command):
        if wanted.named(use.world, use.name):
            detail = Message.of(N_("a command of the image's build: {line}"), {"line": redact(layer.command)})
            yield Trace(
                use.world,
                use.name,
                use.version,
                use.rung,
                PLACE.id,
                layer.root,
                0,
                layer.at,
                Confidence.MEDIUM,
                detail,
                use.requirement,
            )
    if layer.tree is None:
        return
    walker = Walker(layer.tree, wanted)
    for item in walker.run([layer.root]):
        if isinstance(item, Gap) or item.world == FOLDER:
            if isinstance(item, Gap):
                yield item
            continue
        inside = item.path.removeprefix(layer.root).lstrip("/")
        gone = inside in later or any(inside.startswith(name + "/") for name in later if len(name) < len(inside))
        at = item.at or layer.at
        if gone and item.rung > Rung.FETCHED and item.rung is not Rung.INFECTED:
            template = N_("in a layer of the image; a later layer removes it")
            yield replace(item, rung=Rung.FETCHED, at=at, place=PLACE.id, detail=Message.of(template))
        else:
            yield replace(item, at=at, place=PLACE.id)


def _accepts(tree: Tree, path: str) -> bool:
    return tree.is_image(path)


PLACE = Place(
    "container-image",
    N_("container images (tar archives, OCI layouts)"),
    (Rung.FETCHED, Rung.INSTALLED),
    read,
    accepts=_accepts,
    files=("*.tar", "*.tar.gz", "*.tgz", "*.oci", "oci-layout"),
)
