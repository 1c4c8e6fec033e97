package ketenaanpak.conditions_test

import data.ketenaanpak.conditions
import data.ketenaanpak.samples_test as samples

test_what_is_unknown_is_not_met[condition] if {
	some row in data.actions
	some condition, _ in row.needs
	acting := {"partner": "caw", "roles": ["team_member"]}
	not conditions.met(condition, acting) with input as {"now": samples.now, "viewer": {"person": "caw"}}
}

test_a_condition_that_no_rule_defines_is_not_met if {
	not conditions.met("no_such", {"partner": "caw", "roles": ["team_member"]})
}

test_a_referral_names_a_referrer_with_a_mandate_of_the_partner[name] if {
	some name, changes in {
		"under another agreement": {"agreement": "sample-kortrijk", "partner": "caw"},
		"in another role": {"role": "steering_group"},
		"that ended": {"until": samples.now},
		"of another partner": {"partner": "ggz"},
	}
	facts := {"agreement": "sample-brugge", "region": "31005", "referrer": "colleague"}
	colleague := {"colleague": [samples.mandate("colleague", "caw", "referrer", changes)]}
	decision := data.ketenaanpak.action.decision with input as samples.does("caw", "submit_referral", "referral", facts, {})
		with data.mandates as object.union(samples.people, colleague)
		with data.system.bundles as samples.bundles
	decision.allow == false
	decision.reasons == ["referrer_unknown"]
}

test_a_session_is_scheduled_at_a_table_of_the_agreement if {
	facts := {"agreement": "sample-brugge", "table": "table-kortrijk"}
	samples.refused(samples.does("chair", "schedule_session", "coordination", facts, {}), ["table_unknown"], false)
}

test_a_case_goes_on_the_agenda_of_its_own_agreement if {
	every target in [object.union(samples.session, {"agreement": "sample-kortrijk"}), object.union(samples.session, {"found": false}), null] {
		question := samples.does("chair", "put_on_agenda", samples.consult, {}, object.union(samples.of_case({}), {"target": target}))
		samples.refused(question, ["session_unknown"], true)
	}
}

# METADATA
# title: Steps of the case, by who takes them
takes_step := {
	"take_on_agenda": {"chair"},
	"complete_forming": {"chair"},
	"reopen_forming": {"chair"},
	"decline": {"chair"},
	"accept": {"chair"},
	"promote": {"coordination"},
	"start_execution": {"chair"},
	"conclude": {"chair"},
	"close": {"chair", "director"},
	"extend": {"chair", "director"},
	"reopen": {"chair"},
	"withdraw": {"submitter", "referrer"},
}

stepping := {
	"chair": ["chair", samples.consult],
	"director": ["parket", samples.consult],
	"submitter": ["caw", samples.consult],
	"referrer": ["referrer", "referral"],
	"coordination": ["coordination", "coordination"],
	"member": ["ggz", samples.consult],
	"steering": ["steering", samples.consult],
	"auditor": ["auditor", "audit"],
	"nobody": ["nobody", samples.consult],
}

test_each_step_is_taken_by_its_own_people[command] if {
	some command, expected in takes_step
	case := samples.of_case({"director": "parket"})
	{who |
		some who, [person, purpose] in stepping
		samples.ruled(samples.does(person, "change_stage", purpose, {"command": command}, case)).allow
	} == expected
}

test_every_step_is_tried if object.keys(takes_step) == object.keys(data.transitions)

test_a_step_that_is_none_is_refused if {
	samples.refused(
		samples.does("chair", "change_stage", samples.consult, {"command": "burn"}, samples.of_case({})),
		["transition_not_yours"],
		false,
	)
	samples.refused(samples.does("chair", "change_stage", samples.consult, {}, samples.of_case({})), ["transition_not_yours"], false)
}

appointed(person, chairs_may) := decision if {
	question := samples.later("chair", "appoint_director", samples.consult, {"stage": "accepted"})
	may := {"modalities": {"same_person_may": {"direct": chairs_may}}}
	decision := data.ketenaanpak.action.decision with input as object.union(question, {"facts": {"person": person}})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": object.union(data.agreements["sample-brugge"], may)}
}

