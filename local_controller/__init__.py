"""The local controller: stands between the charge points of a site and the central system."""
