# METADATA
# title: Conflict wall
# description: >-
#   Hides a case from a person who is in the client system (keyed match), is kin, or has another
#   interest in it. Nothing wins over the wall.
package ketenaanpak.walls

# METADATA
# title: No conflict of interest of the viewer is known
clear(case) if {
	is_array(case.conflicts)
	count(case.conflicts) == 0
}

# METADATA
# title: Which conflicts wall the case off
problems(case) := {code |
	some conflict in case.conflicts
	code := reason(conflict)
}

# What is not understood walls off all the same.
reason(conflict) := code if code := codes[conflict]

else := "malformed"

codes := {
	"same_person": "conflict_same_person",
	"kin": "conflict_kin",
	"other_interest": "conflict_other_interest",
}
