# Emergency access (noodtoegang): opened by the people of any party, hidden from everybody else.
package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

alone := {"participants": [samples.taking_part("caw")]}

emergency(person, changes) := samples.does(person, "open_emergency", "acute_danger", {}, samples.of_case(changes))

under(changes, question) := decision if {
	agreement := object.union(data.agreements["sample-brugge"], changes)
	decision := data.ketenaanpak.action.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": agreement}
}

no_emergency := {"modalities": {"emergency_access": false}}

# METADATA
# title: The whole decision for a member of a party that takes no part
test_a_member_of_a_party_opens_a_case_it_takes_no_part_in if {
	every stage in while_help_goes_on {
		samples.ruled(emergency("ggz", object.union(alone, {"stage": stage}))) == {
			"allow": true,
			"hide": false,
			"reasons": [],
			"obligations": [{"kind": "record"}, {"kind": "use_limitation"}],
			"terms": {"minutes": 60, "review_working_days": 5},
			"partner": "ggz",
			"roles": ["team_member"],
			"agreement": "sample-brugge",
			"agreement_version": "2025.1",
			"policy_revision": "revision-of-the-test",
		}
	}
}

while_help_goes_on := object.keys(data.stages) - {"closed", "declined", "withdrawn"}

test_a_case_that_is_over_is_not_opened if {
	every stage in object.keys(data.stages) - while_help_goes_on {
		samples.refused(emergency("ggz", object.union(alone, {"stage": stage})), ["stage"], true)
	}
}

test_who_takes_part_opens_it_too if samples.permitted(emergency("caw", alone))

# METADATA
# title: Each fact refuses alone, and reveals nothing of the case
test_an_emergency_is_refused_like_an_unknown_case[name] if {
	some name, [person, changes, reason] in {
		"unknown case": ["ggz", {"found": false}, "unknown_case"],
		"malformed case": ["ggz", {"followers": null}, "malformed"],
		"behind the wall": ["ggz", {"conflicts": ["same_person"]}, "conflict_same_person"],
		"outside the region": ["ggz", {"region": "34022"}, "region_outside"],
		"of another agreement": ["elsewhere", {}, "mandate_missing"],
		"nobody": ["nobody", {}, "mandate_missing"],
		"chair of a partner that takes no part": ["steering", {}, "role_not_allowed"],
		"referrer": ["referrer", {"referrer": "somebody"}, "role_not_allowed"],
		"of two partners": ["of-two", {}, "mandate_ambiguous"],
	}
	samples.refused(emergency(person, object.union(alone, changes)), [reason], true)
}

test_the_wall_wins_over_danger_for_who_takes_part_too if {
	samples.refused(emergency("caw", {"conflicts": ["kin"]}), ["conflict_kin"], true)
}

test_each_fact_of_the_agreement_refuses_an_emergency[name] if {
	some name, [changes, reason] in {
		"ended": [{"valid_until": samples.now}, "agreement_ended"],
		"no emergency access": [no_emergency, "emergency_not_allowed"],
		"not for this purpose": [{"purposes": ["case_consultation"]}, "purpose_not_allowed"],
		"the partner left": [{"parties": [{"partner": "caw", "domain": "care", "type": "general_welfare"}]}, "not_party"],
	}
	decision := under(changes, emergency("ggz", alone))
	[decision.allow, decision.hide, decision.reasons, decision.terms] == [false, true, [reason], {}]
}

test_who_takes_part_is_told_that_the_agreement_knows_no_emergency if {
	decision := under(no_emergency, emergency("caw", alone))
	[decision.allow, decision.hide, decision.reasons] == [false, false, ["emergency_not_allowed"]]
}

test_the_chair_is_told_that_the_team_opens_it if {
	samples.refused(emergency("chair", {}), ["role_not_allowed"], false)
}

test_an_emergency_is_opened_for_danger_and_nothing_else if {
	question := object.union(emergency("ggz", alone), {"purpose": samples.consult})
	decision := samples.ruled(question)
	[decision.allow, decision.hide] == [false, true]
	"purpose_not_allowed" in decision.reasons
	known := object.union(emergency("caw", alone), {"purpose": samples.consult})
	samples.refused(known, ["purpose_not_allowed"], false)
}

test_danger_opens_no_other_command[command] if {
	some command in {command | some command, row in data.actions; row.about == "case"}
	grant := {"emergency": {"grant": "g-1", "partner": "ggz", "until": "2026-03-10T10:00:00Z"}}
	target := {"target": samples.fragment("f-1", "joint", {"source": "ggz"})}
	question := samples.does("ggz", command, "acute_danger", {}, object.union(samples.of_case(object.union(alone, grant)), target))
	decision := samples.ruled(question)
	decision.allow == false
	"purpose_not_allowed" in decision.reasons
}
