# Reading in acute danger: four categories of one case, for as long as the access lasts.
package ketenaanpak.release_test

import data.ketenaanpak.release
import data.ketenaanpak.samples_test as samples

until := "2026-03-10T10:00:00Z"

grant(changes) := {
	"participants": [samples.taking_part("caw")],
	"emergency": object.union({"grant": "grant-1", "partner": "parket", "until": until}, changes),
}

grant_at(stage) := object.union(grant({}), {"stage": stage})

in_danger(person, resource, changes, fragments) := samples.asks(
	person, resource, "acute_danger",
	[object.union(samples.case(changes), {"fragments": fragments})],
)

opened(changes, fragments) := samples.decided(in_danger("parket", "case", object.union(grant({}), changes), fragments))

# METADATA
# title: The whole decision for somebody whose partner takes no part
test_acute_danger_opens_the_case_to_who_opened_it if {
	every resource in ["case", "items"] {
		every stage in object.keys(data.stages) - {"closed", "declined", "withdrawn"} {
			samples.decided(in_danger("parket", resource, object.union(grant({}), {"stage": stage}), samples.one_item)) == {
				"allow": true,
				"standing": "emergency",
				"fragments": {"f-1": {"level": "full", "reasons": ["need_to_know"]}},
				"withheld": {},
				"reasons": [],
				"obligations": [
					{"kind": "record"}, {"kind": "use_limitation"}, {"kind": "no_onward_sharing"},
					{"kind": "expires_at", "at": until},
				],
				"terms": {},
				"partner": "parket",
				"roles": ["team_member"],
				"agreement_version": "2025.1",
				"emergency": true,
			}
		}
	}
}

# METADATA
# title: Each fact closes it alone
test_acute_danger_opens_nothing[name] if {
	some name, [changes, reason] in {
		"no access": [{"emergency": null}, "emergency_not_open"],
		"without a name": [grant({"grant": null}), "emergency_not_open"],
		"of another partner": [grant({"partner": "caw"}), "emergency_not_open"],
		"over at this second": [grant({"until": samples.now}), "emergency_not_open"],
		"no end": [grant({"until": null}), "emergency_not_open"],
		"no moment": [grant({"until": "soon"}), "emergency_not_open"],
		"of a case that was withdrawn": [grant_at("withdrawn"), "emergency_not_open"],
		"of a case that was declined": [grant_at("declined"), "emergency_not_open"],
		"of a case that was closed": [grant_at("closed"), "emergency_not_open"],
		"not facts": [{"emergency": "yes"}, "malformed"],
		"behind the wall": [{"conflicts": ["kin"]}, "conflict_kin"],
		"outside the region": [{"region": "34022"}, "region_outside"],
		"not found": [{"found": false}, "unknown_case"],
	}
	opened(changes, samples.one_item) == denied([reason])
}

test_an_agreement_opens_nothing_in_danger[name] if {
	some name, [changes, reason] in {
		"that knows no emergency": [{"modalities": {"emergency_access": false}}, "emergency_not_allowed"],
		"that ended": [{"valid_until": samples.now}, "agreement_ended"],
		"that serves no danger": [{"purposes": ["case_consultation"]}, "purpose_not_allowed"],
		"that the partner left": [{"parties": []}, "not_party"],
	}
	agreement := object.union(data.agreements["sample-brugge"], changes)
	answer := release.decision with input as in_danger("parket", "case", grant({}), samples.one_item)
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": agreement}
	answer.decisions["case-1"] == denied([reason])
}

test_only_a_member_of_a_team_reads_in_danger if {
	every person in ["chair", "referrer", "coordination", "steering", "auditor", "nobody"] {
		case := grant({"partner": "stad-gemeente"})
		samples.decided(in_danger(person, "case", case, samples.one_item)).allow == false
	}
}

test_taking_part_opens_nothing_in_danger_without_an_access if {
	every changes in [{}, {"director": "parket"}, {"crisis": true}] {
		samples.decided(in_danger("parket", "case", changes, samples.one_item)).reasons == ["emergency_not_open"]
	}
}

test_an_access_opens_nothing_for_another_purpose if {
	samples.reads("parket", grant({}), samples.one_item) == denied(["not_participant"])
}

test_danger_opens_the_content_of_the_case_and_nothing_else[resource] if {
	some resource, _ in object.remove(data.resources, ["case", "items"])
	samples.decided(in_danger("parket", resource, grant({}), samples.one_item)).reasons == ["purpose_not_allowed"]
}

# METADATA
# title: What is opened
every_category := [samples.fragment(category, category, {}) |
	some category, _ in data.agreements["sample-brugge"].need_to_know.domains
]

test_danger_opens_identity_safety_and_incidents if {
	shown := opened({}, every_category).fragments
	{id | some id, verdict in shown; verdict.level != "none"} == {"identity", "safety", "incidents"}
	shown.judicial == {"level": "none", "reasons": ["not_for_danger"]}
}

test_danger_does_not_widen_what_the_partner_needs_to_know if {
	case := grant({"partner": "stad-gemeente"})
	shown := samples.decided(in_danger("stad-gemeente", "case", case, every_category)).fragments
	shown.incidents == {"level": "summary", "reasons": ["need_to_know"]}
	shown.safety == {"level": "full", "reasons": ["need_to_know"]}
}

test_danger_opens_whereabouts_to_the_partners_that_they_name if {
	address := {"kind": "whereabouts", "source": "caw"}
	opened({}, [
		samples.fragment("ours", "whereabouts", object.union(address, {"only_for": ["ggz", "parket"]})),
		samples.fragment("theirs", "whereabouts", object.union(address, {"only_for": ["ggz"]})),
		samples.fragment("no-one's", "whereabouts", address),
		samples.fragment("withheld", "whereabouts", object.union(address, {"only_for": ["parket"], "withhold_from": ["parket"]})),
		samples.fragment("recalled", "whereabouts", object.union(address, {"only_for": ["parket"], "status": "recalled"})),
	]).fragments == {
		"ours": {"level": "full", "reasons": ["named_partner"]},
		"theirs": {"level": "none", "reasons": ["not_named"]},
		"no-one's": {"level": "none", "reasons": ["not_named"]},
		"withheld": {"level": "none", "reasons": ["withheld_by_source"]},
		"recalled": {"level": "none", "reasons": ["recalled"]},
	}
}

test_danger_opens_nothing_that_the_source_keeps_or_that_was_put_to_the_partner if {
	opened({}, [
		samples.fragment("kept", "safety", {"withhold_from": ["parket"]}),
		samples.fragment("for-others", "safety", {"only_for": ["ggz"]}),
		samples.fragment("put-to-us", "mental_health", {"kind": "request", "addressed_to": ["parket"]}),
		samples.fragment("our-own", "judicial", {"source": "parket"}),
	]).fragments == {
		"kept": {"level": "none", "reasons": ["withheld_by_source"]},
		"for-others": {"level": "none", "reasons": ["only_for_others"]},
		"put-to-us": {"level": "none", "reasons": ["not_for_danger"]},
		"our-own": {"level": "full", "reasons": ["own_source"]},
	}
}

test_a_malformed_fragment_opens_nothing_in_danger if {
	opened({}, [object.remove(samples.one_item[0], ["status"])]) == denied(["malformed"])
}

test_the_access_binds_who_has_it_and_nobody_else if {
	reading_on := samples.reads("parket", {"emergency": grant({}).emergency}, samples.one_item)
	[reading_on.standing, reading_on.emergency] == ["participant", false]
	reading_on.obligations == [{"kind": "record"}, {"kind": "use_limitation"}, {"kind": "no_onward_sharing"}]
}
