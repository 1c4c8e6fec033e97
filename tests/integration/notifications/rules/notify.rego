# Stands in for the real rules, which are tested where they are: whom it tells is easy to foresee.
package ketenaanpak.notify

decision := {"tell": tell, "policy_revision": revision}

revision := data.system.bundles[_].manifest.revision

tell := [{"person": sprintf("p-%s", [participant]), "task": "referral_waiting"} |
	some participant in input.event.data.participants
]
