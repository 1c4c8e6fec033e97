"""The rules of intake: pure, no storage, framework or clock (domain.md, sections 3 to 5 and 7)."""
