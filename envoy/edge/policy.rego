package edge.authz

default allow := false

# The frontend may call, wherever the edge proxy saw it. The edge proxy's own identity is not the caller's.
allow if {
	input.identity.source == "xfcc"
	input.identity.spiffe_id == "spiffe://corp.example.com/ns/web/sa/frontend"
}
