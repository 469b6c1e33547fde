"""Runs on the board, sent through the raw prompt: what its queue has not delivered, and which transactions run."""
from firmware.modules import on_demand
from firmware.store.queue import Queue

_queue = Queue()
on_demand("store.recovery").load(_queue)
print(len(_queue), len(_queue.open))
