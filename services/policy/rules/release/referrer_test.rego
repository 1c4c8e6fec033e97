# The referrer: the own referral, and the one visit to a session.
package ketenaanpak.release_test

import data.ketenaanpak.release
import data.ketenaanpak.samples_test as samples

referral_parts := [
	samples.fragment("who", "identity", {"kind": "person", "source": "caw"}),
	samples.fragment("what", "incidents", {"kind": "occurrence", "source": "caw"}),
	samples.fragment("later", "incidents", {"source": "caw"}),
	samples.fragment("address", "whereabouts", {"kind": "whereabouts", "source": "caw", "only_for": ["caw"]}),
	samples.fragment("gone", "safety", {"kind": "precaution", "source": "caw", "status": "recalled"}),
	samples.fragment("police", "judicial", {"source": "lokale-politie"}),
	samples.fragment("advice", "joint", {"kind": "advice"}),
	samples.fragment("another", "identity", {"kind": "person", "source": "lokale-politie"}),
]

test_the_referrer_sees_the_own_referral_and_the_advice if {
	every stage, _ in data.stages {
		listed := [object.union(samples.case({"stage": stage}), {"fragments": referral_parts})]
		decision := samples.decided(samples.asks("referrer", "referral", "referral", listed))
		decision.standing == "referrer"
		decision.fragments == {
			"who": {"level": "full", "reasons": ["own_referral"]},
			"what": {"level": "full", "reasons": ["own_referral"]},
			"later": {"level": "none", "reasons": ["not_of_referral"]},
			"address": {"level": "none", "reasons": ["not_named"]},
			"gone": {"level": "none", "reasons": ["recalled"]},
			"police": {"level": "none", "reasons": ["not_of_referral"]},
			"advice": {"level": "full", "reasons": ["answer_to_referral"]},
			"another": {"level": "none", "reasons": ["not_of_referral"]},
		}
		decision.withheld == {}
	}
}

test_a_message_leads_the_referrer_to_the_reference_only if {
	listed := [object.union(samples.case({}), {"fragments": referral_parts})]
	decision := samples.decided(samples.asks("referrer", "message", "own_tasks", listed))
	decision.standing == "referrer"
	{level | some level in samples.levels(decision)} == {"none"}
}

test_a_malformed_part_of_a_referral_denies_it if {
	faulty := object.remove(referral_parts[0], ["source"])
	listed := [object.union(samples.case({}), {"fragments": [faulty]})]
	decision := samples.decided(samples.asks("referrer", "referral", "referral", listed))
	decision.allow == false
	decision.reasons == ["malformed"]
}

test_a_guest_reads_nothing_unless_the_agreement_says_so if {
	samples.reads("referrer", samples.visit, referral_parts).allow == false
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	listed := [object.union(samples.case(samples.visit), {"fragments": referral_parts})]
	question := samples.asks("referrer", "case", "case_consultation", listed)
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	decision := answer.decisions["case-1"]
	decision.standing == "referrer"
	decision.fragments.police == {"level": "none", "reasons": ["stage"]}
	decision.withheld == {}
	{"kind": "expires_at", "at": "2026-03-10T10:00:00Z"} in decision.obligations
}

test_a_visit_binds_the_guest_and_nobody_else if {
	obligations := samples.reads("parket", samples.visit, samples.one_item).obligations
	obligations == [{"kind": "record"}, {"kind": "use_limitation"}, {"kind": "no_onward_sharing"}]
}
