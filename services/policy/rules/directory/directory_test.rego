package ketenaanpak.directory_test

import data.ketenaanpak.directory
import data.ketenaanpak.samples_test as samples

decision_for(viewer) := decision if {
	decision := directory.decision with input as {"now": samples.now, "viewer": viewer}
		with data.system.bundles as samples.bundles
}

test_anyone_with_a_login_finds_the_contact_of_each_partner if {
	decision := decision_for({"person": "anybody", "mandate": null})
	decision.allow
	{contact.partner | some contact in decision.contacts} == object.keys(data.partners)
	every contact in decision.contacts {
		object.keys(contact) == {"partner", "name", "domain", "contact"}
		object.keys(contact.contact) == {"name", "function", "email", "phone"}
	}
}

test_without_a_login_there_is_no_directory if {
	every viewer in [{}, {"person": null}, null] {
		decision_for(viewer) == {"allow": false, "contacts": [], "policy_revision": "revision-of-the-test"}
	}
}

test_without_a_revision_there_is_no_directory if {
	decision := directory.decision with input as {"now": samples.now, "viewer": {"person": "anybody"}}
		with data.system.bundles as {}
	decision == {"allow": false, "contacts": [], "policy_revision": ""}
}
