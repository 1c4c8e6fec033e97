# Steps 3 to 6: weighing, direction, plan, closing, each by its own people at its own stages.
package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

# The chair, the director (parket), a member of the team (ggz), and others.
in_later_steps := {
	"chair": ["chair", consult],
	"director": ["parket", consult],
	"member": ["ggz", consult],
	"referrer": ["referrer", "referral"],
	"coordination": ["coordination", "coordination"],
	"steering": ["steering", consult],
	"auditor": ["auditor", "audit"],
	"elsewhere": ["elsewhere", consult],
	"nobody": ["nobody", consult],
}

in_preparation := {"forming", "weighing", "waiting", "accepted", "active"}

directing := {"accepted", "active", "concluded"}

# METADATA
# title: Who takes each step, and at which stages
takes_later_step := {
	"record_informing": [{"chair", "director", "member"}, {"referred", "concluded"} | in_preparation],
	"write_advice": [{"chair"}, {"weighing"}],
	"appoint_director": [{"chair"}, {"weighing"} | directing],
	"record_direction_mandate": [{"director"}, {"weighing"} | directing],
	"review_emergency": [{"chair", "director", "member"}, object.keys(data.stages)],
	"record_assessment": [{"director", "member"}, in_preparation],
	"recall_assessment": [{"member"}, object.keys(data.stages)],
	"open_weighing": [{"chair"}, {"weighing"}],
	"take_weighing_position": [{"director", "member"}, {"weighing"}],
	"write_problem_profile": [{"chair", "director", "member"}, {"weighing"}],
	"close_weighing": [{"chair"}, {"weighing"}],
	"propose_plan": [{"chair", "director", "member"}, {"accepted", "active"}],
	"take_plan_position": [{"director", "member"}, {"accepted", "active"}],
	"adopt_plan": [{"chair"}, {"accepted", "active"}],
	"update_action": [{"member"}, {"active", "concluded"}],
	"record_decision": [{"chair"}, {"accepted", "active"}],
	"log_contact": [{"director"}, directing],
	"record_trajectory": [{"director"}, directing],
	"update_trajectory": [{"director"}, directing],
	"report_progress": [{"director"}, {"active"}],
	"draw_conclusion": [{"director"}, {"active"}],
	"record_follow_up": [{"director"}, {"concluded"}],
	"evaluate_approach": [{"chair", "director"}, {"concluded", "closed"}],
}

# What each acts on, of the member's partner; most act on nothing, or on what the team made.
aimed_at := {
	"recall_assessment": samples.fragment("f-1", "safety", {"kind": "assessment", "source": "ggz"}),
	"update_action": samples.fragment("f-1", "joint", {"kind": "action", "addressed_to": ["ggz"]}),
	"update_trajectory": samples.fragment("f-1", "joint", {"kind": "trajectory"}),
}

# A case that everybody of the team reads at every stage, so that nothing but the step decides.
open_case(changes) := of_case(object.union(
	{
		"contributors": samples.partners,
		"director": "parket",
		"followers": samples.partners,
		"crisis": true,
		"evaluating": true,
		"follow_up_on": "2026-09-10",
	},
	changes,
))

# What a plan rests on, as risk told of it.
resting := {"weighing": "weighing-1", "assessments": ["assessment-1"]}

referred := [
	samples.fragment("weighing-1", "joint", {"kind": "weighing"}),
	samples.fragment("assessment-1", "safety", {"kind": "assessment"}),
]

later(person, command, purpose, changes) := samples.does(
	person, command, purpose, object.union(resting, {"person": "parket"}),
	object.union(open_case(changes), {
		"target": object.get(aimed_at, command, null),
		"refers": referred,
	}),
)

may(who, command, stage) if {
	[person, purpose] := in_later_steps[who]
	samples.ruled(later(person, command, purpose, {"stage": stage})).allow
}

test_each_later_step_is_for_its_own_people[command] if {
	some command, [expected, stages] in takes_later_step
	{who | some who, _ in in_later_steps; may(who, command, min(stages))} == expected
}

test_each_later_step_is_for_its_own_stages[command] if {
	some command, [people, expected] in takes_later_step
	{stage | some stage, _ in data.stages; may(max(people), command, stage)} == expected
}

