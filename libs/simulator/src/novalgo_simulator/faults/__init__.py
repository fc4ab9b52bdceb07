"""Where and how the simulator can be made to fail.  Without being told, it does not."""

from novalgo_simulator.faults.answers import Answer, HalfAnswer, Hang, Late, OddStatus, Reset
from novalgo_simulator.faults.script import Script
from novalgo_simulator.faults.scripted import ScriptedFaults
from novalgo_simulator.faults.seam import Fate, Fault, Faults, Manner, NoFaults

__all__ = [
    "Answer",
    "Fate",
    "Fault",
    "Faults",
    "HalfAnswer",
    "Hang",
    "Late",
    "Manner",
    "NoFaults",
    "OddStatus",
    "Reset",
    "Script",
    "ScriptedFaults",
]
