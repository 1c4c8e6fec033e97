# Succession: a case whose agreement ended is taken over under the one that succeeds it.
package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

take_over(person, changes) := samples.does(
	person, "take_over_case", samples.consult, {"agreement": "sample-brugge"},
	{"case": samples.case(object.union({"agreement": "kaw-pilot-2018", "stage": "active"}, changes)), "agreement": "sample-brugge"},
)

takes_over(successor, pilot, question) := decision if {
	decision := data.ketenaanpak.action.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {
			"sample-brugge": object.union(data.agreements["sample-brugge"], successor),
			"kaw-pilot-2018": object.union(data.agreements["kaw-pilot-2018"], pilot),
		}
}

# METADATA
# title: The whole decision for the chair who takes a case over
test_the_chair_under_the_successor_takes_a_case_over if {
	every stage in ["referred", "forming", "weighing", "waiting", "accepted", "active", "concluded"] {
		samples.ruled(take_over("chair", {"stage": stage})) == {
			"allow": true,
			"hide": false,
			"reasons": [],
			"obligations": [{"kind": "record"}, {"kind": "use_limitation"}],
			"terms": {
				"participants": samples.partners, "cap": {"number": 20, "counts": "concurrent"},
				"quorum": 5, "supported_decision": "all_participants", "match_working_days": 1,
			},
			"partner": "stad-gemeente",
			"roles": ["chair"],
			"agreement": "sample-brugge",
			"agreement_version": "2025.1",
			"policy_revision": "revision-of-the-test",
		}
	}
}

test_a_case_that_is_over_is_not_taken_over if {
	every stage in ["closed", "declined", "withdrawn"] {
		samples.refused(take_over("chair", {"stage": stage}), ["stage"], false)
	}
}

# METADATA
# title: Each fact refuses alone, and reveals nothing of the case
test_a_take_over_is_refused_like_an_unknown_case[name] if {
	some name, [person, changes, reason] in {
		"unknown case": ["chair", {"found": false}, "unknown_case"],
		"malformed case": ["chair", {"followers": null}, "malformed"],
		"behind the wall": ["chair", {"conflicts": ["kin"]}, "conflict_kin"],
		"outside the region": ["chair", {"region": "34022"}, "region_outside"],
		"of another agreement": ["chair", {"agreement": "sample-westhoek"}, "not_successor"],
		"a member of the team": ["caw", {}, "role_not_allowed"],
		"nobody": ["nobody", {}, "mandate_missing"],
		"chair elsewhere": ["elsewhere", {}, "mandate_missing"],
	}
	decision := samples.ruled(take_over(person, changes))
	[decision.allow, decision.hide, decision.terms] == [false, true, {}]
	reason in decision.reasons
	count(decision.reasons) == count({reason} | ({"agreement_not_ended"} & {found | some found in decision.reasons}))
}

test_each_fact_of_the_agreements_refuses_a_take_over[name] if {
	some name, [successor, pilot, reason] in {
		"not the successor": [{"succeeds": "another"}, {}, "not_successor"],
		"no successor": [{"succeeds": null}, {}, "not_successor"],
		"not ended": [{}, {"valid_until": "2026-03-10T09:00:01Z"}, "agreement_not_ended"],
		"end unknown": [{}, {"valid_until": null}, "agreement_not_ended"],
		"successor ended": [{"valid_until": samples.now}, {}, "agreement_ended"],
		"successor not approved": [{"approved_on": null}, {}, "agreement_not_approved"],
		"not for this purpose": [{"purposes": ["coordination"]}, {}, "purpose_not_allowed"],
		"the chair's partner left": [{"parties": [{"partner": "caw", "domain": "care", "type": "general_welfare"}]}, {}, "not_party"],
	}
	decision := takes_over(successor, pilot, take_over("chair", {}))
	[decision.allow, decision.hide, decision.reasons, decision.terms] == [false, true, [reason], {}]
}

test_a_case_is_taken_over_from_the_second_that_its_agreement_ends if {
	takes_over({}, {"valid_until": samples.now}, take_over("chair", {})).allow
}

test_an_agreement_that_nobody_knows_takes_nothing_over if {
	question := object.union(
		object.remove(take_over("chair", {}), ["facts"]),
		{"facts": {"agreement": "no-such"}, "agreement": null},
	)
	decision := samples.ruled(question)
	[decision.allow, decision.hide, decision.agreement_version] == [false, true, null]
	"agreement_unknown" in decision.reasons
	nameless := samples.ruled(object.union(object.remove(question, ["facts"]), {"facts": {}}))
	[nameless.allow, nameless.hide, nameless.agreement] == [false, true, null]
}

test_by_invitation_the_parties_that_took_part_go_on if {
	present := [samples.taking_part("jongerenwelzijn"), samples.taking_part("caw")]
	decision := takes_over({"modalities": {"participation": "invited"}}, {}, take_over("chair", {"participants": present}))
	decision.terms.participants == ["caw"]
}

test_until_it_is_taken_over_the_case_is_hidden_from_the_chair_of_the_successor if {
	ended := samples.of_case({"agreement": "kaw-pilot-2018", "stage": "active"})
	question := samples.does("chair", "record_decision", samples.consult, {}, object.union(ended, {"agreement": null}))
	decision := samples.ruled(question)
	[decision.allow, decision.hide] == [false, true]
	"agreement_ended" in decision.reasons
}
