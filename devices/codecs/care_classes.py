"""What a class of event codes means in a home where somebody old lives alone: class -> Kind, one table for all codes.

The classes are the last column of the code tables. Codes whose class is too coarse are named one by one in
``EXCEPTIONS`` of ``contact_id`` and ``sia_codes``. When in doubt a person looks (``UNKNOWN``): nothing that may be
a life signal becomes ``STATUS``.
"""

from devices.signal import Kind

KINDS: dict[str, Kind] = {
    # somebody needs help
    "personal_emergency": Kind.SOS,
    "medical": Kind.SOS,
    "panic": Kind.SOS,
    "help_needed": Kind.SOS,  # the helper in the home asks for more helpers
    "fall": Kind.FALL,
    "inactivity": Kind.INACTIVITY,
    "presence": Kind.INACTIVITY,  # latch-key: the person expected home by now has not shown
    "service": Kind.SERVICE,
    # the home is in danger
    "fire": Kind.SMOKE,
    "heat": Kind.SMOKE,  # a heat detector is the fire detector of a kitchen
    "sprinkler": Kind.SMOKE,
    "gas": Kind.GAS,
    "carbon_monoxide": Kind.CARBON_MONOXIDE,
    "water": Kind.WATER,
    "temperature": Kind.TEMPERATURE,
    "heating": Kind.TEMPERATURE,
    "freeze": Kind.TEMPERATURE,
    "intrusion": Kind.INTRUSION,
    # how the call goes on
    "cancel": Kind.CANCEL,
    "help_arrived": Kind.HELP_ARRIVED,
    # is it a test?
    "test_manual": Kind.TEST,
    "test_periodic": Kind.TEST,
    "walk_test": Kind.TEST,
    "test_missing": Kind.LINK_FAULT,
    # the equipment itself
    "battery": Kind.LOW_BATTERY,
    "mains": Kind.MAINS_LOST,
    "tamper": Kind.TAMPER,
    "device_lost": Kind.DEVICE_LOST,
    "device_fault": Kind.FAULT,
    "communication": Kind.LINK_FAULT,
    "rf_jamming": Kind.LINK_FAULT,
    "technical": Kind.FAULT,
    "system": Kind.FAULT,
    "environment": Kind.FAULT,  # humidity, tank levels: a technician, not an ambulance
    "fire_supervisory": Kind.FAULT,  # the fire protection is impaired, nothing burns
    # worth a record
    "listen_in": Kind.STATUS,  # voice follows an alarm that has been sent already
    "admin": Kind.STATUS,
}
