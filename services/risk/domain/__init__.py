"""The rules of risk: pure, without files, storage, framework or clock (domain.md, section 8)."""
