# Lists and the record.
package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

test_an_agreement_that_does_not_serve_the_purpose_lists_nothing if {
	narrow := object.union(data.agreements["sample-brugge"], {"purposes": ["audit"]})
	decision := data.ketenaanpak.action.decision with input as samples.does("parket", "list_cases", samples.consult, {}, {})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": narrow}
	[decision.allow, decision.reasons] == [false, ["mandate_missing"]]
}

test_an_agreement_that_ended_lists_nothing_but_its_record_stays if {
	held := [
		samples.mandate("old", "caw", "team_member", {"agreement": "kaw-pilot-2018"}),
		samples.mandate("old", null, "auditor", {"agreement": "kaw-pilot-2018", "id": "m-2"}),
	]
	every question in [
		samples.does("old", "list_cases", samples.consult, {}, {}),
		samples.does("old", "read_sessions", samples.consult, {}, {}),
		samples.does("old", "read_inbox", "own_tasks", {}, {}),
	] {
		decision := data.ketenaanpak.action.decision with input as question
			with data.mandates as {"old": held}
			with data.system.bundles as samples.bundles
		decision.allow == false
	}
	record := data.ketenaanpak.action.decision with input as samples.does("old", "read_audit", "audit", {}, {})
		with data.mandates as {"old": held}
		with data.system.bundles as samples.bundles
	record.terms == {"agreements": ["kaw-pilot-2018"]}
}

test_the_record_is_for_auditors_and_of_their_agreements if {
	every command in ["read_audit", "read_checkpoints"] {
		samples.ruled(samples.does("auditor", command, "audit", {}, {})).terms == {"agreements": ["kaw-pilot-2018", "sample-brugge"]}
		every person in ["chair", "parket", "coordination", "steering", "referrer", "nobody"] {
			samples.refused(samples.does(person, command, "audit", {}, {}), ["mandate_missing"], false)
		}
	}
}
