# Who is shown what is asked about a wall, who answers it, and that nobody else notices.
package ketenaanpak.fragments_test

import data.ketenaanpak.samples_test as samples

sees(person, changes, question) if {
	decision := samples.reads(person, changes, [question])
	decision.fragments["f-1"] == full("addressed")
	decision.withheld == {}
	answers(person, changes, question)
}

# The same answer as without the question, and as for an id that is none.
sees_nothing(person, changes, question) if {
	decision := samples.reads(person, changes, [question])
	decision.fragments["f-1"].level == "none"
	decision.withheld == {}
	not answers(person, changes, question)
	hidden(person, changes, question)
}

answers(person, changes, question) if {
	samples.permitted(samples.does(person, "answer_wall", samples.consult, {}, aimed_at(changes, question)))
}

hidden(person, changes, question) if {
	samples.ruled(samples.does(person, "answer_wall", samples.consult, {}, aimed_at(changes, question))).hide
}

aimed_at(changes, question) := object.union(samples.of_case(changes), {"target": question})

test_a_match_is_asked_of_the_chair_and_of_nobody_else if {
	question := samples.wall_question(["ggz"], [])
	sees("chair", {}, question)
	every partner in samples.partners {
		sees_nothing(partner, {}, question)
	}
}

test_the_chair_answers_at_every_stage if {
	every stage, _ in data.stages {
		sees("chair", {"stage": stage}, samples.wall_question(["ggz"], []))
	}
}

test_where_the_chair_may_not_answer_it_is_asked_of_who_reads_identity if {
	question := samples.wall_question(["stad-gemeente"], [])
	sees_nothing("chair", {}, question)
	sees_nothing("stad-gemeente", {}, question)
	sees("parket", {}, question)
	sees("caw", {"stage": "referred"}, question)
	sees_nothing("caw", {"stage": "closed"}, question)
}

test_a_second_person_of_another_partner_is_asked if {
	question := samples.wall_question(["ggz"], ["parket", "caw"])
	sees("parket", {}, question)
	sees_nothing("ggz", {}, question)
	sees_nothing("lokale-politie", {}, question)
}

by_mandate(walled, answerers) := object.union(samples.wall_question([], answerers), {"walled": walled})

# METADATA
# title: What was imported of a person may be older than the mandates
test_the_colleagues_of_whoever_is_walled_off_are_told_by_the_mandates if {
	sees("parket", {}, by_mandate([], ["parket", "caw"]))
	sees_nothing("parket", {}, by_mandate(["parket"], ["parket", "caw"]))
	sees("caw", {}, by_mandate(["parket"], ["parket", "caw"]))
	sees_nothing("ggz", {}, by_mandate(["of-two"], ["ggz", "parket"]))
	sees_nothing("chair", {}, by_mandate(["stad-gemeente"], []))
	sees("parket", {}, by_mandate(["stad-gemeente"], []))
	sees("chair", {}, by_mandate(["nobody-with-a-mandate"], []))
}

test_a_question_that_does_not_say_who_is_walled_off_rightly_is_shown_to_nobody if {
	every walled in ["ggz", null, {"ggz": true}] {
		sees_nothing("chair", {}, object.union(samples.wall_question([], []), {"walled": walled}))
	}
}

test_nobody_in_danger_and_no_guest_is_shown_a_question_about_a_wall if {
	question := samples.wall_question(["ggz"], ["parket", "caw"])
	open := {"emergency": {"grant": "g-1", "partner": "parket", "until": "2026-03-10T10:00:00Z"}}
	listed := [object.union(samples.case(open), {"fragments": [question]})]
	decision := samples.decided(samples.asks("parket", "case", "acute_danger", listed))
	decision.allow == true
	decision.fragments["f-1"] == none("not_answerer")
}

test_the_coordination_team_is_shown_nothing_of_a_question_about_a_wall if {
	listed := [object.union(samples.case({}), {"fragments": [samples.wall_question(["ggz"], [])]})]
	decision := samples.decided(samples.asks("coordination", "case", "coordination", listed))
	decision.fragments["f-1"].level == "none"
	decision.withheld == {}
}
