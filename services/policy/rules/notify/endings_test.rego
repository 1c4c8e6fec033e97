# Mandates and agreements that end soon.
package ketenaanpak.notify_test

import data.ketenaanpak.notify
import data.ketenaanpak.samples_test as samples

soon := "2026-03-20T09:00:00Z"

ending(id, changes) := samples.mandate("ggz", "ggz", "team_member", object.union({"id": id, "until": soon}, changes))

colleagues := [
	samples.mandate("coordination", null, "coordination_team", {}),
	samples.mandate("chair", "stad-gemeente", "chair", {}),
	samples.mandate("old-chair", "stad-gemeente", "chair", {"id": "m-old", "until": samples.now}),
]

ends_within(days, held, changes) := decision if {
	agreement := object.union(data.agreements["sample-brugge"], changes)
	decision := notify.endings with input as {"now": samples.now, "within_days": days}
		with data.members as {"sample-brugge": array.concat(colleagues, held), "kaw-pilot-2018": [ending("m-3", {"agreement": "kaw-pilot-2018"})]}
		with data.agreements as {"sample-brugge": agreement, "kaw-pilot-2018": data.agreements["kaw-pilot-2018"]}
		with data.system.bundles as samples.bundles
}

recipients(decision) := {[entry.person, entry.task] | some entry in decision.tell}

of_the_mandate := {["ggz", "mandate_ends"], ["coordination", "mandate_ends"]}

# METADATA
# title: The whole answer for one mandate that ends
test_a_mandate_that_ends_tells_its_person_and_the_coordination_team if {
	ends_within(10, [ending("m-1", {})], {}) == {
		"tell": sort([
			{"key": crypto.sha256("mandate m-1 2026-03-20T09:00:00Z coordination"), "person": "coordination", "task": "mandate_ends"},
			{"key": crypto.sha256("mandate m-1 2026-03-20T09:00:00Z ggz"), "person": "ggz", "task": "mandate_ends"},
		]),
		"policy_revision": "revision-of-the-test",
	}
}

test_a_day_counts_to_the_second if {
	recipients(ends_within(10, [ending("m-1", {})], {})) == of_the_mandate
	recipients(ends_within(10, [ending("m-1", {"until": "2026-03-20T09:00:01Z"})], {})) == set()
	recipients(ends_within(9, [ending("m-1", {})], {})) == set()
}

test_what_does_not_end_or_does_not_hold_tells_nobody[name] if {
	some name, changes in {
		"no end": {"until": null},
		"ended already": {"until": samples.now},
		"not begun": {"from": "2026-03-11T09:00:00Z"},
		"not signed": {"confidentiality_signed_on": null},
	}
	ends_within(10, [ending("m-1", changes)], {}).tell == []
}

test_an_agreement_that_ends_tells_its_chairs_and_the_coordination_team if {
	recipients(ends_within(10, [], {"valid_until": soon})) == {["chair", "agreement_ends"], ["coordination", "agreement_ends"]}
	recipients(ends_within(9, [], {"valid_until": soon})) == set()
}

test_under_an_agreement_that_ended_nobody_is_told if {
	ends_within(10, [ending("m-1", {})], {"valid_until": samples.now}).tell == []
}

test_a_key_is_of_one_end_and_one_person if {
	keys := {entry.key |
		some decision in [
			ends_within(10, [ending("m-1", {})], {}),
			ends_within(10, [ending("m-2", {})], {}),
			ends_within(10, [ending("m-1", {"until": "2026-03-19T09:00:00Z"})], {}),
			ends_within(10, [], {"valid_until": soon}),
			ends_within(10, [], {"valid_until": "2026-03-19T09:00:00Z"}),
		]
		some entry in decision.tell
	}
	count(keys) == 10
	ends_within(10, [ending("m-1", {})], {}) == ends_within(11, [ending("m-1", {})], {})
}

test_of_several_mandates_each_end_is_told if {
	count(ends_within(10, [ending("m-1", {}), ending("m-2", {})], {}).tell) == 4
}

next(changes) := ending("m-next", object.union({"from": soon, "until": null}, changes))

test_a_mandate_that_goes_on_in_another_does_not_end[name] if {
	some name, changes in {
		"from the moment on": {},
		"begun already": {"from": "2026-03-01T09:00:00Z"},
		"for a while": {"until": "2027-03-20T09:00:00Z"},
	}
	ends_within(10, [ending("m-1", {}), next(changes)], {}).tell == []
}

test_a_mandate_that_another_does_not_continue_ends[name] if {
	some name, changes in {
		"later": {"from": "2026-03-20T09:00:01Z"},
		"of another person": {"person": "caw"},
		"for another partner": {"partner": "caw"},
		"in another role": {"role": "referrer"},
		"not signed": {"confidentiality_signed_on": null},
	}
	recipients(ends_within(10, [ending("m-1", {}), next(changes)], {})) == of_the_mandate
}

test_what_continues_a_mandate_is_announced_before_it_begins if {
	until := "2026-03-21T09:00:00Z"
	entries := ends_within(11, [ending("m-1", {}), next({"until": until})], {}).tell
	{entry.key | some entry in entries} == {crypto.sha256(sprintf("mandate m-next %s %s", [until, person])) | some person in ["ggz", "coordination"]}
}

test_a_question_that_cannot_be_answered_tells_nobody[name] if {
	some name, question in {
		"no moment": {"within_days": 30},
		"no days": {"now": samples.now},
		"days as a text": {"now": samples.now, "within_days": "30"},
		"nothing": {},
	}
	decision := notify.endings with input as question
		with data.members as {"sample-brugge": [ending("m-1", {})]}
		with data.system.bundles as samples.bundles
	decision == {"tell": [], "policy_revision": "revision-of-the-test"}
}

test_without_a_revision_no_end_is_told if {
	decision := notify.endings with input as {"now": samples.now, "within_days": 30}
		with data.members as {"sample-brugge": [ending("m-1", {})]}
		with data.system.bundles as {}
	decision == {"tell": [], "policy_revision": ""}
}
