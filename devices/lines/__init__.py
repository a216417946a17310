"""Lines carry bytes between the wire and the codecs: TCP, UDP, serial, MQTT.

Rule: a line knows no meaning. It hands what the codec heard to a door given from above, and writes the acknowledgement
only when the door says the frame is kept. pyserial is imported in ``port.py`` and nowhere else, paho in ``broker.py``.
"""

from devices.lines.capture import recorded
from devices.lines.door import Door
from devices.lines.opening import Lines, open_lines
from devices.lines.tls import BadCertificate, check_certificates

__all__ = ["BadCertificate", "Door", "Lines", "check_certificates", "open_lines", "recorded"]
