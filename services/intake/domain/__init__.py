"""The rules of intake: pure, without storage, framework or clock (domain.md, 2 to 5 and 7)."""
