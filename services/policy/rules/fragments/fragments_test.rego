package ketenaanpak.fragments_test

import data.ketenaanpak.fragments
import data.ketenaanpak.samples_test as samples

# Verdict on one fragment for a member of the team at a case in forming.
shows(partner, changes) := verdict_at(partner, {}, changes)

verdict_at(partner, case, changes) := samples.reads(partner, case, [samples.fragment("f", "judicial", changes)]).fragments.f

full(reason) := {"level": "full", "reasons": [reason]}

none(reason) := {"level": "none", "reasons": [reason]}

test_the_table_decides_where_the_source_said_nothing if {
	shows("parket", {}) == full("need_to_know")
	shows("caw", {}) == {"level": "summary", "reasons": ["need_to_know"]}
	shows("stad-gemeente", {}) == none("need_to_know")
}

test_a_category_that_no_table_knows_is_shown_to_nobody_but_its_source if {
	every partner in samples.partners {
		shows(partner, {"category": "gossip"}) == none("need_to_know")
	}
	shows("caw", {"category": "gossip", "source": "caw"}) == full("own_source")
}

test_a_source_sees_its_own_whatever_the_table_says if {
	shows("stad-gemeente", {"source": "stad-gemeente"}) == full("own_source")
	shows("stad-gemeente", {"source": "stad-gemeente", "only_for": ["caw"]}) == full("own_source")
	shows("stad-gemeente", {
		"source": "stad-gemeente",
		"withhold_from": ["stad-gemeente"],
	}) == full("own_source")
}

test_withheld_from_a_partner_wins_over_the_table if {
	shows("parket", {"withhold_from": ["parket"]}) == none("withheld_by_source")
	shows("justitiehuis", {"withhold_from": ["parket"]}) == full("need_to_know")
}

test_only_for_others_wins_over_the_table if {
	shows("parket", {"only_for": ["justitiehuis"]}) == none("only_for_others")
	shows("justitiehuis", {"only_for": ["justitiehuis"]}) == full("need_to_know")
}

test_being_named_does_not_widen_the_table if {
	shows("caw", {"only_for": ["caw"]}) == {"level": "summary", "reasons": ["need_to_know"]}
	shows("stad-gemeente", {"only_for": ["stad-gemeente"]}) == none("need_to_know")
}

test_withheld_wins_over_named if {
	shows("parket", {"only_for": ["parket"], "withhold_from": ["parket"]}) == none("withheld_by_source")
}

test_a_recalled_fragment_is_shown_to_its_source_only if {
	every partner in {partner | some partner in samples.partners} - {"caw"} {
		shows(partner, {"status": "recalled", "source": "caw"}) == none("recalled")
		shows(partner, {"status": "recalled", "category": "whereabouts", "only_for": samples.partners}) == none("recalled")
		shows(partner, {"status": "recalled", "kind": "emergency_ground"}) == none("recalled")
	}
	shows("caw", {"status": "recalled", "source": "caw"}) == full("own_source")
}

# METADATA
# title: What an emergency access is reviewed by is shown to whoever may review it
test_the_ground_of_an_emergency_is_shown_at_every_stage if {
	every kind in data.emergency.for_review {
		ground := {"kind": kind, "category": "safety", "source": "ggz"}
		every stage, _ in data.stages {
			verdict_at("chair", {"stage": stage}, ground) == full("for_review")
		}
		verdict_at("parket", {"stage": "concluded", "followers": ["parket"]}, ground) == full("for_review")
		verdict_at("parket", {"stage": "closed", "contributors": ["parket"]}, ground) == full("for_review")
	}
	verdict_at("chair", {"stage": "closed"}, {"category": "safety"}) == none("stage")
}

test_a_question_is_shown_to_whom_it_is_put if {
	question := {"kind": "request", "source": "parket", "addressed_to": ["stad-gemeente"]}
	shows("stad-gemeente", question) == full("addressed")
	shows("sociaal-huis", question) == none("need_to_know")
	shows("caw", question) == {"level": "summary", "reasons": ["need_to_know"]}
}

