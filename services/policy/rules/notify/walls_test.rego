# Who is told that something is asked about a wall, and who that a partner lost everybody.
package ketenaanpak.notify_test

who_is_told(type, changes) := {entry.person | some entry in decision_on(type, changes).tell}

asked_of(kept_from, answerers, changes) := who_is_told("wall_question_asked", object.union(
	{"person": "ggz", "walled": ["ggz"], "kept_from": kept_from, "answerers": answerers},
	changes,
))

test_a_match_is_told_to_the_chairs_and_the_coordination_team if {
	asked_of(["ggz"], [], {}) == chairs | {"coordination"}
}

test_where_no_chair_may_answer_members_are_told_who_read_identity if {
	asked_of(["stad-gemeente", "ggz"], [], {}) == {"caw", "parket", "of-two", "coordination"}
	asked_of(["stad-gemeente", "ggz"], [], {"stage": "referred"}) == {"caw", "of-two", "coordination"}
}

test_a_second_person_is_told_and_the_walled_one_never if {
	asked_of(["ggz"], ["parket"], {}) == {"parket", "coordination"}
	asked_of(["ggz"], ["parket"], {"walled": ["ggz", "parket"]}) == {"coordination"}
	asked_of(["ggz"], ["stad-gemeente"], {"stage": "closed"}) == chairs | {"coordination"}
}

# METADATA
# title: Who is walled off after a question was asked, and those of that partner, leave it to others
test_a_question_passes_on_when_those_who_were_asked_are_walled_off if {
	without_chairs := {"walled": ["ggz", "chair", "member-and-chair"]}
	asked_of(["ggz"], [], without_chairs) == {"caw", "parket", "of-two", "coordination"}
	asked_of(["ggz"], ["caw", "parket"], {"walled": ["ggz", "caw"]}) == {"parket", "coordination"}
	asked := {"person": "ggz", "walled": ["ggz"], "question": "q-1", "due": "2026-03-11", "kept_from": ["ggz"], "answerers": []}
	some begun in decision_on("wall_question_asked", asked).deadlines
	begun.again
}

test_a_partner_that_lost_everybody_is_asked_for_a_deputy_at_once if {
	who_is_told("wall_raised", {"person": "caw", "walled": ["caw", "of-two"]}) == {"coordination"}
	who_is_told("wall_raised", {"person": "caw", "walled": ["caw"]}) == set()
	who_is_told("wall_raised", {"person": "lokale-politie", "walled": ["lokale-politie"]}) == set()
}

# METADATA
# title: A case without a chair stands still, and nobody may say why
test_a_table_that_lost_its_chair_asks_for_a_deputy_at_once if {
	who_is_told("wall_raised", {"person": "chair", "walled": ["chair"]}) == set()
	who_is_told("wall_raised", {"person": "chair", "walled": ["chair", "member-and-chair"]}) == {"coordination"}
	who_is_told("conflict_declared", {"person": "chair", "walled": ["chair", "member-and-chair"]}) == {"coordination"}
}

test_the_chairs_find_a_deputy_where_the_whole_coordination_team_is_walled_off if {
	every type in ["wall_raised", "conflict_declared"] {
		who_is_told(type, {"person": "coordination", "walled": ["coordination"]}) == chairs
	}
}

# What is sent of it to those who may not open the case leads to nothing.
sent(type, changes) := {[entry.person, entry.task, object.get(entry, "opens", true)] |
	some entry in decision_on(type, changes).tell
}

# METADATA
# title: A partner that lost everybody is asked itself, and not told of which case
test_whoever_represents_a_partner_is_asked_for_a_deputy_by_a_message_that_leads_to_nothing[type] if {
	some type in ["wall_raised", "conflict_declared"]
	everybody := ["stad-gemeente", "member-and-chair"]
	lost := {"participants": ["caw", "stad-gemeente"], "partner": "stad-gemeente", "person": "stad-gemeente"}
	sent(type, object.union(lost, {"walled": everybody})) == {
		["coordination", "deputy_needed", true],
		["chair", "deputy_needed", false],
		["steering", "deputy_needed", false],
	}
	sent(type, object.union(lost, {"walled": array.concat(everybody, ["steering", "chair"])})) == {["coordination", "deputy_needed", true]}
	not ["steering", "deputy_needed", false] in sent(type, object.union(lost, {"walled": ["stad-gemeente"]}))
	not ["steering", "deputy_needed", false] in sent(type, object.union(lost, {"walled": everybody, "participants": ["caw"]}))
	not ["steering", "deputy_needed", false] in sent(type, object.union(lost, {"walled": everybody, "person": "ggz"}))
}

test_at_the_start_too_a_partner_that_nobody_may_speak_for_is_asked_itself if {
	at_the_table := ["caw", "stad-gemeente"]
	walled := ["stad-gemeente", "member-and-chair"]
	["steering", "deputy_needed", false] in sent("case_taken_on_agenda", {"participants": at_the_table, "walled": walled})
	not ["steering", "deputy_needed", false] in sent("case_taken_on_agenda", {"participants": at_the_table})
	not ["steering", "deputy_needed", false] in sent("case_taken_on_agenda", {"participants": ["caw"], "walled": walled})
}

test_a_direction_that_ended_is_told_to_the_chair if {
	who_is_told("direction_ended", {"person": "ggz", "walled": ["ggz"]}) == chairs
	who_is_told("direction_ended", {"person": "chair", "walled": ["chair", "member-and-chair"]}) == {"coordination"}
}
