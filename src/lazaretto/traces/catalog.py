"""All kinds of places. A test asserts that every module of the folder is listed."""

from lazaretto.traces.agents import PLACE as AGENTS
from lazaretto.traces.bun_cache import PLACE as BUN
from lazaretto.traces.editors import PLACES as EDITORS
from lazaretto.traces.git_history import PLACE as GIT
from lazaretto.traces.histories import PLACES as HISTORIES
from lazaretto.traces.images import PLACE as IMAGES
from lazaretto.traces.leftovers import PLACE as LEFTOVERS
from lazaretto.traces.network_logs import PLACE as NETWORK
from lazaretto.traces.node_modules import PLACE as NODE_MODULES
from lazaretto.traces.npm_cache import PLACE as NPM_CACHE
from lazaretto.traces.npm_logs import PLACE as NPM_LOGS
from lazaretto.traces.persistence import PLACES as PERSISTENCE
from lazaretto.traces.pip_cache import PLACES as PIP
from lazaretto.traces.place import Place
from lazaretto.traces.pnpm_store import PLACES as PNPM
from lazaretto.traces.project import PLACE as PROJECT
from lazaretto.traces.python_caches import PLACES as PYTHON_CACHES
from lazaretto.traces.site_packages import PLACE as SITE_PACKAGES
from lazaretto.traces.uv_cache import PLACE as UV
from lazaretto.traces.yarn_cache import PLACES as YARN

PLACES: tuple[Place, ...] = (
    PROJECT,
    GIT,
    NODE_MODULES,
    SITE_PACKAGES,
    NPM_CACHE,
    NPM_LOGS,
    *PNPM,
    *YARN,
    BUN,
    *PIP,
    UV,
    *PYTHON_CACHES,
    *HISTORIES,
    *EDITORS,
    AGENTS,
    IMAGES,
    *PERSISTENCE,
    LEFTOVERS,
    NETWORK,
)
BY_ID = {place.id: place for place in PLACES}
