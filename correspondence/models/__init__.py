"""Everything said to and by patients."""

from .calls import Call, CallStep, RedFlags
from .messages import Message, ReminderPlan, ReminderStep, Wording

__all__ = ["Call", "CallStep", "Message", "RedFlags", "ReminderPlan", "ReminderStep", "Wording"]
