"""What the resources look like, which query parameters their lists take, and what may be said in a body."""
