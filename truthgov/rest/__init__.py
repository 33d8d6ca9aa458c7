"""What every resource of the REST API shares: who asks, how often, how lists turn, how a problem is told."""
