package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

consult := "case_consultation"

of_case(changes) := {"case": samples.case(changes), "agreement": "sample-brugge"}

session := {"id": "session-1", "found": true, "agreement": "sample-brugge", "table": "table-brugge"}

item(source, changes) := samples.fragment("f-1", "judicial", object.union({"source": source}, changes))

refused(question, reasons, hide) if {
	decision := samples.ruled(question)
	decision.allow == false
	decision.reasons == reasons
	decision.hide == hide
	decision.terms == {}
	decision.obligations == [{"kind": "record"}]
}

permitted(question) if {
	decision := samples.ruled(question)
	decision.allow == true
	decision.hide == false
	decision.reasons == []
}

# METADATA
# title: The whole decision for a referral
test_a_team_member_submits_a_referral if {
	facts := {"agreement": "sample-brugge", "region": "31005"}
	samples.ruled(samples.does("caw", "submit_referral", "referral", facts, {})) == {
		"allow": true,
		"hide": false,
		"reasons": [],
		"obligations": [{"kind": "record"}, {"kind": "use_limitation"}],
		"terms": {
			"participants": samples.partners,
			"cap": {"number": 20, "counts": "concurrent"},
		},
		"partner": "caw",
		"roles": ["team_member"],
		"agreement": "sample-brugge",
		"agreement_version": "2025.1",
		"policy_revision": "revision-of-the-test",
	}
}

# Every action as somebody does who may, and what about it the terms carry.
allowed_samples := object.union(first_samples, later_samples)

first_samples := {
	"referral for a colleague": [
		samples.does("caw", "submit_referral", "referral", {"agreement": "sample-brugge", "region": "31005", "referrer": "referrer"}, {}),
		["participants", "cap"],
	],
	"referral by the referrer": [
		samples.does("referrer", "submit_referral", "referral", {"agreement": "sample-brugge", "region": "31005", "referrer": "referrer"}, {"agreement": "sample-brugge"}),
		["participants", "cap"],
	],
	"session by the coordination team": [
		samples.does("coordination", "schedule_session", "coordination", {"agreement": "sample-brugge", "table": "table-brugge"}, {}),
		[],
	],
	"session by the chair": [
		samples.does("chair", "schedule_session", "coordination", {"agreement": "sample-brugge", "table": "table-brugge"}, {}),
		[],
	],
	"agenda": [
		samples.does("coordination", "put_on_agenda", "coordination", {}, object.union(of_case({"stage": "referred"}), {"target": session})),
		["guest_hours"],
	],
	"agenda by the chair": [
		samples.does("chair", "put_on_agenda", consult, {}, object.union(of_case({"stage": "referred"}), {"target": session})),
		["guest_hours"],
	],
	"informing": [samples.does("chair", "confirm_informing", consult, {}, of_case({"stage": "referred"})), []],
	"crisis": [samples.does("parket", "raise_crisis", consult, {}, of_case({})), []],
	"crisis by the referrer": [
		samples.does("referrer", "raise_crisis", "referral", {}, of_case({"stage": "referred"})),
		[],
	],
	"conflict": [samples.does("parket", "declare_conflict", consult, {"interest": "kin"}, of_case({})), []],
	"conflict of the coordination team": [
		samples.does("coordination", "declare_conflict", "coordination", {"interest": "kin"}, of_case({})),
		[],
	],
	"item": [
		samples.does("ggz", "offer_item", consult, {"category": "mental_health", "only_for": ["caw"], "withhold_from": ["parket"]}, of_case({})),
		[],
	],
	"whereabouts": [samples.does("caw", "offer_whereabouts", consult, {"only_for": ["parket"]}, of_case({})), []],
	"correction": [
		samples.does("ggz", "correct_item", consult, {"only_for": [], "withhold_from": []}, object.union(of_case({}), {"target": item("ggz", {})})),
		[],
	],
	"recall of an item": [samples.does("ggz", "recall_item", consult, {}, object.union(of_case({}), {"target": item("ggz", {})})), []],
	"recall when it is all over": [
		samples.does("ggz", "recall_item", consult, {}, object.union(
			of_case({"stage": "closed", "contributors": ["ggz"]}),
			{"target": item("ggz", {})},
		)),
		[],
	],
	"recall of whereabouts": [
		samples.does("ggz", "recall_item", consult, {}, object.union(of_case({}), {"target": item("ggz", {"kind": "whereabouts", "category": "whereabouts"})})),
		[],
	],
	"answer to the call": [samples.does("ggz", "answer_forming", consult, {}, of_case({})), []],
	"question": [
		samples.does("parket", "request_information", consult, {"to": "ggz", "category": "mental_health"}, of_case({})),
		["latest_due_days"],
	],
	"question by the chair": [
		samples.does("chair", "request_information", consult, {"to": "ggz", "category": "mental_health"}, of_case({})),
		["latest_due_days"],
	],
	"answer": [
		samples.does("stad-gemeente", "answer_request", consult, {"outcome": "shared"}, object.union(of_case({}), {"target": item("parket", {"kind": "request", "addressed_to": ["stad-gemeente"]})})),
		[],
	],
	"list of cases": [samples.does("parket", "list_cases", consult, {}, {}), ["parties", "agreements"]],
	"list of referrals": [samples.does("referrer", "list_referrals", "referral", {}, {}), []],
	"sessions": [samples.does("parket", "read_sessions", consult, {}, {}), ["agreements"]],
	"session": [samples.does("parket", "read_session", consult, {}, {"target": session}), []],
	"inbox": [samples.does("steering", "read_inbox", "own_tasks", {}, {}), []],
	"message": [samples.does("auditor", "mark_read", "own_tasks", {}, {}), []],
	"contacts": [samples.does("nobody", "read_contacts", "own_tasks", {}, {}), []],
	"record": [samples.does("auditor", "read_audit", "audit", {}, {}), ["agreements"]],
	"checkpoints": [samples.does("auditor", "read_checkpoints", "audit", {}, {}), ["agreements"]],
}

