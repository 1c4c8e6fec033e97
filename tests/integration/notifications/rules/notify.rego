# Stands in for the real rules, which are tested where they are: whom it tells is easy to foresee.
package ketenaanpak.notify

decision := {"tell": tell, "policy_revision": revision}

endings := {"tell": [{"person": "p-ends", "task": "mandate_ends", "key": "m-1"}], "policy_revision": revision}

revision := data.system.bundles[_].manifest.revision

tell := [{"person": person, "task": task} |
	some participant in input.event.data.participants
	person := sprintf("p-%s", [participant])
	not person in input.event.data.walled
	not participant in object.get(input.event.data, "answered", [])
]

default task := "referral_waiting"

# What a day that came reminds of is a task of the same name.
task := input.event.type if input.event.source == "notifications"