# METADATA
# title: Whether somebody who chairs may direct a case is for the agreement to say
test_a_chair_directs_where_the_agreement_says_so if {
	appointed("member-and-chair", true).allow
	appointed("parket", false).allow
	appointed("member-and-chair", false).reasons == ["chair_directs"]
}

test_partners_named_in_an_object_are_refused if {
	facts := {"category": "judicial", "only_for": {"0": "caw"}}
	samples.refused(samples.does("ggz", "offer_item", samples.consult, facts, samples.of_case({})), ["partner_unknown"], false)
}

test_items_of_others_are_not_ours_to_change if {
	every command in ["correct_item", "recall_item"] {
		seen := object.union(samples.of_case({}), {"target": samples.item("parket", {})})
		samples.refused(samples.does("caw", command, samples.consult, {}, seen), ["not_source"], false)
		samples.refused(samples.does("stad-gemeente", command, samples.consult, {}, seen), ["not_source"], true)
	}
	none := object.union(samples.of_case({}), {"target": null})
	samples.refused(samples.does("caw", "correct_item", samples.consult, {}, none), ["corrected_otherwise", "not_source"], true)
	samples.refused(samples.does("caw", "recall_item", samples.consult, {}, none), ["not_recallable", "not_source"], true)
}

# METADATA
# title: What is the own and no item is refused for that, and not for being of somebody else
test_who_a_person_is_is_no_item if {
	person := object.union(samples.of_case({}), {"target": samples.item("caw", {"kind": "person", "category": "identity"})})
	reasons := {
		"correct_item": "corrected_otherwise",
		"recall_item": "not_recallable",
		"correct_referral_part": "corrected_otherwise",
		"withdraw_referral_part": "corrected_otherwise",
	}
	every command, reason in reasons {
		samples.refused(samples.does("caw", command, samples.consult, {}, person), [reason], false)
	}
	samples.refused(samples.does("chair", "correct_informing", samples.consult, {}, person), ["corrected_otherwise"], false)
}

# METADATA
# title: What a referral must tell is corrected, and a question of another partner is not answered
test_a_criterion_is_corrected_and_not_withdrawn if {
	every kind in ["criterion", "uninformed_ground"] {
		part := object.union(samples.of_case({}), {"target": samples.item("caw", {"kind": kind})})
		samples.refused(samples.does("caw", "withdraw_referral_part", samples.consult, {}, part), ["corrected_otherwise"], false)
		samples.permitted(samples.does("caw", "correct_referral_part", samples.consult, {}, part))
	}
}

answering(facts, refers) := samples.does(
	"ggz", "offer_item", samples.consult, facts,
	object.union(samples.of_case({}), {"refers": refers}),
)

test_an_item_answers_a_question_to_the_own_partner if {
	asked := samples.fragment("question-1", "safety", {"kind": "request", "addressed_to": ["ggz"]})
	answers := {"answers": "question-1"}
	samples.permitted(answering(answers, [asked]))
	samples.permitted(answering({}, [asked]))
	every refers in [
		[],
		[object.union(asked, {"addressed_to": ["caw"]})],
		[object.union(asked, {"kind": "item"})],
		[object.union(asked, {"id": "question-2"})],
	] {
		samples.refused(answering(answers, refers), ["not_addressee"], false)
	}
}

test_a_question_is_taken_back_by_who_asked_or_the_chair if {
	question := object.union(samples.of_case({}), {"target": samples.item("parket", {"kind": "request", "addressed_to": ["caw"]})})
	samples.refused(samples.does("caw", "withdraw_request", samples.consult, {}, question), ["not_asker"], false)
	item := object.union(samples.of_case({}), {"target": samples.item("parket", {"category": "safety"})})
	samples.refused(samples.does("parket", "withdraw_request", samples.consult, {}, item), ["not_asker"], false)
	samples.refused(samples.does("chair", "withdraw_request", samples.consult, {}, item), ["not_asker"], false)
}

