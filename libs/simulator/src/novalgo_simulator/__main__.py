"""python -m novalgo_simulator"""

from novalgo_common.process import run
from novalgo_simulator.service import SERVICE

if __name__ == "__main__":
    run(SERVICE)
