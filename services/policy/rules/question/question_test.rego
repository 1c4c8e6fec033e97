package ketenaanpak.question_test

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
