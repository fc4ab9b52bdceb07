"""What can go wrong, named by its consequence.

NovAlgoError
├── SettingsError      the start stops; its text is one line that names the setting
│   └── TakenError         another process has the service's store: stand by, or stop
├── LostError          this process no longer has its store: it ends, or stands by
├── PermanentError     a message can never be handled: dead-letter it now
├── UnavailableError   something outside is away: try again, however long it takes
└── PublishError       the bus has not confirmed: publish again
    └── UnroutableError    nobody would have received it
"""


class NovAlgoError(Exception):
    """The root of every error that NovAlgo raises on purpose."""


class SettingsError(NovAlgoError):
    """A setting is wrong.  The text is one line that names it and says how to mend it."""


class TakenError(SettingsError):
    """Another process has the service's store, and there may be only one."""

    def __init__(self, setting: str, holder: str) -> None:
        super().__init__(f"{setting}: {holder}: stop it first")
        self.holder = holder
        """A clause that says who has it."""


class LostError(NovAlgoError):
    """This process has lost its store, and another may have it by now: it must not go on."""


class PermanentError(NovAlgoError):
    """This message can never be handled, however often it is tried."""


class UnavailableError(NovAlgoError):
    """A store or a service is away.  Trying again later may succeed."""


class PublishError(NovAlgoError):
    """The bus did not confirm the event.  It may still have arrived: publish it again."""


class UnroutableError(PublishError):
    """A queue that must receive the event does not exist or has no subscriber."""
