"""Rules as people see and tune them."""
