"""The rules of plans: pure, without storage, framework or clock (domain.md, 4, steps 4 to 6)."""
