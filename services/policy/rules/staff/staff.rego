# METADATA
# title: Staff
# description: >-
#   Who has a mandate that holds or is to come, so that an operator sees whom intake would not
#   recognise in the own case.
package ketenaanpak.staff

import data.ketenaanpak.mandates
import data.ketenaanpak.question

# METADATA
# title: The decision
# description: "`{allow, persons, policy_revision}`, the persons by their opaque ids."
# entrypoint: true
decision := {
	"allow": true,
	"persons": sort({person |
		some person, held in data.mandates
		some mandate in held
		mandates.lasting(mandate)
	}),
	"policy_revision": question.revision,
} if {
	question.revision != ""
	is_number(question.now)
} else := {
	"allow": false,
	"persons": [],
	"policy_revision": question.revision,
}
