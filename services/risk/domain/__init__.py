"""The rules of risk: pure, without files, storage, framework or clock (domain.md, section 8)."""

from services.risk.domain.weighing import settled

__all__ = ["settled"]
