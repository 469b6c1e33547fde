"""The chip's modules as a program sees them: what is there, what it costs, what it may not notice."""
import ast
import asyncio
import os
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hardware.bench.charge_point import ChargePoint
from hardware.bench.image import REPOSITORY, SHIM
from hardware.bench.orders import SetCar
from hardware.bench.relay import Cut
from hardware.bench.wire import Cell, Kind
from tests.hardware.bench.chips import Bench
from tests.hardware.bench.waiting import Until

STUBS = REPOSITORY / ".venv" / "firmware-typings"
SHIMMED = ["machine", "network", "neopixel", "ntptime", "esp32", "time", "socket"]
SHIM_HEAP_BYTES = 22_000   # of the lean heap; the figure is reported by POST …/heap


JOIN = """
        import network, socket, time
        station = network.WLAN(network.STA_IF)
        station.active(True)
        station.connect("ssid", "password")
        while not station.isconnected():
            time.sleep_ms(5)
"""


def said(chip: ChargePoint, word: str) -> list[str]:
    """The rest of each console line that begins with `word`."""
    return [line[len(word) :].strip() for line in chip.console if line.startswith(word)]


# -- the names

def public_names(tree: ast.Module) -> Iterator[str]:
    """`name`, `Class` and `Class.member` of a module that do not begin with an underscore."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
            for member in node.body:
                yield from (f"{node.name}.{name}" for name in _bound(member))
        else:
            yield from _bound(node)


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.If | ast.Try):
        for inner in node.body:
            yield from _bound(inner)
    names: list[str] = []
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        names = [node.name]
    elif isinstance(node, ast.Assign):
        names = [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        names = [node.target.id]
    yield from (name for name in names if not name.startswith("_"))


@pytest.mark.parametrize("module", SHIMMED)
def test_every_shimmed_name_is_one_of_the_chips(module: str) -> None:
    stub = STUBS / f"{module}.pyi"
    if not STUBS.exists():
        pytest.skip("the ESP32 stubs are not installed: make setup")
    known = set(public_names(ast.parse(stub.read_text())))
    # of the stream protocol, not of the stubs: how asyncio finds out what to wait for
    ours = set(public_names(ast.parse((SHIM / f"{module}.py").read_text()))) - {"UART.ioctl"}
    inherited = {name for name in ours if name.startswith("UART.") and name not in known}
    assert not ours - known - inherited, f"{module} has names that the ESP32 port has not: {sorted(ours - known)}"


@pytest.mark.parametrize("module", ["bus", "pulses"])
def test_what_some_boards_have_besides_is_the_chips_too(module: str) -> None:
    if not STUBS.exists():
        pytest.skip("the ESP32 stubs are not installed: make setup")
    known = set(public_names(ast.parse((STUBS / "machine.pyi").read_text())))
    ours = set(public_names(ast.parse((SHIM / f"{module}.py").read_text()))) - {"machine"}   # it is set an attribute
    assert ours
    assert not ours - known, f"{module} has names that the ESP32's machine has not: {sorted(ours - known)}"


def test_both_ends_of_the_wire_use_the_same_numbers() -> None:
    names = {
        "_LINK": Cell.LINK, "_RSSI": Cell.RSSI, "_RESET_CAUSE": Cell.RESET_CAUSE, "_TLS_MS": Cell.TLS_MS,
        "_STALL_MS": Cell.STALL_MS, "_WORST_MS": Cell.WORST_MS, "_WORST_EVERY": Cell.WORST_EVERY, "_RTC_S": Cell.RTC_S,
        "_RTC_US": Cell.RTC_US, "_UNIQUE_HI": Cell.UNIQUE_HI, "_UNIQUE_LO": Cell.UNIQUE_LO, "_PORT": Cell.PORT,
        "_HEAP_PROBE": Cell.HEAP_PROBE, "_ANSWERS": Cell.ANSWERS, "_UART_FD": Cell.UART_FD, "_ADC": Cell.ADC,
        "_LEVEL": Kind.LEVEL << 8, "_RELEASED": Kind.RELEASED << 8, "_DUTY": Kind.DUTY << 8, "_FREQ": Kind.FREQ << 8,
        "_UART_OPEN": Kind.UART_OPEN << 8, "_UART_SENT": Kind.UART_SENT << 8, "_RESET": Kind.RESET << 8,
        "_WDT_START": Kind.WDT_START << 8, "_WDT_FEED": Kind.WDT_FEED << 8, "_RTC_SET": Kind.RTC_SET << 8,
        "_BUS_FD": Cell.BUS_FD, "_I2C_PART": Cell.I2C_PART, "_PULSES": Cell.PULSES, "_COUNT": Kind.COUNT << 8,
        "_I2C_WRITE": Kind.I2C_WRITE << 8, "_I2C_READ": Kind.I2C_READ << 8, "_SPI_DATA": Kind.SPI_DATA << 8,
        "_CONNECT": Kind.CONNECT << 8, "_DISCONNECT": Kind.DISCONNECT << 8, "_HEAP": Kind.HEAP,
    }
    found = 0
    for path in SHIM.glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
                    and isinstance(node.value, ast.Call) and node.targets[0].id in names):
                argument = node.value.args[0]
                assert isinstance(argument, ast.Constant)
                assert argument.value == names[node.targets[0].id], f"{path.name}: {node.targets[0].id}"
                found += 1
    assert found > len(names)


# -- the cost

async def test_pins_adc_and_pwm_allocate_nothing(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import micropython
        from machine import ADC, PWM, Pin, WDT
        coil, stop = Pin(26, Pin.OUT, value=0), Pin(39, Pin.IN)
        high, pwm, dog = ADC(Pin(32), atten=ADC.ATTN_11DB), PWM(Pin(25), freq=1000, duty_u16=65535), WDT(timeout=30000)

        def tick(i):
            coil.value(i & 1)
            stop.value()
            high.read_uv()
            pwm.duty_u16(30000 + i)
            coil.toggle()
            dog.feed()

        def ticks():
            micropython.heap_lock()
            for i in range(100):
                tick(i)
            micropython.heap_unlock()
            print("allocated nothing")
        ticks()
    """)
    await until(lambda: not chip.as_json()["pid"])
    assert list(chip.console) == ["allocated nothing"]


