"""The environment's variables: those that are wrong, and those that nobody reads.  Pure."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from novalgo_cli.doctor.finding import Finding
from novalgo_cli.settings_classes import BY_READER, known_names
from novalgo_common.errors import SettingsError
from novalgo_common.settings import PREFIX

OF_TESTS = f"{PREFIX}TEST_"


def wrong_settings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what keeps a service from starting."""
    told = set()
    for settings in BY_READER.values():
        try:
            settings.from_env(environ)
        except SettingsError as error:
            told.add(str(error))
    for problem in sorted(told):
        yield Finding("settings", problem, "docs/configuration.md says what it may be")


def unknown_variables(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what looks like a setting and is none, with what may have been meant."""
    known = known_names()
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name.startswith(OF_TESTS) or name in known:
            continue
        near = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
        mend = f"is {near[0]} meant?" if near else "remove it, or see docs/configuration.md"
        yield Finding("settings", f"{name} is set, and nobody reads it", mend)
