"""Stories that are played in a real browser take the same one as the tests of the pages."""

from tests.browser import fixtures

browser, screens, more, running = fixtures.browser, fixtures.screens, fixtures.more, fixtures.running
