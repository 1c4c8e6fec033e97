package ketenaanpak.cases_test

import data.ketenaanpak.release
import data.ketenaanpak.samples_test as samples

# METADATA
# title: A refusal names what denies, and nothing that has no part in it
test_a_refusal_names_only_what_denies[name] if {
	some name, [held, changes, reason] in {
		"an older mandate that ended": [
			[
				samples.mandate("p", "parket", "team_member", {}),
				samples.mandate("p", "parket", "team_member", {"until": samples.now, "id": "m-old"}),
			],
			{"region": "34022"},
			"region_outside",
		],
		"a mandate elsewhere that ended": [
			[
				samples.mandate("p", "parket", "team_member", {"confidentiality_signed_on": null}),
				samples.mandate("p", "parket-kortrijk", "team_member", {
					"agreement": "sample-kortrijk",
					"until": samples.now,
				}),
			],
			{},
			"confidentiality_unsigned",
		],
		"a partner elsewhere": [
			[
				samples.mandate("p", "caw", "steering_group", {}),
				samples.mandate("p", "caw-kortrijk", "team_member", {"agreement": "sample-kortrijk"}),
			],
			{},
			"role_not_allowed",
		],
		"two roles that read no case": [
			[samples.mandate("p", "caw", "steering_group", {}), samples.mandate("p", null, "auditor", {})],
			{},
			"role_not_allowed",
		],
	}
	answer := release.decision with input as object.union(samples.reading(changes), {"viewer": {"person": "p"}})
		with data.mandates as {"p": held}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"].reasons == [reason]
}

test_a_partner_that_left_has_no_other_reason if {
	left := object.union(data.agreements["sample-brugge"], {"parties": []})
	every changes in [{}, {"participants": []}, {"stage": "referred"}] {
		answer := release.decision with input as samples.reading(changes)
			with data.mandates as samples.people
			with data.system.bundles as samples.bundles
			with data.agreements as {"sample-brugge": left}
		answer.decisions["case-1"].reasons == ["not_party"]
	}
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
		[samples.reading({name: value})],
		[removed | removed := without(name); not name in optional],
	) {
		samples.decided(question).allow == false
		samples.decided(question).reasons == ["malformed"]
	}
}

without(name) := json.remove(samples.reading({}), [sprintf("cases/0/%s", [name])])

test_a_person_with_two_roles_reads_by_the_one_that_has_a_place if {
	listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
	answer := release.decision with input as samples.asks("member-and-chair", "case", "case_consultation", listed)
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.stages as {"forming": [{"who": "participant", "levels": "as_needed"}]}
	answer.decisions["case-1"].standing == "participant"
	answer.decisions["case-1"].roles == ["chair", "team_member"]
}

test_a_stage_without_an_audience_like_the_chair_hides_the_case_from_the_chair if {
	listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
	answer := release.decision with input as samples.asks("chair", "case", "case_consultation", listed)
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.stages as {"forming": [{"who": "participant", "levels": "as_needed"}]}
	answer.decisions["case-1"].reasons == ["stage"]
}

# METADATA
# title: A referrer has a place at the own referral, and a guest while the visit lasts
test_a_colleague_of_the_referrer_does_not_see_the_referral if {
	listed := [object.union(samples.case({"referrer": "somebody"}), {"fragments": samples.one_item})]
	decision := samples.decided(samples.asks("referrer", "referral", "referral", listed))
	decision.allow == false
	decision.reasons == ["not_referrer"]
}

test_a_referrer_who_went_to_another_partner_loses_the_referral if {
	listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
	question := samples.asks("referrer", "referral", "referral", listed)
	answer := release.decision with input as question
		with data.mandates as {"referrer": [samples.mandate("referrer", "ggz", "referrer", {})]}
		with data.system.bundles as samples.bundles
	answer.decisions["case-1"].allow == false
	answer.decisions["case-1"].reasons == ["not_referrer"]
}

