# METADATA
# title: Release
# description: >-
#   What of which cases leaves for one viewer, by one call for everything in the answer. Default
#   deny: a case without an entry, or with `allow` other than true, is not released.
package ketenaanpak.release

import data.ketenaanpak.agreements
import data.ketenaanpak.cases
import data.ketenaanpak.fragments
import data.ketenaanpak.mandates
import data.ketenaanpak.question
import data.ketenaanpak.stages

# METADATA
# title: The decision
# description: "`{policy_revision, decisions: {case id: decision}}`."
# entrypoint: true
decision := {
	"policy_revision": question.revision,
	"decisions": {case.id: decide(case) | some case in requested},
}

# METADATA
# title: The cases to decide on
default requested := []

requested := input.cases if is_array(input.cases)

roles := cases.roles_for(input.purpose)

# The purpose fits the resource; that the agreement serves it too is checked per case.
default purpose_fits := false

purpose_fits if {
	question.well_formed
	input.purpose in data.resources[input.resource].purposes
}

decide(case) := {
	"allow": true,
	"standing": stand[access.standing],
	"fragments": verdicts,
	"withheld": withheld(case, access.standing, verdicts),
	"reasons": [],
	"obligations": obligations(case, access.standing, verdicts),
	"terms": {},
	"partner": access.partner,
	"roles": access.roles,
	"agreement_version": data.agreements[case.agreement].version,
	"emergency": access.standing == "emergency",
} if {
	purpose_fits
	access := cases.access(case, input.purpose, roles)
	agreements.serves(case.agreement, input.purpose)
	verdicts := levels(case, access)
}

else := denied(case)

# A guest is the referrer on a visit.
stand := {
	"chair": "chair",
	"participant": "participant",
	"coordination": "coordination",
	"referrer": "referrer",
	"guest": "referrer",
	"emergency": "emergency",
}

# METADATA
# title: Level and reasons of every fragment
# description: Undefined when the fragments are malformed.
levels(case, access) := fragments.verdicts(case.fragments, access.partner, shown(case, access)) if {
	content == true
	access.standing in {"participant", "chair", "guest", "emergency"}
	is_array(case.fragments)
}

else := {fragment.id: fragments.referrer_verdict(fragment, access.partner) |
	some fragment in case.fragments
} if {
	content == true
	access.standing == "referrer"
	well_formed(case.fragments)
}

else := {fragment.id: fragments.none("reference_only") | some fragment in case.fragments} if {
	reference_only(access)
	well_formed(case.fragments)
}

shown(case, access) := stages.in_danger(case.agreement, access.partner) if access.standing == "emergency"

else := stages.shown(case, access)

default well_formed(_) := false

well_formed(listed) if {
	is_array(listed)
	count({fragment.id | some fragment in listed}) == count(listed)
	every fragment in listed {
		fragments.well_formed(fragment)
	}
}

default content := false

content := data.resources[input.resource].content

reference_only(access) if access.standing == "coordination"

reference_only(_) if content != true

# METADATA
# title: Categories of which something stays back
# description: >-
#   Shown to those who take part, per category and never by number. That something is asked about a
#   wall is for nobody to notice.
default withheld(_, _, _) := {}

withheld(case, standing, verdicts) := {fragment.category: true |
	some fragment in case.fragments
	fragment.status == "offered"
	fragment.kind != "wall_question"
	verdicts[fragment.id].level == "none"
} if {
	standing in {"chair", "participant"}
	content == true
}

# METADATA
# title: What the viewer is bound to
# description: >-
#   Beside what binds always, what is shown is not passed on, and what a guest or somebody in acute
#   danger is shown ends.
obligations(case, standing, verdicts) := array.concat(onward, [{"kind": "expires_at", "at": case.guest.until}]) if {
	standing == "guest"
}

else := array.concat(onward, [{"kind": "expires_at", "at": case.emergency.until}]) if standing == "emergency"

else := onward if content_leaves(verdicts)

else := always

always := [{"kind": "record"}, {"kind": "use_limitation"}]

onward := [{"kind": "record"}, {"kind": "use_limitation"}, {"kind": "no_onward_sharing"}]

# A rule of its own: OPA stops at the first that is true.
content_leaves(verdicts) if {
	some verdict in verdicts
	verdict.level != "none"
}

denied(case) := {
	"allow": false,
	"standing": null,
	"fragments": {},
	"withheld": {},
	"reasons": sort(problems(case)),
	"obligations": [{"kind": "record"}],
	"terms": {},
	"partner": object.get(acting(case), "partner", null),
	"roles": object.get(acting(case), "roles", []),
	"agreement_version": version(case),
	"emergency": false,
}

problems(case) := {"malformed"} if not question.well_formed

else := {"resource_unknown"} if not data.resources[input.resource]

else := {"purpose_not_allowed"} if not purpose_fits

else := {"malformed"} if not well_formed(object.get(case, "fragments", null))

else := {"purpose_not_allowed"} if {
	cases.access(case, input.purpose, roles)
	not agreements.serves(case.agreement, input.purpose)
}

else := cases.problems(case, input.purpose, roles)

default acting(_) := {}

acting(case) := mandates.acting(case.agreement, roles)

default version(_) := null

version(case) := data.agreements[case.agreement].version
