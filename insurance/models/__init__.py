"""Who pays."""

from .coverage import Coverage, EligibilityCheck, Payer

__all__ = ["Coverage", "EligibilityCheck", "Payer"]
