"""All rules, family by family. A test asserts that every module below `detect/rules` is in its folder's catalogue."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.approach.catalog import RULES as APPROACH
from lazaretto.detect.rules.behaviour.catalog import RULES as BEHAVIOUR
from lazaretto.detect.rules.binary.catalog import RULES as BINARY
from lazaretto.detect.rules.change.catalog import RULES as CHANGE
from lazaretto.detect.rules.domain.catalog import RULES as DOMAIN
from lazaretto.detect.rules.javascript.catalog import RULES as JAVASCRIPT
from lazaretto.detect.rules.mail.catalog import RULES as MAIL
from lazaretto.detect.rules.manifest.catalog import RULES as MANIFEST
from lazaretto.detect.rules.meta.catalog import RULES as META
from lazaretto.detect.rules.name.catalog import RULES as NAME
from lazaretto.detect.rules.python.catalog import RULES as PYTHON
from lazaretto.detect.rules.repository.catalog import RULES as REPOSITORY
from lazaretto.detect.rules.story.catalog import RULES as STORY
from lazaretto.detect.rules.text.catalog import RULES as TEXT

RULES: tuple[Rule, ...] = (
    *REPOSITORY,
    *MANIFEST,
    *JAVASCRIPT,
    *PYTHON,
    *BINARY,
    *TEXT,
    *NAME,
    *META,
    *CHANGE,
    *BEHAVIOUR,
    *STORY,
    *APPROACH,
    *MAIL,
    *DOMAIN,
)
