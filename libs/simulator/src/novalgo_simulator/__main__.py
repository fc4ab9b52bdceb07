"""python -m novalgo_simulator"""

import asyncio
import os

import uvicorn

from novalgo_simulator.main import open_simulator
from novalgo_simulator.settings import SimulatorSettings


async def _serve(settings: SimulatorSettings) -> None:
    async with open_simulator(settings) as app:
        config = uvicorn.Config(
            app,
            host=settings.bind_host,
            port=settings.simulator_port,
            log_level=settings.log_level,
            access_log=False,
            ws="websockets-sansio",
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(_serve(SimulatorSettings.from_env(os.environ)))
