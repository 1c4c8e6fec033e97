# METADATA
# title: Notify
# description: >-
#   Who is told that something waits, by event (`data.notifications`). Only professionals with a
#   mandate that holds under an agreement in force, never somebody behind the wall of the case.
package ketenaanpak.notify

import data.ketenaanpak.agreements
import data.ketenaanpak.mandates
import data.ketenaanpak.question

# METADATA
# title: The decision
# description: "`{tell: [{person, task}], policy_revision}`, each person once."
# entrypoint: true
decision := {
	"tell": sort({told | some told in tell}),
	"policy_revision": question.revision,
}

rule := data.notifications[sprintf("%s.%s", [input.event.source, input.event.type])]

tell contains {"person": mandate.person, "task": rule.task} if {
	question.revision != ""
	agreements.in_force(input.event.data.agreement)
	some mandate in data.members[input.event.data.agreement]
	mandates.holds(mandate)
	some group in rule.tell
	belongs(group, mandate)
	may_know(mandate)
}

# Somebody behind a wall in one role is behind it in every other.
may_know(mandate) if not walled(mandate)

walled(mandate) if mandate.person in input.event.data.walled

walled(_) if not is_array(object.get(input.event.data, "walled", []))

# METADATA
# title: The mandate belongs to a group that is told
default belongs(_, _) := false

belongs("chairs", mandate) if mandate.role == "chair"

belongs("coordination", mandate) if mandate.role == "coordination_team"

belongs("members", mandate) if mandate.role == "team_member"

belongs("team", mandate) if {
	mandate.role == "team_member"
	mandate.partner in input.event.data.participants
}

belongs("submitting_partner", mandate) if member_of(mandate, input.event.data.submitted_by)

belongs("partner_asked", mandate) if member_of(mandate, input.event.data.to)

belongs("partner_asking", mandate) if member_of(mandate, input.event.data.by)

belongs("partner_named", mandate) if member_of(mandate, input.event.data.partner)

member_of(mandate, partner) if {
	mandate.role == "team_member"
	mandate.partner == partner
}
