package ketenaanpak.notify_test

import data.ketenaanpak.notify
import data.ketenaanpak.samples_test as samples

about := {
	"case": "case-1",
	"agreement": "sample-brugge",
	"stage": "forming",
	"submitted_by": "caw",
	"participants": ["caw", "ggz", "parket"],
	"walled": [],
}

team := {"caw", "ggz", "parket", "of-two"}

chairs := {"chair", "member-and-chair"}

decision_on(type, changes) := decision_from("intake", type, changes)

# Each person once, by name; urgent where a life may depend on it.
told(people, task) := [{"person": person, "task": task, "urgent": task in urgent} | some person in sort(people)]

urgent := {"crisis", "crisis_after_end", "crisis_after_withdrawal", "unsafe", "reopening_waiting", "reopening_due", "reopening_overdue", "unsafe_due", "unsafe_overdue"}

decision_from(source, type, changes) := decision if {
	event := {"source": source, "type": type, "time": samples.now, "data": object.union(about, changes)}
	decision := notify.decision with input as {"now": samples.now, "event": event}
		with data.mandates as samples.people
		with data.members as samples.members
		with data.system.bundles as samples.bundles
}

# METADATA
# title: Who is told of each event, and as what
test_each_event_tells_those_for_whom_something_waits[type] if {
	some type, [changes, task, people] in {
		"referral_submitted": [{}, "referral_waiting", {"chair", "member-and-chair", "coordination"}],
		"case_taken_on_agenda": [{}, "case_on_agenda", {"caw", "ggz", "parket", "of-two"}],
		"case_withdrawn": [{}, "case_withdrawn", {"chair", "member-and-chair", "coordination", "caw", "of-two"}],
		"crisis_raised": [{}, "crisis", {"caw", "ggz", "parket", "of-two", "chair", "member-and-chair", "coordination"}],
		"crisis_ended": [{}, "crisis_ended", team | chairs],
		"information_requested": [{"to": "ggz", "by": "parket"}, "question_waiting", {"ggz", "of-two"}],
		"information_request_answered": [{"to": "ggz", "by": "parket"}, "answer_received", {"parket"}],
		"participant_invited": [{"partner": "justitiehuis", "participants": ["caw", "justitiehuis"]}, "invited", {"justitiehuis"}],
		"conflict_declared": [
			{"partner": "ggz", "person": "ggz", "walled": ["ggz"]},
			"deputy_needed",
			{"of-two", "coordination"},
		],
		"forming_reopened": [{}, "case_reopened", team | {"coordination"}],
		"case_declined": [{"referrer": "referrer"}, "case_decided", team | {"coordination", "referrer"}],
		"case_accepted": [{"referrer": "referrer"}, "case_decided", team | {"coordination", "referrer"}],
		"case_promoted": [{"referrer": "referrer"}, "case_decided", ((team | chairs) | {"referrer"})],
		"execution_started": [{}, "execution_started", team | {"coordination"}],
		"case_concluded": [{}, "case_ended", team | {"coordination"}],
		"case_closed": [{}, "case_ended", ((team | chairs) | {"coordination"})],
		"case_reopened": [{}, "case_reopened", team | {"coordination"}],
		"case_taken_over": [{}, "case_taken_over", ((team | chairs) | {"coordination"})],
		"director_appointed": [{"person": "parket", "partner": "parket"}, "direction_entrusted", {"parket"}],
		"emergency_opened": [
			{"person": "ggz", "partner": "ggz", "director": "parket"},
			"emergency_access_used",
			((chairs | {"coordination"}) | {"parket"}),
		],
		"possible_match_noticed": [{}, "possible_match", chairs],
		"weak_match_noticed": [{}, "weak_match", chairs],
	}
	decision := decision_on(type, changes)
	decision.policy_revision == "revision-of-the-test"
	decision.tell == told(people, task)
}

# METADATA
# title: In a case that has ended those are told who can take it up, or refer anew
test_acute_danger_after_the_end_is_told_to_whoever_can_act[stage] if {
	some stage, [task, people] in {
		"concluded": ["crisis", ((team | chairs) | {"coordination"})],
		"closed": ["crisis_after_end", chairs | {"coordination", "parket"}],
		"declined": ["crisis_after_end", chairs | {"coordination"}],
		"withdrawn": ["crisis_after_withdrawal", chairs | {"coordination", "caw", "of-two"}],
	}
	decision_on("crisis_raised", {"stage": stage, "director": "parket"}).tell == told(people, task)
}

# METADATA
# title: Once the case is closed the team opens it no more
test_whoever_opens_the_case_is_told_that_somebody_is_unsafe[stage] if {
	some stage, people in {
		"forming": team | chairs,
		"concluded": team | chairs,
		"closed": chairs | {"caw", "of-two", "parket"},
	}
	decision := decision_from("plans", "unsafe_reported", {"stage": stage, "director": "parket"})
	decision.tell == told(people, "unsafe")
}