# METADATA
# title: Every later step as somebody takes it who may, and what about it the terms carry
later_samples := object.union(
	{command: [later(in_later_steps[who][0], command, consult, {"stage": stage}), object.get(carried_later, command, [])] |
		some command, [people, stages] in takes_later_step
		who := min(people)
		stage := min(stages)
	},
	{
		"emergency": [emergency("ggz", {}), ["minutes", "review_working_days"]],
		"succession": [take_over("chair", {}), ["participants", "cap", "quorum", "supported_decision"]],
		"instruments": [samples.does("ggz", "read_instruments", consult, {}, {}), []],
		"instruments for the chair": [samples.does("chair", "read_instruments", consult, {}, {}), []],
	},
)

carried_later := {
	"appoint_director": ["partner", "mandate_days"],
	"close_weighing": ["quorum"],
	"propose_plan": ["position_days"],
	"adopt_plan": ["quorum", "adoption"],
	"record_decision": ["quorum", "supported_decision"],
	"report_progress": ["reporting_rhythm_days"],
	"record_follow_up": ["not_before"],
}

test_steps_carry_what_the_agreement_says_of_them[command] if {
	some command, expected in {
		"appoint_director": {"partner": "parket", "mandate_days": 14},
		"close_weighing": {"quorum": 5},
		"propose_plan": {"position_days": 14},
		"adopt_plan": {"quorum": 5, "adoption": "no_objection"},
		"record_decision": {"quorum": 5, "supported_decision": "all_participants"},
		"report_progress": {"reporting_rhythm_days": 28},
		"record_follow_up": {"not_before": "2026-09-10"},
	}
	[question, _] := later_samples[command]
	samples.ruled(question).terms == expected
}

test_a_follow_up_without_a_day_carries_none if {
	question := later("parket", "record_follow_up", consult, {"stage": "concluded", "follow_up_on": null})
	samples.ruled(question).terms == {"not_before": null}
}

# METADATA
# title: The whole decision for a director who reports
test_the_director_reports if {
	samples.ruled(later("parket", "report_progress", consult, {"stage": "active"})) == {
		"allow": true,
		"hide": false,
		"reasons": [],
		"obligations": [{"kind": "record"}, {"kind": "use_limitation"}],
		"terms": {"reporting_rhythm_days": 28},
		"partner": "parket",
		"roles": ["team_member"],
		"agreement": "sample-brugge",
		"agreement_version": "2025.1",
		"policy_revision": "revision-of-the-test",
	}
}

test_who_does_not_direct_is_told_so[command] if {
	some command in director_takes
	[_, stages] := takes_later_step[command]
	refused(later("ggz", command, consult, {"stage": min(stages)}), ["not_director"], false)
}

director_takes := {command |
	some command, [people, _] in takes_later_step
	"director" in people
	not "member" in people
}

test_without_a_director_nobody_directs if {
	refused(later("parket", "log_contact", consult, {"stage": "active", "director": null}), ["not_director"], false)
	refused(later("parket", "evaluate_approach", consult, {"stage": "closed", "director": null}), ["not_director"], false)
}

test_a_director_whose_partner_takes_no_part_any_more_directs_nothing if {
	without := {"stage": "active", "participants": [samples.taking_part("ggz")]}
	refused(later("parket", "log_contact", consult, without), ["not_participant"], true)
}

# METADATA
# title: Actions and assessments
test_an_action_is_told_of_by_the_partner_that_follows_it if {
	at := {"stage": "active"}
	refused(later("caw", "update_action", consult, at), ["not_follower"], false)
	timing := samples.fragment("f-1", "judicial", {"kind": "judicial_timing", "addressed_to": ["ggz"]})
	refused(
		object.union(later("ggz", "update_action", consult, at), {"target": timing}),
		["not_follower"], false,
	)
	nothing := object.remove(later("ggz", "update_action", consult, at), ["target"])
	refused(object.union(nothing, {"target": null}), ["not_follower"], true)
}

test_an_assessment_is_recalled_by_its_source if {
	refused(later("caw", "recall_assessment", consult, {}), ["not_source"], false)
	answer := samples.fragment("f-1", "safety", {"kind": "assessment_answer", "source": "ggz"})
	refused(
		object.union(later("ggz", "recall_assessment", consult, {}), {"target": answer}),
		["not_source"], false,
	)
}

test_an_answer_that_may_not_be_known_of_is_hidden_from_who_may_not_recall_it if {
	answer := samples.fragment("f-1", "mental_health", {"kind": "assessment_answer", "source": "ggz"})
	question := later("stad-gemeente", "recall_assessment", consult, {})
	refused(object.union(question, {"target": answer}), ["not_source"], true)
}

