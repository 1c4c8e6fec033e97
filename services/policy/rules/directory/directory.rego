# METADATA
# title: Directory
# description: The contact person of each partner, for anyone with a login.
package ketenaanpak.directory

import data.ketenaanpak.question

# METADATA
# title: The decision
# entrypoint: true
decision := {
	"allow": true,
	"contacts": [contact |
		some partner, known in data.partners
		contact := {
			"partner": partner,
			"name": known.name,
			"domain": known.domain,
			"contact": known.contact,
		}
	],
	"policy_revision": question.revision,
} if {
	question.revision != ""
	is_number(question.now)
	is_string(input.viewer.person)
} else := {
	"allow": false,
	"contacts": [],
	"policy_revision": question.revision,
}
