# Facts that are missing or of the wrong type.
package ketenaanpak.release_test

import data.ketenaanpak.release
import data.ketenaanpak.samples_test as samples

test_an_unknown_resource_is_denied if {
	decision := samples.decided(object.union(samples.reading({}), {"resource": "diary"}))
	decision.allow == false
	decision.reasons == ["resource_unknown"]
}

test_each_missing_or_wrong_fact_of_a_fragment_denies[name] if {
	wrong := {
		"id": 1, "kind": null, "category": {}, "source": ["caw"], "subjects": "person-1",
		"only_for": "caw", "withhold_from": {"partner": "parket"}, "addressed_to": null,
		"of": ["f-2"], "status": "lost",
	}
	some name, value in wrong
	every faulty in [
		object.remove(samples.one_item[0], [name]),
		object.union(object.remove(samples.one_item[0], [name]), {name: value}),
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
	answer := release.decision with input as object.union(samples.reading({}), {"cases": "all"})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
	answer == {"policy_revision": "revision-of-the-test", "decisions": {}}
}
