"""The brief as a STIX 2.1 bundle: the campaign's objects, and a report that holds the prose."""

import json

from lazaretto.reports.brief.brief import Brief
from lazaretto.reports.brief.saying import say, severity_line
from lazaretto.reports.context import Context
from lazaretto.reports.exports.stix import bundle


def render(brief: Brief, context: Context) -> str:
    """Return the bundle."""
    translate = context.translate
    parts = [severity_line(brief.rating, translate)]
    for section in brief.sections:
        parts.append(translate(section.title))
        parts += [say(sentence.message, translate, str) for sentence in section.sentences]
    document = bundle(brief.facts, made=brief.made, prose="\n".join(parts), language=translate.lang)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
