package ketenaanpak.release_test

import data.ketenaanpak.release
import data.ketenaanpak.samples_test as samples

denied(reasons) := {
	"allow": false,
	"standing": null,
	"fragments": {},
	"withheld": {},
	"reasons": reasons,
	"obligations": [{"kind": "record"}],
	"terms": {},
	"partner": "parket",
	"roles": ["team_member"],
	"agreement_version": "2025.1",
	"emergency": false,
}

unheld(reasons) := object.union(denied(reasons), {"partner": null, "roles": []})

# METADATA
# title: The whole decision for a member of the team who reads a case
test_a_member_of_the_team_reads_the_case if {
	samples.reads("parket", {}, samples.one_item) == {
		"allow": true,
		"standing": "participant",
		"fragments": {"f-1": {"level": "full", "reasons": ["need_to_know"]}},
		"withheld": {},
		"reasons": [],
		"obligations": [{"kind": "record"}, {"kind": "use_limitation"}, {"kind": "no_onward_sharing"}],
		"terms": {},
		"partner": "parket",
		"roles": ["team_member"],
		"agreement_version": "2025.1",
		"emergency": false,
	}
}

# METADATA
# title: Each fact of the case denies alone, with its own reason
test_each_fact_of_the_case_denies_alone[name] if {
	some name, [changes, reason] in {
		"municipality outside the region": [{"region": "34022"}, "region_outside"],
		"viewer is in the client system": [{"conflicts": ["same_person"]}, "conflict_same_person"],
		"viewer is kin": [{"conflicts": ["kin"]}, "conflict_kin"],
		"viewer has another interest": [{"conflicts": ["other_interest"]}, "conflict_other_interest"],
		"partner does not take part": [
			{"participants": [samples.taking_part("caw")]},
			"not_participant",
		],
		"stage shows it to others only": [{"stage": "referred"}, "stage"],
		"nothing of it was found": [{"found": false}, "unknown_case"],
	}
	samples.decided(samples.reading(changes)) == denied([reason])
}

# METADATA
# title: Each fact of the agreement denies alone, with its own reason
test_each_fact_of_the_agreement_denies_alone[name] if {
	some name, [changes, reason] in {
		"never approved": [{"approved_on": null}, "agreement_not_approved"],
		"approved by nobody": [{"approved_by": null}, "agreement_not_approved"],
		"approved tomorrow": [{"approved_on": "2026-03-11"}, "agreement_not_approved"],
		"legal basis still to come": [
			{"legal_basis": {"valid_from": "2026-03-10T09:00:01Z"}},
			"legal_basis_not_valid",
		],
		"begins in a second": [{"valid_from": "2026-03-10T09:00:01Z"}, "agreement_not_begun"],
		"ends at this second": [{"valid_until": "2026-03-10T09:00:00Z"}, "agreement_ended"],
		"the viewer's partner left it": [
			{"parties": [party |
				some party in data.agreements["sample-brugge"].parties
				party.partner != "parket"
			]},
			"not_party",
		],
		"not for this purpose": [{"purposes": ["coordination"]}, "purpose_not_allowed"],
	}
	agreement := object.union(data.agreements["sample-brugge"], changes)
	answer := release.decision with input as samples.reading({})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": agreement}
	answer.decisions["case-1"] == denied([reason])
}

test_an_agreement_that_ends_in_a_second_still_opens_the_case if {
	agreement := object.union(
		data.agreements["sample-brugge"],
		{"valid_until": "2026-03-10T09:00:01Z"},
	)
	answer := release.decision with input as samples.reading({})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": agreement}
	answer.decisions["case-1"].allow
}

test_an_unknown_agreement_opens_nothing if {
	decision := samples.decided(samples.reading({"agreement": "no-such"}))
	not decision.allow
	decision.agreement_version == null
	"agreement_unknown" in decision.reasons
}

# METADATA
# title: Each fact of the mandate denies alone, with its own reason
test_each_fact_of_the_mandate_denies_alone[name] if {
	some name, [changes, reason] in {
		"ends at this second": [{"until": "2026-03-10T09:00:00Z"}, "mandate_ended"],
		"begins in a second": [{"from": "2026-03-10T09:00:01Z"}, "mandate_not_begun"],
		"confidentiality never signed": [
			{"confidentiality_signed_on": null},
			"confidentiality_unsigned",
		],
		"confidentiality signed tomorrow": [
			{"confidentiality_signed_on": "2026-03-11"},
			"confidentiality_unsigned",
		],
		"of another agreement": [{"agreement": "sample-kortrijk"}, "mandate_missing"],
		"in a role that reads no case": [{"role": "steering_group"}, "role_not_allowed"],
	}
	held := samples.mandate("parket", "parket", "team_member", changes)
	answer := release.decision with input as samples.reading({})
		with data.mandates as {"parket": [held]}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"] == unheld([reason])
}

test_a_mandate_without_end_holds if {
	held := samples.mandate("parket", "parket", "team_member", {"until": null})
	answer := release.decision with input as samples.reading({})
		with data.mandates as {"parket": [held]}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"].allow
}

test_a_person_without_a_mandate_reads_nothing if {
	listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
	samples.decided(samples.asks("nobody", "case", "case_consultation", listed)) == unheld(["mandate_missing"])
}

test_an_id_that_is_none_is_denied if {
	answer := release.decision with input as samples.reading({"id": 7})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
	[decision.reasons | some decision in answer.decisions] == [["malformed"]]
}