test_a_question_withheld_from_its_addressee_stays_withheld if {
	question := {"kind": "request", "addressed_to": ["parket"], "withhold_from": ["parket"]}
	shows("parket", question) == none("withheld_by_source")
}

test_being_addressed_does_not_open_a_stage_that_is_over if {
	concluded := {"stage": "concluded", "director": "stad-gemeente"}
	question := {"kind": "request", "addressed_to": ["parket"]}
	verdict_at("stad-gemeente", concluded, question) == none("need_to_know")
	closed := {"stage": "closed", "contributors": ["parket"]}
	verdict_at("parket", closed, question) == none("stage")
}

address(changes) := object.union({"kind": "whereabouts", "category": "whereabouts"}, changes)

# METADATA
# title: A safe address reaches the partners that it names and nobody else
# description: Neither domain nor type, crisis, directing nor the chair opens it.
test_whereabouts_reach_the_partners_they_name if {
	every partner in samples.partners {
		case := {"crisis": true, "director": partner, "followers": samples.partners}
		verdict_at(partner, case, address({})) == none("not_named")
		verdict_at(partner, case, address({"only_for": [partner]})) == full("named_partner")
		verdict_at(partner, case, address({"source": partner})) == full("own_source")
		verdict_at(partner, case, address({
			"only_for": [partner],
			"withhold_from": [partner],
		})) == none("withheld_by_source")
	}
	named := ["lokale-politie", "caw"]
	{partner |
		some partner in samples.partners
		verdict_at(partner, {}, address({"only_for": named})).level == "full"
	} == {"lokale-politie", "caw"}
	verdict_at("chair", {}, address({"only_for": named})) == none("not_named")
}

test_whereabouts_stay_apart_by_kind_or_by_category if {
	shows("parket", {"kind": "whereabouts"}) == none("not_named")
	shows("parket", {"category": "whereabouts"}) == none("not_named")
	shows("parket", {"category": "whereabouts", "addressed_to": ["parket"]}) == none("not_named")
}

test_a_crisis_before_forming_opens_no_whereabouts if {
	crisis := {"stage": "referred", "crisis": true}
	verdict_at("lokale-politie", crisis, address({"only_for": ["lokale-politie"]})) == none("stage")
	verdict_at("lokale-politie", crisis, address({})) == none("not_named")
}

# METADATA
# title: A safety check is shown only beside what it is of
# description: By itself it would reveal that there is a report. What it is of may not even be listed.
test_a_check_goes_with_what_it_is_of if {
	report := samples.fragment("report", "joint", {"kind": "report"})
	check := samples.fragment("check", "safety", {"kind": "safety_check", "of": "report"})
	held_back := object.union(report, {"withhold_from": ["parket"]})
	beside := samples.reads("parket", {}, [report, check]).fragments
	beside == {"report": full("need_to_know"), "check": full("need_to_know")}
	alone := samples.reads("parket", {}, [check, held_back])
	alone.fragments == {"report": none("withheld_by_source"), "check": none("of_withheld")}
	alone.withheld == {"joint": true, "safety": true}
	samples.reads("parket", {}, [check]).fragments == {"check": none("of_withheld")}
	withheld_itself := object.union(check, {"withhold_from": ["parket"]})
	samples.reads("parket", {}, [held_back, withheld_itself]).fragments.check == none("withheld_by_source")
}

test_ordinary_and_special_fragments_are_decided_by_the_same_rules if {
	shown := {"table": {"judicial": {"level": "full", "reasons": ["need_to_know"]}}, "open": true}
	every fragment in [
		samples.fragment("f", "judicial", {}),
		samples.fragment("f", "housing", {}),
		samples.fragment("f", "judicial", {"source": "caw"}),
		samples.fragment("f", "judicial", {"status": "recalled"}),
	] {
		together := fragments.verdicts([fragment], "caw", shown)
		together == {"f": fragments.verdict(fragment, "caw", shown)}
	}
}
