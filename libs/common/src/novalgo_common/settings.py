"""Settings: frozen values, read once from the environment.

Every setting is `NOVALGO_<NAME>`; `NOVALGO_<NAME>_FILE` names a file that holds the value, which
is how mounted secrets arrive.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from novalgo_common.errors import SettingsError

PREFIX = "NOVALGO_"


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaSeparated = Annotated[tuple[str, ...], BeforeValidator(_split)]
SecretList = Annotated[tuple[SecretStr, ...], BeforeValidator(_split)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseModel):
    """What every service reads.  A service adds its own fields in its `settings.py`."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(Path("var"), description="Where stores, secrets and CSV tabs are kept")
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL (`postgresql://user:password@host/database`, a schema a service); "
        "without it SQLite files in `DATA_DIR`, one a service",
    )
    amqp_url: SecretStr | None = Field(
        None,
        description="RabbitMQ (`amqp://user:password@host/vhost`); without it the LocalBus, "
        "all services in one process",
    )
    api_keys: SecretList = Field(
        (),
        description="Keys for `X-API-Key`, comma-separated; `read:` before one lets it read alone, "
        "and `sha256:` stands before the hash of one. Without any one is made at the first "
        "start and kept in `DATA_DIR/api_key`",
    )
    bind_host: str = Field("127.0.0.1", description="The address that the services listen on")
    otlp_endpoint: str | None = Field(
        None,
        description="Where traces go, one a signal (OTLP over HTTP, `http://collector:4318`); "
        "without it none are made",
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="debug, info, warning, error"
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; raise `SettingsError` with one line that names what is wrong."""
        values = {}
        for name in cls.model_fields:
            value = _read(environ, PREFIX + name.upper())
            if value is not None:
                values[name] = value
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = str(first["loc"][0]).upper() if first["loc"] else "settings"
            raise SettingsError(f"{PREFIX}{name}: {first['msg']}") from None


def _read(environ: Mapping[str, str], name: str) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path:
        if environ.get(name):
            raise SettingsError(f"{name} and {name}_FILE are both set: keep one of them")
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{name}_FILE: cannot be read ({type(error).__name__})") from None
    value = environ.get(name)
    return value.strip() or None if value is not None else None
