package accounts.authz

# payments-api, and nobody else, reads single accounts, for a person of the staff realm in the group db-reader-callers.
default decision := {"allowed": false, "reason": "no rule applies"}

decision := {
	"allowed": true,
	"reason": "payments-api reads an account for a member of db-reader-callers",
	"headers": {"x-account-reader": subject}, # tells the workload for whom
} if {
	by_payments_api
	input.request.method == "GET"
	one_account
	in_group
	subject := input.jwt.staff.sub
} else := refusal(403, "this workload may not read accounts") if {
	not by_payments_api
} else := refusal(405, "accounts can only be read") if {
	input.request.method != "GET"
} else := refusal(403, "the person is not in the group db-reader-callers") if {
	not in_group
} else := refusal(403, "only single accounts can be read") if {
	not one_account
}

by_payments_api if input.identity.spiffe_id == "spiffe://corp.example.com/ns/payment/sa/payments-api"

one_account if regex.match(`^/v1/accounts/[^/]+$`, input.request.path)

# Keycloak writes groups with or without their path, as the client's mapper says, and realm roles in a claim of their own.
in_group if {
	some name in input.jwt.staff.groups
	name in {"db-reader-callers", "/db-reader-callers"}
}

in_group if "db-reader-callers" in input.jwt.staff.realm_access.roles

refusal(status, why) := {
	"allowed": false,
	"reason": why, # for the decision's record
	"http_status": status,
	"headers": {"content-type": "application/json"},
	"body": json.marshal({"error": why}),
}
