# METADATA
# title: Stages
# description: >-
#   Who reads a case at a stage and how far that narrows the need to know (`data.stages`). Of the
#   audiences of a stage the first that the viewer belongs to counts.
package ketenaanpak.stages

import data.ketenaanpak.need_to_know

# METADATA
# title: The audience that the viewer belongs to at this stage
# description: Undefined when the stage shows the case to nobody like this viewer.
audience(case, standing, partner) := [entry.who |
	some entry in data.stages[case.stage]
	belongs(entry.who, case, standing, partner)
][0]

# METADATA
# title: The viewer belongs to an audience
default belongs(_, _, _, _) := false

belongs("participant", _, "participant", _) := true

belongs("chair", _, "chair", _) := true

belongs("guest", _, "guest", _) := true

belongs("submitting_partner", case, standing, partner) if {
	standing in {"participant", "chair"}
	partner == case.submitted_by
}

belongs("team_in_crisis", case, standing, partner) if {
	standing in {"participant", "chair"}
	case.crisis == true
	takes_part(case, partner)
}

belongs("team_at_the_agenda", case, standing, partner) if {
	standing in {"participant", "chair"}
	input.resource == "agenda"
	takes_part(case, partner)
}

belongs("team_evaluating", case, standing, partner) if {
	standing in {"participant", "chair"}
	case.evaluating == true
	takes_part(case, partner)
}

belongs("director", case, standing, _) if {
	standing in {"participant", "chair"}
	case.director == input.viewer.person
}

belongs("follower", case, standing, partner) if {
	standing in {"participant", "chair"}
	partner in case.followers
}

belongs("contributor", case, standing, partner) if {
	standing in {"participant", "chair"}
	contributed(case, partner)
}

# METADATA
# title: The partner takes part in the case
default takes_part(_, _) := false

takes_part(case, partner) if {
	some participant in case.participants
	participant.partner == partner
}

# METADATA
# title: The partner submitted the case or contributed to it
default contributed(_, _) := false

contributed(case, partner) if case.submitted_by == partner

contributed(case, partner) if {
	some participant in case.participants
	participant.partner == partner
	participant.answered == "contributed"
}

contributed(case, partner) if {
	some fragment in case.fragments
	fragment.source == partner
}

# METADATA
# title: Category → what an audience of a stage is shown
# description: >-
#   The narrower of the partner's need to know and what the stage leaves of it. Beside the
#   categories of the table: `whereabouts` and `addressed`, which a fragment opens to the partners
#   that it names, where the stage leaves them open.
levels(agreement, partner, stage, who) := {category: verdict |
	some entry in data.stages[stage]
	entry.who == who
	some category, needed in object.union(
		need_to_know.levels(agreement, partner),
		{"whereabouts": "full", "addressed": "full"},
	)
	verdict := narrower(needed, left(entry.levels, category))
}

left("as_needed", _) := "full"

left(levels, category) := object.get(levels, category, "none") if is_object(levels)

narrower(needed, open) := {"level": needed, "reasons": ["need_to_know"]} if rank[needed] <= rank[open]

narrower(needed, open) := {"level": open, "reasons": ["stage"]} if rank[needed] > rank[open]

rank := {"none": 0, "summary": 1, "full": 2}
