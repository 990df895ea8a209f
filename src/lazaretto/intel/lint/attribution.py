"""Attribution that is stronger than its source."""

import re
from collections.abc import Iterator

from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.intel.pack import packs
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/attribution-too-strong"
_STRONG = re.compile(
    r"\b(?:definitely|certainly|undoubtedly|without (?:a |any )?doubt|beyond (?:any |reasonable )?doubt|unquestionably|clearly|undeniabl[ey]|proven|"
    r"confirmed (?:as|to be)(?: the work of)?|100\s?%|(?:is|are) (?:certain|proven)|with (?:absolute |full )?certainty|conclusively)\b|"
    r"확실(?:히|하|한)|틀림없|명백(?:히|하|한)|의심의 ?여지|분명(?:히|하)|단언|100 ?%|확정(?:되|적|했|됐)|입증되",
    re.IGNORECASE,
)
_HIGH = re.compile(r"\bhigh confidence\b|높은 신뢰도|신뢰도(?:는|가)? 높", re.IGNORECASE)
_ACTOR = re.compile(
    r"\b(?:Lazarus|Kimsuky|Andariel|BlueNoroff|APT\s?-?\d{1,3}|UNC\d{3,5}|TraderTraitor|Jade Sleet|Sapphire Sleet|Moonstone Sleet|Famous Chollima|"
    r"DPRK|North Korean?|\w+ (?:Chollima|Panda|Bear|Spider|Kitten|Sleet|Typhoon|Blizzard))\b|라자루스|라저러스|김수키|북한|안다리엘|블루노로프",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|cannot|never|no)\b|단정할 수 없|확실하지 않|아니|않", re.IGNORECASE)
_WEAK = re.compile(r"medium|moderate|low|as reported|overlap|recollection|no other vendor|per ", re.IGNORECASE)


def check(paper: Paper) -> Iterator[Defect]:
    """Yield sentences that are surer of an actor than what is cited or recorded."""
    recorded = _recorded(paper.text)
    for number, sentence in paper.sentences():
        actor = _ACTOR.search(sentence)
        strong = _STRONG.search(sentence)
        if actor is None or _NOT.search(sentence):
            continue
        if strong:
            template = N_(
                '"{word}" is stronger than any source allows: attribution to {actor} is reported with a confidence{recorded}'
            )
            yield defect(ID, number, template, sentence, word=strong.group(), actor=actor.group(), recorded=recorded)
        elif _HIGH.search(sentence) and recorded and _WEAK.search(recorded):
            template = N_("high confidence in {actor} is more than what is recorded{recorded}")
            yield defect(ID, number, template, sentence, actor=actor.group(), recorded=recorded)


def _recorded(text: str) -> str:
    low = text.lower()
    for pack in packs():
        names = (pack.campaign.id, pack.campaign.name, *pack.campaign.aliases)
        if any(len(name) > 5 and name.lower() in low for name in names):
            return f" ({pack.campaign.id}: {pack.campaign.actor})"
    return ""


CHECK = Check(ID, N_("attribution stronger than the source"), check)
