"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.mail.arc_broken import RULE as ARC_BROKEN
from lazaretto.detect.rules.mail.authentication_failed import RULE as AUTHENTICATION_FAILED
from lazaretto.detect.rules.mail.claims_known_service import RULE as CLAIMS_KNOWN_SERVICE
from lazaretto.detect.rules.mail.disguised_attachment import RULE as DISGUISED_ATTACHMENT
from lazaretto.detect.rules.mail.display_name_address import RULE as DISPLAY_NAME_ADDRESS
from lazaretto.detect.rules.mail.display_name_brand import RULE as DISPLAY_NAME_BRAND
from lazaretto.detect.rules.mail.encrypted_attachment import RULE as ENCRYPTED_ATTACHMENT
from lazaretto.detect.rules.mail.free_mail_sender import RULE as FREE_MAIL_SENDER
from lazaretto.detect.rules.mail.hidden_text import RULE as HIDDEN_TEXT
from lazaretto.detect.rules.mail.invisible_characters import RULE as INVISIBLE_CHARACTERS
from lazaretto.detect.rules.mail.link_leads_elsewhere import RULE as LINK_LEADS_ELSEWHERE
from lazaretto.detect.rules.mail.reply_to_elsewhere import RULE as REPLY_TO_ELSEWHERE
from lazaretto.detect.rules.mail.route_contradicts import RULE as ROUTE_CONTRADICTS
from lazaretto.detect.rules.mail.several_senders import RULE as SEVERAL_SENDERS
from lazaretto.detect.rules.mail.signature_broken import RULE as SIGNATURE_BROKEN
from lazaretto.detect.rules.mail.signature_covers_part import RULE as SIGNATURE_COVERS_PART

RULES: tuple[Rule, ...] = (
    ARC_BROKEN,
    AUTHENTICATION_FAILED,
    CLAIMS_KNOWN_SERVICE,
    DISGUISED_ATTACHMENT,
    DISPLAY_NAME_ADDRESS,
    DISPLAY_NAME_BRAND,
    ENCRYPTED_ATTACHMENT,
    FREE_MAIL_SENDER,
    HIDDEN_TEXT,
    INVISIBLE_CHARACTERS,
    LINK_LEADS_ELSEWHERE,
    REPLY_TO_ELSEWHERE,
    ROUTE_CONTRADICTS,
    SEVERAL_SENDERS,
    SIGNATURE_BROKEN,
    SIGNATURE_COVERS_PART,
)
