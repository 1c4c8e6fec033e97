package ketenaanpak.stages_test

import data.ketenaanpak.release
import data.ketenaanpak.samples_test as samples
import data.ketenaanpak.stages

categories := ["identity", "safety", "incidents", "judicial", "housing", "joint"]

everything := [samples.fragment(category, category, {}) | some category in categories]

visible(person, changes) := {id: level |
	some id, level in samples.levels(samples.reads(person, changes, everything))
	level != "none"
}

hidden(person, changes) if {
	decision := samples.reads(person, changes, everything)
	decision.allow == false
	decision.reasons == ["stage"]
}

little := {"identity": "full", "safety": "full", "incidents": "summary"}

test_before_forming_the_submitting_partner_and_the_chair_see_a_little if {
	visible("caw", {"stage": "referred"}) == little
	visible("chair", {"stage": "referred"}) == little
	every partner in samples.partners {
		hidden(partner, {"stage": "referred", "submitted_by": "elsewhere"})
	}
}

test_in_a_crisis_the_whole_team_sees_that_little if {
	every partner in samples.partners {
		visible(partner, {"stage": "referred", "crisis": true}) == little
	}
}

# METADATA
# title: In a case that has ended the chair reads what is needed to decide how it goes on
test_in_a_crisis_the_chair_reads_a_case_that_has_ended[stage] if {
	some stage in ["closed", "declined", "withdrawn"]
	visible("chair", {"stage": stage, "crisis": true}) == little
	visible("member-and-chair", {"stage": stage, "crisis": true}) == little
	visible("chair", {"stage": stage}) == {}
	hidden("parket", {"stage": stage, "crisis": true})
	visible("caw", {"stage": stage, "crisis": true}) == {}
}

test_in_a_crisis_after_the_conclusion_the_whole_team_sees_that_little if {
	over := {"stage": "concluded", "crisis": true}
	every partner in samples.partners {
		visible(partner, over) == little
	}
	visible("chair", over) == little
	visible("chair", object.union(over, {"participants": []})) == little
	visible("parket", object.union(over, {"followers": ["parket"]})).judicial == "full"
	visible("ggz", object.union(over, {"evaluating": true})) == little
	visible("parket", {"stage": "concluded"}) == {}
}

test_on_the_agenda_the_team_sees_the_reference_before_forming if {
	listed := [object.union(samples.case({"stage": "referred"}), {"fragments": everything})]
	decision := samples.decided(samples.asks("parket", "agenda", "case_consultation", listed))
	decision.allow
	{level | some level in samples.levels(decision)} == {"none"}
}

test_from_forming_until_execution_the_table_says_it_all if {
	every stage in ["forming", "weighing", "waiting", "accepted", "active"] {
		visible("parket", {"stage": stage}) == {
			"identity": "full", "safety": "full", "incidents": "full", "judicial": "full",
			"housing": "summary", "joint": "full",
		}
		visible("chair", {"stage": stage}) == {
			"identity": "full", "safety": "full", "incidents": "summary", "housing": "full",
			"joint": "full",
		}
	}
}

test_once_concluded_the_director_and_who_follows_an_action_read_on if {
	visible("parket", {"stage": "concluded", "director": "parket"}).judicial == "full"
	visible("parket", {"stage": "concluded", "followers": ["parket"]}).judicial == "full"
	visible("parket", {"stage": "concluded", "director": "ggz", "followers": ["ggz"]}) == {}
}

# METADATA
# title: Until it is closed, whoever takes part finds the case when told that violence began again
test_once_concluded_the_team_keeps_the_reference if {
	every partner in samples.partners {
		decision := samples.reads(partner, {"stage": "concluded"}, everything)
		decision.allow
		{level | some level in samples.levels(decision)} == {"none"}
	}
	samples.reads("parket", {"stage": "concluded", "participants": [samples.taking_part("ggz")]}, everything).allow == false
}

test_once_closed_the_director_reads_and_the_team_while_it_evaluates if {
	visible("parket", {"stage": "closed", "director": "parket"}).judicial == "full"
	visible("parket", {"stage": "closed", "evaluating": true}) == {"joint": "full"}
	hidden("parket", {"stage": "closed"})
	hidden("parket", {"stage": "closed", "followers": ["parket"]})
}

