"""A QR code of version 2 (25 x 25 modules) with letters in upper case: a connector's link. ISO/IEC 18004:2015.

Loaded when a link is to be drawn, then dropped. The work takes some 100 ms on the chip, so it comes in pieces between
which the energy path has its turn.
"""
from micropython import const

SIZE = const(25)
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
# What fits beside as much error correction, the most first: letters, data codewords, correction codewords, level bits.
_LEVELS = ((20, 16, 28, 2), (29, 22, 22, 3), (38, 28, 16, 0), (47, 34, 10, 1))
_ALL = const((1 << 25) - 1)


def steps(text, mask=None):
    """Yields None between pieces of work, at last the rows from the top, each an int with the leftmost module as bit 0.

    `mask`: 0 to 7, the best one unless given. ValueError for a text of other signs, or longer than 47.
    """
    data, checks = _data(text)
    yield
    divisor = _divisor(checks)
    yield
    codewords = data + _correction(data, divisor)
    yield
    rows, used = _function_patterns()
    level = _level(len(text))[3]
    _place(rows, used, codewords)
    yield
    best = least = None
    for number in range(8) if mask is None else (mask,):
        masked = [row ^ (_mask_row(number, y) & ~used[y]) for y, row in enumerate(rows)]
        _put_format(masked, level << 3 | number)
        if mask is not None:
            best = masked
            break
        yield
        columns = [sum((row >> x & 1) << y for y, row in enumerate(masked)) for x in range(SIZE)]
        yield
        penalty = _penalty_of_lines(masked)
        yield
        penalty += _penalty_of_lines(columns)
        yield
        penalty += _penalty_of_areas(masked)
        if least is None or penalty < least:
            best, least = masked, penalty
        yield
    yield best


def _level(length):
    for level in _LEVELS:
        if length <= level[0]:
            return level
    raise ValueError("too long for a code of this size")


