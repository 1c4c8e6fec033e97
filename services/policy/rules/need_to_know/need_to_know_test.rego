package ketenaanpak.need_to_know_test

import data.ketenaanpak.need_to_know

order := ["justice", "care", "local_government"]

# The default table of domain.md, section 6.
expected := {
	"identity": ["full", "full", "full"],
	"safety": ["full", "full", "full"],
	"protective_factors": ["full", "full", "full"],
	"client_voice": ["full", "full", "full"],
	"joint": ["full", "full", "full"],
	"incidents": ["full", "full", "summary"],
	"judicial": ["full", "summary", "none"],
	"children": ["summary", "summary", "summary"],
	"physical_health": ["summary", "full", "none"],
	"mental_health": ["summary", "full", "none"],
	"substance_use": ["summary", "full", "none"],
	"relationships": ["summary", "full", "summary"],
	"assistance": ["summary", "full", "summary"],
	"housing": ["summary", "full", "full"],
	"work_income": ["none", "full", "full"],
}

overrides := {
	"youth_care": {"children": "full"},
	"child_abuse_centre": {"children": "full"},
	"public_prosecutor": {"children": "full"},
	"mental_health_care": {"mental_health": "full"},
}

row(domain) := {category: levels[position] |
	some category, levels in expected
	some position, name in order
	name == domain
}

# METADATA
# title: Each party of each agreement needs to know what the table says, and what its type adds
test_each_party_needs_to_know_its_row[name] if {
	some id, agreement in data.agreements
	some party in agreement.parties
	name := sprintf("%s: %s", [id, party.partner])
	needed := object.union(row(party.domain), object.get(overrides, party.type, {}))
	need_to_know.levels(id, party.partner) == needed
}

test_whoever_is_not_a_party_needs_to_know_nothing if {
	not need_to_know.levels("sample-brugge", "caw-kortrijk")
	not need_to_know.levels("sample-brugge", null)
	not need_to_know.levels("no-such", "caw")
}

test_a_type_may_narrow_its_domain_too if {
	agreement := object.union(
		data.agreements["sample-brugge"],
		{"need_to_know": {"types": {"social_house": {"housing": "summary"}}}},
	)
	levels := need_to_know.levels("a", "sociaal-huis") with data.agreements as {"a": agreement}
	levels.housing == "summary"
	levels.work_income == "full"
}

test_no_table_opens_whereabouts if {
	agreement := object.union(data.agreements["sample-brugge"], {"need_to_know": {
		"domains": {"whereabouts": {"care": "full"}},
		"types": {"general_welfare": {"whereabouts": "full"}},
	}})
	levels := need_to_know.levels("a", "caw") with data.agreements as {"a": agreement}
	not levels.whereabouts
}
