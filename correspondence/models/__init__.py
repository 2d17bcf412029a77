"""Everything said to and by patients."""

from .calls import Call, CallStep, RedFlags
from .messages import Message, ReminderPlan, ReminderStep, Wording
from .texts import InboundText

__all__ = ["Call", "CallStep", "InboundText", "Message", "RedFlags", "ReminderPlan", "ReminderStep", "Wording"]
