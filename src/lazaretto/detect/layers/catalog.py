"""All finders of decoded layers. A test asserts that every module of this folder is listed."""

from lazaretto.detect.layers import encoded_text, python_decoded
from lazaretto.detect.layers.source import LayerSource

LAYERS: tuple[LayerSource, ...] = (encoded_text.SOURCE, python_decoded.SOURCE)
