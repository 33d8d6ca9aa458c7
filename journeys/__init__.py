"""What is governed: journeys, with their stages and the handoffs between them."""