test_a_referrer_whose_partner_left_the_agreement_loses_the_referral if {
	listed := [object.union(samples.case({}), {"fragments": samples.one_item})]
	question := samples.asks("referrer", "referral", "referral", listed)
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": object.union(data.agreements["sample-brugge"], {"parties": []})}
	answer.decisions["case-1"].allow == false
	answer.decisions["case-1"].reasons == ["not_party"]
}

test_a_referrer_who_is_kin_does_not_see_the_referral if {
	listed := [object.union(samples.case({"conflicts": ["kin"]}), {"fragments": samples.one_item})]
	samples.decided(samples.asks("referrer", "referral", "referral", listed)).reasons == ["conflict_kin"]
}

test_a_referrer_sees_nothing_of_the_case_itself if {
	decision := samples.reads("referrer", {}, samples.one_item)
	decision.allow == false
	decision.reasons == ["guest_reads_nothing"]
}

# METADATA
# title: A visit opens forming and no other stage, whatever else the guest is to the case
test_a_guest_reads_at_the_stage_of_the_visit_only if {
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	much := object.union(samples.visit, {"crisis": true, "evaluating": true, "director": "referrer", "followers": ["caw"]})
	listed := [object.union(samples.case(changes), {"fragments": samples.one_item}) |
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
	another := object.union(samples.case(samples.visit), {"referrer": "somebody", "fragments": samples.one_item})
	answer := release.decision with input as samples.asks("referrer", "case", "case_consultation", [another])
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	answer.decisions["case-1"].allow == false
}

test_a_guest_reads_nothing_after_the_visit if {
	open := object.union(data.agreements["sample-brugge"], {"modalities": {"guest_reads": true}})
	after := {"guest": {"session": "session-1", "until": "2026-03-10T09:00:00Z"}}
	listed := [object.union(samples.case(after), {"fragments": samples.one_item})]
	question := samples.asks("referrer", "case", "case_consultation", listed)
	answer := release.decision with input as question
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": open}
	answer.decisions["case-1"].allow == false
}

# METADATA
# title: Who can be appointed director
appoints(person, changes, held) := decision if {
	question := samples.does("chair", "appoint_director", samples.consult, {"person": person}, samples.open_case(object.union({"stage": "weighing"}, changes)))
	decision := data.ketenaanpak.action.decision with input as question
		with data.mandates as object.union(samples.people, held)
		with data.system.bundles as samples.bundles
}

test_a_director_is_a_team_member_of_one_partner_that_takes_part[name] if {
	some name, [person, changes, held] in {
		"nobody": ["nobody", {}, {}],
		"chair only": ["chair", {}, {}],
		"of two partners": ["of-two", {}, {}],
		"of another agreement": ["elsewhere", {}, {}],
		"of a partner that takes no part": ["caw", {"participants": [samples.taking_part("ggz")]}, {}],
		"no name": [["caw"], {}, {}],
		"the referrer": ["caw", {"referrer": "caw"}, {}],
		"mandate ended": ["p", {}, {"p": [samples.mandate("p", "caw", "team_member", {"until": samples.now})]}],
		"mandate elsewhere": ["p", {}, {"p": [samples.mandate("p", "caw", "team_member", {"agreement": "kaw-pilot-2018"})]}],
		"of no party": [
			"p",
			{"participants": [samples.taking_part("caw"), samples.taking_part("stranger")]},
			{"p": [samples.mandate("p", "stranger", "team_member", {})]},
		],
	}
	decision := appoints(person, changes, held)
	[decision.allow, decision.hide, decision.reasons, decision.terms] == [false, false, ["director_unfit"], {}]
}

test_of_two_partners_the_one_that_takes_part_lends_the_director if {
	decision := appoints("of-two", {"participants": [samples.taking_part("caw")]}, {})
	[decision.allow, decision.terms.partner] == [true, "caw"]
}
