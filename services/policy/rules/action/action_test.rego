package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

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
			"latest_review_days": 91,
			"match_working_days": 1,
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
		["participants", "cap", "latest_review_days", "match_working_days"],
	],
	"referral by the referrer": [
		samples.does("referrer", "submit_referral", "referral", {"agreement": "sample-brugge", "region": "31005", "referrer": "referrer"}, {"agreement": "sample-brugge"}),
		["participants", "cap", "latest_review_days", "match_working_days"],
	],
	"session by the coordination team": [
		samples.does("coordination", "schedule_session", "coordination", {"agreement": "sample-brugge", "table": "table-brugge"}, {}),
		["latest_session_days"],
	],
	"session by the chair": [
		samples.does("chair", "schedule_session", "coordination", {"agreement": "sample-brugge", "table": "table-brugge"}, {}),
		["latest_session_days"],
	],
	"agenda": [
		samples.does("coordination", "put_on_agenda", "coordination", {}, object.union(samples.of_case({"stage": "referred"}), {"target": samples.session})),
		["guest_hours"],
	],
	"agenda by the chair": [
		samples.does("chair", "put_on_agenda", samples.consult, {}, object.union(samples.of_case({"stage": "referred"}), {"target": samples.session})),
		["guest_hours"],
	],
	"move of a session": [
		samples.does("coordination", "move_session", "coordination", {}, {"target": samples.session}),
		["guest_hours", "until", "latest_session_days"],
	],
	"cancelled session": [samples.does("chair", "cancel_session", "coordination", {}, {"target": samples.session}), []],
	"taken off the agenda": [
		samples.does("coordination", "take_off_agenda", "coordination", {}, object.union(samples.of_case({"stage": "closed"}), {"target": samples.session})),
		[],
	],
	"informing of somebody else": [
		samples.does("parket", "correct_informing", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.item("caw", {"kind": "informing"})})),
		["latest_review_days"],
	],
	"newborn": [samples.does("parket", "add_person", samples.consult, {}, samples.of_case({"stage": "active"})), ["latest_review_days"]],
	"somebody overlooked, by the chair": [
		samples.does("chair", "add_person", samples.consult, {}, samples.of_case({"stage": "referred"})),
		["latest_review_days"],
	],
	"somebody overlooked, by the partner that referred": [
		samples.does("caw", "add_person", samples.consult, {}, samples.of_case({"stage": "referred"})),
		["latest_review_days"],
	],
	"somebody overlooked, by the referrer": [
		samples.does("referrer", "add_person", "referral", {}, samples.of_case({"stage": "referred"})),
		["latest_review_days"],
	],
	"name of somebody": [
		samples.does("parket", "correct_person", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.item("caw", {"kind": "person", "category": "identity"})})),
		[],
	],
	"name of somebody, by the referrer": [
		samples.does("referrer", "correct_person", "referral", {}, object.union(samples.of_case({}), {"target": samples.item("caw", {"kind": "person", "category": "identity"})})),
		[],
	],
	"name of somebody, when it is all over": [
		samples.does("caw", "correct_person", samples.consult, {}, object.union(
			samples.of_case({"stage": "closed", "contributors": ["caw"]}),
			{"target": samples.item("caw", {"kind": "person", "category": "identity"})},
		)),
		[],
	],
	"own question taken back": [
		samples.does("parket", "withdraw_request", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.item("parket", {"kind": "request"})})),
		[],
	],
	"question taken back by the chair": [
		samples.does("chair", "withdraw_request", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.item("parket", {"kind": "request"})})),
		[],
	],
	"correction of a referral": [
		samples.does("caw", "correct_referral_part", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.item("caw", {"kind": "worry"})})),
		[],
	],
	"correction by the referrer": [
		samples.does("referrer", "correct_referral_part", "referral", {}, object.union(samples.of_case({}), {"target": samples.item("caw", {"kind": "criterion"})})),
		[],
	],
	"part in error": [
		samples.does("caw", "withdraw_referral_part", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.item("caw", {"kind": "involved_service"})})),
		[],
	],
	"further service": [samples.does("ggz", "add_involved_service", samples.consult, {}, samples.of_case({})), ["mandate_days"]],
	"informing": [samples.does("chair", "confirm_informing", samples.consult, {}, samples.of_case({"stage": "referred"})), []],
	"crisis": [samples.does("parket", "raise_crisis", samples.consult, {}, samples.of_case({})), []],
	"crisis by the referrer": [
		samples.does("referrer", "raise_crisis", "referral", {}, samples.of_case({"stage": "referred"})),
		[],
	],
	"end of a crisis": [
		samples.does("chair", "end_crisis", samples.consult, {}, object.union(
			samples.of_case({"stage": "withdrawn", "crisis": true}),
			{"target": samples.fragment("f-1", "safety", {"kind": "crisis_note"})},
		)),
		[],
	],
	"conflict": [samples.does("parket", "declare_conflict", samples.consult, {"interest": "kin"}, samples.of_case({})), []],
	"conflict of the coordination team": [
		samples.does("coordination", "declare_conflict", "coordination", {"interest": "kin"}, samples.of_case({})),
		[],
	],
	"item": [
		samples.does("ggz", "offer_item", samples.consult, {"category": "mental_health", "only_for": ["caw"], "withhold_from": ["parket"]}, samples.of_case({})),
		[],
	],
	"whereabouts": [samples.does("caw", "offer_whereabouts", samples.consult, {"only_for": ["parket"]}, samples.of_case({})), []],
	"correction": [
		samples.does("ggz", "correct_item", samples.consult, {"only_for": [], "withhold_from": []}, object.union(samples.of_case({}), {"target": samples.item("ggz", {})})),
		[],
	],
	"recall of an item": [samples.does("ggz", "recall_item", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.item("ggz", {})})), []],
	"recall when it is all over": [
		samples.does("ggz", "recall_item", samples.consult, {}, object.union(
			samples.of_case({"stage": "closed", "contributors": ["ggz"]}),
			{"target": samples.item("ggz", {})},
		)),
		[],
	],
	"recall of whereabouts": [
		samples.does("ggz", "recall_item", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.item("ggz", {"kind": "whereabouts", "category": "whereabouts"})})),
		[],
	],
	"answer to the call": [samples.does("ggz", "answer_forming", samples.consult, {}, samples.of_case({})), []],
	"question": [
		samples.does("parket", "request_information", samples.consult, {"to": "ggz", "category": "mental_health"}, samples.of_case({})),
		["latest_due_days"],
	],
	"question by the chair": [
		samples.does("chair", "request_information", samples.consult, {"to": "ggz", "category": "mental_health"}, samples.of_case({})),
		["latest_due_days"],
	],
	"answer": [
		samples.does("stad-gemeente", "answer_request", samples.consult, {"outcome": "shared"}, object.union(samples.of_case({}), {"target": samples.item("parket", {"kind": "request", "addressed_to": ["stad-gemeente"]})})),
		[],
	],
	"wall raised by the chair": [
		samples.does("chair", "raise_wall", samples.consult, {"person": "ggz", "interest": "kin"}, samples.of_case({})),
		["partners", "answer_working_days"],
	],
	"wall raised by the coordination team": [
		samples.does("coordination", "raise_wall", "coordination", {"person": "ggz", "interest": "kin"}, samples.of_case({})),
		["partners", "answer_working_days"],
	],
	"lifting proposed": [
		samples.does("coordination", "propose_lifting", "coordination", {"person": "ggz"}, samples.of_case({})),
		["partners", "answer_working_days"],
	],
	"wall answered": [
		samples.does("parket", "answer_wall", samples.consult, {}, object.union(samples.of_case({}), {"target": samples.wall_question(["ggz"], ["parket"])})),
		[],
	],
	"list of cases": [samples.does("parket", "list_cases", samples.consult, {}, {}), ["parties", "agreements"]],
	"list of referrals": [samples.does("referrer", "list_referrals", "referral", {}, {}), []],
	"sessions": [samples.does("parket", "read_sessions", samples.consult, {}, {}), ["agreements"]],
	"session": [samples.does("parket", "read_session", samples.consult, {}, {"target": samples.session}), []],
	"inbox": [samples.does("steering", "read_inbox", "own_tasks", {}, {}), []],
	"message": [samples.does("auditor", "mark_read", "own_tasks", {}, {}), []],
	"contacts": [samples.does("nobody", "read_contacts", "own_tasks", {}, {}), []],
	"record": [samples.does("auditor", "read_audit", "audit", {}, {}), ["agreements"]],
	"checkpoints": [samples.does("auditor", "read_checkpoints", "audit", {}, {}), ["agreements"]],
}