test_a_session_is_set_right_by_chair_and_coordination_team if {
	every command in ["move_session", "cancel_session"] {
		target := {"target": samples.session}
		samples.refused(samples.does("parket", command, "coordination", {}, target), ["role_not_allowed"], false)
		samples.refused(samples.does("elsewhere", command, "coordination", {}, target), ["mandate_missing"], true)
	}
}

test_a_question_is_answered_by_whom_it_was_put_to if {
	question := samples.item("parket", {"kind": "request", "addressed_to": ["ggz"]})
	target := object.union(samples.of_case({}), {"target": question})
	samples.refused(samples.does("caw", "answer_request", samples.consult, {}, target), ["not_addressee"], false)
	samples.refused(samples.does("sociaal-huis", "answer_request", samples.consult, {}, target), ["not_addressee"], true)
	no_question := object.union(samples.of_case({}), {"target": samples.item("parket", {"addressed_to": ["ggz"]})})
	samples.refused(samples.does("ggz", "answer_request", samples.consult, {}, no_question), ["not_addressee"], false)
}

test_by_invitation_the_chair_invites_a_party_that_takes_no_part_yet if {
	one := {"participants": [samples.taking_part("caw")]}
	invites := samples.by_invitation(samples.does("chair", "invite_participant", samples.consult, {"partner": "ggz"}, samples.of_case(one)))
	invites.allow
	invites.terms == {"parties": samples.partners}
	again := samples.by_invitation(samples.does("chair", "invite_participant", samples.consult, {"partner": "caw"}, samples.of_case(one)))
	again.reasons == ["already_participant"]
	stranger := samples.by_invitation(samples.does("chair", "invite_participant", samples.consult, {"partner": "x"}, samples.of_case(one)))
	stranger.reasons == ["not_a_party"]
}

test_an_action_is_updated_by_the_partner_that_follows_it if {
	at := {"stage": "active"}
	samples.refused(samples.later("caw", "update_action", samples.consult, at), ["not_follower"], false)
	timing := samples.fragment("f-1", "judicial", {"kind": "judicial_timing", "addressed_to": ["ggz"]})
	samples.refused(
		object.union(samples.later("ggz", "update_action", samples.consult, at), {"target": timing}),
		["not_follower"], false,
	)
	nothing := object.remove(samples.later("ggz", "update_action", samples.consult, at), ["target"])
	samples.refused(object.union(nothing, {"target": null}), ["not_follower"], true)
}

test_an_assessment_is_recalled_by_its_source if {
	samples.refused(samples.later("caw", "recall_assessment", samples.consult, {}), ["not_source"], false)
	answer := samples.fragment("f-1", "safety", {"kind": "assessment_answer", "source": "ggz"})
	samples.refused(
		object.union(samples.later("ggz", "recall_assessment", samples.consult, {}), {"target": answer}),
		["not_recallable"], false,
	)
}

test_without_a_director_nobody_directs if {
	samples.refused(samples.later("parket", "log_contact", samples.consult, {"stage": "active", "director": null}), ["not_director"], false)
	samples.refused(samples.later("parket", "evaluate_approach", samples.consult, {"stage": "closed", "director": null}), ["not_director"], false)
}

proposing(facts, refers) := samples.does(
	"ggz", "propose_plan", samples.consult, facts,
	object.union(samples.open_case({"stage": "accepted"}), {"refers": refers}),
)

# METADATA
# title: A plan rests on what stands in the case, and on nothing that is made up
test_a_plan_names_what_risk_holds[name] if {
	some name, [facts, refers] in {
		"nothing found": [samples.resting, []],
		"no weighing": [{"assessments": [], "involved_services": []}, samples.referred],
		"another service": [object.union(samples.resting, {"involved_services": ["service-2"]}), samples.referred],
		"a weighing for a service": [object.union(samples.resting, {"involved_services": ["weighing-1"]}), samples.referred],
		"services unknown": [object.remove(samples.resting, ["involved_services"]), samples.referred],
		"a service that was withdrawn": [
			samples.resting,
			[samples.referred[0], samples.referred[1], object.union(samples.referred[2], {"status": "recalled"})],
		],
		"another weighing": [object.union(samples.resting, {"weighing": "weighing-2"}), samples.referred],
		"another assessment": [object.union(samples.resting, {"assessments": ["assessment-1", "assessment-2"]}), samples.referred],
		"an assessment for a weighing": [object.union(samples.resting, {"weighing": "assessment-1"}), samples.referred],
		"one that was recalled": [
			samples.resting,
			[samples.referred[0], object.union(samples.referred[1], {"status": "recalled"}), samples.referred[2]],
		],
		"no list": [object.union(samples.resting, {"assessments": "assessment-1"}), samples.referred],
	}
	samples.refused(proposing(facts, refers), ["reference_unknown"], false)
}

