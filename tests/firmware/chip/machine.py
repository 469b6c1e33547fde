"""As much of the ESP32's `machine` as it takes to build a board, on MicroPython; `log` tells the order."""
import io

log = []


class Pin:
    IN, OUT = 1, 3

    def __init__(self, number, mode=-1, pull=-1, *, value=None):
        self.number, self.level = number, value
        if mode == Pin.OUT:
            log.append(("out", number, value))
        elif mode == Pin.IN:
            log.append(("in", number))

    def value(self, level=None):
        if level is not None:
            self.level = level
        return self.level or 0


class WDT:
    def __init__(self, id=0, timeout=5000):
        log.append(("wdt", timeout))

    def feed(self):
        if log[-1] != ("feed",):
            log.append(("feed",))


class Timer:
    called: list = []  # noqa: RUF012

    def __init__(self, id):
        pass

    def init(self, *, freq, callback):
        log.append(("timer", freq))
        self.called.append(callback)


def reset():
    log.append(("reset",))


class I2C:
    def __init__(self, number, *, scl, sda, freq, timeout):
        log.append(("i2c", number, scl.number, sda.number, freq))


class SPI:
    MSB, LSB = 0, 1

    def __init__(self, number, baudrate, *, polarity, phase, firstbit, sck, mosi, miso):
        log.append(("spi", number, sck.number, mosi.number, miso.number))


class Counter:
    RISING, FALLING = 1, 2

    def __init__(self, number, pin, *, edge, filter_ns):
        log.append(("counter", number, pin.number))

    def value(self):
        return 0


class ADC:
    ATTN_11DB = 3

    def __init__(self, pin, *, atten):
        log.append(("adc", pin.number))

    def read_uv(self):
        return 1_000_000


class PWM:
    def __init__(self, pin, *, freq, duty_u16):
        log.append(("pwm", pin.number, freq, duty_u16))

    def duty_u16(self, duty):
        pass


class UART(io.IOBase):
    def __init__(self, number, *, baudrate, tx, rx, timeout):
        log.append(("uart", number, baudrate, tx, rx))
