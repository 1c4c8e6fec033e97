"""The rules of plans: pure, no storage, framework or clock (domain.md, section 4, steps 4 to 6)."""
