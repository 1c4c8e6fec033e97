package ketenaanpak.staff_test

import data.ketenaanpak.samples_test as samples
import data.ketenaanpak.staff

decision_for(held, question) := decision if {
	decision := staff.decision with input as question
		with data.mandates as held
		with data.system.bundles as samples.bundles
}

at_work(changes) := decision_for({"p": [samples.mandate("p", "ggz", "team_member", changes)]}, {"now": samples.now})

test_whoever_has_a_mandate_now_or_later_is_to_be_recognised[name] if {
	some name, changes in {
		"now": {},
		"without an end": {"until": null},
		"to come": {"from": "2026-12-01T00:00:00+01:00"},
		"not signed yet": {"confidentiality_signed_on": null},
		"for no partner": {"partner": null, "role": "coordination_team"},
	}
	at_work(changes) == {"allow": true, "persons": ["p"], "policy_revision": "revision-of-the-test"}
}

test_whose_mandates_have_ended_need_not if {
	at_work({"until": samples.now}).persons == []
}

test_each_person_is_named_once_in_order if {
	decision_for(samples.people, {"now": samples.now}).persons == sort(object.keys(samples.people))
}

# METADATA
# title: An empty answer would say that all are recognised
test_without_a_moment_or_a_revision_nothing_is_said if {
	nothing := {"allow": false, "persons": [], "policy_revision": "revision-of-the-test"}
	every question in [{}, {"now": null}, {"now": "today"}] {
		decision_for(samples.people, question) == nothing
	}
	unloaded := staff.decision with input as {"now": samples.now}
		with data.mandates as samples.people
		with data.system.bundles as {}
	unloaded.allow == false
}
