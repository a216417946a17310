"""The supervisor's pages alone, in a small site: whoever asks says their role in a header or a cookie."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_babel import Babel, get_locale
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect

from callcenter.pages.guard import need
from callcenter.pages.supervisor import supervisor
from callcenter.report import Report
from callcenter.rules import access
from callcenter.store.figures import Figures
from callcenter.store.people import People
from tests.callcenter.worked_week import BOOK, ZONE, WorkedWeek

ROOT = Path(__file__).resolve().parents[2]


def app_of(week: WorkedWeek, language: str = "en") -> Flask:
    app = Flask("supervisor", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(SECRET_KEY="test", BABEL_DEFAULT_LOCALE=language, TESTING=True)
    app.jinja_env.globals.update(may=access.may, csp_nonce=lambda: "", get_locale=get_locale)
    Babel(app)
    CSRFProtect(app)

    @LoginManager(app).request_loader
    def visitor(request: Any) -> Any:
        role = request.headers.get("X-Role") or request.cookies.get("role")
        return SimpleNamespace(id=9, name="周主任", role=role, is_authenticated=True, is_active=True) if role else None

    report = Report(Figures(week.database, ZONE), People(week.database), BOOK, week.clock, lambda: None)
    app.register_blueprint(supervisor(need, report, week.log, ZONE, week.clock))
    app.add_url_rule("/login", "login.login", lambda: "log in")
    return app
