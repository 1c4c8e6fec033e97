# What steps 3 to 6 made, and who still reads it at the end.
package ketenaanpak.release_test

import data.ketenaanpak.samples_test as samples

# METADATA
# title: What the team made is released to who consults about the case
made := {
	"assessments", "weighings", "plans", "decisions", "contact_log", "trajectories", "reports",
	"conclusions", "follow_ups", "evaluations", "direction_mandates", "emergencies",
}

joint := [samples.fragment("joint", "joint", {})]

part(person, resource, purpose, changes) := samples.decided(samples.asks(
	person, resource, purpose,
	[object.union(samples.case(object.union({"stage": "active"}, changes)), {"fragments": joint})],
))

test_what_the_team_made_is_read_by_the_team[resource] if {
	some resource in made
	every person in ["parket", "ggz", "stad-gemeente", "chair"] {
		part(person, resource, consult, {}).fragments == {"joint": {"level": "full", "reasons": ["need_to_know"]}}
	}
	every person in ["referrer", "coordination", "steering", "auditor", "elsewhere", "nobody"] {
		part(person, resource, consult, {}).allow == false
	}
	every purpose, _ in object.remove(data.purposes, [consult]) {
		part("parket", resource, purpose, {}).reasons == ["purpose_not_allowed"]
	}
}

consult := "case_consultation"

# METADATA
# title: At the end the director and the followers read on
test_at_the_end_those_who_still_act_read_on[stage] if {
	some stage, expected in {"concluded": {"director", "follower"}, "closed": {"director"}}
	changes := {
		"stage": stage, "director": "parket", "followers": ["ggz"],
		"contributors": samples.partners,
	}
	{who |
		some who, person in {"director": "parket", "follower": "ggz", "contributor": "caw", "chair": "chair"}
		part(person, "plans", consult, changes).fragments.joint.level == "full"
	} == expected
}

test_an_action_and_its_judicial_timing_reach_the_partner_that_follows_it if {
	timing := {"kind": "judicial_timing", "addressed_to": ["sociaal-huis"]}
	parts := [samples.fragment("timing", "judicial", timing)]
	every changes in [{"stage": "active"}, {"stage": "concluded", "followers": ["sociaal-huis", "stad-gemeente"]}] {
		samples.reads("sociaal-huis", changes, parts).fragments.timing == {"level": "full", "reasons": ["addressed"]}
		samples.reads("stad-gemeente", changes, parts).fragments.timing == {"level": "none", "reasons": ["need_to_know"]}
	}
}

# METADATA
# title: An answer of an assessment is read as the category of its construct says
test_an_assessment_is_no_way_around_need_to_know if {
	parts := [
		samples.fragment("result", "safety", {"kind": "assessment", "source": "ggz"}),
		samples.fragment("answer", "mental_health", {"kind": "assessment_answer", "source": "ggz"}),
	]
	expected := {
		"caw": {"result": "full", "answer": "full"},
		"parket": {"result": "full", "answer": "summary"},
		"stad-gemeente": {"result": "full", "answer": "none"},
	}
	every partner, levels in expected {
		samples.levels(samples.reads(partner, {"stage": "weighing"}, parts)) == levels
	}
}

# METADATA
# title: The advice reaches the referrer of a case that is not taken
test_the_referrer_of_a_declined_case_reads_the_advice if {
	advice := samples.fragment("advice", "joint", {"kind": "advice"})
	weighing := samples.fragment("weighing", "joint", {"kind": "weighing"})
	position := samples.fragment("position", "joint", {"kind": "weighing_position", "source": "caw"})
	listed := [object.union(samples.case({"stage": "declined"}), {"fragments": [advice, weighing, position]})]
	samples.decided(samples.asks("referrer", "referral", "referral", listed)).fragments == {
		"advice": {"level": "full", "reasons": ["answer_to_referral"]},
		"weighing": {"level": "none", "reasons": ["not_of_referral"]},
		"position": {"level": "none", "reasons": ["not_of_referral"]},
	}
	samples.decided(samples.asks("ggz", "referral", "referral", listed)).allow == false
}
