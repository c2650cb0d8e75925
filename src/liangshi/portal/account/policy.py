"""What everybody may do with his own account."""

from liangshi.registry.access.policy import SIGNED_IN, routes

routes(
    "account",
    dict.fromkeys(("proof", "recovery", "join", "mobile"), SIGNED_IN),
    confidential=("join", "mobile"),  # the others ask for a secret by themselves
)
