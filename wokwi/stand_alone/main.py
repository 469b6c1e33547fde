"""Starts the firmware with the small central system beside it: for a simulator alone, never for a real board."""
import asyncio

import central_system

from firmware.main import run

asyncio.create_task(central_system.serve())
run()
