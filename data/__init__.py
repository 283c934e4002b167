"""Where rows live and how they get in."""
