# Stands in for what the real rules say of persons, which is tested where they are: whom it tells is
# easy to foresee. What an event changes of deadlines is what the real rules say.
package ketenaanpak.notify

import data.ketenaanpak.question

decision := {
	"tell": told,
	"deadlines": real_decision.deadlines,
	"repeat_on": real_decision.repeat_on,
	"policy_revision": question.revision,
}

endings := {
	"tell": [{"person": "p-ends", "task": "mandate_ends", "key": "m-1"}],
	"policy_revision": question.revision,
}

told := [{"person": person, "task": task, "urgent": task == "crisis"} |
	some participant in about.participants
	person := sprintf("p-%s", [participant])
	not person in about.walled
	not participant in object.get(about, "answered", [])
]

default task := "referral_waiting"

# What a day that came reminds of is a task of the same name.
task := input.event.type if input.event.source == "notifications"

task := "crisis" if input.event.type == "crisis_raised"
