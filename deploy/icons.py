"""Draw the icons of the phone's home screen from static/icon.svg, with the browser that the tests use.

Run it after changing the drawing: ``python deploy/icons.py``. The square is filled to its edge, because a home screen
cuts the corners itself, and what matters lies within the middle four fifths.
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parents[1] / "static"
SIZES = (192, 512)
GROUND = "#1A1F24"


def draw() -> None:
    drawing = (STATIC / "icon.svg").read_text("utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            style = f"margin:0;background:{GROUND};display:grid;place-items:center;height:100vh"
            page.set_content(f'<body style="{style}"><div style="width:80%;height:80%">{drawing}</div></body>')
            page.screenshot(path=STATIC / f"icon-{size}.png")
        browser.close()


if __name__ == "__main__":
    draw()
