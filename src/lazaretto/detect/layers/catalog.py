"""All finders of decoded layers. A test asserts that every module of this folder is listed."""

from lazaretto.detect.layers import data_url, encoded_text, invisible_text, python_decoded, script_rewritten
from lazaretto.detect.layers.source import LayerSource

LAYERS: tuple[LayerSource, ...] = (
    encoded_text.SOURCE,
    python_decoded.SOURCE,
    data_url.SOURCE,
    invisible_text.SOURCE,
    script_rewritten.SOURCE,
)