test_who_may_may[name] if {
	some name, [question, carried] in allowed_samples
	permitted(question)
	object.keys(samples.ruled(question).terms) == {term | some term in carried}
}

test_every_action_is_tried if {
	tried := {question.action | some [question, _] in allowed_samples}
	by_invitation := {"invite_participant", "change_stage"}
	tried | by_invitation == object.keys(data.actions)
}

# METADATA
# title: Each purpose that an action does not serve denies it
test_a_wrong_purpose_denies[name] if {
	some name, [question, _] in allowed_samples
	every purpose, _ in data.purposes {
		denied_for(purpose, question)
	}
}

denied_for(purpose, question) if purpose in data.actions[question.action].purposes

denied_for(purpose, question) if {
	not purpose in data.actions[question.action].purposes
	decision := samples.ruled(object.union(question, {"purpose": purpose}))
	decision.allow == false
	"purpose_not_allowed" in decision.reasons
}

# METADATA
# title: Without a mandate nothing may be done, except asking whom to call at a partner
test_without_a_mandate_nothing_may_be_done[name] if {
	some name, [question, _] in object.remove(allowed_samples, ["contacts"])
	decision := samples.ruled(object.union(question, {"viewer": {"person": "nobody"}}))
	decision.allow == false
	decision.partner == null
	decision.roles == []
}

test_without_a_bundle_revision_nothing_may_be_done[name] if {
	some name, [question, _] in allowed_samples
	decision := data.ketenaanpak.action.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as {}
	decision.allow == false
	decision.reasons == ["malformed"]
}

test_malformed_questions_are_refused[name] if {
	[question, _] := allowed_samples.item
	some name, faulty in {
		"no moment": json.remove(question, ["now"]),
		"no viewer": json.remove(question, ["viewer"]),
		"no purpose": json.remove(question, ["purpose"]),
		"facts as a list": object.union(object.remove(question, ["facts"]), {"facts": []}),
		"no facts": json.remove(question, ["facts"]),
		"another agreement beside the case's": object.union(question, {"agreement": "sample-kortrijk"}),
		"no case": object.union(object.remove(question, ["case"]), {"case": null, "agreement": null}),
		"case without participants": json.remove(question, ["case/participants"]),
		"partners as a text": object.union(question, {"facts": {"only_for": "caw"}}),
	}
	decision := samples.ruled(faulty)
	decision.allow == false
	count({"malformed", "partner_unknown"} & {reason | some reason in decision.reasons}) == 1
}

test_facts_that_are_no_object_are_malformed if {
	question := object.remove(samples.does("parket", "raise_crisis", consult, {}, of_case({})), ["facts"])
	refused(object.union(question, {"facts": []}), ["malformed"], false)
	refused(question, ["malformed"], false)
}

