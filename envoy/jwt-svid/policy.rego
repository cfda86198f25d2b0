package ledger.authz

default allow := false

# Our own batch job writes entries.
allow if {
	input.identity.spiffe_id == "spiffe://corp.example.com/ns/batch/sa/settlement"
	input.request.method == "POST"
	input.request.path == "/v1/entries"
}

# The partner's auditor reads them.
allow if {
	input.identity.spiffe_id == "spiffe://partner.example.org/ns/audit/sa/reader"
	input.request.method == "GET"
	input.request.path == "/v1/entries"
}
