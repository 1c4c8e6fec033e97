# Lists and the record.
package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

# METADATA
# title: Lists
test_a_team_member_lists_the_cases_of_the_own_partner if {
	samples.ruled(samples.does("parket", "list_cases", consult, {}, {})).terms == {
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
	refused(samples.does("of-two", "list_cases", consult, {}, {}), ["mandate_missing"], false)
	chosen := {"viewer": {"person": "of-two", "mandate": "m-of-two-ggz"}}
	question := object.union(samples.does("of-two", "list_cases", consult, {}, {}), chosen)
	samples.ruled(question).terms.parties == [["sample-brugge", "ggz"]]
}

test_a_person_with_mandates_under_two_agreements_lists_both if {
	both := [
		samples.mandate("both", "caw", "team_member", {}),
		samples.mandate("both", "caw-kortrijk", "team_member", {"agreement": "sample-kortrijk"}),
		samples.mandate("both", "caw-westhoek", "team_member", {"agreement": "sample-westhoek", "until": samples.now}),
	]
	decision := data.ketenaanpak.action.decision with input as samples.does("both", "list_cases", consult, {}, {})
		with data.mandates as {"both": both}
		with data.system.bundles as samples.bundles
	decision.allow
	decision.partner == null
	decision.terms.parties == [["sample-brugge", "caw"], ["sample-kortrijk", "caw-kortrijk"]]
}

test_an_agreement_that_does_not_serve_the_purpose_lists_nothing if {
	narrow := object.union(data.agreements["sample-brugge"], {"purposes": ["audit"]})
	decision := data.ketenaanpak.action.decision with input as samples.does("parket", "list_cases", consult, {}, {})
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
		samples.does("old", "list_cases", consult, {}, {}),
		samples.does("old", "read_sessions", consult, {}, {}),
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
			refused(samples.does(person, command, "audit", {}, {}), ["mandate_missing"], false)
		}
	}
}
