"""The OpenAPI document says what the API does: every route, every answer, asked by schemathesis as every role."""

import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from callcenter.pages.openapi import TABLE, document
from callcenter.pages.openapi_schemas import ANSWERS, BODIES
from callcenter.rules.access import RIGHTS, may
from tests.callcenter.what_exists import everything
from tests.callcenter.whole_site import NOBODY, WholeSite

WATCHED = ("/healthz", "/readyz", "/metrics")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
BRIEF = settings(deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def site(sqlite_district: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSite]:
    folder = tmp_path_factory.mktemp("openapi")
    shutil.copy(sqlite_district, folder / "anxin.db")
    made = WholeSite(f"sqlite:///{folder / 'anxin.db'}", folder)
    yield made
    made.close()


def routes(site: WholeSite) -> set[tuple[str, str]]:
    """Method and path of every route of the API, as the document spells them."""
    found = set()
    for rule in site.app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1") or rule.rule in WATCHED:
            choice = re.search(r"<any\(([^)]+)\):\w+>", rule.rule)
            for word in choice[1].split(",") if choice else [""]:
                path = re.sub(r"<any[^>]+>", word.strip(), rule.rule)
                spelled = re.sub(r"<(\w+)>", r"{\1}", path)
                found |= {(method, spelled) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return found


def test_every_route_of_the_api_is_described_and_everything_described_is_there(site: WholeSite) -> None:
    assert routes(site) == {(row.method, row.path) for row in TABLE}


def test_the_document_is_served_to_anybody(site: WholeSite) -> None:
    answer = site.ask(NOBODY, "/api/v1/openapi.json")
    assert (answer.status_code, answer.json) == (200, document())


def test_every_shape_is_used_and_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", str(document())))
    assert named == set(ANSWERS) | set(BODIES)


@pytest.mark.parametrize("role", RIGHTS)
def test_the_right_that_is_written_is_the_right_that_is_asked_for(site: WholeSite, role: str) -> None:
    for row in TABLE:
        path = re.sub(r"{\w+}", "none", row.path)
        answer = site.ask(role, path) if row.method == "GET" else site.say(role, path, {})
        barred = bool(row.right) and not may(role, row.right)
        assert (answer.status_code == 403) == barred, (row.path, answer.text)


@pytest.fixture(scope="module")
def operations(site: WholeSite) -> list[Any]:
    """What schemathesis reads in the document, with no room for a field it does not name: a forgotten one is found."""
    raw = deepcopy(document())
    for name in ANSWERS:
        raw["components"]["schemas"][name]["additionalProperties"] = False
    schema = schemathesis.openapi.from_dict(raw)
    schema.app = site.app
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("role", [*RIGHTS, NOBODY])
def test_no_answer_is_a_surprise(site: WholeSite, operations: list[Any], role: str) -> None:
    """Every operation with made-up input as every role, on made-up cases and on ones that exist."""
    known = everything(site, [*RIGHTS, NOBODY].index(role))
    for row, operation in zip(TABLE, operations, strict=True):
        modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE][: 1 + bool(row.body or row.query)]
        for mode in modes if not row.right or may(role, row.right) else modes[:1]:

            @given(case=operation.as_strategy(generation_mode=mode), exists=booleans())
            @settings(BRIEF, max_examples=5 if may(role, row.right) else 1)
            @seed(1)
            def ask(case: schemathesis.Case, exists: bool) -> None:
                if exists:
                    case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
                case.headers = {**(case.headers or {}), **site.headers(role)}
                case.cookies = {**(case.cookies or {}), **site.cookie(role)}
                case.call_and_validate(checks=CHECKS)

            ask()
