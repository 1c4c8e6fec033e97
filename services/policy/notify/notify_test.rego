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

told(type, changes) := decision if {
	event := {"source": "intake", "type": type, "data": object.union(about, changes)}
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
		"information_requested": [{"to": "ggz", "by": "parket"}, "question_waiting", {"ggz", "of-two"}],
		"information_request_answered": [{"to": "ggz", "by": "parket"}, "answer_received", {"parket"}],
		"participant_invited": [{"partner": "justitiehuis"}, "invited", {"justitiehuis"}],
		"conflict_declared": [
			{"partner": "ggz", "person": "ggz", "walled": ["ggz"]},
			"deputy_needed",
			{"of-two"},
		],
		"possible_match_noticed": [{}, "possible_match", {"chair", "member-and-chair", "caw", "ggz", "parket", "of-two"}],
	}
	decision := told(type, changes)
	decision.policy_revision == "revision-of-the-test"
	decision.tell == sort({{"person": person, "task": task} | some person in people})
}

test_a_session_is_announced_to_the_whole_team if {
	event := {"source": "intake", "type": "session_scheduled", "data": {
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
	every type in ["case_taken_on_agenda", "crisis_raised", "possible_match_noticed"] {
		people := {entry.person | some entry in told(type, {"walled": ["parket", "chair"]}).tell}
		count({"parket", "chair"} & people) == 0
		"ggz" in people
	}
}

test_walls_that_cannot_be_read_tell_nobody if told("crisis_raised", {"walled": "parket"}).tell == []

test_nobody_is_told_under_an_agreement_that_ended if {
	told("crisis_raised", {"agreement": "kaw-pilot-2018"}).tell == []
}

test_nobody_is_told_whose_mandate_ended if {
	event := {"source": "intake", "type": "crisis_raised", "data": about}
	held := [samples.mandate("gone", "caw", "team_member", {"until": samples.now})]
	decision := notify.decision with input as {"now": samples.now, "event": event}
		with data.members as {"sample-brugge": held}
		with data.system.bundles as samples.bundles
	decision.tell == []
}

test_events_that_concern_nobody_tell_nobody if {
	told("item_offered", {}).tell == []
	told("unheard_of", {}).tell == []
}

test_without_a_revision_nobody_is_told if {
	event := {"source": "intake", "type": "crisis_raised", "data": about}
	decision := notify.decision with input as {"now": samples.now, "event": event}
		with data.members as samples.members
		with data.system.bundles as {}
	decision == {"tell": [], "policy_revision": ""}
}
