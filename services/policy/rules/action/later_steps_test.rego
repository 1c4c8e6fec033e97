# Steps 3 to 6: weighing, direction, plan, closing, each by its own people at its own stages.
package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

# The chair, the director (parket), a member of the team (ggz), and others.
in_later_steps := {
	"chair": ["chair", samples.consult],
	"director": ["parket", samples.consult],
	"member": ["ggz", samples.consult],
	"referrer": ["referrer", "referral"],
	"coordination": ["coordination", "coordination"],
	"steering": ["steering", samples.consult],
	"auditor": ["auditor", "audit"],
	"elsewhere": ["elsewhere", samples.consult],
	"nobody": ["nobody", samples.consult],
}

in_preparation := {"forming", "weighing", "waiting", "accepted", "active"}

directing := {"accepted", "active", "concluded"}

# METADATA
# title: Who takes each step, and at which stages
takes_later_step := {
	"record_informing": [{"chair", "director", "member"}, {"referred", "concluded"} | in_preparation],
	"write_advice": [{"chair"}, {"weighing"}],
	"appoint_director": [{"chair"}, {"weighing"} | directing],
	"record_direction_mandate": [{"director"}, {"forming", "weighing", "waiting"} | directing],
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
	"check_safety": [{"chair", "director", "member"}, in_preparation | {"concluded"}],
	"draw_conclusion": [{"director"}, {"active"}],
	"record_follow_up": [{"director"}, {"concluded"}],
	"evaluate_approach": [{"chair", "director"}, {"concluded", "closed"}],
}

may(who, command, stage) if {
	[person, purpose] := in_later_steps[who]
	samples.ruled(samples.later(person, command, purpose, {"stage": stage})).allow
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
	{command: [samples.later(in_later_steps[who][0], command, samples.consult, {"stage": stage}), object.get(carried_later, command, [])] |
		some command, [people, stages] in takes_later_step
		who := min(people)
		stage := min(stages)
	},
	{
		"emergency": [emergency("ggz", {}), ["minutes", "review_working_days"]],
		"succession": [take_over("chair", {}), ["participants", "cap", "match_working_days", "quorum", "supported_decision"]],
		"instruments": [samples.does("ggz", "read_instruments", samples.consult, {}, {}), []],
		"instruments for the chair": [samples.does("chair", "read_instruments", samples.consult, {}, {}), []],
	},
)

carried_later := {
	"appoint_director": ["partner", "mandate_days"],
	"close_weighing": ["quorum"],
	"propose_plan": ["position_days", "latest_action_days"],
	"adopt_plan": ["quorum", "adoption", "same_person_may"],
	"record_decision": ["quorum", "supported_decision", "same_person_may"],
	"report_progress": ["reporting_rhythm_days"],
	"record_follow_up": ["not_before", "latest_next_days"],
	"record_informing": ["latest_review_days"],
}

# METADATA
# title: The whole decision for a director who reports
test_the_director_reports if {
	samples.ruled(samples.later("parket", "report_progress", samples.consult, {"stage": "active"})) == {
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
	samples.refused(samples.later("ggz", command, samples.consult, {"stage": min(stages)}), ["not_director"], false)
}

director_takes := {command |
	some command, [people, _] in takes_later_step
	"director" in people
	not "member" in people
}

test_a_director_whose_partner_takes_no_part_any_more_directs_nothing if {
	without := {"stage": "active", "participants": [samples.taking_part("ggz")]}
	samples.refused(samples.later("parket", "log_contact", samples.consult, without), ["not_participant"], true)
}

test_an_answer_that_may_not_be_known_of_is_hidden_from_who_may_not_recall_it if {
	answer := samples.fragment("f-1", "mental_health", {"kind": "assessment_answer", "source": "ggz"})
	question := samples.later("stad-gemeente", "recall_assessment", samples.consult, {})
	samples.refused(object.union(question, {"target": answer}), ["not_recallable", "not_source"], true)
}

# METADATA
# title: Instruments are read by the team
test_instruments_are_for_the_team_and_its_chair if {
	every person in ["referrer", "coordination", "steering", "auditor", "nobody"] {
		samples.refused(samples.does(person, "read_instruments", samples.consult, {}, {}), ["mandate_missing"], false)
	}
}