test_each_event_of_risk_and_plans_tells_those_for_whom_something_waits[name] if {
	some name, [changes, task, people] in {
		"risk.weighing_opened": [{}, "weighing_opened", team],
		"plans.unsafe_reported": [{}, "unsafe", team | chairs],
		"plans.plan_proposed": [{}, "position_waiting", team],
		"plans.plan_adopted": [{}, "plan_adopted", team],
		"plans.action_updated": [
			{"state": "not_possible", "follower": "ggz", "director": "parket"},
			"action_blocked",
			chairs | {"parket"},
		],
	}
	[source, type] := split(name, ".")
	decision_from(source, type, changes).tell == told(people, task)
}

# METADATA
# title: Who is reminded of a day that has come, and to whom it goes when nobody acted
test_each_day_reminds_and_then_escalates[name] if {
	about_it := {"to": "ggz", "by": "parket", "follower": "ggz", "director": "parket", "person": "caw"}
	some name, people in {
		"question_due": {"ggz", "of-two"},
		"question_overdue": {"ggz", "of-two", "parket"} | chairs,
		"action_due": {"ggz", "of-two"},
		"action_overdue": {"ggz", "of-two", "parket"} | chairs,
		"report_due": {"parket"},
		"report_overdue": chairs | {"coordination", "parket"},
		"positions_due": team,
		"positions_overdue": chairs | {"parket"},
		"mandates_due": {"parket"},
		"mandates_overdue": chairs | {"coordination", "parket"},
		"informing_due": chairs | {"caw", "of-two"},
		"informing_overdue": ((chairs | {"caw", "of-two"}) | {"coordination"}),
		"emergency_review_due": chairs,
		"emergency_review_overdue": chairs | {"coordination", "parket"},
		"follow_up_due": {"parket"},
		"follow_up_overdue": chairs | {"coordination", "parket"},
	}
	decision_from("notifications", name, about_it).tell == told(people, name)
}

# METADATA
# title: What only a director has to do goes to the chairs where nobody directs the case any more
test_a_day_without_a_director_reminds_the_chairs[name] if {
	some name in ["report_due", "mandates_due", "follow_up_due"]
	to_the_chairs := told(chairs, name)
	every changes in [
		{"director": null},
		{"director": "gone", "person": "gone"},
		{"director": "steering", "person": "steering"},
		{"director": "parket", "person": "parket", "walled": ["parket"]},
	] {
		decision_from("notifications", name, changes).tell == to_the_chairs
	}
}

owing(answered) := {entry.person | some entry in decision_from("notifications", "positions_due", {"answered": answered}).tell}

# METADATA
# title: Who answered is not reminded of a position; when all did, the chairs have to adopt the plan
test_who_answered_is_not_reminded_of_a_position if {
	owing([]) == team
	owing(["parket"]) == team - {"parket"}
	owing(["ggz"]) == team - {"ggz"}
	owing(["caw", "ggz"]) == {"parket"}
	owing(["caw", "ggz", "parket"]) == chairs
}

test_only_the_referrer_of_the_partner_that_submitted_is_told if {
	others := told((team | {"coordination"}), "case_decided")
	decision_on("case_declined", {"referrer": "somebody"}).tell == others
	decision_on("case_declined", {"referrer": "referrer", "walled": ["referrer"]}).tell == others
	decision_on("case_declined", {"referrer": "steering"}).tell == others
	not "referrer" in {entry.person | some entry in decision_on("case_declined", {"referrer": "referrer", "submitted_by": "ggz"}).tell}
}

# METADATA
# title: Of the one visit the referrer is told alone, in whichever role the referral was made
test_only_who_is_expected_is_told_of_the_visit[event] if {
	some event, task in {
		"visit_planned": "visit_planned",
		"visit_moved": "visit_moved",
		"visit_given_back": "visit_cancelled",
	}
	every stage in ["referred", "forming", "active", "concluded", "closed"] {
		every person in {"referrer", "caw"} {
			decision_on(event, {"referrer": person, "stage": stage}).tell == told({person}, task)
		}
	}
}

# METADATA
# title: Of a visit that is moved or given back the partner is told where the referrer cannot be
test_a_visit_that_changes_is_told_to_the_partner_where_the_referrer_cannot_be_told[event] if {
	some event, partners in {"visit_planned": set(), "visit_moved": {"caw", "of-two"}, "visit_given_back": {"caw", "of-two"}}
	told_of_it(event, {"referrer": "caw", "walled": ["caw"]}) == partners - {"caw"}
	every person in {"ggz", "somebody", "steering", "coordination", null} {
		told_of_it(event, {"referrer": person}) == partners
	}
}

told_of_it(event, changes) := {entry.person | some entry in decision_on(event, changes).tell}

deputy_finders(walled) := {entry.person |
	some entry in decision_on("case_taken_on_agenda", {"walled": walled}).tell
	entry.task == "deputy_needed"
}

