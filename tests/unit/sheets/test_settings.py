import pytest

from novalgo_common.errors import SettingsError
from novalgo_sheets.google_session import GOOGLE
from novalgo_sheets.settings import Settings


def settings(**environ: str) -> Settings:
    return Settings.from_env({f"NOVALGO_{name}": value for name, value in environ.items()})


def test_without_settings_the_sheet_is_the_simulator() -> None:
    plain = settings()

    assert (plain.base_url, plain.spreadsheet) == ("http://127.0.0.1:8090", "simulated")
    assert plain.describe() == "sheet: simulated, edit var/sheet/Config.csv"


def test_a_sheet_and_an_account_are_googles() -> None:
    real = settings(SHEET_ID="abc_1-2", GOOGLE_CREDENTIALS="account.json")

    assert real.base_url == GOOGLE
    assert real.describe() == "sheet: Google's, spreadsheet abc_1-2"


def test_another_address_takes_the_place_of_googles() -> None:
    other = settings(
        SHEETS_URL="http://127.0.0.1:9", SHEET_ID="abc", GOOGLE_CREDENTIALS="account.json"
    )

    assert other.base_url == "http://127.0.0.1:9"
    assert other.describe() == "sheet: spreadsheet abc at http://127.0.0.1:9"


@pytest.mark.parametrize(
    "environ",
    [{"SHEET_ID": "abc"}, {"GOOGLE_CREDENTIALS": "account.json"}],
    ids=["a sheet without an account", "an account without a sheet"],
)
def test_half_of_googles_settings_is_refused_by_name(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"NOVALGO_GOOGLE_CREDENTIALS: .*NOVALGO_SHEET_ID"):
        settings(**environ)


def test_the_accounts_key_is_never_shown() -> None:
    real = settings(SHEET_ID="abc", GOOGLE_CREDENTIALS='{"private_key": "made-up"}')

    assert "made-up" not in repr(real)