test_a_plan_may_rest_on_a_weighing_alone if {
	alone := {"assessments": [], "involved_services": []}
	samples.permitted(proposing(object.union(samples.resting, alone), samples.referred))
}

held_session := {
	"id": "session-1", "found": true, "agreement": "sample-brugge", "lists_case": true,
	"starts_at": samples.now,
}

at_session(command, facts, session) := samples.does(
	"chair", command, samples.consult, facts,
	object.union(samples.open_case({"stage": "active"}), {"session": session}),
)

looking_back(session) := samples.does(
	"chair", "evaluate_approach", samples.consult, {"session": "session-1"},
	object.union(samples.open_case({"stage": "concluded"}), {"session": session}),
)

# METADATA
# title: What the team does at a session it does at one that was held
test_a_session_that_is_named_was_held[name] if {
	some name, session in {
		"none given": null,
		"not found": object.union(held_session, {"found": false}),
		"another": object.union(held_session, {"id": "session-2"}),
		"of another agreement": object.union(held_session, {"agreement": "sample-kortrijk"}),
		"without the case": object.union(held_session, {"lists_case": false}),
		"to come": object.union(held_session, {"starts_at": "2026-03-10T09:00:01Z"}),
		"no moment": object.union(held_session, {"starts_at": "soon"}),
	}
	samples.refused(looking_back(session), ["session_not_held"], false)
	samples.refused(at_session("record_decision", {"session": "session-1"}, session), ["session_not_held"], false)
}

test_a_session_that_was_held_may_be_named if {
	samples.permitted(looking_back(held_session))
	samples.permitted(at_session("record_decision", {"session": "session-1"}, held_session))
	samples.permitted(at_session("record_decision", {}, null))
}

who_it_is(source) := samples.item(source, {"kind": "person", "category": "identity"})

# Somebody who may not read who the family is could name a member of it, and so learn of it.
test_only_who_reads_who_the_family_is_sets_it_right if {
	question := corrects_somebody("ggz", {"stage": "closed", "contributors": ["ggz"]})
	samples.refused(question, ["identity_not_read"], true)
	late := samples.does("referrer", "add_person", "referral", {}, samples.of_case({"stage": "forming"}))
	samples.refused(late, ["identity_not_read"], false)
}

test_an_act_of_its_own_sets_something_else_right if {
	other := {"target": samples.item("caw", {"kind": "worry", "category": "safety"})}
	question := samples.does("caw", "correct_person", samples.consult, {}, object.union(samples.of_case({}), other))
	samples.refused(question, ["corrected_otherwise"], false)
}

corrects_somebody(who, changes) := samples.does(
	who, "correct_person", samples.consult, {},
	object.union(samples.of_case(changes), {"target": who_it_is("caw")}),
)

# METADATA
# title: Who begins next week is walled off before the first day at work; a stranger is not
test_a_tie_is_known_of_whoever_has_a_mandate_whenever_it_holds if {
	every days in [{}, {"from": "2030-01-01T00:00:00Z"}, {"until": samples.now}, {"confidentiality_signed_on": "2030-01-01"}] {
		walled_off("newcomer", days).allow
	}
	walled_off("nobody", {}).reasons == ["person_unknown"]
}

walled_off(person, days) := decision if {
	question := samples.does("chair", "raise_wall", samples.consult, {"person": person}, samples.of_case({}))
	newcomer := {"newcomer": [samples.mandate("newcomer", "caw", "team_member", days)]}
	decision := data.ketenaanpak.action.decision with input as question
		with data.mandates as object.union(samples.people, newcomer)
		with data.system.bundles as samples.bundles
}