test_who_may_may[name] if {
	some name, [question, carried] in allowed_samples
	samples.permitted(question)
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
	question := object.remove(samples.does("parket", "raise_crisis", samples.consult, {}, samples.of_case({})), ["facts"])
	samples.refused(object.union(question, {"facts": []}), ["malformed"], false)
	samples.refused(question, ["malformed"], false)
}

test_an_unknown_action_in_a_malformed_question_is_refused if {
	question := samples.does("parket", "delete_everything", samples.consult, {}, samples.of_case({}))
	samples.refused(object.remove(question, ["now"]), ["malformed"], true)
}

# METADATA
# title: Facts that do not belong to an action decide nothing about it
test_facts_of_another_action_change_nothing if {
	elsewhere := {"agreement": "sample-kortrijk", "region": "34022"}
	crisis := samples.ruled(samples.does("parket", "raise_crisis", samples.consult, elsewhere, {"case": samples.case({})}))
	[crisis.allow, crisis.agreement] == [true, "sample-brugge"]
	list := samples.does("parket", "list_cases", samples.consult, {}, {})
	samples.ruled(list) == samples.ruled(object.union(list, {"case": samples.case({}), "target": samples.session}))
	facts := {"agreement": "sample-brugge", "region": "31005"}
	foreign := {"case": samples.case({"agreement": "sample-kortrijk"}), "target": {"agreement": "kaw-pilot-2018"}}
	referral := samples.ruled(samples.does("caw", "submit_referral", "referral", facts, foreign))
	[referral.allow, referral.agreement] == [true, "sample-brugge"]
}

