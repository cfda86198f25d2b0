package payments.authz

# Who may call whom, and how, is a table in data.json: caller -> destination -> what is allowed there.
# A caller that is not in it has no row, and without a row nothing is allowed.
default allow := false

allow if {
	some grant in data.grants[input.identity.spiffe_id][input.request.destination]
	input.request.method in grant.methods
	covers(grant, input.request.path)
}

# `path` is one path; `under` is everything below a folder. Paths arrive in one spelling: no `//`, no `..`, no `%2f`.
covers(grant, path) if grant.path == path

covers(grant, path) if startswith(path, grant.under)
