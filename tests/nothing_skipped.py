"""Makes a skipped test a failed one where CI=true: a green run there means that PostgreSQL and Chromium really ran.

A pytest plugin, given by `make test` with `-p tests.nothing_skipped`. On a person's own machine it does nothing.
"""

import os
from collections.abc import Generator

import pytest

IN_CI = os.environ.get("CI", "").lower() == "true"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    return f"{report.nodeid} was skipped, and with CI=true nothing may be: {said}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    expected_to_fail = hasattr(report, "wasxfail")
    if IN_CI and report.skipped and not expected_to_fail:
        report.longrepr = _reason(report)
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if IN_CI and report.skipped:
        report.longrepr = _reason(report)
        report.outcome = "failed"
    return report