test_while_the_table_looks_back_the_team_reads_what_it_made_together if {
	visible("ggz", {"stage": "concluded", "evaluating": true}) == {"joint": "full"}
	visible("chair", {"stage": "concluded", "evaluating": true}) == {"joint": "full"}
	visible("parket", {"stage": "concluded", "evaluating": true, "followers": ["parket"]}).judicial == "full"
	visible("caw", {"stage": "concluded", "evaluating": true}).joint == "full"
	visible("ggz", {"stage": "concluded"}) == {}
}

test_a_director_who_is_no_member_of_the_team_reads_nothing if {
	samples.reads("steering", {"stage": "active", "director": "steering"}, everything).allow == false
}

# METADATA
# title: Whoever contributed sees the own contributions at every stage, and only those once it is over
test_sources_see_their_own_once_it_is_over[stage] if {
	some stage in ["concluded", "closed", "declined", "withdrawn"]
	own := array.concat(everything, [samples.fragment("own", "work_income", {"source": "parket"})])
	samples.levels(samples.reads("parket", {"stage": stage}, own)) == object.union(
		{category: "none" | some category in categories},
		{"own": "full"},
	)
	visible("caw", {"stage": stage}) == {}
	samples.reads("parket", {"stage": stage, "contributors": ["caw", "parket"]}, everything).allow
}

test_once_over_others_of_the_team_find_nothing_any_more if {
	every stage in ["closed", "declined", "withdrawn"] {
		hidden("parket", {"stage": stage})
	}
}

test_the_chair_keeps_the_reference_of_a_case_that_is_over if {
	every stage in ["concluded", "closed", "declined", "withdrawn"] {
		decision := samples.reads("chair", {"stage": stage}, everything)
		decision.allow
		{level | some level in samples.levels(decision)} == {"none"}
	}
}

test_every_stage_has_its_audiences if {
	object.keys(data.stages) == {
		"referred", "forming", "weighing", "waiting", "accepted", "active", "concluded", "closed",
		"declined", "withdrawn",
	}
	every audiences in data.stages {
		count(audiences) > 0
		count(audiences) <= 7
	}
}

test_the_fourth_audience_counts_too if {
	fourth := {"stage": "referred", "submitted_by": "elsewhere"}
	listed := samples.case(fourth)
	stages.audience(listed, "participant", "ggz") == "team_at_the_agenda" with input as {"resource": "agenda"}
	not stages.audience(listed, "participant", "ggz") with input as {"resource": "case"}
}

test_an_audience_that_no_rule_knows_is_nobody if {
	not stages.belongs("press", samples.case({}), "participant", "caw")
}

test_a_stage_narrows_and_never_widens if {
	levels := stages.levels("sample-brugge", "stad-gemeente", "forming", "participant") with data.stages as {"forming": [{
		"who": "participant",
		"levels": {"judicial": "full", "housing": "summary", "safety": "full"},
	}]}
	levels.table.judicial == {"level": "none", "reasons": ["need_to_know"]}
	levels.table.housing == {"level": "summary", "reasons": ["stage"]}
	levels.table.safety == {"level": "full", "reasons": ["need_to_know"]}
	levels.table.identity == {"level": "none", "reasons": ["stage"]}
	levels.open == false
}

test_by_invitation_a_party_that_was_not_invited_has_no_part if {
	invited := object.union(data.agreements["sample-brugge"], {"modalities": {"participation": "invited"}})
	listed := [object.union(samples.case({"participants": [samples.taking_part("caw")]}), {"fragments": []})]
	answer := release.decision with input as samples.asks("parket", "case", "case_consultation", listed)
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": invited}
	answer.decisions["case-1"].reasons == ["not_participant"]
	chairs := release.decision with input as samples.asks("chair", "case", "case_consultation", listed)
		with data.mandates as samples.people
		with data.system.bundles as samples.bundles
		with data.agreements as {"sample-brugge": invited}
	chairs.decisions["case-1"].standing == "chair"
}

test_another_partners_contribution_does_not_keep_the_case_open if {
	others := {"stage": "declined", "contributors": ["caw", "ggz"]}
	hidden("parket", others)
	samples.reads("ggz", others, everything).allow
}

test_a_chair_whose_partner_takes_no_part_is_not_of_the_team if {
	apart := {"participants": [], "crisis": true, "evaluating": true}
	visible("chair", {"stage": "closed", "participants": [], "evaluating": true}) == {}
	every audience in ["team_in_crisis", "team_at_the_agenda", "team_evaluating"] {
		not stages.belongs(audience, samples.case(apart), "chair", "stad-gemeente") with input as {"resource": "agenda"}
	}
}