test_a_person_of_two_partners_has_to_choose if {
	question := object.union(samples.reading({}), {"viewer": {"person": "of-two"}})
	samples.decided(question) == unheld(["mandate_ambiguous"])
	chosen := object.union(question, {"viewer": {"mandate": "m-of-two-ggz"}})
	decision := samples.decided(chosen)
	decision.allow
	decision.partner == "ggz"
}

test_a_mandate_of_somebody_else_cannot_be_claimed if {
	question := object.union(samples.reading({}), {"viewer": {"mandate": "m-chair-chair"}})
	samples.decided(question) == unheld(["mandate_not_held"])
}

test_each_wrong_purpose_denies[purpose] if {
	some purpose in ["referral", "coordination", "audit", "own_tasks"]
	not samples.decided(object.union(samples.reading({}), {"purpose": purpose})).allow
}

# METADATA
# title: An unknown id and a case of others are denied in the same shape
test_unknown_and_foreign_cases_are_denied_alike if {
	foreign := [object.union(samples.case({}), {"fragments": []})]
	unknown := samples.decided(samples.asks("elsewhere", "case", "case_consultation", [samples.unknown]))
	other := samples.decided(samples.asks("elsewhere", "case", "case_consultation", foreign))
	object.keys(unknown) == object.keys(other)
	same := {"allow", "standing", "fragments", "withheld", "obligations", "terms", "partner", "roles"}
	object.filter(unknown, same) == object.filter(other, same)
	unknown.reasons == ["unknown_case"]
	other.reasons == ["mandate_missing"]
}

test_nobody_reads_a_case_under_an_agreement_that_has_ended if {
	pilot := data.agreements["kaw-pilot-2018"]
	every party in pilot.parties {
		held := samples.mandate("p", party.partner, "team_member", {"agreement": "kaw-pilot-2018"})
		changes := {
			"agreement": "kaw-pilot-2018",
			"submitted_by": party.partner,
			"participants": [samples.taking_part(other.partner) | some other in pilot.parties],
		}
		answer := release.decision with input as object.union(samples.reading(changes), {"viewer": {"person": "p"}})
			with data.mandates as {"p": [held]}
			with data.system.bundles as samples.bundles
		answer.decisions["case-1"].allow == false
		answer.decisions["case-1"].reasons == ["agreement_ended"]
	}
}

# METADATA
# title: No question without a mandate is answered with anything but a denial
test_without_a_mandate_nothing_is_ever_released if {
	tempting := {"crisis": true, "evaluating": true, "referrer": "nobody", "director": "nobody"}
	listed := [tempted |
		some stage, _ in data.stages
		changes := object.union(tempting, {"id": stage, "stage": stage})
		tempted := object.union(samples.case(changes), {"fragments": samples.one_item})
	]
	every resource, _ in data.resources {
		every purpose, _ in data.purposes {
			refuses_all(samples.asks("nobody", resource, purpose, listed))
		}
	}
}

refuses_all(question) if {
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
	count(answer.decisions) == count(question.cases)
	every decision in answer.decisions {
		decision.allow == false
		decision.fragments == {}
	}
}

test_several_cases_are_decided_each_by_its_own_facts if {
	mine := object.union(samples.case({}), {"fragments": samples.one_item})
	walled := object.union(mine, {"id": "case-2", "conflicts": ["kin"]})
	unknown := object.union(samples.unknown, {"id": "case-3"})
	answer := release.decision with input as samples.asks("parket", "cases", "case_consultation", [mine, walled, unknown])
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
	{id: decision.allow | some id, decision in answer.decisions} == {"case-1": true, "case-2": false, "case-3": false}
}

test_the_coordination_team_sees_the_reference_and_no_fragment if {
	every stage, _ in data.stages {
		listed := [object.union(samples.case({"stage": stage}), {"fragments": samples.one_item})]
		decision := samples.decided(samples.asks("coordination", "case", "coordination", listed))
		decision.standing == "coordination"
		decision.fragments == {"f-1": {"level": "none", "reasons": ["reference_only"]}}
		decision.withheld == {}
		decision.obligations == [{"kind": "record"}, {"kind": "use_limitation"}]
	}
}

test_a_chair_who_schedules_sees_no_fragment if {
	listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
	decision := samples.decided(samples.asks("chair", "case", "coordination", listed))
	decision.standing == "coordination"
	samples.levels(decision) == {"f-1": "none"}
}

test_auditors_and_the_steering_group_see_no_case if {
	every person in ["auditor", "steering"] {
		every resource, _ in data.resources {
			every purpose, _ in data.purposes {
				listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
				samples.decided(samples.asks(person, resource, purpose, listed)).allow == false
			}
		}
	}
}

test_resources_without_content_show_no_fragment if {
	every resource in ["participants", "agenda"] {
		listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
		decision := samples.decided(samples.asks("parket", resource, "case_consultation", listed))
		decision.allow
		decision.fragments == {"f-1": {"level": "none", "reasons": ["reference_only"]}}
		decision.withheld == {}
	}
}

test_a_message_leads_to_the_reference_only if {
	listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
	decision := samples.decided(samples.asks("parket", "message", "own_tasks", listed))
	decision.allow
	samples.levels(decision) == {"f-1": "none"}
}

test_withheld_names_categories_and_no_numbers if {
	decision := samples.reads("sociaal-huis", {}, [
		samples.fragment("a", "judicial", {}),
		samples.fragment("b", "judicial", {}),
		samples.fragment("c", "housing", {}),
		samples.fragment("d", "mental_health", {"status": "recalled"}),
	])
	decision.withheld == {"judicial": true}
}
