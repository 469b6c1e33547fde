"""A message for which a crumbled heap has no place in one piece: held in several. Loaded when that happens only."""
import io


class LongMessage(io.IOBase):
    """What json.load() reads; its length and its beginning as of the view it stands for."""

    def __init__(self):
        self._pieces = []
        self._size = 0
        self._piece = 0   # where the reader is
        self._at = 0

    async def feed(self, view):
        self._pieces.append(bytes(view))
        self._size += len(view)

    def close(self):
        """The rest never comes."""
        self._pieces.clear()

    def __len__(self):
        return self._size

    def __getitem__(self, part):
        """A slice of the first piece, which has the message's head."""
        return self._pieces[0][part]

    def readinto(self, buffer):
        """json.load() asks for a byte at a time: what this costs decides how long the tick waits for 8 kB."""
        if self._piece == len(self._pieces):
            return 0
        piece = self._pieces[self._piece]
        at = self._at
        got = min(len(buffer), len(piece) - at)
        if got == 1:
            buffer[0] = piece[at]
        else:
            buffer[:got] = piece[at:at + got]
        self._at = at + got
        if self._at == len(piece):
            self._piece += 1
            self._at = 0
        return got
