from novalgo_common.process import run
from novalgo_executor.main import SERVICE

run(SERVICE)
