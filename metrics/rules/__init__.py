"""What looks at figures: rules from the dictionary and of people's own, their versions and their record."""
