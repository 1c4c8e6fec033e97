# Facts that are missing or of the wrong type.
package ketenaanpak.release_test

import data.ketenaanpak.release
import data.ketenaanpak.samples_test as samples

# METADATA
# title: What is malformed is denied with a whole decision, never left undefined
test_malformed_questions_are_denied[name] if {
	some name, question in {
		"no moment": json.remove(reading({}), ["now"]),
		"moment that is none": object.union(reading({}), {"now": "yesterday"}),
		"moment as a number": object.union(reading({}), {"now": 1}),
		"no purpose": json.remove(reading({}), ["purpose"]),
		"purpose that is none": object.union(reading({}), {"purpose": "curiosity"}),
		"no viewer": json.remove(reading({}), ["viewer"]),
		"viewer without a name": object.union(reading({}), {"viewer": {"person": null}}),
		"mandate as a list": object.union(reading({}), {"viewer": {"mandate": ["m-parket-team_member"]}}),
	}
	samples.decided(question).allow == false
	samples.decided(question).reasons == ["malformed"]
}

test_an_unknown_resource_is_denied if {
	decision := samples.decided(object.union(reading({}), {"resource": "diary"}))
	decision.allow == false
	decision.reasons == ["resource_unknown"]
}

test_each_missing_or_wrong_fact_of_the_case_denies[name] if {
	wrong := {
		"found": "yes", "agreement": 7, "region": ["31005"], "stage": "asleep", "submitted_by": null,
		"participants": {"partner": "parket"}, "followers": "parket", "conflicts": null, "crisis": 1,
		"evaluating": "no", "referrer": 1, "director": [], "guest": "guest", "fragments": {},
	}
	optional := {"referrer", "director", "guest"}
	some name, value in wrong
	every question in array.concat(
		[reading({name: value})],
		[removed | removed := without(name); not name in optional],
	) {
		samples.decided(question).allow == false
		samples.decided(question).reasons == ["malformed"]
	}
}

without(name) := json.remove(reading({}), [sprintf("cases/0/%s", [name])])

test_each_missing_or_wrong_fact_of_a_fragment_denies[name] if {
	wrong := {
		"id": 1, "kind": null, "category": {}, "source": ["caw"], "subjects": "person-1",
		"only_for": "caw", "withhold_from": {"partner": "parket"}, "addressed_to": null,
		"of": ["f-2"], "status": "lost",
	}
	some name, value in wrong
	every faulty in [
		object.remove(one_item[0], [name]),
		object.union(object.remove(one_item[0], [name]), {name: value}),
	] {
		decision := samples.reads("parket", {}, [faulty])
		decision.allow == false
		decision.reasons == ["malformed"]
	}
}

test_two_fragments_with_one_id_are_denied if {
	twins := [samples.fragment("f-1", "incidents", {}), samples.fragment("f-1", "judicial", {})]
	samples.reads("parket", {}, twins).reasons == ["malformed"]
	listed := [object.union(samples.case({}), {"fragments": twins})]
	samples.decided(samples.asks("coordination", "case", "coordination", listed)).reasons == ["malformed"]
}

test_a_question_that_is_no_list_of_cases_gets_no_decision if {
	answer := release.decision with input as object.union(reading({}), {"cases": "all"})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
	answer == {"policy_revision": "revision-of-the-test", "decisions": {}}
}
