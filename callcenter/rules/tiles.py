"""Tiles of a map: where each kind comes from, and which hosts a browser may ask for them. Nothing is asked by us."""

from urllib.parse import urlsplit

TIANDITU = "https://t{s}.tianditu.gov.cn/{layer}_w/wmts"
TIANDITU_QUERY = (
    "?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)
SUBDOMAINS = "01234567"
LAYERS = ("vec", "cva")  # the streets, and their names


def layers(kind: str, url: str, key: str) -> list[str]:
    """Address templates, the lowest first: ``{z}``, ``{x}``, ``{y}`` and ``{s}`` are the browser's to fill in."""
    if kind == "tianditu":
        base = (url or TIANDITU) + TIANDITU_QUERY
        return [base.replace("{layer}", layer).replace("{key}", key) for layer in LAYERS]
    return [url.replace("{key}", key)] if url else []


def hosts(kind: str, url: str) -> str:
    """What the content security policy must let through, beyond our own address: ``https://*.tianditu.gov.cn``."""
    asked = urlsplit((url or TIANDITU) if kind == "tianditu" else url)
    if kind == "none" or not asked.netloc:
        return ""
    first, dot, rest = asked.netloc.partition(".")
    return f"{asked.scheme}://{'*.' + rest if '{' in first and dot else asked.netloc}"


def policy(kind: str, url: str) -> dict[str, str]:
    """What is added to which directive of the security policy: tiles are pictures, and nothing else is let through."""
    host = hosts(kind, url)
    return {"img-src": host} if host else {}
