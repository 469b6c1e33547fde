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


def test_on_a_full_flash_new_meter_values_go_and_nothing_else_does() -> None:
    printed = run("""
        import os
        from tests.firmware import ram_flash
        from firmware.store import recovery
        from firmware.store.queue import Queue

        ram_flash.boot(ram_flash.formatted(16))
        queue = Queue(lambda due: None)
        start = queue.start('{"start":1}')
        with open("/data/filler", "wb") as file:
            try:
                while True:
                    file.write(bytes(256))
                    file.flush()
            except OSError:
                pass
        for i in range(60):
            queue.meter_values(start, '{"meter":%d,"x":"%s"}' % (i, "x" * 200))
        dropped = queue.dropped
        os.remove("/data/filler")
        queue.stop(start, '{"stop":1}')
        queue = Queue(lambda due: None)
        recovery.load(queue)
        payloads = []
        while queue.head():
            number, action, payload = queue.head()
            payloads.append(payload)
            queue.confirm(number, 42)
        assert dropped and len(payloads) == 62 - dropped, (dropped, payloads)
        assert payloads[0] == '{"start":1}' and payloads[-1] == '{"transactionId":42,"stop":1}', payloads
    """, heap_kib=4000)
    assert "queue.dropped" in printed
