# METADATA
# title: Agreements (samenwerkingsovereenkomsten)
# description: Whether an agreement is in force at the moment of the question, and what it covers.
package ketenaanpak.agreements

import data.ketenaanpak.question

# METADATA
# title: The agreement is in force now
# description: Approved, on a legal basis that holds, begun and not ended; `valid_until` is its end.
default in_force(_) := false

in_force(id) if {
	approved(id)
	lawful(id)
	begun(id)
	lasting(id)
}

# METADATA
# title: Somebody approved it, today or before
default approved(_) := false

approved(id) if {
	is_string(data.agreements[id].approved_by)
	question.day(data.agreements[id].approved_on) <= question.today
}

# METADATA
# title: Its legal basis holds
default lawful(_) := false

lawful(id) if time.parse_rfc3339_ns(data.agreements[id].legal_basis.valid_from) <= question.now

# METADATA
# title: It has begun
default begun(_) := false

begun(id) if time.parse_rfc3339_ns(data.agreements[id].valid_from) <= question.now

# METADATA
# title: It has not ended
default lasting(_) := false

lasting(id) if question.now < time.parse_rfc3339_ns(data.agreements[id].valid_until)

# METADATA
# title: It is known to have ended
# description: Stated positively, so false for an agreement that nobody knows.
default ended(_) := false

ended(id) if time.parse_rfc3339_ns(data.agreements[id].valid_until) <= question.now

# METADATA
# title: It covers the municipality
default covers(_, _) := false

covers(id, region) if region in data.agreements[id].region

# METADATA
# title: It allows emergency access (noodtoegang)
default opens_in_danger(_) := false

opens_in_danger(id) if data.agreements[id].modalities.emergency_access == true

# METADATA
# title: It serves the purpose of use
default serves(_, _) := false

serves(id, purpose) if purpose in data.agreements[id].purposes

# METADATA
# title: What the agreement says of a partner
# description: Undefined for a partner that is not a party.
party(id, partner) := found if {
	some found in data.agreements[id].parties
	found.partner == partner
}

# METADATA
# title: The partner is a party
default is_party(_, _) := false

is_party(id, partner) if {
	some party in data.agreements[id].parties
	party.partner == partner
}

# METADATA
# title: All parties, by id
parties(id) := [party.partner | some party in data.agreements[id].parties]

# METADATA
# title: Why the agreement is not in force
problems(id) := {"agreement_unknown"} if not data.agreements[id]

problems(id) := {code | some code, met in facts(id); not met} if data.agreements[id]

facts(id) := {
	"agreement_not_approved": approved(id),
	"legal_basis_not_valid": lawful(id),
	"agreement_not_begun": begun(id),
	"agreement_ended": lasting(id),
}
