"""CRC-16/MODBUS, four bits a step: a table of 16 instead of 256 words (MODBUS over Serial Line V1.02, appendix B)."""
from micropython import const

_START = const(0xFFFF)
_TABLE = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip


def crc16(data, start, end):
    """CRC of data[start:end]; 0 over a frame together with its own CRC, low byte first."""
    crc = _START
    for i in range(start, end):
        crc ^= data[i]
        crc = crc >> 4 ^ _TABLE[crc & 15]
        crc = crc >> 4 ^ _TABLE[crc & 15]
    return crc
