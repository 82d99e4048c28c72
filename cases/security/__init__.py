"""Who is at the desk: second factor, limits of sessions, the record of sign-ins."""
