"""What it sees
    A provider address in `.terraform.lock.hcl` whose registry host is not a known one, or whose namespace is one or
    two letters away from a well-known publisher's.

Why it matters
    Take-homes of 2026 carried lock files that named a look-alike registry, and providers such as `kreuzwenker/docker`
    for `kreuzwerker/docker`. `terraform init` downloads and runs the provider.

Example
    provider "registry.hashicorp-mirror.test/hashicorp/aws" {

What to do
    Do not run `terraform init`.

False alarms
    Companies run private registries: such a host is medium at most.

References
    Terraform documentation, "Dependency Lock File"; ATT&CK T1195.001.
"""

from collections.abc import Iterator

from rapidfuzz.distance import OSA

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.manifests import TerraformLock

_HOSTS = frozenset(
    {"registry.terraform.io", "registry.opentofu.org", "app.terraform.io", "terraform.local", "localterraform.com"}
)
_PUBLISHERS = frozenset(
    [
        "hashicorp", "kreuzwerker", "cloudflare", "integrations", "datadog", "grafana", "digitalocean", "mongodb",
        "gavinbunny", "gavinbunney", "telmate", "bpg", "hetznercloud", "linode", "vultr", "oracle", "aliyun",
        "newrelic", "pagerduty", "okta", "auth0", "fastly", "launchdarkly", "opsgenie", "snowflake", "databricks",
        "confluentinc", "scaleway", "ovh", "vmware", "cyrilgdn", "carlpett", "siderolabs", "alekc", "loafoe",
        "hashicups",
    ]
)  # fmt: skip


def check(view: TerraformLock) -> Iterator[Match | Signal]:
    """Compare host and namespace of each provider."""
    for address, line in view.providers:
        host, _, rest = address.rpartition("/")[0].partition("/")
        namespace = rest.rsplit("/", 1)[-1].lower()
        near = next(
            (
                known
                for known in sorted(_PUBLISHERS)
                if namespace != known and len(known) > 4 and OSA.distance(namespace, known) <= 2
            ),
            "",
        )
        if near and namespace not in _PUBLISHERS:
            yield Match(
                N_("the provider {address} is named like {known}, but is another publisher's"),
                line=line,
                params={"address": address, "known": near},
                confidence=Confidence.HIGH if OSA.distance(namespace, near) == 1 else Confidence.MEDIUM,
            )
        elif host not in _HOSTS:
            imitates = any(word in host for word in ("hashicorp", "terraform", "opentofu"))
            yield Match(
                N_("the provider {address} comes from a registry that is not the usual one"),
                line=line,
                params={"address": address},
                severity=Severity.HIGH if imitates else Severity.MEDIUM,
                confidence=Confidence.MEDIUM if imitates else Confidence.LOW,
            )


RULE = Rule(
    id="repo/terraform-lock-odd-registry",
    title=N_("A Terraform lock file names an unusual registry or a look-alike publisher"),
    view=TerraformLock,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001", "T1036.005"),
)
