package ketenaanpak.question_test

import data.ketenaanpak.question
import data.ketenaanpak.release
import data.ketenaanpak.samples_test as samples

# METADATA
# title: What is malformed is denied with a whole decision, never left undefined
test_malformed_questions_are_denied[name] if {
	some name, question in {
		"no moment": json.remove(samples.reading({}), ["now"]),
		"moment that is none": object.union(samples.reading({}), {"now": "yesterday"}),
		"moment as a number": object.union(samples.reading({}), {"now": 1}),
		"no purpose": json.remove(samples.reading({}), ["purpose"]),
		"purpose that is none": object.union(samples.reading({}), {"purpose": "curiosity"}),
		"no viewer": json.remove(samples.reading({}), ["viewer"]),
		"viewer without a name": object.union(samples.reading({}), {"viewer": {"person": null}}),
		"mandate as a list": object.union(samples.reading({}), {"viewer": {"mandate": ["m-parket-team_member"]}}),
	}
	samples.decided(question).allow == false
	samples.decided(question).reasons == ["malformed"]
}

test_without_a_bundle_revision_nothing_is_released[name] if {
	some name, bundles in {
		"none": {},
		"without a revision": {"b": {"manifest": {}}},
		"two of them": {"a": {"manifest": {"revision": "1"}}, "b": {"manifest": {"revision": "2"}}},
		"not a text": {"a": {"manifest": {"revision": 1}}},
	}
	answer := release.decision with input as samples.reading({})
		with data.mandates as samples.people
		with data.system.bundles as bundles
	answer.policy_revision == ""
	answer.decisions["case-1"].allow == false
}

# METADATA
# title: The day is that in Brussels, whatever the zone of the moment
test_the_day_changes_at_midnight_in_brussels[now] if {
	some now, day in {
		"2026-01-14T22:59:59Z": "2026-01-14",
		"2026-01-14T23:00:00Z": "2026-01-15",
		"2026-07-14T21:59:59Z": "2026-07-14",
		"2026-07-14T22:00:00Z": "2026-07-15",
		"2026-07-14T18:00:00-04:00": "2026-07-15",
		"2026-03-28T23:00:00Z": "2026-03-29",
		"2026-03-29T21:59:59Z": "2026-03-29",
		"2026-03-29T22:00:00Z": "2026-03-30",
		"2026-10-24T22:00:00Z": "2026-10-25",
		"2026-10-25T22:59:59Z": "2026-10-25",
		"2026-10-25T23:00:00Z": "2026-10-26",
	}
	today := question.today with input.now as now
	today == question.day(day)
}

test_what_is_no_day_is_undefined if {
	every text in ["tomorrow", "2026-02-30", "20260301", "2026-03-01T00:00:00Z", "", null, 20260301] {
		not question.day(text)
	}
}
