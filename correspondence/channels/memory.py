"""The in-memory twins of the channels, for tests: what was sent stands in a list."""

from typing import ClassVar

from correspondence.channels import Outgoing, Refused, Unreachable


class MemoryChannel:
    """Answers like a server: `refused@…` is refused for good, `later@…` for now; everybody else gets her message."""

    sent: ClassVar[list[Outgoing]] = []

    def send(self, message: Outgoing) -> None:
        """Keep one message, or answer as a server would."""
        if message.to.startswith("refused@"):
            raise Refused("550")
        if message.to.startswith("later@"):
            raise Unreachable("451")
        self.sent.append(message)


class MemoryTextChannel:
    """Answers like a gateway: numbers that end in 0199 are refused for good, in 0198 for now."""

    sent: ClassVar[list[Outgoing]] = []

    def send(self, message: Outgoing) -> None:
        """Keep one text, or answer as a gateway would."""
        if message.to.endswith("0199"):
            raise Refused("422")
        if message.to.endswith("0198"):
            raise Unreachable("503")
        self.sent.append(message)
