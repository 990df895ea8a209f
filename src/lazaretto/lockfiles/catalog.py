"""All document formats that name packages. A test asserts that every module of the folder is listed."""

from lazaretto.lockfiles.bun import BINARY_FORMAT as BUN_BINARY
from lazaretto.lockfiles.bun import FORMAT as BUN
from lazaretto.lockfiles.cargo import FORMAT as CARGO
from lazaretto.lockfiles.composer import FORMAT as COMPOSER
from lazaretto.lockfiles.conda import FORMAT as CONDA
from lazaretto.lockfiles.conda_lock import FORMAT as CONDA_LOCK
from lazaretto.lockfiles.conda_meta import FORMAT as CONDA_META
from lazaretto.lockfiles.cyclonedx import FORMAT as CYCLONEDX
from lazaretto.lockfiles.gemfile import FORMAT as GEMFILE
from lazaretto.lockfiles.go_mod import FORMAT as GO_MOD
from lazaretto.lockfiles.go_sum import FORMAT as GO_SUM
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.node_modules import FORMAT as NODE_MODULES
from lazaretto.lockfiles.package_json import FORMAT as PACKAGE_JSON
from lazaretto.lockfiles.package_lock import FORMAT as PACKAGE_LOCK
from lazaretto.lockfiles.pdm import FORMAT as PDM
from lazaretto.lockfiles.pipenv import FORMAT as PIPENV
from lazaretto.lockfiles.pipfile import FORMAT as PIPFILE
from lazaretto.lockfiles.pnpm import FORMAT as PNPM
from lazaretto.lockfiles.poetry import FORMAT as POETRY
from lazaretto.lockfiles.pylock import FORMAT as PYLOCK
from lazaretto.lockfiles.pyproject import FORMAT as PYPROJECT
from lazaretto.lockfiles.requirements import FORMAT as REQUIREMENTS
from lazaretto.lockfiles.setup_cfg import FORMAT as SETUP_CFG
from lazaretto.lockfiles.setup_py import FORMAT as SETUP_PY
from lazaretto.lockfiles.site_packages import FORMAT as SITE_PACKAGES
from lazaretto.lockfiles.spdx import FORMAT as SPDX
from lazaretto.lockfiles.terraform import FORMAT as TERRAFORM
from lazaretto.lockfiles.uv import FORMAT as UV
from lazaretto.lockfiles.yarn import FORMAT as YARN

FORMATS: tuple[Format, ...] = (
    BUN,
    BUN_BINARY,
    CARGO,
    COMPOSER,
    CONDA,
    CONDA_LOCK,
    CONDA_META,
    CYCLONEDX,
    GEMFILE,
    GO_MOD,
    GO_SUM,
    NODE_MODULES,
    PACKAGE_JSON,
    PACKAGE_LOCK,
    PDM,
    PIPENV,
    PIPFILE,
    PNPM,
    POETRY,
    PYLOCK,
    PYPROJECT,
    REQUIREMENTS,
    SETUP_CFG,
    SETUP_PY,
    SITE_PACKAGES,
    SPDX,
    TERRAFORM,
    UV,
    YARN,
)
