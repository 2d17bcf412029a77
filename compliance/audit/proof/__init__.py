"""The proof that the trail is what was written (security.md section 3). Reads only, and never repairs."""
