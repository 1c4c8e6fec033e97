package ketenaanpak.mandates_test

import data.ketenaanpak.mandates
import data.ketenaanpak.samples_test as samples

question(person, mandate) := {"now": samples.now, "viewer": {"person": person, "mandate": mandate}}

test_partner_and_roles_come_from_the_mandates if {
	acting := mandates.acting("sample-brugge", {"team_member", "chair"}) with input as question("member-and-chair", null)
		with data.mandates as samples.people
	acting == {"partner": "stad-gemeente", "roles": ["chair", "team_member"]}
}

test_a_claim_selects_among_the_mandates if {
	acting := mandates.acting("sample-brugge", {"team_member", "chair"}) with input as question("member-and-chair", "m-member-and-chair-chair")
		with data.mandates as samples.people
	acting == {"partner": "stad-gemeente", "roles": ["chair"]}
}

test_other_roles_do_not_count if {
	not mandates.acting("sample-brugge", {"auditor"}) with input as question("chair", null)
		with data.mandates as samples.people
}

test_agreements_are_those_with_one_partner_to_act_for if {
	found := mandates.agreements({"team_member"}) with input as question("of-two", null)
		with data.mandates as samples.people
	found == set()
	chosen := mandates.agreements({"team_member"}) with input as question("of-two", "m-of-two-ggz")
		with data.mandates as samples.people
	chosen == {"sample-brugge"}
}

test_a_mandate_with_dates_that_are_none_does_not_hold if {
	every name in ["from", "until", "confidentiality_signed_on"] {
		faulty := object.union(samples.team.caw[0], {name: "some day"})
		not mandates.holds(faulty) with input as {"now": samples.now}
		missing := object.remove(samples.team.caw[0], [name])
		not mandates.holds(missing) with input as {"now": samples.now}
	}
}

# METADATA
# title: Whoever signs today acts today, from midnight in Brussels
test_a_signature_counts_on_its_day[now] if {
	some now, holds in {
		"2026-07-14T21:59:59Z": false,
		"2026-07-14T22:00:00Z": true,
		"2026-07-15T09:00:00Z": true,
	}
	mandate := object.union(samples.team.caw[0], {"confidentiality_signed_on": "2026-07-15"})
	found := mandates.holds(mandate) with input.now as now
	found == holds
}
