# METADATA
# title: Stages
# description: >-
#   Who reads a case at a stage and how far that narrows the need to know (`data.stages`). Of the
#   audiences of a stage the first that the viewer belongs to counts.
package ketenaanpak.stages

import data.ketenaanpak.need_to_know

# METADATA
# title: The audience that the viewer belongs to at this stage
# description: >-
#   The first that fits; a stage has at most seven (its schema says so). Undefined when the stage
#   shows the case to nobody like this viewer.
audience(case, standing, partner) := entry.who if {
	entry := data.stages[case.stage][0]
	belongs(entry.who, case, standing, partner)
}

else := entry.who if {
	entry := data.stages[case.stage][1]
	belongs(entry.who, case, standing, partner)
}

else := entry.who if {
	entry := data.stages[case.stage][2]
	belongs(entry.who, case, standing, partner)
}

else := entry.who if {
	entry := data.stages[case.stage][3]
	belongs(entry.who, case, standing, partner)
}

else := entry.who if {
	entry := data.stages[case.stage][4]
	belongs(entry.who, case, standing, partner)
}

else := entry.who if {
	entry := data.stages[case.stage][5]
	belongs(entry.who, case, standing, partner)
}

else := entry.who if {
	entry := data.stages[case.stage][6]
	belongs(entry.who, case, standing, partner)
}

# METADATA
# title: The viewer belongs to an audience
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

belongs("chair_in_crisis", case, "chair", _) if case.crisis == true

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
takes_part(case, partner) if {
	some participant in case.participants
	participant.partner == partner
}

# METADATA
# title: The partner is, or was, the source of something in the case
# description: >-
#   As intake knows it, whichever resource is read; of assessments only risk knows, so that their
#   source is taken from themselves.
contributed(case, partner) if partner in case.contributors

contributed(case, partner) if {
	some fragment in case.fragments
	fragment.source == partner
}

# METADATA
# title: What somebody who has a place at a case is shown
# description: "As `levels`; `chairs` says whether it is as its chair."
shown(case, access) := object.union(
	levels(case.agreement, access.partner, case.stage, access.who),
	{"chairs": access.standing == "chair", "agreement": case.agreement},
)

# METADATA
# title: What an audience of a stage is shown
# description: >-
#   `table`: category → verdict, the narrower of the partner's need to know and what the stage
#   leaves of it. `open`: the stage leaves it all, so that a fragment may open itself to the
#   partners that it is put to. `whereabouts`: they are shown to the partners that they name.
#   `review`: so is what an emergency access is reviewed by; a guest reviews nothing.
levels(agreement, partner, stage, who) := {"table": table, "open": true, "whereabouts": true, "review": who != "guest"} if {
	left(stage, who) == "as_needed"
	table := {category: needed[level] |
		some category, level in need_to_know.levels(agreement, partner)
	}
}

levels(agreement, partner, stage, who) := {"table": table, "open": false, "whereabouts": false, "review": who != "guest"} if {
	leaves := left(stage, who)
	is_object(leaves)
	table := narrowed(agreement, partner, leaves, "stage")
}

# METADATA
# title: What a partner is shown in acute danger, at whichever stage
# description: As `levels`; `data.emergency` narrows the need to know and never widens it.
in_danger(agreement, partner) := {
	"table": narrowed(agreement, partner, data.emergency.levels, "not_for_danger"),
	"open": false,
	"whereabouts": true,
	"review": false,
}

narrowed(agreement, partner, leaves, why) := {category: narrower(level, object.get(leaves, category, "none"), why) |
	some category, level in need_to_know.levels(agreement, partner)
}

left(stage, who) := entry.levels if {
	some entry in data.stages[stage]
	entry.who == who
}

narrower(level, open, _) := needed[level] if rank[level] <= rank[open]

narrower(level, open, why) := {"level": open, "reasons": [why]} if rank[level] > rank[open]

needed := {level: {"level": level, "reasons": ["need_to_know"]} | some level in ["none", "summary", "full"]}

rank := {"none": 0, "summary": 1, "full": 2}
