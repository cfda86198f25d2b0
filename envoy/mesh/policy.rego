package mesh.authz

# Nobody reaches the database unless a rule below says so.
default allow := false

# The frontend, and no other workload of the trust domain, may reach the database.
allow if input.identity.spiffe_id == "spiffe://corp.example.com/ns/web/sa/frontend"
