"""What `bollard-flash` says to people: each message says what is wrong and what to do."""


class FlashError(Exception):
    pass