test_partners_named_in_an_object_are_refused if {
	facts := {"category": "judicial", "only_for": {"0": "caw"}}
	refused(samples.does("ggz", "offer_item", consult, facts, of_case({})), ["partner_unknown"], false)
}

test_an_unknown_action_in_a_malformed_question_is_refused if {
	question := samples.does("parket", "delete_everything", consult, {}, of_case({}))
	refused(object.remove(question, ["now"]), ["malformed"], true)
}

# METADATA
# title: Facts that do not belong to an action decide nothing about it
test_facts_of_another_action_change_nothing if {
	elsewhere := {"agreement": "sample-kortrijk", "region": "34022"}
	crisis := samples.ruled(samples.does("parket", "raise_crisis", consult, elsewhere, {"case": samples.case({})}))
	[crisis.allow, crisis.agreement] == [true, "sample-brugge"]
	list := samples.does("parket", "list_cases", consult, {}, {})
	samples.ruled(list) == samples.ruled(object.union(list, {"case": samples.case({}), "target": session}))
	facts := {"agreement": "sample-brugge", "region": "31005"}
	foreign := {"case": samples.case({"agreement": "sample-kortrijk"}), "target": {"agreement": "kaw-pilot-2018"}}
	referral := samples.ruled(samples.does("caw", "submit_referral", "referral", facts, foreign))
	[referral.allow, referral.agreement] == [true, "sample-brugge"]
}

test_an_agreement_that_is_no_name_is_none[name] if {
	some name, question in {
		"facts": samples.does("caw", "submit_referral", "referral", {"agreement": 7}, {}),
		"case": samples.does("caw", "raise_crisis", consult, {}, {"case": samples.case({"agreement": ["sample-brugge"]})}),
		"session": samples.does("caw", "read_session", consult, {}, {"target": object.union(session, {"agreement": true})}),
	}
	decision := samples.ruled(question)
	[decision.allow, decision.agreement, decision.agreement_version] == [false, null, null]
}

test_an_unknown_action_is_refused if {
	refused(samples.does("caw", "delete_everything", consult, {}, of_case({})), ["action_unknown"], true)
}

# METADATA
# title: Cases that may not be known of
test_a_case_of_others_is_hidden[name] if {
	some name, [person, changes, reason] in {
		"unknown": ["parket", {"found": false}, "unknown_case"],
		"of another region": ["elsewhere", {}, "mandate_missing"],
		"behind a wall": ["parket", {"conflicts": ["kin"]}, "conflict_kin"],
		"before forming": ["parket", {"stage": "referred"}, "stage"],
	}
	refused(samples.does(person, "raise_crisis", consult, {}, of_case(changes)), [reason], true)
}

test_an_unknown_case_and_a_foreign_one_are_refused_alike if {
	foreign := samples.ruled(samples.does("elsewhere", "raise_crisis", consult, {}, of_case({})))
	unknown := samples.ruled(samples.does("elsewhere", "raise_crisis", consult, {}, {"case": samples.unknown}))
	object.keys(foreign) == object.keys(unknown)
	[foreign.allow, foreign.hide, foreign.terms, foreign.partner, foreign.roles] == [false, true, {}, null, []]
	[unknown.allow, unknown.hide, unknown.terms, unknown.partner, unknown.roles] == [false, true, {}, null, []]
	unknown.reasons == ["unknown_case"]
	unknown.agreement == null
}

test_an_agreement_that_has_ended_hides_its_cases if {
	ended := object.union(data.agreements["sample-brugge"], {"valid_until": samples.now})
	decision := data.ketenaanpak.action.decision with input as samples.does("parket", "raise_crisis", consult, {}, of_case({}))
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": ended}
	decision.allow == false
	decision.hide == true
	decision.reasons == ["agreement_ended"]
}

