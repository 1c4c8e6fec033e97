package ketenaanpak.walls_test

import data.ketenaanpak.samples_test as samples
import data.ketenaanpak.walls

own := [samples.fragment("own", "safety", {"source": "parket"})]

test_the_wall_wins_over_ownership_stage_and_direction if {
	every conflict in ["same_person", "kin", "other_interest"] {
		every stage, _ in data.stages {
			changes := {"conflicts": [conflict], "stage": stage, "director": "parket", "crisis": true}
			decision := samples.reads("parket", changes, own)
			decision.allow == false
			decision.fragments == {}
			decision.reasons == [sprintf("conflict_%s", [conflict])]
		}
	}
}

test_a_colleague_without_a_conflict_reads_on if samples.reads("parket", {}, own).allow

test_the_wall_stands_before_the_coordination_team_too if {
	listed := [object.union(samples.case({"conflicts": ["kin"]}), {"fragments": []})]
	samples.decided(samples.asks("coordination", "case", "coordination", listed)).allow == false
}

test_unknown_conflicts_are_no_clear_view if {
	not walls.clear({})
	not walls.clear({"conflicts": null})
	not walls.clear({"conflicts": {}})
}

test_a_conflict_that_is_not_understood_walls_off_as_malformed if {
	every conflict in [null, 1, "cousin", {}] {
		not walls.clear({"conflicts": [conflict]})
		walls.problems({"conflicts": [conflict]}) == {"malformed"}
	}
	walls.problems({"conflicts": ["kin", null]}) == {"conflict_kin", "malformed"}
}