# METADATA
# title: Who can be appointed director
appoints(person, changes, held) := decision if {
	question := samples.does("chair", "appoint_director", consult, {"person": person}, open_case(object.union({"stage": "weighing"}, changes)))
	decision := data.ketenaanpak.action.decision with input as question
		with data.mandates as object.union(samples.people, held)
		with data.system.bundles as samples.bundles
}

test_a_director_is_a_team_member_of_one_partner_that_takes_part[name] if {
	some name, [person, changes, held] in {
		"nobody": ["nobody", {}, {}],
		"chair only": ["chair", {}, {}],
		"of two partners": ["of-two", {}, {}],
		"of another agreement": ["elsewhere", {}, {}],
		"of a partner that takes no part": ["caw", {"participants": [samples.taking_part("ggz")]}, {}],
		"no name": [["caw"], {}, {}],
		"mandate ended": ["p", {}, {"p": [samples.mandate("p", "caw", "team_member", {"until": samples.now})]}],
		"mandate elsewhere": ["p", {}, {"p": [samples.mandate("p", "caw", "team_member", {"agreement": "kaw-pilot-2018"})]}],
		"of no party": [
			"p",
			{"participants": [samples.taking_part("caw"), samples.taking_part("stranger")]},
			{"p": [samples.mandate("p", "stranger", "team_member", {})]},
		],
	}
	decision := appoints(person, changes, held)
	[decision.allow, decision.hide, decision.reasons, decision.terms] == [false, false, ["director_unfit"], {}]
}

test_of_two_partners_the_one_that_takes_part_lends_the_director if {
	decision := appoints("of-two", {"participants": [samples.taking_part("caw")]}, {})
	[decision.allow, decision.terms.partner] == [true, "caw"]
}

# METADATA
# title: Instruments are read by the team
test_instruments_are_for_the_team_and_its_chair if {
	every person in ["referrer", "coordination", "steering", "auditor", "nobody"] {
		refused(samples.does(person, "read_instruments", consult, {}, {}), ["mandate_missing"], false)
	}
}

proposing(facts, refers) := samples.does(
	"ggz", "propose_plan", consult, facts,
	object.union(open_case({"stage": "accepted"}), {"refers": refers}),
)

# METADATA
# title: A plan rests on what stands in the case, and on nothing that is made up
test_a_plan_names_what_risk_told_of[name] if {
	some name, [facts, refers] in {
		"nothing told": [resting, []],
		"no weighing": [{"assessments": []}, referred],
		"another weighing": [object.union(resting, {"weighing": "weighing-2"}), referred],
		"another assessment": [object.union(resting, {"assessments": ["assessment-1", "assessment-2"]}), referred],
		"an assessment for a weighing": [object.union(resting, {"weighing": "assessment-1"}), referred],
		"one that was recalled": [resting, [referred[0], object.union(referred[1], {"status": "recalled"})]],
		"no list": [object.union(resting, {"assessments": "assessment-1"}), referred],
	}
	refused(proposing(facts, refers), ["reference_unknown"], false)
}

test_a_plan_may_rest_on_a_weighing_alone if {
	permitted(proposing(object.union(resting, {"assessments": []}), referred))
}

held_session := {
	"id": "session-1", "found": true, "agreement": "sample-brugge", "lists_case": true,
	"starts_at": samples.now,
}

at_session(command, facts, session) := samples.does(
	"chair", command, consult, facts,
	object.union(open_case({"stage": "active"}), {"session": session}),
)

looking_back(session) := samples.does(
	"chair", "evaluate_approach", consult, {"session": "session-1"},
	object.union(open_case({"stage": "concluded"}), {"session": session}),
)

# METADATA
# title: What the team does at a session it does at one that was held
test_a_session_that_is_named_was_held[name] if {
	some name, session in {
		"none told": null,
		"not found": object.union(held_session, {"found": false}),
		"another": object.union(held_session, {"id": "session-2"}),
		"of another agreement": object.union(held_session, {"agreement": "sample-kortrijk"}),
		"without the case": object.union(held_session, {"lists_case": false}),
		"to come": object.union(held_session, {"starts_at": "2026-03-10T09:00:01Z"}),
		"no moment": object.union(held_session, {"starts_at": "soon"}),
	}
	refused(looking_back(session), ["session_not_held"], false)
	refused(at_session("record_decision", {"session": "session-1"}, session), ["session_not_held"], false)
}

test_a_session_that_was_held_may_be_named if {
	permitted(looking_back(held_session))
	permitted(at_session("record_decision", {"session": "session-1"}, held_session))
	permitted(at_session("record_decision", {}, null))
}
