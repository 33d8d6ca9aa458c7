"""What puts the rooms together: settings, addresses, processes, and the demonstration organisation."""