test_an_agreement_that_is_no_name_is_none[name] if {
	some name, question in {
		"facts": samples.does("caw", "submit_referral", "referral", {"agreement": 7}, {}),
		"case": samples.does("caw", "raise_crisis", samples.consult, {}, {"case": samples.case({"agreement": ["sample-brugge"]})}),
		"session": samples.does("caw", "read_session", samples.consult, {}, {"target": object.union(samples.session, {"agreement": true})}),
	}
	decision := samples.ruled(question)
	[decision.allow, decision.agreement, decision.agreement_version] == [false, null, null]
}

test_an_unknown_action_is_refused if {
	samples.refused(samples.does("caw", "delete_everything", samples.consult, {}, samples.of_case({})), ["action_unknown"], true)
}

# METADATA
# title: Cases that may not be known of
test_a_case_of_others_is_hidden[name] if {
	some name, [person, changes, reason] in {
		"unknown": ["parket", {"found": false}, "unknown_case"],
		"of another region": ["elsewhere", {}, "mandate_missing"],
		"behind a wall": ["parket", {"conflicts": ["kin"]}, "conflict_kin"],
		"of a partner that takes no part": ["parket", {"participants": [samples.taking_part("caw")]}, "not_participant"],
		"withdrawn": [
			"parket",
			{"participants": [samples.taking_part("caw")], "stage": "withdrawn"},
			"not_participant",
		],
	}
	samples.refused(samples.does(person, "raise_crisis", samples.consult, {}, samples.of_case(changes)), [reason], true)
}

test_a_case_before_forming_is_hidden if {
	question := samples.does("parket", "declare_conflict", samples.consult, {"interest": "kin"}, samples.of_case({"stage": "referred"}))
	samples.refused(question, ["stage"], true)
}

# METADATA
# title: A wrong safe address is replaced at once, by whoever has a place at the case at that stage
test_a_safe_address_is_offered_from_the_referral_on[stage] if {
	some stage, people in {
		"referred": {"caw"},
		"forming": {"caw", "ggz", "parket"},
		"weighing": {"caw", "ggz", "parket"},
		"waiting": {"caw", "ggz", "parket"},
		"accepted": {"caw", "ggz", "parket"},
		"active": {"caw", "ggz", "parket"},
		"concluded": set(),
		"closed": set(),
		"declined": set(),
		"withdrawn": set(),
	}
	{person |
		some person in {"caw", "ggz", "parket", "chair", "referrer", "coordination", "elsewhere", "nobody"}
		samples.permitted(offers_whereabouts(person, {"stage": stage}))
	} == people
}

test_before_the_case_is_taken_up_a_safe_address_is_offered_by_who_referred_or_in_a_crisis if {
	hidden := samples.ruled(offers_whereabouts("parket", {"stage": "referred"}))
	[hidden.allow, hidden.hide] == [false, true]
	samples.permitted(offers_whereabouts("parket", {"stage": "referred", "crisis": true}))
}

offers_whereabouts(person, changes) := samples.does(
	person, "offer_whereabouts", samples.consult, {"only_for": ["parket"]},
	samples.of_case(changes),
)

# METADATA
# title: Whoever takes part warns of acute danger at every stage, and so does the referrer
test_nobody_who_takes_part_is_refused_in_a_crisis[stage] if {
	some stage, _ in data.stages
	every who in {
		["parket", samples.consult], ["ggz", samples.consult], ["caw", samples.consult],
		["chair", samples.consult], ["referrer", "referral"],
	} {
		[person, purpose] := who
		samples.permitted(samples.does(person, "raise_crisis", purpose, {}, samples.of_case({"stage": stage})))
	}
	every who in {
		["referrer", samples.consult], ["elsewhere", samples.consult], ["steering", samples.consult],
		["coordination", "coordination"], ["nobody", samples.consult], ["parket", "referral"],
	} {
		[person, purpose] := who
		question := samples.does(person, "raise_crisis", purpose, {}, samples.of_case({"stage": stage}))
		not samples.ruled(question).allow
	}
}

