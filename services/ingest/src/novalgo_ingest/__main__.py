from novalgo_common.process import run
from novalgo_ingest.main import SERVICE

run(SERVICE)
