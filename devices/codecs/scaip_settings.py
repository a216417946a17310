"""``[lines.format]`` of a SCAIP line: how units are answered, how voice is set up, who has to prove who they are."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class ScaipFormat(BaseModel):
    """``passwords`` is account -> digest password; only accounts with one are asked for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    voice: Literal["none", "callback", "predefined", "number"] = "predefined"
    number: Annotated[str, Field(pattern=r"^(\+?[0-9*#]{2,20})?$")] = ""  # what a unit calls with voice = "number"
    callback_minutes: Annotated[int, Field(ge=1, le=60)] = 5
    heartbeat_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None  # told to units; None leaves it to them
    answer: Literal["auto", "message", "body"] = "auto"
    realm: Annotated[str, Field(pattern=r"^[A-Za-z0-9 ._-]{1,64}$")] = "anxin"
    algorithms: Annotated[tuple[Literal["SHA-256", "MD5"], ...], Field(min_length=1, max_length=2)] = ("SHA-256", "MD5")
    passwords: dict[str, SecretStr] = {}

    @model_validator(mode="after")
    def _whole(self) -> "ScaipFormat":
        if self.voice == "number" and not self.number:
            raise ValueError('voice = "number" needs the number to call: add number = "+86…"')
        return self