test_no_stage_opens_a_crisis_through_what_denies[name] if {
	some name, changes in {
		"wall": {"conflicts": ["same_person"]},
		"region": {"region": "34022"},
		"agreement over": {"agreement": "kaw-pilot-2018"},
	}
	every stage, _ in data.stages {
		question := samples.does("parket", "raise_crisis", samples.consult, {}, samples.of_case(object.union(changes, {"stage": stage})))
		decision := samples.ruled(question)
		[decision.allow, decision.hide] == [false, true]
	}
}

test_only_the_chair_ends_a_crisis_and_at_every_stage[stage] if {
	some stage, _ in data.stages
	note := {"target": samples.fragment("f-1", "safety", {"kind": "crisis_note"})}
	allowed := {person |
		some person in {"chair", "parket", "caw", "referrer", "coordination", "elsewhere"}
		case := samples.of_case({"stage": stage, "crisis": true})
		samples.ruled(samples.does(person, "end_crisis", samples.consult, {}, object.union(case, note))).allow
	}
	allowed == {"chair"}
}

test_an_unknown_case_and_a_foreign_one_are_refused_alike if {
	foreign := samples.ruled(samples.does("elsewhere", "raise_crisis", samples.consult, {}, samples.of_case({})))
	unknown := samples.ruled(samples.does("elsewhere", "raise_crisis", samples.consult, {}, {"case": samples.unknown}))
	object.keys(foreign) == object.keys(unknown)
	[foreign.allow, foreign.hide, foreign.terms, foreign.partner, foreign.roles] == [false, true, {}, null, []]
	[unknown.allow, unknown.hide, unknown.terms, unknown.partner, unknown.roles] == [false, true, {}, null, []]
	unknown.reasons == ["unknown_case"]
	unknown.agreement == null
}

test_an_agreement_that_has_ended_hides_its_cases if {
	ended := object.union(data.agreements["sample-brugge"], {"valid_until": samples.now})
	decision := data.ketenaanpak.action.decision with input as samples.does("parket", "raise_crisis", samples.consult, {}, samples.of_case({}))
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
			samples.does("parket", "confirm_informing", samples.consult, {}, samples.of_case({})),
			"role_not_allowed",
		],
		"item names a stranger": [
			samples.does("ggz", "offer_item", samples.consult, {"only_for": ["caw-kortrijk"]}, samples.of_case({})),
			"partner_unknown",
		],
		"item is kept from a stranger": [
			samples.does("ggz", "offer_item", samples.consult, {"withhold_from": ["caw-kortrijk"]}, samples.of_case({})),
			"partner_unknown",
		],
		"item after the end": [
			samples.does("ggz", "offer_item", samples.consult, {}, samples.of_case({"stage": "concluded", "followers": ["ggz"]})),
			"stage",
		],
		"answer to a call that is over": [
			samples.does("ggz", "answer_forming", samples.consult, {}, samples.of_case({"stage": "weighing"})),
			"stage",
		],
		"question to a partner that takes no part": [
			samples.does("parket", "request_information", samples.consult, {"to": "caw-kortrijk"}, samples.of_case({})),
			"not_participant",
		],
		"question after forming": [
			samples.does("parket", "request_information", samples.consult, {"to": "ggz"}, samples.of_case({"stage": "weighing"})),
			"stage",
		],
		"invitation where all take part": [
			samples.does("chair", "invite_participant", samples.consult, {"partner": "ggz"}, samples.of_case({"participants": []})),
			"all_parties_take_part",
		],
	}
	samples.refused(question, [reason], false)
}

test_items_are_hidden_from_who_reads_no_items if {
	target := object.union(samples.of_case({}), {"target": samples.item("caw", {})})
	samples.ruled(samples.does("referrer", "recall_item", "referral", {}, target)).hide == true
	samples.ruled(samples.does("coordination", "recall_item", "coordination", {}, target)).hide == true
	nameless := object.union(samples.of_case({}), {"target": {"source": "caw"}})
	samples.refused(samples.does("caw", "recall_item", samples.consult, {}, nameless), ["not_recallable"], true)
}

test_an_own_item_that_was_recalled_is_not_hidden_from_its_source if {
	gone := object.union(samples.of_case({}), {"target": samples.item("ggz", {"status": "recalled"})})
	samples.permitted(samples.does("ggz", "recall_item", samples.consult, {}, gone))
}
