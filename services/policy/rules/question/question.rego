# METADATA
# title: The question
# description: >-
#   What every question holds: the moment, the purpose and the viewer. The rules read no
#   clock: `now` is part of the question. Without a bundle revision nothing is decided, because
#   nobody could decide it again.
package ketenaanpak.question

# METADATA
# title: Moment of the question, in nanoseconds since 1970
now := time.parse_rfc3339_ns(input.now)

# METADATA
# title: The day in Brussels at that moment
# description: >-
#   As its midnight in UTC, in nanoseconds since 1970: what `day` makes of a day that stands in the
#   data. Days are compared with days, never with moments.
today := day(time.format([now, "Europe/Brussels", "2006-01-02"]))

# METADATA
# title: A calendar day (`2026-03-01`) as the midnight in UTC that stands for it
# description: Undefined for what is no day.
day(text) := time.parse_ns("2006-01-02", text)

# METADATA
# title: Revision of the bundle that decides
# description: A hash of rules and data; empty when the rules were not loaded as one bundle.
default revision := ""

revision := found if {
	revisions := {revision |
		some name
		revision := data.system.bundles[name].manifest.revision
	}
	count(revisions) == 1
	some found in revisions
	is_string(found)
}

# METADATA
# title: The question can be decided
# description: Moment, purpose and viewer are there and of the right type, and a bundle decides.
default well_formed := false

well_formed if {
	revision != ""
	is_number(now)
	is_object(data.purposes[input.purpose])
	is_string(input.viewer.person)
	type_name(input.viewer.mandate) in {"null", "string"}
}
