"""Links that open the carer's own map on the way to a home, each in the coordinates that map reckons in.

What a home has is WGS-84. In Xining that is 173 m from GCJ-02 and 1,009 m from BD-09: a link in the wrong one leads to
another street. The name of the elder is not handed to the map's maker. Sources: lbs.amap.com URI API; lbs.qq.com URI
API; lbsyun.baidu.com URI API; developer.apple.com Map Links (in mainland China Apple shows Amap's data, in GCJ-02).
"""

from urllib.parse import quote, urlencode

from devices.codecs.datum import wgs84_to_bd09, wgs84_to_gcj02

NAME = "目的地"
# How each map calls the carer's means of travel.
AMAP = {"walk": "walk", "e_bike": "ride", "car": "car"}
TENCENT = {"walk": "walk", "e_bike": "bike", "car": "drive"}
BAIDU = {"walk": "walking", "e_bike": "riding", "car": "driving"}
APPLE = {"walk": "w", "e_bike": "c", "car": "d"}


def links(latitude: float | None, longitude: float | None, means: str) -> dict[str, str] | None:
    """``{amap, tencent, baidu, apple}`` for a WGS-84 place; None when nobody knows where it is."""
    if latitude is None or longitude is None:
        return None
    north, east = wgs84_to_gcj02(latitude, longitude)
    by_baidu = "{:.6f},{:.6f}".format(*wgs84_to_bd09(latitude, longitude))
    amap = {"to": f"{east:.6f},{north:.6f},{NAME}", "mode": AMAP.get(means, "ride"), "src": "anxin", "callnative": 1}
    tencent = {"type": TENCENT.get(means, "bike"), "to": NAME, "tocoord": f"{north:.6f},{east:.6f}", "coord_type": 2,
               "referer": "anxin"}  # fmt: skip
    baidu = {"destination": f"name:{NAME}|latlng:{by_baidu}", "coord_type": "bd09ll", "src": "anxin",
             "mode": BAIDU.get(means, "riding")}  # fmt: skip
    apple = {"daddr": f"{north:.6f},{east:.6f}", "dirflg": APPLE.get(means, "d")}
    return {
        "amap": "https://uri.amap.com/navigation?" + urlencode(amap),
        "tencent": "https://apis.map.qq.com/uri/v1/routeplan?" + urlencode(tencent),
        "baidu": "bdapp://map/direction?" + urlencode(baidu, quote_via=quote),
        "apple": "https://maps.apple.com/?" + urlencode(apple),
    }
