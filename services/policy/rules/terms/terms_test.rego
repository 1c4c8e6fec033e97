package ketenaanpak.terms_test

import data.ketenaanpak.samples_test as samples

# By default nobody concludes or closes what he proposed himself.
may_alone := {
	"direct": true,
	"adopt_plan": true,
	"record_decision": true,
	"conclude": false,
	"extend": true,
	"close": false,
}

test_steps_carry_the_cap_and_the_participants if {
	question := samples.does("chair", "change_stage", samples.consult, {"command": "take_on_agenda"}, samples.of_case({"stage": "referred"}))
	samples.ruled(question).terms == {
		"cap": {"number": 20, "counts": "concurrent"},
		"participants": samples.partners,
		"follow_up_months": 6,
		"reporting_rhythm_days": 28,
		"same_person_may": may_alone,
	}
}

test_steps_carry_what_the_agreement_says_of_them[command] if {
	some command, [person, stage, expected] in {
		"appoint_director": ["chair", "accepted", {"partner": "parket", "mandate_days": 14}],
		"close_weighing": ["chair", "weighing", {"quorum": 5}],
		"propose_plan": ["chair", "accepted", {"position_days": 14, "latest_action_days": 364}],
		"adopt_plan": ["chair", "accepted", {"quorum": 5, "adoption": "no_objection", "same_person_may": may_alone}],
		"record_decision": ["chair", "accepted", {"quorum": 5, "supported_decision": "all_participants", "same_person_may": may_alone}],
		"report_progress": ["parket", "active", {"reporting_rhythm_days": 28}],
		"record_follow_up": ["parket", "concluded", {"not_before": "2026-09-10", "latest_next_days": 364}],
	}
	samples.ruled(samples.later(person, command, samples.consult, {"stage": stage})).terms == expected
}

test_a_follow_up_without_a_day_carries_none if {
	question := samples.later("parket", "record_follow_up", samples.consult, {"stage": "concluded", "follow_up_on": null})
	samples.ruled(question).terms == {"not_before": null, "latest_next_days": 364}
}

test_by_invitation_only_who_takes_part_is_carried_as_participant if {
	facts := {"agreement": "sample-brugge", "region": "31005"}
	samples.by_invitation(samples.does("caw", "submit_referral", "referral", facts, {})).terms.participants == ["caw"]
	one := samples.of_case({"participants": [samples.taking_part("caw")]})
	taken := samples.by_invitation(samples.does("chair", "change_stage", samples.consult, {"command": "take_on_agenda"}, one))
	taken.terms.participants == ["caw"]
}

# METADATA
# title: Lists
test_a_team_member_lists_the_cases_of_the_own_partner if {
	samples.ruled(samples.does("parket", "list_cases", samples.consult, {}, {})).terms == {
		"parties": [["sample-brugge", "parket"]],
		"agreements": [],
	}
}

test_the_coordination_team_lists_the_references_of_its_agreement if {
	every person in ["coordination", "chair"] {
		samples.ruled(samples.does(person, "list_cases", "coordination", {}, {})).terms == {
			"parties": [],
			"agreements": ["sample-brugge"],
		}
	}
}

test_a_person_of_two_partners_lists_after_choosing if {
	samples.refused(samples.does("of-two", "list_cases", samples.consult, {}, {}), ["mandate_missing"], false)
	chosen := {"viewer": {"person": "of-two", "mandate": "m-of-two-ggz"}}
	question := object.union(samples.does("of-two", "list_cases", samples.consult, {}, {}), chosen)
	samples.ruled(question).terms.parties == [["sample-brugge", "ggz"]]
}

test_a_person_with_mandates_under_two_agreements_lists_both if {
	both := [
		samples.mandate("both", "caw", "team_member", {}),
		samples.mandate("both", "caw-kortrijk", "team_member", {"agreement": "sample-kortrijk"}),
		samples.mandate("both", "caw-westhoek", "team_member", {"agreement": "sample-westhoek", "until": samples.now}),
	]
	decision := data.ketenaanpak.action.decision with input as samples.does("both", "list_cases", samples.consult, {}, {})
		with data.mandates as {"both": both}
		with data.system.bundles as samples.bundles
	decision.allow
	decision.partner == null
	decision.terms.parties == [["sample-brugge", "caw"], ["sample-kortrijk", "caw-kortrijk"]]
}
