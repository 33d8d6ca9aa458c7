"""Where figures are fetched: feeds, described and rehearsed, pulled when they are due, late when they bring nothing."""
