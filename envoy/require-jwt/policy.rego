package api.authz

default allow := false

# Anybody with a verified token: signature, issuer, audience and times were checked before this is asked, and a claim is
# here only if all of them held. This rule adds that the token names somebody.
allow if input.jwt.sso.sub != ""
