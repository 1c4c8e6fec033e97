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

one_item := [samples.fragment("f-1", "incidents", {})]

reading(changes) := samples.asks(
	"parket", "case", "case_consultation",
	[object.union(object.union(samples.case({}), {"fragments": one_item}), changes)],
)

# METADATA
# title: The whole decision for a member of the team who reads a case
test_a_member_of_the_team_reads_the_case if {
	samples.reads("parket", {}, one_item) == {
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
	samples.decided(reading(changes)) == denied([reason])
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
	answer := release.decision with input as reading({})
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
	answer := release.decision with input as reading({})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": agreement}
	answer.decisions["case-1"].allow
}

test_an_unknown_agreement_opens_nothing if {
	decision := samples.decided(reading({"agreement": "no-such"}))
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
	answer := release.decision with input as reading({})
		with data.mandates as {"parket": [held]}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"] == unheld([reason])
}

test_a_mandate_without_end_holds if {
	held := samples.mandate("parket", "parket", "team_member", {"until": null})
	answer := release.decision with input as reading({})
		with data.mandates as {"parket": [held]}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"].allow
}

test_a_person_without_a_mandate_reads_nothing if {
	listed := [object.union(samples.case({}), {"fragments": one_item})]
	samples.decided(samples.asks("nobody", "case", "case_consultation", listed)) == unheld(["mandate_missing"])
}

# METADATA
# title: A refusal names what denies, and nothing that has no part in it
test_a_refusal_names_only_what_denies[name] if {
	some name, [held, changes, reason] in {
		"an older mandate that ended": [
			[
				samples.mandate("p", "parket", "team_member", {}),
				samples.mandate("p", "parket", "team_member", {"until": samples.now, "id": "m-old"}),
			],
			{"region": "34022"},
			"region_outside",
		],
		"a mandate elsewhere that ended": [
			[
				samples.mandate("p", "parket", "team_member", {"confidentiality_signed_on": null}),
				samples.mandate("p", "parket-kortrijk", "team_member", {
					"agreement": "sample-kortrijk",
					"until": samples.now,
				}),
			],
			{},
			"confidentiality_unsigned",
		],
		"a partner elsewhere": [
			[
				samples.mandate("p", "caw", "steering_group", {}),
				samples.mandate("p", "caw-kortrijk", "team_member", {"agreement": "sample-kortrijk"}),
			],
			{},
			"role_not_allowed",
		],
		"two roles that read no case": [
			[samples.mandate("p", "caw", "steering_group", {}), samples.mandate("p", null, "auditor", {})],
			{},
			"role_not_allowed",
		],
	}
	answer := release.decision with input as object.union(reading(changes), {"viewer": {"person": "p"}})
		with data.mandates as {"p": held}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"].reasons == [reason]
}

test_a_partner_that_left_has_no_other_reason if {
	left := object.union(data.agreements["sample-brugge"], {"parties": []})
	every changes in [{}, {"participants": []}, {"stage": "referred"}] {
		answer := release.decision with input as reading(changes)
			with data.mandates as samples.people
			with data.system.bundles as samples.bundles
			with data.agreements as {"sample-brugge": left}
		answer.decisions["case-1"].reasons == ["not_party"]
	}
}

test_an_id_that_is_none_is_denied if {
	answer := release.decision with input as reading({"id": 7})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
	[decision.reasons | some decision in answer.decisions] == [["malformed"]]
}

test_a_person_of_two_partners_has_to_choose if {
	question := object.union(reading({}), {"viewer": {"person": "of-two"}})
	samples.decided(question) == unheld(["mandate_ambiguous"])
	chosen := object.union(question, {"viewer": {"mandate": "m-of-two-ggz"}})
	decision := samples.decided(chosen)
	decision.allow
	decision.partner == "ggz"
}

test_a_mandate_of_somebody_else_cannot_be_claimed if {
	question := object.union(reading({}), {"viewer": {"mandate": "m-chair-chair"}})
	samples.decided(question) == unheld(["mandate_not_held"])
}

test_each_wrong_purpose_denies[purpose] if {
	some purpose in ["referral", "coordination", "audit", "own_tasks"]
	not samples.decided(object.union(reading({}), {"purpose": purpose})).allow
}

# METADATA
# title: What is malformed is denied with a whole decision, never left undefined
test_malformed_questions_are_denied[name] if {
	some name, question in {
		"no moment": json.remove(reading({}), ["now"]),
		"moment that is none": object.union(reading({}), {"now": "yesterday"}),
		"moment as a number": object.union(reading({}), {"now": 1}),
		"no purpose": json.remove(reading({}), ["purpose"]),
		"purpose that is none": object.union(reading({}), {"purpose": "curiosity"}),
		"no viewer": json.remove(reading({}), ["viewer"]),
		"viewer without a name": object.union(reading({}), {"viewer": {"person": null}}),
		"mandate as a list": object.union(reading({}), {"viewer": {"mandate": ["m-parket-team_member"]}}),
	}
	samples.decided(question).allow == false
	samples.decided(question).reasons == ["malformed"]
}

test_an_unknown_resource_is_denied if {
	decision := samples.decided(object.union(reading({}), {"resource": "diary"}))
	decision.allow == false
	decision.reasons == ["resource_unknown"]
}

test_each_missing_or_wrong_fact_of_the_case_denies[name] if {
	wrong := {
		"found": "yes", "agreement": 7, "region": ["31005"], "stage": "asleep", "submitted_by": null,
		"participants": {"partner": "parket"}, "followers": "parket", "conflicts": null, "crisis": 1,
		"evaluating": "no", "referrer": 1, "director": [], "guest": "guest", "fragments": {},
	}
	optional := {"referrer", "director", "guest"}
	some name, value in wrong
	every question in array.concat(
		[reading({name: value})],
		[removed | removed := without(name); not name in optional],
	) {
		samples.decided(question).allow == false
		samples.decided(question).reasons == ["malformed"]
	}
}

without(name) := json.remove(reading({}), [sprintf("cases/0/%s", [name])])

test_each_missing_or_wrong_fact_of_a_fragment_denies[name] if {
	wrong := {
		"id": 1, "kind": null, "category": {}, "source": ["caw"], "subjects": "person-1",
		"only_for": "caw", "withhold_from": {"partner": "parket"}, "addressed_to": null,
		"status": "lost",
	}
	some name, value in wrong
	every faulty in [
		object.remove(one_item[0], [name]),
		object.union(object.remove(one_item[0], [name]), {name: value}),
	] {
		decision := samples.reads("parket", {}, [faulty])
		decision.allow == false
		decision.reasons == ["malformed"]
	}
}

test_two_fragments_with_one_id_are_denied if {
	twins := [samples.fragment("f-1", "incidents", {}), samples.fragment("f-1", "judicial", {})]
	samples.reads("parket", {}, twins).reasons == ["malformed"]
	listed := [object.union(samples.case({}), {"fragments": twins})]
	samples.decided(samples.asks("coordination", "case", "coordination", listed)).reasons == ["malformed"]
}

test_a_question_that_is_no_list_of_cases_gets_no_decision if {
	answer := release.decision with input as object.union(reading({}), {"cases": "all"})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
	answer == {"policy_revision": "revision-of-the-test", "decisions": {}}
}

test_without_a_bundle_revision_nothing_is_released[name] if {
	some name, bundles in {
		"none": {},
		"without a revision": {"b": {"manifest": {}}},
		"two of them": {"a": {"manifest": {"revision": "1"}}, "b": {"manifest": {"revision": "2"}}},
		"not a text": {"a": {"manifest": {"revision": 1}}},
	}
	answer := release.decision with input as reading({})
		with data.mandates as samples.people
		with data.system.bundles as bundles
	answer.policy_revision == ""
	answer.decisions["case-1"].allow == false
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
		answer := release.decision with input as object.union(reading(changes), {"viewer": {"person": "p"}})
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
		tempted := object.union(samples.case(changes), {"fragments": one_item})
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
	mine := object.union(samples.case({}), {"fragments": one_item})
	walled := object.union(mine, {"id": "case-2", "conflicts": ["kin"]})
	unknown := object.union(samples.unknown, {"id": "case-3"})
	answer := release.decision with input as samples.asks("parket", "cases", "case_consultation", [mine, walled, unknown])
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
	{id: decision.allow | some id, decision in answer.decisions} == {"case-1": true, "case-2": false, "case-3": false}
}

test_the_coordination_team_sees_the_reference_and_no_fragment if {
	every stage, _ in data.stages {
		listed := [object.union(samples.case({"stage": stage}), {"fragments": one_item})]
		decision := samples.decided(samples.asks("coordination", "case", "coordination", listed))
		decision.standing == "coordination"
		decision.fragments == {"f-1": {"level": "none", "reasons": ["reference_only"]}}
		decision.withheld == {}
		decision.obligations == [{"kind": "record"}, {"kind": "use_limitation"}]
	}
}

test_a_chair_who_schedules_sees_no_fragment if {
	listed := [object.union(samples.case({}), {"fragments": one_item})]
	decision := samples.decided(samples.asks("chair", "case", "coordination", listed))
	decision.standing == "coordination"
	samples.levels(decision) == {"f-1": "none"}
}

test_auditors_and_the_steering_group_see_no_case if {
	every person in ["auditor", "steering"] {
		every resource, _ in data.resources {
			every purpose, _ in data.purposes {
				listed := [object.union(samples.case({}), {"fragments": one_item})]
				samples.decided(samples.asks(person, resource, purpose, listed)).allow == false
			}
		}
	}
}

test_resources_without_content_show_no_fragment if {
	every resource in ["participants", "agenda"] {
		listed := [object.union(samples.case({}), {"fragments": one_item})]
		decision := samples.decided(samples.asks("parket", resource, "case_consultation", listed))
		decision.allow
		decision.fragments == {"f-1": {"level": "none", "reasons": ["reference_only"]}}
		decision.withheld == {}
	}
}

test_a_message_leads_to_the_reference_only if {
	listed := [object.union(samples.case({}), {"fragments": one_item})]
	decision := samples.decided(samples.asks("parket", "message", "own_tasks", listed))
	decision.allow
	samples.levels(decision) == {"f-1": "none"}
}

referral_parts := [
	samples.fragment("who", "identity", {"kind": "person", "source": "caw"}),
	samples.fragment("what", "incidents", {"kind": "occurrence", "source": "caw"}),
	samples.fragment("later", "incidents", {"source": "caw"}),
	samples.fragment("address", "whereabouts", {"kind": "whereabouts", "source": "caw", "only_for": ["caw"]}),
	samples.fragment("gone", "safety", {"kind": "precaution", "source": "caw", "status": "recalled"}),
	samples.fragment("police", "judicial", {"source": "lokale-politie"}),
	samples.fragment("advice", "joint", {"kind": "advice"}),
	samples.fragment("another", "identity", {"kind": "person", "source": "lokale-politie"}),
]

test_the_referrer_sees_the_own_referral_and_the_advice if {
	every stage, _ in data.stages {
		listed := [object.union(samples.case({"stage": stage}), {"fragments": referral_parts})]
		decision := samples.decided(samples.asks("referrer", "referral", "referral", listed))
		decision.standing == "referrer"
		decision.fragments == {
			"who": {"level": "full", "reasons": ["own_referral"]},
			"what": {"level": "full", "reasons": ["own_referral"]},
			"later": {"level": "none", "reasons": ["not_of_referral"]},
			"address": {"level": "none", "reasons": ["not_named"]},
			"gone": {"level": "none", "reasons": ["recalled"]},
			"police": {"level": "none", "reasons": ["not_of_referral"]},
			"advice": {"level": "full", "reasons": ["answer_to_referral"]},
			"another": {"level": "none", "reasons": ["not_of_referral"]},
		}
		decision.withheld == {}
	}
}

test_a_message_leads_the_referrer_to_the_reference_only if {
	listed := [object.union(samples.case({}), {"fragments": referral_parts})]
	decision := samples.decided(samples.asks("referrer", "message", "own_tasks", listed))
	decision.standing == "referrer"
	{level | some level in samples.levels(decision)} == {"none"}
}

test_a_malformed_part_of_a_referral_denies_it if {
	faulty := object.remove(referral_parts[0], ["source"])
	listed := [object.union(samples.case({}), {"fragments": [faulty]})]
	decision := samples.decided(samples.asks("referrer", "referral", "referral", listed))
	decision.allow == false
	decision.reasons == ["malformed"]
}

test_a_colleague_of_the_referrer_does_not_see_the_referral if {
	listed := [object.union(samples.case({"referrer": "somebody"}), {"fragments": referral_parts})]
	decision := samples.decided(samples.asks("referrer", "referral", "referral", listed))
	decision.allow == false
	decision.reasons == ["not_referrer"]
}

test_a_referrer_who_went_to_another_partner_loses_the_referral if {
	listed := [object.union(samples.case({}), {"fragments": referral_parts})]
	question := samples.asks("referrer", "referral", "referral", listed)
	answer := release.decision with input as question
		with data.mandates as {"referrer": [samples.mandate("referrer", "ggz", "referrer", {})]}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"].allow == false
	answer.decisions["case-1"].reasons == ["not_referrer"]
}

test_a_referrer_whose_partner_left_the_agreement_loses_the_referral if {
	listed := [object.union(samples.case({}), {"fragments": referral_parts})]
	question := samples.asks("referrer", "referral", "referral", listed)
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": object.union(data.agreements["sample-brugge"], {"parties": []})}
	answer.decisions["case-1"].allow == false
	answer.decisions["case-1"].reasons == ["not_party"]
}

test_a_referrer_who_is_kin_does_not_see_the_referral if {
	listed := [object.union(samples.case({"conflicts": ["kin"]}), {"fragments": referral_parts})]
	samples.decided(samples.asks("referrer", "referral", "referral", listed)).reasons == ["conflict_kin"]
}

test_a_referrer_sees_nothing_of_the_case_itself if {
	decision := samples.reads("referrer", {}, referral_parts)
	decision.allow == false
	decision.reasons == ["guest_reads_nothing"]
}

visit := {"guest": {"session": "session-1", "until": "2026-03-10T10:00:00Z"}}

test_a_guest_reads_nothing_unless_the_agreement_says_so if {
	samples.reads("referrer", visit, referral_parts).allow == false
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	listed := [object.union(samples.case(visit), {"fragments": referral_parts})]
	question := samples.asks("referrer", "case", "case_consultation", listed)
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	decision := answer.decisions["case-1"]
	decision.standing == "referrer"
	decision.fragments.police == {"level": "none", "reasons": ["stage"]}
	decision.withheld == {}
	{"kind": "expires_at", "at": "2026-03-10T10:00:00Z"} in decision.obligations
}

# METADATA
# title: A visit opens forming and no other stage, whatever else the guest is to the case
test_a_guest_reads_at_the_stage_of_the_visit_only if {
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	much := object.union(visit, {"crisis": true, "evaluating": true, "director": "referrer", "followers": ["caw"]})
	listed := [object.union(samples.case(changes), {"fragments": referral_parts}) |
		some stage, _ in data.stages
		changes := object.union(much, {"stage": stage, "id": stage})
	]
	answer := release.decision with input as samples.asks("referrer", "agenda", "case_consultation", listed)
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	{id | some id, decision in answer.decisions; decision.allow} == {"forming"}
}

test_a_visit_is_of_the_referrer_and_no_colleague if {
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	another := object.union(samples.case(visit), {"referrer": "somebody", "fragments": referral_parts})
	answer := release.decision with input as samples.asks("referrer", "case", "case_consultation", [another])
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	answer.decisions["case-1"].allow == false
}

test_a_visit_binds_the_guest_and_nobody_else if {
	obligations := samples.reads("parket", visit, one_item).obligations
	obligations == [{"kind": "record"}, {"kind": "use_limitation"}, {"kind": "no_onward_sharing"}]
}

test_a_guest_reads_nothing_after_the_visit if {
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	after := {"guest": {"session": "session-1", "until": "2026-03-10T09:00:00Z"}}
	listed := [object.union(samples.case(after), {"fragments": referral_parts})]
	question := samples.asks("referrer", "case", "case_consultation", listed)
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	answer.decisions["case-1"].allow == false
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
