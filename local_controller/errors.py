"""What can go wrong in the local controller beyond OCPP itself.

SiteError                    one clear line for the person at the terminal
├── ConfigError              a setting is wrong: the text names its key
├── NotAdopted               no CSMS knows this controller yet
├── AdoptionRefused          a one-time code or the other side said no
├── TooManyTries             an address guesses, or a button is hammered; `retry_after_s` says when it may come again
├── NoAnswer                 a charge point was asked and did not answer in time
├── BackupError              a backup cannot be made, or is none
└── StoreError               the database cannot be opened or cannot keep what it was given
"""


class SiteError(Exception):
    """The root of all errors of this package."""


class ConfigError(SiteError):
    """A setting is missing, unknown or ill-typed."""


class NotAdopted(SiteError):
    """There is no site key: no CSMS has adopted this controller."""


class AdoptionRefused(SiteError):
    """The code is wrong, used or too old, or the part cannot be adopted."""


class TooManyTries(SiteError):
    """Too many wrong codes or passwords came from one address, or too many presses of one button."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many tries, come again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class StoreError(SiteError):
    """The database cannot be opened, or a write was not committed."""


class NoAnswer(SiteError):
    """Whether the charge point does what it was asked is not known."""


class BackupError(SiteError):
    """A backup cannot be made, or what shall be restored is none."""
