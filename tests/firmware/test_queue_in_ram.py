"""Meter values that wait in RAM, because the link is up but slow, leave oldest first and each once."""
from tests.firmware.on_micropython import run


def test_meter_values_in_ram_leave_oldest_first() -> None:
    printed = run("""
        import vfs
        from tests.firmware import ram_flash
        from firmware.store.queue import Queue

        ram_flash.boot(ram_flash.formatted())
        queue = Queue(lambda due: None)
        start = queue.start('{"start":1}')
        queue.confirm(queue.head()[0], 42)
        for text in ("a", "b", "c"):
            queue.meter_values(start, '{"meter":"%s"}' % text)
        while queue.head():
            number, action, payload = queue.head()
            print(payload)
            queue.confirm(number)
    """, heap_kib=4000)
    assert printed.split() == [f'{{"transactionId":42,"meter":"{text}"}}' for text in "abc"]
