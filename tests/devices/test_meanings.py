"""What every code of the two event languages means to a centre that answers for old people."""

import pytest

from devices.codecs import contact_id, sia_codes
from devices.codecs.care_classes import KINDS
from devices.codecs.contact_id import Report
from devices.codecs.sia_codes import Event
from devices.signal import Kind

LIFE = {Kind.SOS, Kind.FALL, Kind.DURESS, Kind.INACTIVITY, Kind.SMOKE, Kind.GAS, Kind.CARBON_MONOXIDE}
LIFE_CLASSES = {care_class for care_class, kind in KINDS.items() if kind in LIFE}


def cid(code: str, qualifier: int = 1) -> tuple[Kind, bool]:
    said = contact_id.signal(Report("1234", qualifier, code, "01", "001"))
    assert said.code.startswith("CID ")
    return said.kind, said.restore


def sia(code: str) -> tuple[Kind, bool]:
    said = sia_codes.signal(Event(code, "001", {}), "1234")
    assert said.code == f"SIA {code}"
    return said.kind, said.restore


def test_every_code_of_both_tables_has_a_meaning() -> None:
    assert (len(contact_id.KIND), len(sia_codes.MEANING)) == (322, 305)
    assert set(contact_id.EXCEPTIONS) <= set(contact_id.TABLE)
    assert set(sia_codes.EXCEPTIONS) <= set(sia_codes.TABLE)


def test_no_contact_id_code_of_a_life_class_is_anything_but_a_life_signal() -> None:
    for code, (_, _, care_class) in contact_id.TABLE.items():
        if care_class in LIFE_CLASSES:
            assert cid(code)[0] in LIFE, code


def test_no_sia_code_of_a_life_class_is_mere_status() -> None:
    for code, (_, _, care_class, phase) in sia_codes.TABLE.items():
        if care_class in LIFE_CLASSES:
            assert sia(code)[0] is not Kind.STATUS, code
        if care_class in LIFE_CLASSES and phase == "alarm":
            assert sia(code)[0] in LIFE, code


def test_no_alarm_of_any_class_is_mere_status_unless_it_tells_of_disarming_after_one() -> None:
    alarms = {code for code, row in sia_codes.TABLE.items() if row[3] == "alarm"}
    assert {code for code in alarms if sia(code)[0] is Kind.STATUS} == {"OH", "OL", "OR"}


def test_only_the_alarm_itself_rings_as_sos() -> None:
    for letter in "MPQ":
        assert sia(letter + "A") == (Kind.SOS, False)
        assert sia(letter + "H") == sia(letter + "R") == (Kind.SOS, True)
        assert sia(letter + "T") == sia(letter + "B") == sia(letter + "S") == (Kind.FAULT, False)


def test_the_end_of_a_trouble_or_bypass_of_the_red_key_is_not_the_end_of_a_press() -> None:
    for letter in "MPQ":
        assert sia(letter + "J") == sia(letter + "U") == (Kind.FAULT, True)
    assert sia("FV") == sia("FQ") == sia("FJ") == (Kind.FAULT, True)  # nor the end of a fire


def test_every_test_code_is_a_test() -> None:
    for code, row in sia_codes.TABLE.items():
        if row[3] == "test":
            assert sia(code)[0] is Kind.TEST, code
    for code in ("601", "602", "603", "604", "607", "608", "611", "613", "614", "615"):
        assert cid(code)[0] is Kind.TEST, code


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (Kind.SOS, "100 101 120 123 129 646"),
        (Kind.DURESS, "121 122 124 125"),
        (Kind.FALL, "103"),
        (Kind.INACTIVITY, "102 391 641 642 654"),
        (Kind.SMOKE, "110 111 112 113 114 115 116 117 118"),
        (Kind.GAS, "151"),
        (Kind.CARBON_MONOXIDE, "162"),
        (Kind.WATER, "154"),
        (Kind.TEMPERATURE, "152 153 158 159"),
        (Kind.INTRUSION, "130 131 132 133 134"),
        (Kind.SERVICE, "616"),
        (Kind.HELP_ARRIVED, "645"),
        (Kind.CANCEL, "406 465 647"),
        (Kind.DEVICE_LOST, "147 381 382"),
        (Kind.LOW_BATTERY, "302 309 311 338 384"),
        (Kind.MAINS_LOST, "301 342"),
        (Kind.TAMPER, "137 144 145 341 383"),
        (Kind.LINK_FAULT, "344 350 351 354 551"),
        (Kind.FAULT, "300 373 375 376 380 572"),
        (Kind.STATUS, "305 400 401 441 570 606 627"),
        (Kind.UNKNOWN, "140 150 703 750 789 999"),
    ],
)
def test_contact_id_codes_mean(kind: Kind, codes: str) -> None:
    assert {code: cid(code)[0] for code in codes.split()} == dict.fromkeys(codes.split(), kind)


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (Kind.SOS, "MA PA QA"),
        (Kind.DURESS, "HA"),
        (Kind.INACTIVITY, "NA JK CT OI"),
        (Kind.SMOKE, "FA FG FM KA SA"),
        (Kind.GAS, "GA"),
        (Kind.WATER, "WA"),
        (Kind.TEMPERATURE, "ZA"),
        (Kind.INTRUSION, "BA BG BM BV"),
        (Kind.CANCEL, "BC FC OC AB"),
        (Kind.DEVICE_LOST, "UY UZ BZ FY FZ EM"),
        (Kind.LOW_BATTERY, "XT YT YM"),
        (Kind.MAINS_LOST, "AT YP"),
        (Kind.TAMPER, "TA TT ES"),
        (Kind.LINK_FAULT, "LT NT YC YS XQ XX"),
        (Kind.DOOR, "DL DM"),
        (Kind.STATUS, "OP CL RB BB"),
        (Kind.UNKNOWN, "UA YO YN ZX"),
    ],
)
def test_sia_codes_mean(kind: Kind, codes: str) -> None:
    assert {code: sia(code)[0] for code in codes.split()} == dict.fromkeys(codes.split(), kind)


@pytest.mark.parametrize("pair", ["AT AR", "YT YR", "XT XR", "LT LR", "NT NR", "FA FH", "GA GR", "NA NS", "EM EN"])
def test_a_restore_has_the_kind_of_what_it_ends(pair: str) -> None:
    begun, ended = pair.split()
    assert (sia(begun)[1], sia(ended)) == (False, (sia(begun)[0], True))


def test_contact_id_qualifier_3_restores_and_6_is_still_present() -> None:
    assert cid("301", 1) == (Kind.MAINS_LOST, False)
    assert cid("301", 3) == (Kind.MAINS_LOST, True)
    assert cid("101", 6) == (Kind.SOS, False)


def test_a_dialler_that_sends_a_for_zero_is_understood() -> None:
    assert cid("1A1") == (Kind.SOS, False)


def test_the_checksum_of_the_standards_example_is_8() -> None:
    assert contact_id.write("1234", "131", zone="015") == "1234181131010158"