async def test_the_shims_take_a_small_part_of_the_lean_heap(bench: Bench, until: Until) -> None:
    chip = await bench.run("import time\nwhile True: time.sleep(1)")
    await until(lambda: chip.shim_heap_bytes)
    assert chip.shim_heap_bytes is not None
    assert chip.shim_heap_bytes < SHIM_HEAP_BYTES


async def test_the_heap_is_limited_as_asked(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import gc
        gc.collect()
        print("total", (gc.mem_alloc() + gc.mem_free()) // 1024)
        try:
            bytearray(200_000)
        except MemoryError:
            print("full")
    """, heap_kib=200)
    await until(lambda: "full" in chip.console)
    assert 195 <= int(said(chip, "total")[0]) <= 202


# -- pins

async def test_outputs_reach_the_world_and_inputs_the_chip(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import time
        from machine import ADC, PWM, Pin
        high, low = ADC(Pin(32)), ADC(Pin(33))
        pwm = PWM(Pin(25), freq=1000, duty_u16=17476)
        stop = Pin(39, Pin.IN)
        while True:
            print("seen", high.read_uv(), low.read_uv(), stop.value())
            time.sleep_ms(20)
    """)
    connector = chip.board.connectors[0]
    await until(lambda: connector.levels.low_v == -12)
    assert connector.as_json()["pilot"]["offered_a"] == pytest.approx(16, abs=0.1)
    chip.set_fault(1, "estop", True)
    await until(lambda: any(line.endswith(" 1") for line in said(chip, "seen")))
    high_uv, low_uv, _ = map(int, said(chip, "seen")[-1].split())
    assert high_uv == low_uv == pytest.approx(2_310_000, abs=1000)   # 150 mV + 12 V * 180 mV/V


async def test_lamps_show_what_the_program_writes(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        from machine import Pin
        from neopixel import NeoPixel
        lamps = NeoPixel(Pin(18, Pin.OUT), 8)
        lamps.fill((0, 60, 0))
        lamps[2] = (255, 1, 2)
        lamps.write()
    """)
    await until(lambda: chip.board.pixels)
    colours = chip.as_json()["connectors"][0]["lamps"]
    assert (colours[0], colours[2], len(colours)) == ("#003c00", "#ff0102", 8)


async def test_a_uart_waits_in_asyncio_and_speaks_to_its_part(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import asyncio
        from machine import UART
        reader = UART(1, baudrate=115200, tx=4, rx=23)

        async def main():
            stream = asyncio.StreamReader(reader)
            stream.write(b"\\x55\\x55" + bytes(14) + b"\\x00\\x00\\xff\\x02\\xfe\\xd4\\x02\\x2a\\x00")
            await stream.drain()
            print("heard", (await stream.readexactly(19)).hex(), reader.any())
        asyncio.run(main())
    """)
    await until(lambda: said(chip, "heard"))
    assert said(chip, "heard") == ["0000ff00ff00" + "0000ff06fad50332010607e800 0"]


# -- time

async def test_the_clock_starts_in_2000_and_lives_through_a_reset_but_not_a_power_cut(
        bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import machine, time
        print("boot", machine.reset_cause(), time.gmtime()[0], len(time.gmtime()), time.time() < 10)
        if machine.reset_cause() == machine.PWRON_RESET:
            machine.RTC().datetime((2031, 5, 6, 0, 7, 8, 9, 0))
            print("set", machine.RTC().datetime()[:7], time.gmtime(0)[0], time.mktime((2000, 1, 2, 0, 0, 0, 0, 0)))
            machine.reset()
            print("never")
        while True:
            time.sleep(1)
    """)
    await until(lambda: len(said(chip, "boot")) == 2)
    assert said(chip, "boot") == ["1 2000 8 True", "2 2031 8 False"]
    assert said(chip, "set") == ["(2031, 5, 6, 1, 7, 8, 9) 2000 86400"]
    assert said(chip, "never") == []
    await chip.power(False)
    await chip.power(True)
    await until(lambda: len(said(chip, "boot")) == 3)
    assert said(chip, "boot")[2] == "1 2000 8 True"


async def test_a_watchdog_that_is_not_fed_resets_the_chip(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import machine, time
        print("boot", machine.reset_cause())
        if machine.reset_cause() == machine.PWRON_RESET:
            machine.WDT(timeout=300)
        while True:
            time.sleep(1)
    """)
    await until(lambda: len(said(chip, "boot")) == 2)
    assert said(chip, "boot") == ["1", "3"]


async def test_each_chip_has_a_number_of_its_own_and_keeps_it(bench: Bench, until: Until) -> None:
    program = "import machine, time\nprint('id', machine.unique_id().hex())\nwhile True: time.sleep(1)"
    one, two = await bench.run(program, identity="A"), await bench.run(program, identity="B")
    await until(lambda: said(one, "id") and said(two, "id"))
    await one.power(False)
    await one.power(True)
    await until(lambda: len(said(one, "id")) == 2)
    assert said(one, "id")[0] == said(one, "id")[1] != said(two, "id")[0]
    assert len(said(one, "id")[0]) == 12


# -- flash

async def test_files_live_through_a_power_cut(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import os, time
        try:
            print("kept", open("/data/record").read())
        except OSError:
            os.mkdir("/data")
            with open("/data/record.new", "w") as file:
                file.write("42 Wh")
            os.rename("/data/record.new", "/data/record")
            print("written")
        while True:
            time.sleep(1)
    """)
    await until(lambda: "written" in chip.console)
    await chip.power(False)
    await chip.power(True)
    await until(lambda: said(chip, "kept"))
    assert said(chip, "kept") == ["42 Wh"]


async def test_an_erase_stalls_the_program_and_each_eighth_one_longer(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import time
        worst = 0
        for i in range(12):
            start = time.ticks_ms()
            with open("/record", "w") as file:
                file.write("x" * 600)
            print("took", time.ticks_diff(time.ticks_ms(), start))
    """, stalls=True)
    await until(lambda: len(said(chip, "took")) == 12, within_s=20)
    took_ms = sorted(int(line) for line in said(chip, "took"))
    assert 40 <= took_ms[len(took_ms) // 2] <= 300
    assert took_ms[-1] >= 400


# -- network

async def test_the_network_is_there_a_moment_after_it_is_asked_for(bench: Bench, until: Until) -> None:
    chip = await bench.run(JOIN + """
        print("up", station.ifconfig()[0], station.status() == network.STAT_GOT_IP)
        while station.isconnected():
            time.sleep_ms(5)
        print("lost")
        while not station.isconnected():
            time.sleep_ms(5)
        print("back")
    """)
    await until(lambda: said(chip, "up"))
    assert said(chip, "up") == ["192.168.4.2 True"]
    chip.set_link(False)
    await until(lambda: "lost" in chip.console)
    chip.set_link(True)
    await until(lambda: "back" in chip.console)


async def test_connections_pass_the_chips_own_link(bench: Bench, until: Until) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    chip = await bench.run(JOIN + f"""
        def call():
            s = socket.socket()
            s.settimeout(0.3)
            s.connect(socket.getaddrinfo("localhost", {port})[0][-1])
            return s
        s = call()
        while True:
            try:
                s.send(b"hello")
                print("heard", s.recv(10))
            except OSError as error:
                print("error", error.errno)
                try:
                    call()
                except OSError as error:
                    print("unreachable", error.errno)
            time.sleep_ms(50)
    """)
    await until(lambda: said(chip, "heard"))
    chip.set_link(False, Cut.SILENT)
    await until(lambda: said(chip, "unreachable"))
    assert said(chip, "unreachable")[0] == "-202"
    server.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, bytes]:
    """A self-signed one for `site.example`: its PEM file with key, and the certificate as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = tmp_path / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return pem, made.public_bytes(Encoding.DER)


async def test_a_tls_handshake_stalls_the_program_for_four_seconds(
        bench: Bench, until: Until, certificate: tuple[Path, bytes]) -> None:
    pem, der = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    chip = await bench.run(JOIN + f"""
        import ntptime, ssl
        ntptime.settime()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=bytes.fromhex("{der.hex()}"))
        raw = socket.socket()
        raw.connect(socket.getaddrinfo("localhost", {port})[0][-1])
        start = time.ticks_ms()
        secured = context.wrap_socket(raw, server_hostname="localhost")
        print("took", time.ticks_diff(time.ticks_ms(), start), secured.read(5))
    """, url=f"wss://localhost:{port}/ocpp", stalls=True)
    await until(lambda: said(chip, "took"), within_s=15)
    took_ms, greeting = said(chip, "took")[0].split()
    assert 4000 <= int(took_ms) < 5500
    assert greeting == "b'hello'"
    server.close()


# -- latency and load

async def test_latencies_are_measured_from_the_chips_own_clock(bench: Bench, until: Until) -> None:
    """A program that answers C at once: what is left is the contactor's own time and a turn of its loop."""
    chip = await bench.run("""
        import time
        from machine import ADC, PWM, Pin
        high, pwm = ADC(Pin(32)), PWM(Pin(25), freq=1000, duty_u16=17476)
        coil, beat = Pin(26, Pin.OUT, value=0), Pin(27, Pin.OUT, value=0)
        while True:
            beat.toggle()
            coil.value(900_000 < high.read_uv() < 1_500_000)
            time.sleep_ms(5)
    """)
    connector = chip.board.connectors[0]
    await until(lambda: connector.levels.low_v == -12)
    chip.set_car(1, SetCar(state="C"))
    await until(lambda: connector.contactor.closed)
    c_ms = connector.latencies.c_to_contactor_ms
    assert c_ms is not None
    assert 20 <= c_ms < 120
    chip.unplug(1)
    await until(lambda: not connector.contactor.closed)
    assert connector.latencies.left_c_to_open_ms == pytest.approx(15, abs=0.01)
    await until(lambda: connector.latencies.left_c_to_command_off_ms is not None)
    assert connector.latencies.left_c_to_command_off_ms is not None
    assert connector.latencies.left_c_to_command_off_ms < 100


async def test_an_idle_chip_costs_little(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        import asyncio
        from machine import ADC, Pin
        high, beat = ADC(Pin(32)), Pin(27, Pin.OUT, value=0)

        async def main():
            print("up")
            while True:
                high.read_uv()
                beat.toggle()
                await asyncio.sleep_ms(20)
        asyncio.run(main())
    """)
    await until(lambda: "up" in chip.console)
    pid = chip.as_json()["pid"]
    start_s, used_s = time.monotonic(), cpu_s(pid)
    await asyncio.sleep(2)
    share = (cpu_s(pid) - used_s) / (time.monotonic() - start_s)
    assert share < 0.1


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