# METADATA
# title: A refusal in a case that may be known of says so openly
test_refusals_in_a_known_case_are_open[name] if {
	some name, [question, reason] in {
		"member confirms informing": [
			samples.does("parket", "confirm_informing", consult, {}, of_case({})),
			"role_not_allowed",
		],
		"item names a stranger": [
			samples.does("ggz", "offer_item", consult, {"only_for": ["caw-kortrijk"]}, of_case({})),
			"partner_unknown",
		],
		"item is kept from a stranger": [
			samples.does("ggz", "offer_item", consult, {"withhold_from": ["caw-kortrijk"]}, of_case({})),
			"partner_unknown",
		],
		"item after the end": [
			samples.does("ggz", "offer_item", consult, {}, of_case({"stage": "concluded", "followers": ["ggz"]})),
			"stage",
		],
		"answer to a call that is over": [
			samples.does("ggz", "answer_forming", consult, {}, of_case({"stage": "weighing"})),
			"stage",
		],
		"question to a partner that takes no part": [
			samples.does("parket", "request_information", consult, {"to": "caw-kortrijk"}, of_case({})),
			"partner_unknown",
		],
		"invitation where all take part": [
			samples.does("chair", "invite_participant", consult, {"partner": "ggz"}, of_case({"participants": []})),
			"all_parties_take_part",
		],
	}
	refused(question, [reason], false)
}

test_items_of_others_are_not_ours_to_change if {
	every command in ["correct_item", "recall_item"] {
		seen := object.union(of_case({}), {"target": item("parket", {})})
		refused(samples.does("caw", command, consult, {}, seen), ["not_source"], false)
		refused(samples.does("stad-gemeente", command, consult, {}, seen), ["not_source"], true)
		none := object.union(of_case({}), {"target": null})
		refused(samples.does("caw", command, consult, {}, none), ["not_source"], true)
	}
	question := object.union(of_case({}), {"target": item("caw", {"kind": "person"})})
	refused(samples.does("caw", "recall_item", consult, {}, question), ["not_source"], false)
}

test_items_are_hidden_from_who_reads_no_items if {
	target := object.union(of_case({}), {"target": item("caw", {})})
	samples.ruled(samples.does("referrer", "recall_item", "referral", {}, target)).hide == true
	samples.ruled(samples.does("coordination", "recall_item", "coordination", {}, target)).hide == true
	nameless := object.union(of_case({}), {"target": {"source": "caw"}})
	refused(samples.does("caw", "recall_item", consult, {}, nameless), ["not_source"], true)
}

test_an_own_item_that_was_recalled_is_not_hidden_from_its_source if {
	gone := object.union(of_case({}), {"target": item("ggz", {"status": "recalled"})})
	permitted(samples.does("ggz", "recall_item", consult, {}, gone))
}

test_a_question_is_answered_by_whom_it_was_put_to if {
	question := item("parket", {"kind": "request", "addressed_to": ["ggz"]})
	target := object.union(of_case({}), {"target": question})
	refused(samples.does("caw", "answer_request", consult, {}, target), ["not_addressee"], false)
	refused(samples.does("sociaal-huis", "answer_request", consult, {}, target), ["not_addressee"], true)
	no_question := object.union(of_case({}), {"target": item("parket", {"addressed_to": ["ggz"]})})
	refused(samples.does("ggz", "answer_request", consult, {}, no_question), ["not_addressee"], false)
}

by_invitation(question) := decision if {
	invited := object.union(data.agreements["sample-brugge"], {"modalities": {"participation": "invited"}})
	decision := data.ketenaanpak.action.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": invited}
}

test_by_invitation_the_chair_invites_a_party_that_takes_no_part_yet if {
	one := {"participants": [samples.taking_part("caw")]}
	invites := by_invitation(samples.does("chair", "invite_participant", consult, {"partner": "ggz"}, of_case(one)))
	invites.allow
	invites.terms == {"parties": samples.partners}
	again := by_invitation(samples.does("chair", "invite_participant", consult, {"partner": "caw"}, of_case(one)))
	again.reasons == ["already_participant"]
	stranger := by_invitation(samples.does("chair", "invite_participant", consult, {"partner": "x"}, of_case(one)))
	stranger.reasons == ["partner_unknown"]
}

test_by_invitation_only_who_takes_part_is_carried_as_participant if {
	facts := {"agreement": "sample-brugge", "region": "31005"}
	by_invitation(samples.does("caw", "submit_referral", "referral", facts, {})).terms.participants == ["caw"]
	one := of_case({"participants": [samples.taking_part("caw")]})
	taken := by_invitation(samples.does("chair", "change_stage", consult, {"command": "take_on_agenda"}, one))
	taken.terms.participants == ["caw"]
}