def _data(text):
    """(codewords of data, how many of correction they need)."""
    _, size, checks, _ = _level(len(text))
    value, count = 0b0010 << 9 | len(text), 13
    for i in range(0, len(text), 2):
        pair = [_SIGNS.find(sign) for sign in text[i : i + 2]]
        if min(pair) < 0:
            raise ValueError("a sign that such a code has not")
        value = value << 11 | pair[0] * 45 + pair[1] if len(pair) == 2 else value << 6 | pair[0]
        count += 11 if len(pair) == 2 else 6
    end = min(4, size * 8 - count)
    value, count = value << end, count + end
    value, count = value << (-count % 8), count + -count % 8
    data = bytearray(value.to_bytes(count // 8, "big"))
    while len(data) < size:
        data.append(0x11 if len(data) - count // 8 & 1 else 0xEC)
    return bytes(data), checks


def _times(a, b):
    """In GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= 0x11D
        b >>= 1
    return product


def _divisor(count):
    """The product of (x - 2^i), its highest coefficient left out."""
    divisor = bytearray(count)
    divisor[-1], root = 1, 1
    for _ in range(count):
        for i in range(count):
            divisor[i] = _times(divisor[i], root) ^ (divisor[i + 1] if i + 1 < count else 0)
        root = _times(root, 2)
    return divisor


def _correction(data, divisor):
    """Reed-Solomon codewords: the remainder of `data`."""
    count = len(divisor)
    rest = bytearray(count)
    for byte in data:
        factor = byte ^ rest[0]
        for i in range(count):
            rest[i] = (rest[i + 1] if i + 1 < count else 0) ^ _times(divisor[i], factor)
    return bytes(rest)


def _function_patterns():
    """Rows with the patterns that all codes of this version share, and which modules they and the format take."""
    rows, used = [0] * SIZE, [0] * SIZE

    def square(x, y, size, dark):
        for row in range(max(y, 0), min(y + size, SIZE)):
            bits = (((1 << size) - 1) << x if x >= 0 else ((1 << size) - 1) >> -x) & _ALL
            rows[row] = rows[row] | bits if dark else rows[row] & ~bits
            used[row] |= bits

    for i in range(SIZE):   # timing; the finders cover its ends
        for x, y in ((i, 6), (6, i)):
            rows[y] |= (1 - i % 2) << x
            used[y] |= 1 << x
    for x, y in ((0, 0), (SIZE - 7, 0), (0, SIZE - 7)):   # finders with their separators
        square(x - 1, y - 1, 9, False)
        square(x, y, 7, True)
        square(x + 1, y + 1, 5, False)
        square(x + 2, y + 2, 3, True)
    square(16, 16, 5, True)   # alignment
    square(17, 17, 3, False)
    square(18, 18, 1, True)
    for i in range(9):   # room for the format
        used[8] |= 1 << i
        used[i] |= 1 << 8
    for i in range(SIZE - 8, SIZE):
        used[8] |= 1 << i
        used[i] |= 1 << 8
    rows[SIZE - 8] |= 1 << 8   # a module that is always dark
    return rows, used


def _place(rows, used, codewords):
    """Two columns at a time from the right, up and down in turn, leaving out the column of the timing pattern."""
    at, up = 0, True
    for right in (24, 22, 20, 18, 16, 14, 12, 10, 8, 5, 3, 1):
        for y in range(SIZE - 1, -1, -1) if up else range(SIZE):
            for x in (right, right - 1):
                if not used[y] >> x & 1:
                    if at < 8 * len(codewords) and codewords[at >> 3] >> (7 - (at & 7)) & 1:
                        rows[y] |= 1 << x
                    at += 1
        up = not up


def _mask_row(number, y):
    row = 0
    for x in range(SIZE):
        if number == 0:
            rest = (x + y) % 2
        elif number == 1:
            rest = y % 2
        elif number == 2:
            rest = x % 3
        elif number == 3:
            rest = (x + y) % 3
        elif number == 4:
            rest = (x // 3 + y // 2) % 2
        elif number == 5:
            rest = x * y % 2 + x * y % 3
        elif number == 6:
            rest = (x * y % 2 + x * y % 3) % 2
        else:
            rest = ((x + y) % 2 + x * y % 3) % 2
        if not rest:
            row |= 1 << x
    return row


def _put_format(rows, data):
    """Level and mask with their BCH code, twice; §7.9."""
    rest = data
    for _ in range(10):
        rest = rest << 1 ^ (rest >> 9) * 0x537
    bits = (data << 10 | rest) ^ 0x5412
    for i in range(15):
        bit = bits >> i & 1
        # Around the finder at the top left, and along the other two.
        first = (8, i) if i < 6 else (8, i + 1) if i < 8 else (7, 8) if i == 8 else (14 - i, 8)
        second = (SIZE - 1 - i, 8) if i < 8 else (8, SIZE - 15 + i)
        for x, y in (first, second):
            rows[y] = rows[y] & ~(1 << x) | bit << x


def _ones(bits):
    return bin(bits).count("1")


def _penalty_of_lines(lines):
    """How hard a scanner would find these rows, or columns; §7.8.3."""
    points = 0
    for line in lines:
        same = ~(line ^ line >> 1) & _ALL >> 1
        runs = same & same >> 1 & same >> 2 & same >> 3
        points += _ones(runs) + 2 * _ones(runs & ~(runs >> 1))   # runs of five or more: their length - 2
        for i in range(SIZE - 10):
            if line >> i & 0x7FF in (0x05D, 0x5D0):   # like a finder
                points += 40
    return points


def _penalty_of_areas(rows):
    """The same for blocks of one colour, and for how much is dark."""
    points = 0
    for y in range(SIZE - 1):
        above, below = rows[y], rows[y + 1]
        points += 3 * _ones(~(above ^ below) & ~(above ^ above >> 1) & ~(below ^ below >> 1) & _ALL >> 1)
    dark = sum(_ones(row) for row in rows)
    return points + abs(dark * 20 - SIZE * SIZE * 10) // (SIZE * SIZE) * 10
