"""The words of the page of channels."""

from flask_babel import lazy_gettext

from callcenter.pages.terms import Words, word

_KINDS: Words = {
    "screen": lazy_gettext("Phone page"),
    "log": lazy_gettext("Log"),
    "webpush": lazy_gettext("Web push"),
    "sms": lazy_gettext("Text message"),
    "voice": lazy_gettext("Telephone call"),
    "robot": lazy_gettext("Group robot"),
    "mail": lazy_gettext("Mail"),
    "unit": lazy_gettext("Unit at home"),
    "operator": lazy_gettext("Desk"),
}
_STATES: Words = {
    "unused": lazy_gettext("Not used yet"),
    "works": lazy_gettext("Works"),
    "doubtful": lazy_gettext("Failed last"),
    "fails": lazy_gettext("Has never worked"),
}
_REASONS: Words = {
    "quota": lazy_gettext("quota used up"),
    "busy": lazy_gettext("no hand free in time"),
    "unknown": lazy_gettext("cut short"),
    "refused": lazy_gettext("refused"),
}
_ROLES: Words = {
    "carer": lazy_gettext("Carer"),
    "supervisor": lazy_gettext("Supervisor"),
    "resident": lazy_gettext("Resident"),
    "family": lazy_gettext("Family"),
    "station_head": lazy_gettext("Station head"),
    "responders": lazy_gettext("Responders nearby"),
    "contacts": lazy_gettext("Contacts"),
    "stand_by": lazy_gettext("On stand-by"),
    "neighbour_heads": lazy_gettext("Heads of neighbouring stations"),
    "head": lazy_gettext("Station head"),
    "station": lazy_gettext("Station telephone"),
    "station_phone": lazy_gettext("Station telephone"),
    "duty_manager": lazy_gettext("Duty manager"),
    "group": lazy_gettext("Group"),
}


def kind_text(code: str) -> str:
    return word(_KINDS, code)


def state_text(code: str) -> str:
    return word(_STATES, code)


def reason_text(code: str) -> str:
    return word(_REASONS, code)


def role_text(code: str) -> str:
    return word(_ROLES, code)
