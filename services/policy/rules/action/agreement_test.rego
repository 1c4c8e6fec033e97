# Referrals and sessions: what is done under an agreement.
package ketenaanpak.action_test

import data.ketenaanpak.samples_test as samples

# METADATA
# title: Referrals
test_a_referral_is_refused[name] if {
	some name, [person, facts, reason] in {
		"from outside the region": ["caw", {"region": "34022"}, "region_outside"],
		"under an agreement that ended": ["caw", {"agreement": "kaw-pilot-2018"}, "agreement_ended"],
		"under an agreement that is not there": ["caw", {"agreement": "no-such"}, "agreement_unknown"],
		"for somebody without a mandate": ["caw", {"referrer": "nobody"}, "referrer_unknown"],
		"for somebody of another partner": ["ggz", {"referrer": "referrer"}, "referrer_unknown"],
		"by another region": ["elsewhere", {}, "mandate_missing"],
		"by somebody of two partners": ["of-two", {}, "mandate_ambiguous"],
		"by the coordination team": ["coordination", {}, "role_not_allowed"],
	}
	all_facts := object.union({"agreement": "sample-brugge", "region": "31005"}, facts)
	decision := samples.ruled(samples.does(person, "submit_referral", "referral", all_facts, {}))
	decision.allow == false
	decision.hide == false
	reason in decision.reasons
}

test_no_referral_under_an_agreement_that_ends_at_this_second if {
	ended := object.union(data.agreements["sample-brugge"], {"valid_until": samples.now})
	facts := {"agreement": "sample-brugge", "region": "31005"}
	decision := data.ketenaanpak.action.decision with input as samples.does("caw", "submit_referral", "referral", facts, {})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": ended}
	decision.allow == false
	decision.hide == false
	decision.reasons == ["agreement_ended"]
}

test_whoever_stands_beside_the_partners_is_of_the_coordination_team[name] if {
	some name, held in {
		"chair of no partner": samples.mandate("p", null, "chair", {}),
		"coordination for a stranger": samples.mandate("p", "stranger", "coordination_team", {}),
	}
	facts := {"agreement": "sample-brugge", "table": "table-brugge"}
	decision := data.ketenaanpak.action.decision with input as samples.does("p", "schedule_session", "coordination", facts, {})
		with data.mandates as {"p": [held]}
		with data.system.bundles as samples.bundles
	decision.allow == false
	decision.reasons == ["not_party"]
}

test_a_referral_without_an_agreement_is_refused if {
	decision := samples.ruled(samples.does("caw", "submit_referral", "referral", {"region": "31005"}, {}))
	decision.allow == false
	decision.agreement == null
	decision.agreement_version == null
	"agreement_unknown" in decision.reasons
}

test_the_chair_of_a_partner_that_left_schedules_no_session if {
	left := object.union(data.agreements["sample-brugge"], {"parties": [{"partner": "caw", "domain": "care", "type": "general_welfare"}]})
	question := samples.does("chair", "schedule_session", "coordination", {"agreement": "sample-brugge", "table": "table-brugge"}, {})
	decision := data.ketenaanpak.action.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": left}
	decision.allow == false
	decision.reasons == ["not_party"]
}

test_an_agreement_that_does_not_serve_the_purpose_refuses if {
	narrow := object.union(data.agreements["sample-brugge"], {"purposes": ["audit"]})
	facts := {"agreement": "sample-brugge", "table": "table-brugge"}
	every question in [
		samples.does("chair", "schedule_session", "coordination", facts, {}),
		samples.does("parket", "raise_crisis", samples.consult, {}, samples.of_case({})),
	] {
		decision := data.ketenaanpak.action.decision with input as question
			with data.mandates as samples.people
			with data.system.bundles as samples.bundles
			with data.agreements as {"sample-brugge": narrow}
		decision.allow == false
		decision.reasons == ["purpose_not_allowed"]
	}
}

# METADATA
# title: Sessions
test_a_session_of_others_is_hidden if {
	every person in ["elsewhere", "nobody", "auditor"] {
		decision := samples.ruled(samples.does(person, "read_session", samples.consult, {}, {"target": samples.session}))
		decision.allow == false
		decision.hide == true
	}
	missing := {"id": "session-1", "found": false, "agreement": null}
	samples.refused(samples.does("parket", "read_session", samples.consult, {}, {"target": missing}), ["agreement_unknown"], true)
}

test_a_session_that_was_not_found_or_of_an_agreement_that_ended_is_hidden if {
	lost := object.union(samples.session, {"found": false})
	samples.refused(samples.does("parket", "read_session", samples.consult, {}, {"target": lost}), ["session_unknown"], true)
	samples.ruled(samples.does("parket", "read_session", "referral", {}, {"target": lost})).hide == true
	ended := object.union(data.agreements["sample-brugge"], {"valid_until": samples.now})
	decision := data.ketenaanpak.action.decision with input as samples.does("parket", "read_session", samples.consult, {}, {"target": samples.session})
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": ended}
	[decision.allow, decision.hide, decision.reasons] == [false, true, ["agreement_ended"]]
}

test_a_session_read_for_another_purpose_is_refused_openly if {
	samples.refused(samples.does("parket", "read_session", "referral", {}, {"target": samples.session}), ["purpose_not_allowed"], false)
}
