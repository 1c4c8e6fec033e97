# Steps of the case, each by its own people.
package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

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
	"chair": ["chair", consult],
	"director": ["parket", consult],
	"submitter": ["caw", consult],
	"referrer": ["referrer", "referral"],
	"coordination": ["coordination", "coordination"],
	"member": ["ggz", consult],
	"steering": ["steering", consult],
	"auditor": ["auditor", "audit"],
	"nobody": ["nobody", consult],
}

test_each_step_is_taken_by_its_own_people[command] if {
	some command, expected in takes_step
	case := of_case({"director": "parket"})
	{who |
		some who, [person, purpose] in stepping
		samples.ruled(samples.does(person, "change_stage", purpose, {"command": command}, case)).allow
	} == expected
}

test_every_step_is_tried if object.keys(takes_step) == object.keys(data.transitions)

test_a_step_that_is_none_is_refused if {
	refused(
		samples.does("chair", "change_stage", consult, {"command": "burn"}, of_case({})),
		["transition_not_yours"],
		false,
	)
	refused(samples.does("chair", "change_stage", consult, {}, of_case({})), ["transition_not_yours"], false)
}

test_steps_carry_the_cap_and_the_participants if {
	question := samples.does("chair", "change_stage", consult, {"command": "take_on_agenda"}, of_case({"stage": "referred"}))
	samples.ruled(question).terms == {
		"cap": {"number": 20, "counts": "concurrent"},
		"participants": samples.partners,
		"follow_up_months": 6,
		"reporting_rhythm_days": 28,
	}
}