# METADATA
# title: A wall that nobody declared calls for a deputy too, unless others may speak
test_a_partner_that_nobody_may_speak_for_needs_a_deputy if {
	deputy_finders(["parket"]) == {"coordination"}
	deputy_finders(["parket", "coordination"]) == set()
	deputy_finders(["ggz"]) == set()
	deputy_finders([]) == set()
	decision_on("case_taken_on_agenda", {"participants": ["nobody-of-it"]}).tell == told({"coordination"}, "deputy_needed")
}

# METADATA
# title: Only the chairs are told of a match, and not those to whom the other case does not exist
test_a_match_is_told_to_no_chair_behind_a_wall_of_either_side[side] if {
	some side in ["walled", "walled_from_matches"]
	decision_on("possible_match_noticed", {side: ["chair"]}).tell == told({"member-and-chair"}, "possible_match")
	decision_on("possible_match_noticed", {side: "chair"}).tell == []
}

test_an_action_that_goes_on_tells_nobody if {
	every state in ["open", "in_progress", "done"] {
		decision_from("plans", "action_updated", {"state": state, "director": "parket"}).tell == []
	}
	decision_from("plans", "action_updated", {"state": "not_undertaken"}).tell != []
	decision_from("plans", "action_updated", {"director": "parket"}).tell == []
}

test_a_director_who_is_not_known_or_holds_no_team_mandate_is_not_told if {
	others := told((chairs | {"coordination"}), "emergency_access_used")
	decision_on("emergency_opened", {"person": "ggz"}).tell == others
	decision_on("emergency_opened", {"person": "ggz", "director": null}).tell == others
	decision_on("emergency_opened", {"person": "ggz", "director": "steering"}).tell == others
	decision_on("director_appointed", {"person": "referrer"}).tell == []
}

test_a_director_behind_the_wall_is_not_told if {
	decision_on("emergency_opened", {"director": "parket", "walled": ["parket"]}).tell == decision_on("emergency_opened", {}).tell
	decision_on("director_appointed", {"person": "parket", "walled": ["parket"]}).tell == []
}

test_a_session_is_announced_to_the_whole_team if {
	event := {"source": "intake", "type": "session_scheduled", "time": samples.now, "data": {
		"session": "session-1", "agreement": "sample-brugge", "table": "table-brugge",
		"starts_at": samples.now,
	}}
	decision := notify.decision with input as {"now": samples.now, "event": event}
		with data.mandates as samples.people
		with data.members as samples.members
		with data.system.bundles as samples.bundles
	{entry.person | some entry in decision.tell} == {partner | some partner in samples.partners} | {"of-two", "chair", "member-and-chair", "coordination"}
	{entry.task | some entry in decision.tell} == {"session_scheduled"}
}

test_nobody_behind_a_wall_is_told if {
	every type in ["case_taken_on_agenda", "crisis_raised", "case_accepted"] {
		people := {entry.person | some entry in decision_on(type, {"walled": ["parket", "chair"]}).tell}
		count({"parket", "chair"} & people) == 0
		"ggz" in people
	}
}

test_walls_that_cannot_be_read_tell_nobody if decision_on("crisis_raised", {"walled": "parket"}).tell == []

test_nobody_is_told_under_an_agreement_that_ended if {
	decision_on("crisis_raised", {"agreement": "kaw-pilot-2018"}).tell == []
}

test_nobody_is_told_whose_mandate_ended if {
	event := {"source": "intake", "type": "crisis_raised", "time": samples.now, "data": about}
	held := [samples.mandate("gone", "caw", "team_member", {"until": samples.now})]
	decision := notify.decision with input as {"now": samples.now, "event": event}
		with data.members as {"sample-brugge": held}
		with data.system.bundles as samples.bundles
	decision.tell == []
}

test_who_reads_the_case_no_more_is_not_told_that_a_crisis_is_over if {
	every stage in ["referred", "concluded", "closed", "declined", "withdrawn"] {
		decision_on("crisis_ended", {"stage": stage}).tell == []
	}
}

test_events_that_concern_nobody_tell_nobody if {
	decision_on("item_offered", {}).tell == []
	decision_on("unheard_of", {}).tell == []
}

test_without_a_revision_nobody_is_told if {
	event := {"source": "intake", "type": "crisis_raised", "time": samples.now, "data": about}
	decision := notify.decision with input as {"now": samples.now, "event": event}
		with data.members as samples.members
		with data.system.bundles as {}
	decision.tell == []
	decision.policy_revision == ""
}

test_what_endangers_somebody_is_escalated_again[kind] if {
	some kind, day in {"crisis": "2026-03-12", "unsafe": "2026-03-12", "reopening": "2026-03-11", "safety_check": "2026-03-24", "report": null}
	decision_from("notifications", sprintf("%s_overdue", [kind]), {}).repeat_on == day
	decision_from("notifications", sprintf("%s_due", [kind]), {}).repeat_on == null
	decision_from("intake", sprintf("%s_overdue", [kind]), {}).repeat_on == null
}
