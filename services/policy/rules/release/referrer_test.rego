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

test_a_colleague_of_the_referrer_does_not_see_the_referral if {
	listed := [object.union(samples.case({"referrer": "somebody"}), {"fragments": referral_parts})]
	decision := samples.decided(samples.asks("referrer", "referral", "referral", listed))
	decision.allow == false
	decision.reasons == ["not_referrer"]
}

test_a_referrer_who_went_to_another_partner_loses_the_referral if {
	listed := [object.union(samples.case({}), {"fragments": referral_parts})]
	question := samples.asks("referrer", "referral", "referral", listed)
	answer := release.decision with input as question
		with data.mandates as {"referrer": [samples.mandate("referrer", "ggz", "referrer", {})]}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"].allow == false
	answer.decisions["case-1"].reasons == ["not_referrer"]
}

test_a_referrer_whose_partner_left_the_agreement_loses_the_referral if {
	listed := [object.union(samples.case({}), {"fragments": referral_parts})]
	question := samples.asks("referrer", "referral", "referral", listed)
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": object.union(data.agreements["sample-brugge"], {"parties": []})}
	answer.decisions["case-1"].allow == false
	answer.decisions["case-1"].reasons == ["not_party"]
}

test_a_referrer_who_is_kin_does_not_see_the_referral if {
	listed := [object.union(samples.case({"conflicts": ["kin"]}), {"fragments": referral_parts})]
	samples.decided(samples.asks("referrer", "referral", "referral", listed)).reasons == ["conflict_kin"]
}

test_a_referrer_sees_nothing_of_the_case_itself if {
	decision := samples.reads("referrer", {}, referral_parts)
	decision.allow == false
	decision.reasons == ["guest_reads_nothing"]
}

visit := {"guest": {"session": "session-1", "until": "2026-03-10T10:00:00Z"}}

test_a_guest_reads_nothing_unless_the_agreement_says_so if {
	samples.reads("referrer", visit, referral_parts).allow == false
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	listed := [object.union(samples.case(visit), {"fragments": referral_parts})]
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

# METADATA
# title: A visit opens forming and no other stage, whatever else the guest is to the case
test_a_guest_reads_at_the_stage_of_the_visit_only if {
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	much := object.union(visit, {"crisis": true, "evaluating": true, "director": "referrer", "followers": ["caw"]})
	listed := [object.union(samples.case(changes), {"fragments": referral_parts}) |
		some stage, _ in data.stages
		changes := object.union(much, {"stage": stage, "id": stage})
	]
	answer := release.decision with input as samples.asks("referrer", "agenda", "case_consultation", listed)
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	{id | some id, decision in answer.decisions; decision.allow} == {"forming"}
}

test_a_visit_is_of_the_referrer_and_no_colleague if {
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	another := object.union(samples.case(visit), {"referrer": "somebody", "fragments": referral_parts})
	answer := release.decision with input as samples.asks("referrer", "case", "case_consultation", [another])
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	answer.decisions["case-1"].allow == false
}

test_a_visit_binds_the_guest_and_nobody_else if {
	obligations := samples.reads("parket", visit, one_item).obligations
	obligations == [{"kind": "record"}, {"kind": "use_limitation"}, {"kind": "no_onward_sharing"}]
}

test_a_guest_reads_nothing_after_the_visit if {
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	after := {"guest": {"session": "session-1", "until": "2026-03-10T09:00:00Z"}}
	listed := [object.union(samples.case(after), {"fragments": referral_parts})]
	question := samples.asks("referrer", "case", "case_consultation", listed)
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	answer.decisions["case-1"].allow == false
}
