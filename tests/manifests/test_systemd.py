"""The unit for one process without containers."""

import shutil
import subprocess
from pathlib import Path

import pytest

from novalgo_cli.on_error import CANNOT
from tests.manifests.tools import ROOT

UNIT = ROOT / "deploy" / "systemd" / "novalgo.service"


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not here")
    unit = tmp_path / "novalgo.service"
    text = UNIT.read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/novalgo/.venv/bin/novalgo", "/bin/true"), encoding="utf-8")

    result = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )

    told = [line for line in result.stderr.splitlines() if "novalgo" in line]
    assert (result.returncode, told) == (0, [])


def test_a_wrong_setting_is_not_tried_again_for_ever() -> None:
    assert f"RestartPreventExitStatus={CANNOT}" in UNIT.read_text(encoding="utf-8")
