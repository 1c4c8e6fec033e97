"""Everything about HTTP: routing, headers, bodies, responses, problems, documentation."""
