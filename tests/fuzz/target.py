"""One codec under libFuzzer: ``python -m tests.fuzz.target CODEC [flags and folders]``. Ends the process."""

import sys

import atheris

with atheris.instrument_imports(include=["devices.codecs"]):
    from devices.codecs.registry import CODECS

from tests.fuzz.oracle import judge


def main(codec: str, flags: list[str]) -> None:
    if codec not in CODECS:
        sys.exit(f"there is no codec {codec}; there are {', '.join(CODECS)}")
    # merging, libFuzzer starts its own command line anew through a shell: the first word has to be all of ours
    itself = f"{sys.executable} -m tests.fuzz.target {codec}"
    atheris.Setup([itself, *flags], lambda data: judge(codec, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
